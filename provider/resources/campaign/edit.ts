import { isDeepStrictEqual } from "node:util";
import { ImpossibleError, labelOf } from "../../errors";
import type { Account } from "../../hood/account";
import { editCampaign as endpointFor } from "../../hood/endpoints";
import { HoodError } from "../../hood/errors";
import { isSameMark, type Mark } from "../../hood/mark";
import type { CampaignDetails, ObservedDetails } from "../../hood/model";
import { newTurn, type Turn } from "../../hood/rateLimit/limiter";
import { isEditable } from "../../lifecycle";
import type { Operation } from "../../operation";
import { concat, firstLine, say } from "../../text";
import { LOOKED, lookFor, unlessFinal, whyNotAgain } from "../lookFor";
import { afterCall, audited, UnknownEffectError, type Writing, withPatience } from "../write";
import type { CampaignArgs } from "./args";
import { shows } from "./drift";
import { type Fields, keepingMark, patchOf, renewingMark } from "./fields";
import { describeNotEditable } from "./messages";
import { mayBeBehind } from "./provenance";

/** Pause before an edited campaign is read once more that looks as before, in milliseconds. */
const SECOND_READ = 3_500;

type Editing = Writing & Pick<Operation, "memory">;

/** What an edit is to bring about. */
export interface Edit {
  /** What the campaign was made from, by the state or by what it shows. */
  readonly before: (live: CampaignDetails) => CampaignArgs;
  /** What is declared. */
  readonly after: CampaignArgs;
  /** @throws UserError for a live campaign that isn't to be edited so. */
  readonly expectFit?: (live: CampaignDetails) => void;
  /**
   * A mark in place of the one that a campaign has, which was read just now. It stands in the same call as the edit: whoever finds it knows
   * that the edit was done, and whoever finds the old one, that it wasn't.
   */
  readonly renewal?: { readonly mark: Mark; readonly key: string; readonly live: ObservedDetails };
  /** When an earlier edit went out, which pages may lag behind. */
  readonly editedAt?: number | undefined;
}

/** A campaign that has what was declared. */
export interface Edited extends CampaignDetails {
  /** When the edit went out, by the account's clock; absent if there was nothing to send. */
  readonly sentAt?: number;
}

/** What earlier calls for the same edit have brought. */
interface Attempts {
  /** One went out whose effect isn't known. */
  readonly sent: boolean;
  /** The mark is to be left out. */
  readonly unmarked?: boolean;
  /** Hood's words for why it rejected the last one. */
  readonly rejection?: HoodError;
}

/**
 * Turns a campaign from what it was made from into what is declared: observe, decide, act, verify. What the live campaign shows
 * already isn't sent, such as the edit of an update that was interrupted.
 *
 * @returns the campaign, with its status afterwards.
 * @throws UserError, HoodError if nothing was changed; UnknownEffectError if that can't be told.
 */
export async function editCampaign(operation: Editing, id: string, edit: Edit): Promise<Edited> {
  const { before, after, expectFit, renewal } = edit;
  const account = operation.account();
  let attempts: Attempts = { sent: false };
  const turn = newTurn();
  for (let given = renewal?.live; ; given = undefined) {
    const live = given ?? (await read(account, id, turn, attempts.sent));
    if (isDone(account, live, edit)) return live;
    if (!attempts.sent) expectFit?.(live);
    expectTaken(live, edit, attempts);
    const patch = patchOf(before(live), after, live.campaign.status);
    const { sent, unmarked = false } = attempts;
    const marked = () =>
      renewal ? renewingMark(patch, after, renewal.mark, renewal.key) : keepingMark(patch, after, live.mark);
    const body = unmarked ? patch : marked();
    const sentAt = account.time();
    const audit = { action: "edit", campaignId: id, campaignName: live.campaign.name } as const;
    const result = await audited(operation, audit, (ready) =>
      account.write(live.campaign, endpointFor(id), body, { turn, ready }),
    );
    if (result.kind === "stale") continue;
    if (result.kind === "accepted") {
      const shown = renewal
        ? await afterCall(true, () => expectRenewed(operation, live, edit))
        : arrived(live, patch, await readAfterwards(account, live, edit));
      return { ...shown, sentAt };
    }
    if (result.kind === "notDone") throw sent ? new UnknownEffectError(result.error.message) : result.error;
    if (result.kind === "unknown") {
      const { found, last } = await afterCall(true, () => lookForEdit(operation, live, edit));
      if (found) return { ...found, sentAt };
      // What somebody has changed since would be undone by another call.
      const why = last
        ? await whyNotAgain(operation, last.campaign, { sentAt, sentBefore: sent })
        : say`no read got an answer either`;
      if (why) {
        const shown = say`; in ${LOOKED} s no read showed the edit. The call isn't sent again, because ${why}`;
        throw new UnknownEffectError(concat(result.error.message, shown));
      }
      attempts = { sent: true, unmarked };
    }
    // The next read says why Hood rejected it: mostly, the campaign has moved on.
    else if (renewal || body === patch) attempts = { sent, unmarked, rejection: result.error };
    // Unless it is the mark: an account may take one pair of metadata only.
    else attempts = { sent, unmarked: true };
  }
}

