import type { Budget } from "./budget";
import { middle, width } from "./interval";

/** The last so many requests of a long window find out where it ends: each halves what is uncertain. */
const RESERVE = 6;
/** A start known to so many milliseconds, beside the way there and back, is known well enough. */
const GOOD_ENOUGH = 20;
/** The same for the shortest window: there each attempt can cost the place of one request in the window before. */
const GOOD_ENOUGH_SHORT = 100;
/** Time in which who gets an answer comes with the next request, in milliseconds. */
const NEXT_COMES = 100;
/** What is left is reported in whole seconds: all that an answer can tell apart repeats each second. */
const SECOND = 1_000;

/** What the limiter knows beside the windows. Times are in milliseconds of its clock. */
export interface Traffic {
  readonly now: number;
  readonly waiting: number;
  readonly inFlight: number;
  readonly lastAnswered: number;
  /** The usual time from sending a request to its answer. */
  readonly roundTrip: number;
}

/**
 * Until when a request that is available is better held back, `now` for not at all, Infinity for "until the next answer". If more
 * requests wait than a window has available, the end of that window has to be waited for anyway: the last ones of it lose nothing by
 * going out at moments at which their answers tell where it ends.
 */
export function heldUntil([shortest, ...longer]: readonly Budget[], traffic: Traffic): number {
  const { now } = traffic;
  if (!shortest) return now;
  const waits = longer.map((budget) => heldForLong(budget, shortest, traffic));
  return Math.max(heldForShort(shortest, traffic), ...waits);
}

/** The answer shows on which side of the start its request came: a new window has more remaining than the old one. */
function heldForShort(budget: Budget, traffic: Traffic): number {
  const { now, roundTrip } = traffic;
  if (budget.available !== 1 || !budget.isReported) return now;
  const end = budget.endsWithin(now);
  const at = middle(end) - roundTrip / 2;
  if (at <= now || width(end) <= GOOD_ENOUGH_SHORT + roundTrip) return now;
  return unlessLast(1, at, traffic);
}

function heldForLong(budget: Budget, shortest: Budget, traffic: Traffic): number {
  const { now, roundTrip } = traffic;
  const { available, start } = budget;
  if (budget.isHidden) {
    // The account may report the window that has fewer remaining. The short one has many remaining only when it is fresh, so a
    // request that is sent then makes it report this one: while there is still a reserve, and before it is used up.
    const reserve = available === RESERVE && shortest.available <= available;
    const last = reserve ? available : shortest.available === 1 && budget.mayBeUsedUp ? 1 : 0;
    return last > 0 ? unlessLast(last, shortest.emptyFrom(now), traffic) : now;
  }
  const [interval] = start.interval ? start.intervals : [];
  const next = interval && start.first("to", now, interval);
  if (!next || width(next) <= GOOD_ENOUGH + roundTrip) return now;
  // Whole seconds before the start: at the start itself, a place in this window could be lost.
  const last = middle(next) - roundTrip / 2;
  const moments = Math.floor((last - now) / SECOND);
  const isLast = available <= Math.min(RESERVE, moments);
  return isLast ? unlessLast(available, last - moments * SECOND, traffic) : now;
}

/** Nothing is held back that would be the last for now: then no window has to be waited for. */
function unlessLast(available: number, at: number, { now, waiting, inFlight, lastAnswered }: Traffic): number {
  if (inFlight > 0 && waiting + inFlight > available) return Number.POSITIVE_INFINITY;
  return waiting > available ? at : Math.max(now, lastAnswered + NEXT_COMES);
}
