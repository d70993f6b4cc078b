import { UserError } from "../../errors";
import { HoodError } from "../../hood/errors";
import type { Campaign, CampaignDetails } from "../../hood/model";
import { hoodTime, momentOf } from "../../hood/time";
import { isEditable, isKnownStatus } from "../../lifecycle";
import { labelOf } from "../../messages";
import type { Operation } from "../../operation";
import type { Message } from "../../text";
import { expectAuditable } from "../guards";
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
}

const NOTHING_LEFT: Judgement = { left: [], warnings: [] };

/**
 * Judges what an update would edit by the live campaign. A status that this operation is about to bring it to counts for the live one.
 *
 * @throws UserError, HoodError for an edit of the program that the campaign doesn't take.
 */
export async function judgeEdit(
  operation: Judging,
  state: CampaignState,
  args: Planned<CampaignArgs>,
): Promise<Judgement> {
  const edited = editedArguments(state, args);
  if (edited.length === 0) return NOTHING_LEFT;
  const isLive = operation.settings().preflight === "live";
  if (!isLive) expectFuture(operation, args, launching(edited, state.status));
  const judgement = isLive ? await judgeByCampaign(operation, state, args) : NOTHING_LEFT;
  if (edited.some((name) => !judgement.left.includes(name))) await expectAuditable(operation);
  return judgement;
}

/** The same at the time of the update, for what nobody edited: an edit of the program is judged by the call for it. */
export async function leaveUnedited(operation: Judging, state: CampaignState, args: CampaignArgs): Promise<Judgement> {
  const unedited = uneditedArguments(state, args);
  if (unedited.length === 0) return NOTHING_LEFT;
  return judgeUnedited(operation, state, args, unedited, await readRecent(operation, state));
}

async function judgeByCampaign(
  operation: Judging,
  state: CampaignState,
  args: Planned<CampaignArgs>,
): Promise<Judgement> {
  const unedited = uneditedArguments(state, args);
  const byProgram = editedArguments(state, args).filter((name) => !unedited.includes(name));
  const recent = await recentOrGone(operation, state, byProgram);
  if (!recent) return { left: unedited, warnings: [describeForgottenEdit(labelOf(state.campaignId, state.name))] };
  const status = operation.memory.desiredStatuses.get(state.campaignId) ?? recent.status;
  const judgement = judgeUnedited(operation, state, args, unedited, { ...recent, status });
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

/** What nobody edited is put right if the campaign takes it. */
function judgeUnedited(
  { now }: Judging,
  state: CampaignState,
  args: Planned<CampaignArgs>,
  unedited: readonly ArgumentName[],
  campaign: Campaign,
): Judgement {
  if (unedited.length === 0) return NOTHING_LEFT;
  if (!isEditable(campaign.status)) return { left: unedited, warnings: [describeLeft(campaign, unedited)] };
  const time = unedited.includes("scheduledTime") ? hoodTime(args.scheduledTime) : undefined;
  if (time === undefined || momentOf(time) > now()) return NOTHING_LEFT;
  return { left: ["scheduledTime"], warnings: [describeLeftTime(labelOf(state.campaignId, campaign.name), time)] };
}

/** The live campaign; undefined if Hood doesn't show it, and the program asks for nothing. */
async function recentOrGone(
  operation: Judging,
  state: CampaignState,
  byProgram: readonly ArgumentName[],
): Promise<Campaign | undefined> {
  try {
    return await readRecent(operation, state);
  } catch (error) {
    const missing = await findMissing(operation, state.campaignId, error);
    if (!(missing instanceof HoodError)) return missing.campaign;
    if (byProgram.length === 0) return undefined;
    throw new UserError(describeImpossibleEdit(labelOf(state.campaignId, state.name), byProgram, missing));
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
