import { available, between, gap, isReported, jitter, LAST, SECOND, SPREAD, type State } from "./state";
import {
  type Interval,
  isPhased,
  middle,
  next,
  ownIn,
  present,
  type Report,
  slidBy,
  sum,
  type WindowState,
  width,
} from "./window";

/*
 * When the next request may go out, by what is known: leave one place for each other client, and everybody gets through. See
 * docs/decisions/0003-limiter.md.
 */

/** The same for who seems to be alone: clients that are new see nothing of a window that is always full. */
const SPREAD_ALONE = 0.6;
/** What is unknown of a beginning, as a part of the window, that is worth a request to find out. */
const EXACT = 0.1;
/** The same for a long window, in milliseconds. */
const UNCERTAIN = 60;
export const AFTER_NEXT_ANSWER = Number.POSITIVE_INFINITY;

/** A moment that has come for at once, Infinity for after the next answer. */
export function opens(state: State, now: number, waiting: number): number {
  const { windows, inFlight, parallel, blocked, rejections, lastSent } = state;
  const [shortest, ...longer] = windows;
  if (inFlight.length + 1 > parallel.limit) return AFTER_NEXT_ANSWER;
  if (!shortest) return now;
  if (blocked > now) return blocked;
  // One at a time at first and after a 429; a slow one isn't waited for longer than it can save.
  const probing = rejections > 0 || shortest.own.length === 0;
  if (probing && inFlight.length > 0) return lastSent + shortest.window.length;
  return Math.max(
    opensShortest(state, shortest, now, waiting),
    ...longer.map((known) => opensLonger(state, shortest, known, now, waiting)),
  );
}

function opensShortest(state: State, known: WindowState, now: number, waiting: number): number {
  const { inFlight, estimate, changed, chance } = state;
  if (!known.report) return opensByOwn(state, known, now);
  const alone = isAlone(state);
  const atOnce = Math.max(1, Math.ceil((state.roundTrip * 0.8) / gap(state, known)));
  if (inFlight.length >= atOnce && !(alone && isPhased(known))) return AFTER_NEXT_ANSWER;
  const report = present(known, now);
  if (!isPhased(known)) return opensBlind(state, known, report, now);

  const { length } = known.window;
  const nextStart = next(known.start, length, now);
  const began = nextStart.to - length;
  // Not so late that the window may be over.
  const offset = alone ? 0 : Math.min(gap(state, known) * chance, length - width(nextStart) - 1);
  if (!report) {
    if (now >= nextStart.from) return nextStart.to + offset;
    // One goes ahead into each window, to see what is left. If its answer doesn't tell, our own count must do.
    if ((known.own.at(-1)?.from ?? 0) >= began) return opensByOwn(state, known, now);
    return inFlight.some((sent) => sent >= began) ? AFTER_NEXT_ANSWER : soonest(began + offset, now, nextStart);
  }
  const left = available(state, report);
  const free = left - reserve(state);
  const isLast = free === 1 && state.lastSent < nextStart.from;
  if (isLast && !alone && width(nextStart) > EXACT * length) {
    // It finds out where the window ends.
    if (inFlight.length > 0) return AFTER_NEXT_ANSWER;
    return between(Math.max(changed, nextStart.from), Math.max(changed, nextStart.to), chance);
  }
  if (free <= 0) return inFlight.length > 0 && report.remaining > 0 ? AFTER_NEXT_ANSWER : report.end + offset;
  if (now >= nextStart.from) return nextStart.to + offset;
  const share = Math.max(1, left / estimate.clients);
  if (waiting <= share) return now;
  const until = Math.max(changed, report.end - (1 - (alone ? SPREAD_ALONE : SPREAD)) * length);
  return soonest(changed + ((until - changed) / share) * between(0.5, 1.5, chance), now, nextStart);
}

function isAlone(state: State): boolean {
  return reserve(state) === 0;
}

/** The places of a window that are left for others: one for each. */
function reserve({ estimate }: State): number {
  return Math.round(estimate.clients - 0.7);
}

/** Not before now, and, if there is time for that, while the window is sure to last. */
function soonest(at: number, now: number, { from }: Interval): number {
  return Math.max(now, Math.min(at, from - 1));
}

/** While it isn't known where the shortest window begins: at intervals, so that it shows. */
function opensBlind(state: State, known: WindowState, report: Report | undefined, now: number): number {
  const { inFlight, lastSent, chance } = state;
  if (!report) return inFlight.length > 0 ? AFTER_NEXT_ANSWER : opensByOwn(state, known, now);
  const later = lastSent + gap(state, known) * between(0.7, 1.3, chance);
  if (available(state, report) > reserve(state)) return Math.max(now, later);
  // Others make it hard to see: it tries a new window early.
  return isAlone(state) ? report.end : Math.min(report.end, later);
}

function opensLonger(state: State, shortest: WindowState, known: WindowState, now: number, waiting: number): number {
  const { inFlight, changed } = state;
  const report = present(known, now);
  if (!report) return opensHidden(state, shortest, known, now, waiting);
  const free = available(state, report) - reserve(state);
  if (free <= 0) return inFlight.length > 0 && report.remaining > 0 ? AFTER_NEXT_ANSWER : report.end;
  const nextStart = known.start && next(known.start, known.window.length, now);
  const isWorthIt = nextStart && waiting > free && width(nextStart) > UNCERTAIN + 2 * jitter(state);
  if (isWorthIt && free <= LAST && report.end - now > (free + 1) * SECOND) {
    // There is time: each answer halves what isn't known of the end.
    if (inFlight.length > 0) return AFTER_NEXT_ANSWER;
    const wait = (((middle(nextStart) - changed) % SECOND) + SECOND) % SECOND;
    return Math.max(now, changed + wait);
  }
  // Not all at once in what others have left.
  return isAlone(state) ? now : Math.max(now, changed + gap(state, shortest) * state.chance);
}

/** A longer window of which no answer tells at present. */
function opensHidden(state: State, shortest: WindowState, known: WindowState, now: number, waiting: number): number {
  if (!isReported(state)) return opensByOwn(state, known, now);
  const free = known.window.limit - sum(ownIn(known, now)) - state.inFlight.length;
  if (free > LAST || free >= waiting) return now;
  // The account may report the window with fewer left. That is this one if the shortest is fresh, so only the first of it is sent.
  const fresh = present(shortest, now);
  if (!fresh) return now;
  return state.inFlight.length > 0 ? AFTER_NEXT_ANSWER : fresh.end;
}

/** By nothing but this process's own count, which can't be wrong: no window holds more of its requests than its limit. */
function opensByOwn({ inFlight }: State, known: WindowState, now: number): number {
  const own = ownIn(known, now);
  let over = sum(own) + inFlight.length - known.window.limit;
  if (over < 0) return now;
  for (const { until, count } of own) {
    over -= count;
    if (over < 0) return until + slidBy(known.window.length);
  }
  return AFTER_NEXT_ANSWER;
}
