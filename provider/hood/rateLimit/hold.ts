import type { Budget } from "./budget";
import { middle, width } from "./span";

/** The last so many requests of a long window find out where it ends: each halves what is uncertain. */
const RESERVE = 6;
/** A boundary known to so many milliseconds, beside the way there and back, is known well enough. */
const GOOD_ENOUGH = 20;
/** The same for the shortest window: there each attempt can cost the place of one request in the window before. */
const GOOD_ENOUGH_SHORT = 100;
/** Time in which who gets an answer comes with the next request, in milliseconds. */
const NEXT_COMES = 100;
/** What is left is told in whole seconds: all that an answer can tell apart repeats each second. */
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
 * Until when a request that there is room for is better held back, `now` for not at all, Infinity for "until the next
 * answer". When more requests wait than a window has room for, the end of that window has to be waited for anyway: the
 * last ones it has room for lose nothing by going out at moments at which their answers tell where it ends.
 */
export function heldUntil([shortest, ...longer]: readonly Budget[], traffic: Traffic): number {
  const { now } = traffic;
  if (!shortest) return now;
  const waits = longer.map((budget) => heldForLong(budget, shortest, traffic));
  return Math.max(heldForShort(shortest, traffic), ...waits);
}

/** The answer shows on which side of the boundary its request came: a new window has more left than the old one. */
function heldForShort(budget: Budget, traffic: Traffic): number {
  const { now, roundTrip } = traffic;
  if (budget.room !== 1 || !budget.seen) return now;
  const span = budget.endsWithin(now);
  const at = middle(span) - roundTrip / 2;
  if (at <= now || width(span) <= GOOD_ENOUGH_SHORT + roundTrip) return now;
  return unlessLast(1, at, traffic);
}

function heldForLong(budget: Budget, shortest: Budget, traffic: Traffic): number {
  const { now, roundTrip } = traffic;
  const { room, boundary } = budget;
  if (budget.unshown) {
    // The account may show the window that has fewer left. The short one has many left only when it is fresh, so a
    // request that is sent then makes it show this one: while there is still a reserve, and before it is used up.
    const reserve = room === RESERVE && shortest.room <= room;
    const last = reserve ? room : shortest.room === 1 && budget.blind ? 1 : 0;
    return last > 0 ? unlessLast(last, shortest.fresh(now), traffic) : now;
  }
  const [span] = boundary.span ? boundary.spans : [];
  const next = span && boundary.first("to", now, span);
  if (!next || width(next) <= GOOD_ENOUGH + roundTrip) return now;
  // CampaignDetails seconds before the boundary: at the boundary itself, a place in this window could be lost.
  const last = middle(next) - roundTrip / 2;
  const moments = Math.floor((last - now) / SECOND);
  return room <= Math.min(RESERVE, moments) ? unlessLast(room, last - moments * SECOND, traffic) : now;
}

/** Nothing is held back that would be the last for now: then no window has to be waited for. */
function unlessLast(room: number, at: number, { now, waiting, inFlight, lastAnswered }: Traffic): number {
  if (inFlight > 0 && waiting + inFlight > room) return Number.POSITIVE_INFINITY;
  return waiting > room ? at : Math.max(now, lastAnswered + NEXT_COMES);
}
