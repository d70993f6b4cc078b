import { explain, labelOf, UserError } from "../../errors";
import { HoodError } from "../../hood/errors";
import { hoodTime, momentOf } from "../../hood/fields";
import type { Campaign, CampaignDetails } from "../../hood/model";
import { isEditable, isKnownStatus, UNKNOWN_STATUS } from "../../lifecycle";
import type { Operation } from "../../operation";
import type { Message } from "../../text";
import { describeUnread, expectAuditable } from "../guards";
import { findMissing } from "../present";
import { isKnown, type Planned } from "../resource";
import { type ArgumentName, argumentsIn, type CampaignArgs, type CampaignState } from "./args";
import { addedByHand, shows } from "./drift";
import { editedArguments, fieldsOf, isDraft, patchOf } from "./fields";
import {
  describeForeignDraft,
  describeForgottenEdit,
  describeImpossibleEdit,
  describeLeft,
  describeLeftTime,
  describeNotEditable,
  describePast,
} from "./messages";
import { fingerprint } from "./provenance";

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
      return { left: [], warnings: [describeUnread(explain(error))] };
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
  if (byProgram.length === 0 || isEditable(status)) return judgement;
  // An update that was interrupted may have sent the edit already.
  const live = await operation.account().details(state.campaignId);
  const rest = leaving(state, args, judgement.left);
  const isCertain = byProgram.every((name) => isKnown(args[name]));
  if (isCertain && shows(live, patchOf(state, rest as CampaignArgs, live.campaign.status))) return judgement;
  const isDesired = status !== recent.status;
  throw new UserError(describeNotEditable(isDesired ? { ...live.campaign, status } : live.campaign, state, rest));
}

/** What nobody edited, by the live campaign, for a preview and for an update alike. */
async function judgeRecent(operation: Judging, state: CampaignState, args: Planned<CampaignArgs>) {
  const recent = await recentOrGone(operation, state, editedByProgram(state, args));
  const status = operation.memory.desiredStatuses.get(recent.id) ?? recent.status;
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
    if (!(error instanceof HoodError) || error.kind !== "unknownCampaign") throw error;
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
  if (added.length > 0) throw new UserError(describeForeignDraft(labelOf(state.campaignId, live.campaign.name), added));
}

/** True if an edit makes the scheduled time count. A draft that was launched already isn't launched again. */
function launching(edited: readonly ArgumentName[], status: string): boolean {
  return edited.includes("scheduledTime") || (edited.includes("draft") && status === "draft");
}

function expectFuture({ now }: Judging, { scheduledTime }: Planned<CampaignArgs>, counts: boolean): void {
  const time = counts ? hoodTime(scheduledTime) : undefined;
  if (time !== undefined && momentOf(time) <= now()) throw new UserError(describePast(time));
}

/** Arguments that differ from the state only because somebody changed the campaign in Hood: the program declares what it did before. */
export function uneditedArguments(state: CampaignState, args: Planned<CampaignArgs>): ArgumentName[] {
  const { declared = {} } = state.__provenance ?? {};
  return editedArguments(state, args).filter(
    (name) => declared[name] !== undefined && isKnown(args[name]) && declared[name] === hashOfArgument(args, name),
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
