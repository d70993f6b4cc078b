import { isSameReason } from "../difference";
import { describeForgotten, explain, labelOf, UnfinishedError, UserError } from "../errors";
import type { Action } from "../hood/endpoints";
import { HoodError } from "../hood/errors";
import { hoodTime } from "../hood/fields";
import type { Campaign } from "../hood/model";
import { isCancelable, isCanceled, isKnownStatus, UNKNOWN_STATUS } from "../lifecycle";
import type { Operation } from "../operation";
import { type Message, say } from "../text";
import {
  type Declaration,
  digits,
  fitting,
  guards,
  notBlank,
  oneOf,
  optional,
  readArguments,
  withArguments,
} from "./arguments";
import {
  describeAnother,
  describeNoReturn,
  describeOtherReason,
  describeTooEarly,
  IMPORTED_REASON,
  isAnother,
} from "./cancel";
import { callDue, type Due, previewDue } from "./due";
import { countCancellation, duplicateFailures, expectAuditable } from "./guards";
import { explained, isBehind, readForCheck, readKept } from "./observe";
import {
  type Checked,
  type Failure,
  isKnown,
  type Planned,
  type Read,
  type Resource,
  type Unknown,
  unknown,
} from "./resource";
import {
  converge,
  describeNextSteps,
  describeNotImportable,
  describeOtherCampaign,
  describeOutOfReach,
  describeRemoval,
  describeUnfinished,
  findPath,
  hasDrifted,
  isOutOfReach,
  type Path,
  type Target,
} from "./statusPath";
import { UnknownEffectError } from "./write";

/** Statuses that can be declared. */
const DESIRED = ["running", "paused", "scheduled", "canceled"] as const;
export type DesiredStatus = (typeof DESIRED)[number];

/** The arguments of a CampaignStatus, as `sdk/campaignStatus.ts` documents them. */
export interface StatusArgs extends Target {
  readonly status: DesiredStatus;
}

/** What a check saw of the live campaign, and what follows from it. */
export interface StatusSeen {
  readonly campaignName?: string;
  readonly previousStatus?: string;
  readonly plannedActions?: readonly Action[];
  /** Only if a refresh found that the campaign isn't where it was brought to: the next check finds the path again. */
  readonly currentStatus?: string;
}

export interface StatusState extends StatusArgs, StatusSeen {
  /** Absent if it isn't known whether the campaign came to the desired status; `"unknown"` if Hood doesn't show it any more. */
  readonly currentStatus?: string;
  /** When the last call for it went out, in milliseconds since 1970 by the account's clock: pages may lag behind that. */
  readonly __movedAt?: number;
}

type Inputs = StatusArgs & StatusSeen;

/**
 * The status that a campaign is brought to: running, paused, scheduled, or canceled for good.
 * API pages: docs.ocamba.com/api/hood/v1.0/reference/create-campaigns-by_id-pause, -resume, -cancel
 */
