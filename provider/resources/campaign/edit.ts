import { isDeepStrictEqual } from "node:util";
import { explain, ImpossibleError, labelOf, UserError } from "../../errors";
import type { Account } from "../../hood/account";
import { editCampaign as endpointFor } from "../../hood/endpoints";
import { HoodError } from "../../hood/errors";
import { hoodTime, momentOf } from "../../hood/fields";
import { isSameMark, type Mark } from "../../hood/mark";
import type { Campaign, CampaignDetails, ObservedDetails } from "../../hood/model";
import { newTurn, type Turn } from "../../hood/rateLimit/limiter";
import { isEditable, isKnownStatus, UNKNOWN_STATUS } from "../../lifecycle";
import type { Operation } from "../../operation";
import { concat, type Message, say } from "../../text";
import { describeUnread } from "../due";
import { expectAuditable } from "../guards";
import {
  caughtUp,
  findMissing,
  isBehind,
  isRecent,
  isUntouched,
  LOOKED,
  lookFor,
  readMade,
  unlessFinal,
  whyNotAgain,
} from "../observe";
import { isKnown, type Planned } from "../resource";
import { afterCall, audited, UnknownEffectError, type Writing, withPatience } from "../write";
import { type ArgumentName, argumentsIn, type CampaignArgs, type CampaignState, fingerprint } from "./args";
import {
  addedByHand,
  editedArguments,
  type Fields,
  fieldsOf,
  isDraft,
  keepingMark,
  patchOf,
  renewingMark,
  shows,
} from "./fields";
import {
  describeChangedDraft,
  describeForgottenEdit,
  describeImpossibleEdit,
  describeLeft,
  describeLeftTime,
  describeNotEditable,
  describePast,
} from "./messages";

/** Pause before an edited campaign is read once more that looks as before, in milliseconds. */
const SECOND_READ = 3_500;

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
  /** When an earlier edit went out, which pages may lag behind: what such a page shows doesn't prove that this one is done. */
  readonly editedAt?: number | undefined;
}

/** A campaign that has what was declared. */
export interface Edited extends CampaignDetails {
  /** When the edit went out, by the account's clock; absent if there was nothing to send. */
  readonly sentAt?: number;
}

/** What earlier calls for the same edit have brought. */
interface Attempts {
  /** One went out whose effect isn't known, and what the campaign showed before. */
  readonly sent: boolean;
  readonly was?: CampaignDetails;
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
export async function editCampaign(operation: Writing, id: string, edit: Edit): Promise<Edited> {
  const { before, after, renewal } = edit;
  const account = operation.account();
  let attempts: Attempts = { sent: false };
  const turn = newTurn();
  for (let given = renewal?.live; ; given = undefined) {
    const live = given ?? (await read(operation, id, turn, attempts.sent));
    if (isDone(account, live, edit, attempts.was)) return live;
    await expectTaken(live, edit, attempts);
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
      const { status } = patch;
      if (status !== undefined)
        operation.memory.campaigns.move(id, { from: "draft", status: String(status), at: sentAt });
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
      attempts = { sent: true, was: live, unmarked };
    }
    // The next read says why Hood rejected it: mostly, the campaign has moved on.
    else if (renewal || body === patch) attempts = { ...attempts, unmarked, rejection: result.error };
    // Unless it is the mark: an account may take one pair of metadata only.
    else attempts = { ...attempts, unmarked: true };
  }
}

