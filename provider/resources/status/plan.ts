import type { Failure } from "../../context";
import type { Campaign } from "../../hood/model";
import { hoodTime, momentOf } from "../../hood/time";
import {
  isCancelable,
  isCanceled,
  isExplainedByTime,
  isKnownStatus,
  pathAround,
  pathBetween,
  type Step,
} from "../../lifecycle";
import { labelOf } from "../../messages";
import { isUnknown } from "../../unknown";
import { cancellationFailures } from "../cancellation/objections";
import { nameFailures, statusFailures } from "../objections";
import { describeNoReturn } from "../reversal";
import type { StatusArguments } from "./arguments";
import { describeNoTime, describePast, describeUnreachable } from "./messages";

/** What a campaign needs to get to the wished status, and what speaks against it. */
export interface Plan {
  /**
   * The calls that lead there, in their order; empty if it is there, or if it can't get there; undefined if they depend
   * on a value that only the update will know.
   */
  readonly steps: readonly Step[] | undefined;
  readonly failures: readonly Failure[];
}

/**
 * The way from the live campaign to the wish.
 *
 * @param called a call for this wish has gone out that may have done its work: time may have moved the campaign on since.
 */
export function planFor(campaign: Campaign, args: StatusArguments, { called = false } = {}): Plan {
  if (isUnknown(args.status)) return { steps: undefined, failures: nameFailures(campaign, args.expectedName) };
  if (isCanceled(args.status)) return planForEnd(campaign, args);
  const failures = [...objectionsToName(campaign, args.expectedName), ...objectionsToStatus(campaign)];
  if (failures.length > 0) return { steps: [], failures };
  const steps = stepsTo(campaign, args);
  if (!steps) {
    const done = called && isExplainedByTime(args.status, campaign.status);
    return { steps: [], failures: done ? [] : [noWay(campaign, args.status)] };
  }
  // Another time takes calls, the same one takes none.
  if (steps.length === 0 && isUnknown(args.scheduledTime)) return { steps: undefined, failures: [] };
  return { steps, failures: timeFailures(campaign, args, steps) };
}

function planForEnd(campaign: Campaign, args: StatusArguments): Plan {
  const failures = cancellationFailures(campaign, args);
  const due = failures.length === 0 && isCancelable(campaign.status);
  return { steps: due ? (pathBetween(campaign.status, args.status) ?? []) : [], failures };
}

function stepsTo(campaign: Campaign, { status, scheduledTime }: StatusArguments): readonly Step[] | undefined {
  const otherTime = scheduledTime !== undefined && hoodTime(scheduledTime) !== campaign.scheduledTime;
  if (campaign.status === status && otherTime && !isUnknown(scheduledTime)) return pathAround(status);
  return pathBetween(campaign.status, status);
}

function noWay(campaign: Campaign, wished: string): Failure {
  const final = isCanceled(campaign.status);
  const reason = final
    ? describeNoReturn(labelOf(campaign.id, campaign.name), wished)
    : describeUnreachable(campaign, wished);
  return { property: "status", reason };
}

function timeFailures(campaign: Campaign, args: StatusArguments, steps: readonly Step[]): Failure[] {
  const { scheduledTime } = args;
  const needed = steps.some(({ action, to }) => action === "resume" && to === "scheduled");
  if (!needed || isUnknown(scheduledTime)) return [];
  if (scheduledTime === undefined) return [{ property: "scheduledTime", reason: describeNoTime(campaign) }];
  const time = hoodTime(scheduledTime) ?? "";
  return momentOf(time) > Date.now() ? [] : [{ property: "scheduledTime", reason: describePast(time) }];
}

/**
 * True where a campaign on record isn't, by what was last seen of it, where it was brought to, and time alone doesn't
 * explain that. A status that nobody documents says nothing, so nothing is done about it.
 */
export function hasDrifted(wished: unknown, current: unknown): boolean {
  const status = String(current);
  if (!isKnownStatus(status)) return false;
  // What ended otherwise was accepted so: only what can still be cancelled isn't what was asked for.
  return isCanceled(String(wished)) ? isCancelable(status) : !isExplainedByTime(String(wished), status);
}