/** An account may take a new mark without keeping it: then an older state would go on to own the campaign. Its page may lag behind lists. */
async function expectRenewed(operation: Editing, { campaign: { id, name } }: CampaignDetails, edit: Edit) {
  const account = operation.account();
  const look = async (): Promise<CampaignDetails | undefined> => {
    const shown = await account.details(id).catch(unlessUnknown);
    if (shown && isDone(account, shown, edit)) return shown;
    const listed = (await operation.memory.campaigns.now(account)).find(({ campaign }) => campaign.id === id);
    return listed && isDone(account, listed, edit) ? listed : undefined;
  };
  const question = concat(labelOf(id, name), say` has its new mark`);
  const found = (await look().catch(unlessFinal)) ?? (await lookFor(operation, question, look));
  if (found) return found;
  throw new UnknownEffectError(say`Hood accepted the call, and in ${LOOKED} s no read showed the new mark`);
}

function unlessUnknown(error: unknown): undefined {
  if (!(error instanceof HoodError) || error.kind !== "unknownCampaign") throw error;
}

/** The campaign once it shows an edit; else as it was seen last. */
async function lookForEdit(operation: Writing, { campaign: { id, name } }: CampaignDetails, edit: Edit) {
  const question = concat(labelOf(id, name), say` was edited`);
  const account = operation.account();
  let last: CampaignDetails | undefined;
  const found = await lookFor(operation, question, async () => {
    last = await account.details(id);
    return isDone(account, last, edit) ? last : undefined;
  });
  return { found, last };
}

function isDone(account: Account, live: CampaignDetails, { before, after, renewal, editedAt }: Edit): boolean {
  if (renewal) return isSameMark(live.mark, renewal.mark);
  const patch = patchOf(before(live), after, live.campaign.status);
  // What is to be taken back looks done where the edit before isn't shown yet.
  return Object.keys(patch).length === 0 || (shows(live, patch) && !mayBeBehind(account, live.campaign, editedAt));
}

function read(account: Account, id: string, turn: Turn, sent: boolean): Promise<ObservedDetails> {
  const details = () => account.details(id, turn);
  return afterCall(sent, () => (sent ? withPatience(details) : details()));
}

/** @throws if another call would be rejected too. */
function expectTaken(live: CampaignDetails, { before, after }: Edit, { sent, rejection }: Attempts): void {
  const { campaign } = live;
  if (isEditable(campaign.status)) {
    if (rejection) throw sent ? new UnknownEffectError(rejection.message) : rejection;
    return;
  }
  const words = describeNotEditable(campaign, before(live), after);
  throw sent ? new UnknownEffectError(firstLine(words)) : new ImpossibleError(words, campaign.status);
}

/** What the account makes of an edit that it took; undefined if that isn't to be seen yet. A page that shows nothing new is read once more. */
async function readAfterwards(
  account: Account,
  before: CampaignDetails,
  { editedAt }: Edit,
): Promise<CampaignDetails | undefined> {
  // What it shows next may be the edit before.
  if (mayBeBehind(account, before.campaign, editedAt)) return undefined;
  const look = async () => {
    const shown = await account.details(before.campaign.id);
    const [was, is] = [before, shown].map(({ campaign: { updateTime }, fields }) => updateTime ?? fields);
    return isDeepStrictEqual(was, is) ? undefined : shown;
  };
  try {
    const first = await look();
    if (first) return first;
    await account.sleep(SECOND_READ);
    return await look();
  } catch (error) {
    if (error instanceof HoodError) return undefined;
    throw error;
  }
}

function arrived(
  { campaign, fields }: CampaignDetails,
  { status = campaign.status }: Fields,
  after?: CampaignDetails,
): CampaignDetails {
  const { create_time } = fields;
  return { campaign: { ...campaign, status: String(status) }, fields: { create_time, ...after?.fields } };
}
