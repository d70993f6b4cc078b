import { audited } from "../../audited";
import type { Properties } from "../../context";
import { UnknownEffectError } from "../../errors";
import type { WriteResult } from "../../hood/account";
import type { Endpoint } from "../../hood/endpoints";
import { HoodError } from "../../hood/errors";
import type { RecentCampaign } from "../../hood/lists";
import { hashOf, hashOfValues, keysBeside, type Mark, newRecord } from "../../hood/mark";
import { type CampaignDetails, campaignDetailsIn } from "../../hood/model";
import { quoted } from "../../text";
import { tracesOf } from "../write";
import { type Creating, detailsOf, isNamed, isOld, leftBefore } from "./left";
import { LOOK_BACK } from "./memory";
import { bodyOf } from "./patch";
import { ownerOf } from "./provenance";

/** Pauses before the looks for what a create of unknown fate may have made, in milliseconds: a server may be slow, and a list may lag. */
const PAUSES = [500, 1_000, 2_000, 4_000, 7_500, 10_000, 10_000, 10_000, 10_000, 5_000];
/** Answers that say that a request is wrong, and so that nothing was done. */
const WRONG_REQUEST = [400, 422];

/**
 * Creates one campaign: observe, decide, act, verify. The call goes out once. A campaign that an earlier update made for this
 * resource, and couldn't record, is taken over; it is told by its mark, never by its name, its content or its time.
 *
 * @throws UserError, HoodError if nothing was created; UnknownEffectError if that can't be told.
 */
export async function createCampaign(context: Creating, args: Properties): Promise<CampaignDetails> {
  const memory = memoryOf(context);
  const mark = markFor(context, args);
  if (memory.unresolved.has(mark.owner)) throw new UnknownEffectError("This update has sent that call already");
  // A resource that can't be removed would be in the way for ever once there is a second campaign, however old the first is.
  const age = args.deletionPolicy === "prevent" ? Number.POSITIVE_INFINITY : LOOK_BACK;
  const before = await memory.before(context.account(), age);
  return (await leftBefore(context, args, mark, before)) ?? make(context, args, mark, before);
}

/** A host that doesn't know which resource it serves gets a mark that no later update will know. */
function markFor(context: Creating, args: Properties): Mark {
  const owner = ownerOf(context) ?? hashOf(newRecord());
  return { owner, content: hashOfValues(bodyOf(args)), record: newRecord() };
}

async function make(
  context: Creating,
  args: Properties,
  mark: Mark,
  before: readonly RecentCampaign[],
): Promise<CampaignDetails> {
  const memory = memoryOf(context);
  const keys = keysBeside(bodyOf(args).metadata);
  const known = new Set(before.map(({ campaign }) => campaign.id));
  const isNew = ({ campaign }: CampaignDetails) => !known.has(campaign.id);
  const marked = !memory.refusedMarks.has(keys);
  let { answer, made } = await send(context, args, mark, { marked, isNew });
  if (marked && answer.kind === "rejected" && WRONG_REQUEST.includes(answer.error.status ?? 0)) {
    // The mark may be what is wrong. A refused call did nothing, so there may be one without it.
    ({ answer, made } = await send(context, args, mark, { marked: false, isNew }));
    if (made) memory.refusedMarks.add(keys);
  }
  if (made) {
    if (made.mark) memory.shown(keys);
    return made;
  }
  if (answer.kind === "rejected" || answer.kind === "notDone") throw answer.error;
  return find(context, args, mark, { reason: reasonOf(answer), isNew });
}

interface Sending {
  readonly marked: boolean;
  readonly isNew: (campaign: CampaignDetails) => boolean;
}

async function send(
  context: Creating,
  args: Properties,
  mark: Mark,
  { marked, isNew }: Sending,
): Promise<{ answer: WriteResult; made: CampaignDetails | undefined }> {
  const body = bodyOf(args, marked ? mark : undefined);
  const call = audited(context, { action: "create", campaignName: String(args.name) });
  const answer = await context.account().create(body, async (endpoint) => {
    await stopIfAlone(context, endpoint);
    await call.start(endpoint);
  });
  const shown = answer.kind === "accepted" ? campaignDetailsIn(answer.body).filter(isNew) : [];
  // An account that gives no marks back still gives the name.
  const made = shown.find((whole) => (whole.mark ? isMade(whole, mark) : isNamed(args, whole)));
  await call.end({
    campaignId: made?.campaign.id,
    outcome: answer.kind === "accepted" && !made ? "unsure" : answer.kind,
    ...tracesOf(answer),
  });
  return { answer, made };
}

/** Nobody would record what is created once the engine is gone, and the next update could come before it is to be seen. */
async function stopIfAlone({ engineIsGone }: Creating, endpoint: Endpoint): Promise<void> {
  if (await engineIsGone()) throw new HoodError("aborted", endpoint, "the Pulumi command that asked for it has ended");
}

/** Looks for what a create of unknown fate has made, for about a minute. @throws UnknownEffectError if it can't be seen. */
async function find(
  context: Creating,
  args: Properties,
  mark: Mark,
  { reason, isNew }: Pick<Sending, "isNew"> & { readonly reason: string },
): Promise<CampaignDetails> {
  const memory = memoryOf(context);
  const account = context.account();
  memory.unresolved.add(mark.owner);
  const whole = PAUSES.reduce((sum, pause) => sum + pause, 0) / 1_000;
  let waited = 0;
  for (const pause of PAUSES) {
    const line = `No answer says whether campaign ${quoted(args.name)} was created: looking for it, ${waited / 1_000} of ${whole} s`;
    await context.progress(line);
    await account.sleep(pause);
    waited += pause;
    const listed = await seen(context);
    const found = listed.find((recent) => isMade(recent, mark) && isNew(recent) && !isOld(account, recent));
    if (!found) continue;
    memory.unresolved.delete(mark.owner);
    return detailsOf(account, found);
  }
  throw new UnknownEffectError(`${reason}; ${whole} s later no list of the account showed it`);
}

function isMade({ mark: shown }: CampaignDetails, mark: Mark): boolean {
  return shown?.record === mark.record && shown.owner === mark.owner && shown.content === mark.content;
}

/** A list that can't be read shows nothing. @throws UnknownEffectError if looking again wouldn't help. */
async function seen(context: Creating): Promise<readonly RecentCampaign[]> {
  try {
    return await memoryOf(context).now(context.account());
  } catch (error) {
    if (!(error instanceof HoodError)) throw error;
    if (error.kind === "noResponse" || error.kind === "unexpectedResponse" || error.kind === "unreachable") return [];
    throw new UnknownEffectError(error.message);
  }
}

function reasonOf(answer: WriteResult): string {
  return answer.kind === "accepted" ? `Hood answered HTTP ${answer.status} without the campaign` : answer.error.message;
}