export const campaignStatus: Resource<StatusArgs, StatusSeen, StatusState> = {
  type: "CampaignStatus",
  live: "currentStatus",
  seen: ["campaignName", "previousStatus", "plannedActions"],

  arguments: {
    campaignId: {
      read: digits,
      onChange: (old, state, value) => ({
        never: () => describeOtherCampaign(labelIn(old), old.campaignId, String(value), mayHaveCanceled(old, state)),
      }),
    },
    status: {
      read: oneOf(DESIRED),
      // If it could be canceled when it was seen, only the state or the live campaign tells whether it was.
      onChange(old, state, value) {
        const part = partIn(old, state);
        if (!isKnown(value) || part === undefined || part === "presumed") return "call";
        const campaign = labelIn(old);
        return {
          never: () =>
            part === "unfinished" ? describeTooEarly(campaign, say`the status`) : describeNoReturn(campaign, value),
        };
      },
    },
    reason: {
      read: readReason,
      // A reason that was never sent can be corrected. Only the state tells whether it was.
      onChange(old, state, value) {
        const part = partIn(old, state);
        if (!isKnown(value) || (part !== "canceled" && part !== "unfinished")) return "state";
        const campaign = labelIn(old);
        return {
          never: () =>
            part === "unfinished"
              ? describeTooEarly(campaign, say`the reason`)
              : describeOtherReason(campaign, old.reason, value),
        };
      },
      same: isSameReason,
    },
    scheduledTime: {
      read: optional(readTime),
      onChange: "call",
    },
    ...guards,
  },

  async check(operation, args, old) {
    const failures = duplicateFailures(operation, args.campaignId);
    const kept = old && !isEdited(old, args) ? old : undefined;
    // What was seen stays, so that a live campaign which moves on is never a diff.
    const before = kept && { seen: seenBefore(kept), failures };
    if (before && kept.currentStatus === undefined) return before;
    try {
      const checked = await checkPath(operation, args, old, kept);
      // What nobody edited fails no check: a preflight says why it stays as it is, and counts it.
      if (before && checked.failures.length > 0) return before;
      return { seen: checked.seen, failures: [...failures, ...checked.failures] };
    } catch (error) {
      if (before && error instanceof HoodError) return before;
      throw error;
    }
  },

  async preflight(operation, state, args) {
    rememberMove(operation, state);
    if (!isEdited(state, args) && isOutOfReach(state.status, state.currentStatus)) {
      await operation.warn(describeOutOfReach(state));
    }
    if (!this.isDue(state)) return {};
    const words = isEdited(state, args) ? undefined : describeNextSteps(state);
    return previewDue(operation, dueOf(state, args), { ends: mayEnd(args.status), words });
  },

  isDue: (state) => isUnfinished(state) || hasDrifted(state.status, state.currentStatus),

  async create(operation, inputs) {
    return { id: inputs.campaignId, state: await reach(operation, inputs, { sent: false }) };
  },

  async read(operation, id, state) {
    const statuses = state ? [probableStatus(state)] : DESIRED;
    const account = operation.account();
    const read = async () => {
      const recent = await account.getRecent(id, statuses);
      const isDrift = hasDrifted(state?.status, recent.status);
      // A list may lag behind what has moved the campaign.
      return { campaign: recent.isListed && isDrift ? await account.get(id) : recent };
    };
    if (!state) return importedFrom((await explained(read)).campaign);
    const campaign = labelOf(id, state.campaignName);
    const found = await (state.status ? readKept(operation, campaign, id, read) : explained(read));
    const { currentStatus: _, __movedAt, ...before } = state;
    if (!found) return { state, inputs: before };
    // What is desired stays in the state when Hood forgets the campaign.
    if (found instanceof HoodError) {
      await operation.warn(describeForgotten(campaign, found));
      // What was begun stays so until Hood shows the campaign.
      return { state: isUnfinished(state) ? state : { ...state, currentStatus: UNKNOWN_STATUS }, inputs: before };
    }
    rememberMove(operation, state);
    const part = partIn(state, state);
    const isOther = (part === "canceled" || part === "alreadyCanceled") && isAnother(state, found.campaign);
    if (isOther) await operation.warn(describeAnother(campaign, found.campaign));
    if (isOther || isBehind(operation, found.campaign)) return { state, inputs: before };
    const { name: campaignName, status: currentStatus } = found.campaign;
    const after = { ...before, campaignId: id, campaignName };
    const isDrift = hasDrifted(state.status, currentStatus);
    return { state: { ...state, ...after, currentStatus }, inputs: isDrift ? { ...after, currentStatus } : after };
  },

  async update(operation, state, inputs) {
    const sent = isUnfinished(state) && state.status === inputs.status;
    if (isEdited(state, inputs)) return reach(operation, inputs, { sent });
    const next = withArguments(this.arguments, state, inputs);
    if (!this.isDue(state)) return next;
    const act = () => reach(operation, inputs, { sent });
    return callDue(operation, dueOf(state, inputs), act, ({ name: campaignName = next.campaignName, status }) => {
      // What was begun stays so until Hood shows the campaign.
      const isKept = status === UNKNOWN_STATUS && isUnfinished(state);
      return isKept ? next : { ...next, campaignName, currentStatus: status };
    });
  },

  async delete(operation, { campaignId, campaignName }) {
    await operation.warn(describeRemoval(labelOf(campaignId, campaignName)));
  },

  previewOutputs(inputs, state) {
    if (state && !this.isDue(state) && !isEdited(state, inputs)) return { ...state, ...inputs };
    const currentStatus = state && isUnfinished(state) ? unknown : statusAfter(inputs);
    return { plannedActions: unknown, ...inputs, currentStatus };
  },
};

/** True for a status that can be declared. */
export function isDesired(status: unknown): status is DesiredStatus {
  return DESIRED.some((desired) => desired === status);
}

/** True unless a status is known to end nothing: one that isn't known yet, or isn't shown, may turn out to be the end. */
export function mayEnd(status: unknown): boolean {
  return !isDesired(status) || isCanceled(status);
}