/** An account may take a new mark without keeping it: then an older state would go on to own the campaign. Its page may lag behind lists. */
async function expectRenewed(operation: Writing, { campaign: { id, name } }: CampaignDetails, edit: Edit) {
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

/** A campaign that Hood doesn't know. @throws every other error */
export function unlessUnknown(error: unknown): undefined {
  if (!(error instanceof HoodError) || error.kind !== "unknownCampaign") throw error;
}

/** The campaign once it shows an edit; else as it was seen last. */
async function lookForEdit(operation: Writing, was: CampaignDetails, edit: Edit) {
  const { id, name } = was.campaign;
  const question = concat(labelOf(id, name), say` was edited`);
  const account = operation.account();
  let last: CampaignDetails | undefined;
  const found = await lookFor(operation, question, async () => {
    last = await account.details(id);
    return isDone(account, last, edit, was) ? last : undefined;
  });
  return { found, last };
}

/** @param was what the campaign showed before a call went out for this edit. */
function isDone(
  account: Account,
  live: CampaignDetails,
  { before, after, renewal, editedAt }: Edit,
  was?: CampaignDetails,
): boolean {
  if (renewal) return isSameMark(live.mark, renewal.mark);
  const patch = patchOf(before(live), after, live.campaign.status);
  if (Object.keys(patch).length === 0) return true;
  // What is to be taken back looks done where the edit before isn't shown yet.
  const proves = !isRecent(account, editedAt) || (was !== undefined && !shows(was, patch));
  return shows(live, patch) && (proves || !isEditable(live.campaign.status));
}

function read(operation: Writing, id: string, turn: Turn, sent: boolean): Promise<ObservedDetails> {
  const details = () => operation.account().details(id, turn);
  return afterCall(sent, async () => {
    let live = await (sent ? withPatience(details) : readMade(operation, id, details));
    const look = async () => {
      live = await details();
      return live.campaign;
    };
    if (isBehind(operation, live.campaign)) await caughtUp(operation, live.campaign, look);
    return live;
  });
}

/** @throws if another call would be rejected too, or isn't to be sent. */
function expectTaken(live: CampaignDetails, { before, after, expectFit }: Edit, { sent, rejection }: Attempts) {
  const { campaign } = live;
  return afterCall(sent, async () => {
    expectFit?.(live);
    if (!isEditable(campaign.status))
      throw new ImpossibleError(describeNotEditable(campaign, before(live), after), campaign.status);
    if (rejection) throw rejection;
  });
}

/** What the account makes of an edit that it took; undefined if that isn't to be seen yet. A page that shows nothing new is read once more. */
async function readAfterwards(
  account: Account,
  before: CampaignDetails,
  { editedAt = Number.NaN }: Edit,
): Promise<CampaignDetails | undefined> {
  // What it shows next may be the edit before.
  if (isRecent(account, editedAt) && isUntouched(before.campaign, editedAt)) return undefined;
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

type Judging = Pick<Operation, "account" | "memory" | "settings" | "now">;
type Hashes = Readonly<Record<string, string>>;

/** What an update makes of a declaration. */
export interface Judgement {
  /** Arguments that stay as the live campaign has them. Nobody edited them in the program, so that is no failure. */
  readonly left: readonly ArgumentName[];
  /** What to say about that. */
  readonly warnings: readonly Message[];
  /** The campaign's status, as far as an update has seen it. */
  readonly status?: string;
}

const NOTHING_LEFT: Judgement = { left: [], warnings: [] };

/**
 * Judges what an update would do by the live campaign. A status that this operation is about to bring it to counts for the live one.
 *
 * @throws UserError, HoodError for an edit of the program that the campaign doesn't take.
 */
export async function judgeEdit(
  operation: Judging,
  state: CampaignState,
  args: Planned<CampaignArgs>,
): Promise<Judgement> {
  const edited = editedArguments(state, args);
  const judgement = edited.length === 0 ? NOTHING_LEFT : await judgePlanned(operation, state, args);
  const isMarked = args.deletionPolicy === "cancel" && state.deletionPolicy !== "cancel";
  if (isMarked || edited.some((name) => !judgement.left.includes(name))) await expectAuditable(operation);
  return judgement;
}

/** Without a preflight, or if nobody edited what can't be read, it is the state that tells of the campaign. */
async function judgePlanned(operation: Judging, state: CampaignState, args: Planned<CampaignArgs>): Promise<Judgement> {
  if (operation.settings().preflight === "live") {
    try {
      return await judgeByCampaign(operation, state, args);
    } catch (error) {
      if (!(error instanceof HoodError) || !isOnlyUnedited(state, args)) throw error;
      return { ...NOTHING_LEFT, warnings: [describeUnread(explain(error))] };
    }
  }
  expectFuture(operation, args, launching(editedByProgram(state, args), state.status));
  const { campaignId: id, name, status } = state;
  return judgeUnedited(operation, state, args, { id, name, status });
}

/** The same at the time of the update, for what nobody edited: an edit of the program is judged by the call for it. */
export async function leaveUnedited(operation: Judging, state: CampaignState, args: CampaignArgs): Promise<Judgement> {
  if (uneditedArguments(state, args).length === 0) return NOTHING_LEFT;
  const { recent, judgement } = await judgeRecent(operation, state, args);
  return { ...judgement, status: recent.status };
}

/** True if all that an update would send was changed in Hood, and not in the program. */
export function isOnlyUnedited(state: CampaignState, args: Planned<CampaignArgs>): boolean {
  return uneditedArguments(state, args).length > 0 && editedByProgram(state, args).length === 0;
}

async function judgeByCampaign(
  operation: Judging,
  state: CampaignState,
  args: Planned<CampaignArgs>,
): Promise<Judgement> {
  const { judgement, recent, status } = await judgeRecent(operation, state, args);
  const byProgram = editedByProgram(state, args);
  if (isEditable(status)) expectFuture(operation, args, launching(byProgram, status));
  if (isLaunch(state, args, status)) {
    expectOwnDraft(state, args, await operation.account().details(state.campaignId));
  }
  // What a call of unknown effect has sent already, the update goes on with.
  const { unfinished } = state.__provenance ?? {};
  const isBegun = unfinished && byProgram.every((name) => name === "draft" || Object.hasOwn(unfinished, name));
  if (isBegun || byProgram.length === 0 || isEditable(status)) return judgement;
  // An update that was interrupted may have sent the edit already.
  const live = await operation.account().details(state.campaignId);
  const rest = leaving(state, args, judgement.left);
  const isCertain = byProgram.every((name) => isKnown(args[name]));
  if (isCertain && shows(live, patchOf(state, rest as CampaignArgs, live.campaign.status))) return judgement;
  const isDesired = status !== recent.status;
  // A list may lag.
  if (!isDesired && isEditable(live.campaign.status)) return judgement;
  throw new UserError(describeNotEditable(isDesired ? { ...live.campaign, status } : live.campaign, state, rest));
}

/** What nobody edited, by the live campaign, for a preview and for an update alike. */
async function judgeRecent(operation: Judging, state: CampaignState, args: Planned<CampaignArgs>) {
  const recent = await recentOrGone(operation, state, editedByProgram(state, args));
  const moved = isBehind(operation, recent) ? operation.memory.campaigns.moveOf(recent.id)?.status : undefined;
  const status = operation.memory.desiredStatuses.get(recent.id) ?? moved ?? recent.status;
  return { recent, status, judgement: judgeUnedited(operation, state, args, { ...recent, status }) };
}

/** What nobody edited is put right if the campaign takes it. */
function judgeUnedited(
  { now }: Judging,
  state: CampaignState,
  args: Planned<CampaignArgs>,
  campaign: Campaign,
): Judgement {
  const unedited = uneditedArguments(state, args);
  const { id, name, status } = campaign;
  if (unedited.length === 0) return NOTHING_LEFT;
  if (status === UNKNOWN_STATUS) return { left: unedited, warnings: [describeForgottenEdit(labelOf(id, name))] };
  if (!isEditable(status)) return { left: unedited, warnings: [describeLeft(campaign, unedited)] };
  const time = unedited.includes("scheduledTime") ? hoodTime(args.scheduledTime) : undefined;
  if (time === undefined || momentOf(time) > now()) return NOTHING_LEFT;
  return { left: ["scheduledTime"], warnings: [describeLeftTime(labelOf(id, name), time)] };
}

/** The live campaign; with a status that isn't known if Hood doesn't show it, and the program asks for nothing. */
async function recentOrGone(
  operation: Judging,
  state: CampaignState,
  byProgram: readonly ArgumentName[],
): Promise<Campaign> {
  const { campaignId: id, name } = state;
  try {
    return await readRecent(operation, state);
  } catch (error) {
    const missing = await findMissing(operation, id, error);
    if (!(missing instanceof HoodError)) return missing.campaign;
    if (byProgram.length === 0) return { id, name, status: UNKNOWN_STATUS };
    throw new UserError(describeImpossibleEdit(labelOf(id, name), byProgram, missing));
  }
}

/** The live campaign, from the list in which it most probably is. */
export function readRecent({ account }: Pick<Operation, "account">, { campaignId, status }: CampaignState) {
  return account().getRecent(campaignId, [isKnownStatus(status) ? status : "scheduled"]);
}

function isLaunch(state: CampaignState, args: Planned<CampaignArgs>, status: string): boolean {
  return isDraft(state) && !isDraft(args) && status === "draft";
}

/** @throws UserError for a draft that a launch would send with what nobody declares. */
export function expectOwnDraft(state: CampaignState, args: Planned<CampaignArgs>, live: CampaignDetails): void {
  const added = isLaunch(state, args, live.campaign.status) ? addedByHand(state, args, live) : [];
  if (added.length > 0) throw new UserError(describeChangedDraft(labelOf(state.campaignId, live.campaign.name), added));
}

/** True if an edit makes the scheduled time count. A draft that was launched already isn't launched again. */
export function launching(edited: readonly ArgumentName[], status: string): boolean {
  return edited.includes("scheduledTime") || (edited.includes("draft") && status === "draft");
}

export function expectFuture(
  { now }: Pick<Operation, "now">,
  { scheduledTime }: Planned<CampaignArgs>,
  counts: boolean,
): void {
  const time = counts ? hoodTime(scheduledTime) : undefined;
  if (time !== undefined && momentOf(time) <= now()) throw new UserError(describePast(time));
}

/** Arguments that differ from the state only because somebody changed the campaign in Hood: the program declares what it did before. */
export function uneditedArguments(state: CampaignState, args: Planned<CampaignArgs>): ArgumentName[] {
  const { declared = {} } = state.__provenance ?? {};
  return editedArguments(state, args).filter(
    (name) => isKnown(args[name]) && declared[name] === hashOfArgument(args, name),
  );
}

function editedByProgram(state: CampaignState, args: Planned<CampaignArgs>): ArgumentName[] {
  const unedited = uneditedArguments(state, args);
  return editedArguments(state, args).filter((name) => !unedited.includes(name));
}

/** For the state of a campaign that a refresh has read: what the program declares for that which was changed in Hood. */
export function declaredBeside(state: CampaignState, found: CampaignArgs): Hashes {
  const before = state.__provenance?.declared ?? {};
  const changed = editedArguments(state, found).filter((name) => !(name in before));
  const all = { ...before, ...Object.fromEntries(changed.map((name) => [name, hashOfArgument(state, name)])) };
  return Object.fromEntries(Object.entries(all).filter(([name, hash]) => hashOfArgument(found, name) !== hash));
}

function hashOfArgument(args: Planned<Partial<CampaignArgs>>, name: string): string {
  return fingerprint(fieldsOf({ [name]: args[name as ArgumentName] }));
}

/** A declaration with some arguments as the state has them. */
export function leaving<A extends Planned<CampaignArgs>>(
  state: CampaignState,
  args: A,
  left: readonly ArgumentName[],
): A {
  const others = Object.entries(args).filter(([name]) => !left.some((one) => one === name));
  const kept = Object.entries(argumentsIn(state)).filter(([name]) => left.some((one) => one === name));
  return Object.fromEntries([...others, ...kept]) as A;
}
