import { isObject } from "./mergePatch";
import { DAY, hoodTime, parseDuration, parseHoodTime } from "./time";

const SECOND = 1_000;

/** The fields that say when a campaign runs. */
interface Plan {
  readonly recurrence?: unknown;
  readonly scheduled_time?: unknown;
}

/** Whether a campaign runs again and again. */
export function recurs({ recurrence }: Plan): boolean {
  return isObject(recurrence);
}

/** The first moment after `after` that is a whole number of periods from `anchor`; all in ms since the epoch. */
export function nextRun(plan: Plan, anchor: number, after: number): number {
  const start = Math.floor(anchor / SECOND) * SECOND;
  if (start > after) return start;
  const length = period(plan);
  return start + (Math.floor((after - start) / length) + 1) * length;
}

/** When a campaign that is scheduled at this moment runs next; null if it has no time. */
export function firstRun(plan: Plan, now: number): string | null {
  const given = parseHoodTime(plan.scheduled_time);
  if (recurs(plan)) return hoodTime(nextRun(plan, given ?? now, now));
  return given === undefined ? null : hoodTime(given);
}

/** Hood's pages don't show what `recurrence` holds, so whatever has no readable `every` is daily. */
function period({ recurrence }: Plan): number {
  return (isObject(recurrence) && parseDuration(recurrence.every)) || DAY;
}