/** True if another status is declared, or another time. What guards and explains the calls leads to none. */
export function isEdited(before: Declared, after: Declared): boolean {
  return before.status !== after.status || timeOf(before) !== timeOf(after);
}

interface Declared {
  readonly status?: unknown;
  readonly scheduledTime?: unknown;
}

function timeOf({ scheduledTime }: Declared): unknown {
  return hoodTime(scheduledTime) ?? scheduledTime;
}

function readReason(value: unknown, declared: Declaration): Read<string | undefined> {
  if (value !== undefined || !isCanceled(String(declared.status))) return readText(value, declared);
  return {
    problem: say`is missing: say why the campaign ends, such as "Budget cut, OPS-1234"; it is sent to Hood with the call`,
  };
}

const readText = optional(notBlank("it is sent to Hood with a pause or a cancellation"));

const moment = fitting(
  isMoment,
  'must be a moment such as "2026-12-01T09:00:00Z" (ISO 8601 with its zone) or "2026-12-01 09:00:00" (GMT)',
  "a string",
);

function readTime(value: unknown, declared: Declaration): Read<string> {
  const { status } = declared;
  if (!isDesired(status) || status === "scheduled") return moment(value, declared);
  return { problem: say`goes with status: "scheduled" only: take it out, or declare that status` };
}

function isMoment(value: unknown): value is string {
  return hoodTime(value) !== undefined;
}

/**
 * What a resource for the status "canceled" had to do with the end of its campaign. `"presumed"`: there is no state, and the campaign could
 * be canceled when it was seen.
 */
type Part = "canceled" | "alreadyCanceled" | "unfinished" | "presumed";

/** What can't be told of a state counts as its own. @returns undefined if it had nothing to do with an end */
function partIn(old: Inputs, state: StatusState | undefined): Part | undefined {
  if (!isCanceled(old.status)) return undefined;
  const { previousStatus = UNKNOWN_STATUS } = old;
  if (state && isUnfinished(state)) return "unfinished";
  if (isCanceled(previousStatus)) return "alreadyCanceled";
  if (!state) return isCancelable(previousStatus) ? "presumed" : undefined;
  return [previousStatus, state.currentStatus].some(isBeyondCancel) ? undefined : "canceled";
}

/** True if, as far as can be told, a call of this resource ended the campaign. */
function mayHaveCanceled(old: Inputs, state: StatusState | undefined): boolean {
  const part = partIn(old, state);
  return part === "canceled" || part === "presumed";
}

function labelIn({ campaignId, campaignName }: Inputs): Message {
  return labelOf(campaignId, campaignName);
}

/** True for a status from which nobody has canceled, and nobody can. */
function isBeyondCancel(status = UNKNOWN_STATUS): boolean {
  return isKnownStatus(status) && !isCancelable(status) && !isCanceled(status);
}

/** It isn't known whether the campaign came to the desired status. */
function isUnfinished({ currentStatus }: StatusState): boolean {
  return currentStatus === undefined;
}

/** Reads the live campaign, and finds the path from there to the desired status. @param kept the inputs, if nobody edited them */
async function checkPath(
  operation: Operation,
  args: Planned<StatusArgs>,
  old: Inputs | undefined,
  kept: Inputs | undefined,
): Promise<Checked<StatusSeen>> {
  const { campaignId, status } = args;
  const failures = failuresOfKept(args, old);
  const isLive = operation.settings().preflight === "live";
  const pathFrom = (seen: Campaign) => findPath(seen, args, operation.account().time());
  const read = (id: string) => readForCheck(operation, id, (seen) => pathFrom(seen).failures.length > 0);
  const campaign =
    isLive && isKnown(campaignId) ? await read(campaignId).catch((error) => orAsFound(error, kept)) : undefined;
  const path = campaign && failures.length === 0 ? pathFrom(campaign) : UNSEEN;
  // What can't be seen yet may turn out to need a call, so it counts.
  if (path.steps?.length !== 0) {
    const isCounted = mayEnd(status) && !kept;
    await (isCounted
      ? countCancellation(operation, campaignId, { name: campaign?.name, status })
      : expectAuditable(operation));
    if (isKnown(campaignId) && isKnown(status)) operation.memory.desiredStatuses.set(campaignId, status);
  }
  return { seen: isLive ? seenInputs(campaign, path) : {}, failures: [...failures, ...path.failures] };
}

