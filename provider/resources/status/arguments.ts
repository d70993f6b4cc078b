import type { Failure, Properties } from "../../context";
import { hoodTime } from "../../hood/time";
import { isCanceled } from "../../lifecycle";
import { isUnknown } from "../../unknown";
import { ArgumentRules, campaignIdRule, expectedNameRule, isText, oneOf, whenNotCancelableRule } from "../arguments";
import type { WhenNotCancelable } from "../cancellation/arguments";

/** Statuses that can be wished for. */
const WISHES = ["running", "paused", "scheduled", "canceled"] as const;

/** True for a status that can be wished for. */
export function isDesired(status: unknown): boolean {
  return (WISHES as readonly unknown[]).includes(status);
}

/** True unless a status is known to end nothing: one that isn't known yet, or isn't shown, may turn out to be the end. */
export function mayEnd(status: unknown): boolean {
  return !isDesired(status) || isCanceled(String(status));
}

/** The arguments of a CampaignStatus; each may also be the placeholder for a value that isn't known yet. */
export interface StatusArguments {
  readonly campaignId: string;
  readonly status: (typeof WISHES)[number];
  readonly reason?: string;
  /** ISO 8601, or as Hood writes it. */
  readonly scheduledTime?: string;
  readonly expectedName?: string;
  readonly whenNotCancelable?: WhenNotCancelable;
}

export const statusArguments = new ArgumentRules<keyof StatusArguments>("CampaignStatus", {
  campaignId: campaignIdRule,
  status: oneOf(WISHES),
  reason: (value) =>
    value === undefined || isText(value)
      ? undefined
      : "must not be blank: it is sent to Hood with a pause or a cancellation",
  scheduledTime: (value) =>
    value === undefined || hoodTime(value) !== undefined
      ? undefined
      : 'must be a moment such as "2026-12-01T09:00:00Z" (ISO 8601 with its zone) or "2026-12-01 09:00:00" (GMT)',
  expectedName: expectedNameRule,
  whenNotCancelable: whenNotCancelableRule,
});

/** Everything that is wrong with the arguments as they stand, and together. */
export function failuresOf(news: Properties, added: readonly string[] = [], recorded: Properties = {}): Failure[] {
  // An output that yields nothing may come as null.
  const args = statusArguments.pick(news);
  return [
    ...statusArguments.failures(args, recorded),
    ...statusArguments.strangers(news, added),
    ...togetherFailures(args),
  ];
}

function togetherFailures({ status, reason, scheduledTime }: Properties): Failure[] {
  if (isUnknown(status)) return [];
  const failures: Failure[] = [];
  if (scheduledTime !== undefined && status !== "scheduled") {
    const rest = `goes with status: "scheduled" only: take it out, or wish for that`;
    failures.push({ property: "scheduledTime", reason: `scheduledTime ${rest}.` });
  }
  if (reason === undefined && isCanceled(String(status))) {
    const rest =
      'is missing: say why the campaign ends, such as "Budget cut, OPS-1234"; it is sent to Hood with the call';
    failures.push({ property: "reason", reason: `reason ${rest}.` });
  }
  return failures;
}
