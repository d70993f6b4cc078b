import type { CreateResult } from "../../hood/account";
import type { Endpoint } from "../../hood/endpoints";
import { HoodError } from "../../hood/errors";
import type { RecentCampaign } from "../../hood/lists";
import { hashOf, isSameMark, keysBeside, type Mark, newRecord } from "../../hood/mark";
import { type CampaignDetails, campaignDetailsIn } from "../../hood/model";
import { type Message, quoted, say } from "../../text";
import { LOOKED, lookFor } from "../lookFor";
import { afterCall, audited, UnknownEffectError } from "../write";
import type { CampaignArgs } from "./args";
import type { Edited } from "./edit";
import { bodyOf, contentOf } from "./fields";
import { LOOK_BACK } from "./memory";
import { describeUnlistable } from "./messages";
import { ownerOf } from "./provenance";
import { type Creating, detailsOf, isNamed, isOld, notCreated, takeOverLeft } from "./takeOver";

/** Answers that say that a request is wrong, and so that nothing was done. */
const WRONG_REQUEST = [400, 422];

/** What a create has brought. */
export interface Created extends Edited {
  /** An earlier update made it. */
  readonly isTakenOver: boolean;
  /** What tells its state from every other one. It stands in the mark that was sent, whether an answer shows that or not. */
  readonly record: string;
}

/** What a create is told from others by. */
interface Intention {
  readonly mark: Mark;
  /** True for a campaign that wasn't there before. */
  readonly isNew: (campaign: CampaignDetails) => boolean;
}

/**
 * Creates one campaign: observe, decide, act, verify. The call goes out once. A campaign that an earlier update made for this
 * resource, and that Pulumi couldn't keep, is taken over; it is told by its mark, never by its name, its content or its time.
 *
 * @throws UserError, HoodError if nothing was created; UnknownEffectError if that can't be told.
 */
export async function createCampaign(operation: Creating, args: CampaignArgs): Promise<Created> {
  const { campaigns } = operation.memory;
  const mark = markFor(operation, args);
  if (campaigns.unresolved.has(mark.owner))
    throw new UnknownEffectError(
      say`This update has sent that call already, without an answer, and sends no second one`,
    );
  // A resource that can't be removed would be in the way for ever once there is a second campaign, however old the first is.
  const age = args.deletionPolicy === "prevent" ? Number.POSITIVE_INFINITY : LOOK_BACK;
  const before = await campaigns.before(operation.account(), age).catch((error) => {
    const isAll = age === Number.POSITIVE_INFINITY;
    if (!isAll || !(error instanceof HoodError) || error.kind !== "tooLarge") throw error;
    throw notCreated(args.name, describeUnlistable(error));
  });
  const left = await takeOverLeft(operation, args, mark, before);
  const made = left ?? (await make(operation, args, mark, before));
  return { ...made, isTakenOver: left !== undefined, record: mark.record };
}

/** A host that doesn't know which resource it serves gets a mark that no later update will know. */
function markFor(operation: Creating, args: CampaignArgs): Mark {
  const owner = ownerOf(operation) ?? hashOf(newRecord());
  return { owner, content: contentOf(args), record: newRecord() };
}

async function make(
  operation: Creating,
  args: CampaignArgs,
  mark: Mark,
  before: readonly RecentCampaign[],
): Promise<CampaignDetails> {
  const { campaigns } = operation.memory;
  const keys = keysBeside(bodyOf(args).metadata);
  const known = new Set(before.map(({ campaign }) => campaign.id));
  const intention: Intention = { mark, isNew: ({ campaign }) => !known.has(campaign.id) };
  const marked = !campaigns.rejectedMarks.has(keys);
  let { result, made } = await send(operation, args, intention, marked);
  const isWrong = result.kind === "rejected" && WRONG_REQUEST.includes(result.error.status ?? 0);
  if (marked && isWrong && !campaigns.shows(keys)) {
    // The mark may be what is wrong. A rejected call did nothing, so there may be one without it, but not where marks are known
    // to be given back: there, what has none is taken for somebody else's.
    ({ result, made } = await send(operation, args, intention, false));
    if (made) campaigns.rejectedMarks.add(keys);
  }
  if (made) {
    if (made.mark) campaigns.shown(keys);
    return made;
  }
  if (result.kind === "rejected" || result.kind === "notDone") throw result.error;
  return find(operation, args, intention, reasonOf(result));
}

async function send(
  operation: Creating,
  args: CampaignArgs,
  { mark, isNew }: Intention,
  marked: boolean,
): Promise<{ readonly result: CreateResult; readonly made: CampaignDetails | undefined }> {
  const madeBy = (result: CreateResult) => {
    const shown = result.kind === "accepted" ? campaignDetailsIn(result.body).filter(isNew) : [];
    // An account that gives no marks back still gives the name.
    return shown.find((details) => (details.mark ? isSameMark(details.mark, mark) : isNamed(args, details)));
  };
  const account = operation.account();
  const body = bodyOf(args);
  const result = await audited(
    operation,
    { action: "create", campaignName: args.name },
    (ready) =>
      account.create(body, async (endpoint) => {
        await stopIfAlone(operation, endpoint);
        await ready(endpoint);
        // It may have waited for its turn until now.
        if (marked) Object.assign(body, bodyOf(args, { ...mark, moment: account.time() }));
      }),
    (result) => {
      const made = madeBy(result);
      return { campaignId: made?.campaign.id, ...(result.kind === "accepted" && !made && { outcome: "unsure" }) };
    },
  );
  return { result, made: madeBy(result) };
}

/** Nobody would keep what is created once the engine is gone, and the next update could come before it is to be seen. */
async function stopIfAlone({ engineIsGone }: Creating, endpoint: Endpoint): Promise<void> {
  if (!(await engineIsGone())) return;
  throw new HoodError("aborted", endpoint, say`the Pulumi command that asked for it has ended`);
}

/** Looks for what a create has made that got no answer, for about a minute. @throws UnknownEffectError if it can't be seen. */
async function find(
  operation: Creating,
  args: CampaignArgs,
  { mark, isNew }: Intention,
  reason: Message,
): Promise<CampaignDetails> {
  const { unresolved } = operation.memory.campaigns;
  const account = operation.account();
  unresolved.add(mark.owner);
  const question = say`campaign ${quoted(args.name)} was created`;
  const found = await afterCall(true, () =>
    lookFor(operation, question, async () => {
      const listed = await operation.memory.campaigns.now(account);
      return listed.find((recent) => isSameMark(recent.mark, mark) && isNew(recent) && !isOld(account, recent));
    }),
  );
  if (!found) throw new UnknownEffectError(say`${reason}; ${LOOKED} s later no list of the account showed it`);
  unresolved.delete(mark.owner);
  return detailsOf(account, found);
}

function reasonOf(result: CreateResult): Message {
  return result.kind === "accepted"
    ? say`Hood answered HTTP ${result.status} without the campaign`
    : result.error.message;
}