/** Nothing tells yet which calls it takes. */
const UNSEEN: Path = { steps: undefined, failures: [] };

/** What a refresh found, if it can't be read again: the update does. */
function orAsFound(error: unknown, kept: Inputs | undefined): Campaign {
  const isUnread = error instanceof HoodError && error.kind !== "unknownCampaign";
  if (!isUnread || kept?.currentStatus === undefined) throw error;
  return { id: kept.campaignId, name: kept.campaignName ?? "", status: kept.currentStatus };
}

/** Failures of arguments that weren't judged since they stayed as they were: now they are sent again. */
function failuresOfKept(args: Planned<StatusArgs>, old: Inputs | undefined): readonly Failure[] {
  const kept = Object.entries(campaignStatus.arguments).filter(
    ([name]) => args[name as keyof StatusArgs] === old?.[name as keyof StatusArgs],
  );
  return readArguments(Object.fromEntries(kept), { ...args }).failures;
}

function seenBefore({ campaignName, previousStatus, plannedActions }: StatusSeen): StatusSeen {
  return { campaignName, previousStatus, plannedActions };
}

function seenInputs(campaign: Campaign | undefined, { steps }: Path): Planned<StatusSeen> {
  return {
    campaignName: campaign?.name ?? unknown,
    previousStatus: campaign?.status ?? unknown,
    plannedActions: steps?.map(({ action }) => action) ?? unknown,
  };
}

/** Where a path leads: known only if no call is due, since a campaign may move on while one is made. */
function statusAfter({ plannedActions, previousStatus }: Planned<StatusSeen>): string | Unknown {
  return isKnown(plannedActions) && plannedActions?.length === 0 ? (previousStatus ?? unknown) : unknown;
}

/** @param sent a call for this status has gone out in an earlier operation. */
async function reach(operation: Operation, inputs: Inputs, { sent }: { sent: boolean }): Promise<StatusState> {
  const { campaignId, campaignName, status } = inputs;
  try {
    const { campaign, previousStatus: found } = await operation.counted(() => converge(operation, inputs, sent));
    // An end that is found once the call for it has gone out isn't what was there before.
    const previousStatus = sent && isCanceled(found) ? (inputs.previousStatus ?? UNKNOWN_STATUS) : found;
    const { name, status: currentStatus } = campaign;
    const move = operation.memory.campaigns.moveOf(campaignId);
    const moved = move && { __movedAt: move.at };
    return { plannedActions: [], ...inputs, campaignName: name, previousStatus, currentStatus, ...moved };
  } catch (error) {
    if (error instanceof UserError) throw error;
    if (!(error instanceof UnknownEffectError)) throw new UserError(explain(error));
    const { currentStatus: _, ...begun } = inputs;
    const words = describeUnfinished(labelOf(campaignId, campaignName), status, error.message);
    throw new UnfinishedError(words, campaignId, begun);
  }
}

/** What calls of an earlier operation have brought the campaign to. */
function rememberMove({ memory }: Operation, { campaignId, currentStatus, __movedAt: at }: StatusState): void {
  if (at === undefined || currentStatus === undefined || memory.campaigns.moveOf(campaignId)) return;
  memory.campaigns.move(campaignId, { status: currentStatus, at });
}

/** The live status as the desired one. @throws UserError if nobody can declare it. */
function importedFrom(campaign: Campaign): { state: StatusState; inputs: Inputs } {
  const { id, name: campaignName, status, scheduledTime } = campaign;
  if (!isDesired(status)) throw new UserError(describeNotImportable(campaign));
  const args = {
    campaignId: id,
    status,
    ...(isCanceled(status) && { reason: IMPORTED_REASON }),
    ...(status === "scheduled" && { scheduledTime }),
  };
  const inputs = { ...args, campaignName, previousStatus: status, plannedActions: [] };
  return { inputs, state: { ...inputs, currentStatus: status } };
}

function dueOf(state: StatusState, args: Planned<StatusArgs>): Due {
  const judge = (campaign: Campaign, now: number) => {
    const { failures, steps } = findPath(campaign, args, now, isUnfinished(state));
    return { failures, isDone: steps?.length === 0 };
  };
  return { state, args, seen: state.currentStatus, judge };
}

/** The list to look for a campaign in. */
function probableStatus({ status, currentStatus = UNKNOWN_STATUS }: StatusState): string {
  return isKnownStatus(currentStatus) ? currentStatus : status;
}
