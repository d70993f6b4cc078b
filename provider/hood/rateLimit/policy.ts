import { isAlone } from "./clients";
import { type Interval, middle, next, slidBy, width } from "./interval";
import {
  between,
  gap,
  isPhased,
  jitter,
  LAST,
  ownIn,
  present,
  type Report,
  SECOND,
  SPREAD,
  type Span,
  type State,
  shows,
  sum,
} from "./state";

/*
 * When the next request may go out, by what is known: leave one place for each other client, and everybody gets through. See
 * docs/decisions/0003-limiter.md.
 */

/** The part of a window over which who seems to be alone spreads its requests: clients that are new see nothing of a window that is always full. */
const SPREAD_ALONE = 0.6;
/** What is unknown of a beginning, as a part of the window, that is worth a request to find out. */
const EXACT = 0.1;
/** The same for a long window, in milliseconds. */
const UNCERTAIN = 60;

/** A moment that has come for at once, Infinity for after the next answer. */
export function opens(state: State, now: number, waiting: number): number {
  const { spans, inFlight, blocked, rejections, lastSent } = state;
  const [shortest, ...longer] = spans;
  if (!shortest) return now;
  if (blocked > now) return blocked;
  // One at a time at first and after a 429; a slow one isn't waited for longer than it can save.
  const alone = rejections > 0 || state.probed === Number.NEGATIVE_INFINITY;
  if (alone && inFlight.length > 0) return lastSent + shortest.window.length;
  return Math.max(
    opensShortest(state, shortest, now, waiting),
    ...longer.map((span) => opensLonger(state, shortest, span, now, waiting)),
  );
}

/** The places of the shortest window that are left for others: one for each; by lot if that isn't a whole number. */
function reserve(state: State): number {
  if (isAlone(state.estimate)) return 0;
  const places = state.estimate.clients - 0.75;
  return Math.floor(places) + (state.lot < places % 1 ? 1 : 0);
}

function opensShortest(state: State, span: Span, now: number, waiting: number): number {
  const { inFlight, estimate, changed, chance } = state;
  if (!span.shown) return opensByOwn(state, span, now);
  const most =
    isAlone(state.estimate) && isPhased(span) ? Number.POSITIVE_INFINITY : (state.roundTrip * 0.8) / gap(state, span);
  if (inFlight.length >= Math.max(1, Math.ceil(most))) return Number.POSITIVE_INFINITY;
  const report = present(span, now);
  if (!isPhased(span)) return opensBlind(state, span, report, now);

  const { length } = span.window;
  const boundary = next(span.start, length, now);
  const began = boundary.to - length;
  const first = (start: number) => start + firstOffset(state, span, boundary);
  if (!report && state.probed < began) {
    // One goes ahead into each window, to see what is left.
    if (inFlight.some((sent) => sent >= began)) return Number.POSITIVE_INFINITY;
    return now >= boundary.from ? first(boundary.to) : soonest(first(began), now, boundary);
  }
  if (!report) return now >= boundary.from ? first(boundary.to) : opensByOwn(state, span, now);
  const available = report.remaining - report.pending;
  const free = available - reserve(state);
  if (
    !isAlone(state.estimate) &&
    width(boundary) > EXACT * length &&
    free === 1 &&
    state.lastSent < boundary.from &&
    report.end <= boundary.to
  ) {
    // The last one finds out where the window ends.
    if (inFlight.length > 0) return Number.POSITIVE_INFINITY;
    return between(Math.max(changed, boundary.from), Math.max(changed, boundary.to), chance);
  }
  if (free <= 0) {
    return inFlight.length > 0 && report.remaining > 0 ? Number.POSITIVE_INFINITY : first(report.end);
  }
  if (now >= boundary.from) return first(boundary.to);
  if (waiting <= Math.max(1, Math.floor(available / estimate.clients))) return now;
  const until = Math.max(changed, report.end - length + (isAlone(estimate) ? SPREAD_ALONE : SPREAD) * length);
  const share = Math.max(1, available / estimate.clients);
  return soonest(changed + ((until - changed) / share) * between(0.5, 1.5, chance), now, boundary);
}

/** Not before now, and, if there is time for that, while the window is sure to last. */
function soonest(at: number, now: number, { from }: Interval): number {
  return Math.max(now, Math.min(at, from - 1));
}

/** How long after its beginning the first request goes out into a window. */
function firstOffset(state: State, span: Span, boundary: Interval): number {
  if (isAlone(state.estimate)) return 0;
  return Math.min(gap(state, span) * state.chance, span.window.length - width(boundary) - 1);
}

/** While it isn't known where the shortest window begins: at intervals, so that it shows. */
function opensBlind(state: State, span: Span, report: Report | undefined, now: number): number {
  if (!report) return state.inFlight.length > 0 ? Number.POSITIVE_INFINITY : now;
  const free = report.remaining - report.pending - reserve(state);
  const soon = state.lastSent + gap(state, span) * (isAlone(state.estimate) ? 1 : between(0.7, 1.3, state.chance));
  if (free > 0) return Math.max(now, soon);
  const late = state.lastSent + gap(state, span) * between(0.7, 1.6, state.chance);
  return isAlone(state.estimate) ? report.end : Math.min(report.end, late);
}

function opensLonger(state: State, shortest: Span, span: Span, now: number, waiting: number): number {
  const { inFlight, changed, chance, estimate } = state;
  const report = present(span, now);
  if (!report) return opensHidden(state, shortest, span, now, waiting);
  const alone = isAlone(state.estimate);
  const left = report.remaining - report.pending;
  const free = left - (alone ? 0 : Math.max(1, Math.round(estimate.clients - 1)));
  if (free <= 0) {
    return inFlight.length > 0 && report.remaining > 0 ? Number.POSITIVE_INFINITY : report.end;
  }
  const boundary = span.start && next(span.start, span.window.length, now);
  if (
    boundary &&
    waiting > free &&
    free <= LAST &&
    width(boundary) > UNCERTAIN + 2 * jitter(state) &&
    report.end - now > ((alone ? free : 2) + 1) * SECOND
  ) {
    // There is time: each answer halves what isn't known of the end.
    if (inFlight.length > 0) return Number.POSITIVE_INFINITY;
    const wait = (((middle(boundary) - changed) % SECOND) + SECOND) % SECOND;
    return Math.max(now, changed + wait);
  }
  return alone ? now : Math.max(now, changed + gap(state, shortest) * chance);
}

/** A longer window of which no answer tells at present. */
function opensHidden(state: State, shortest: Span, span: Span, now: number, waiting: number): number {
  if (!shows(state)) return opensByOwn(state, span, now);
  const free = span.window.limit - sum(ownIn(span, now)) - state.inFlight.length;
  if (free <= 0 && !span.shown && span.start) return next(span.start, span.window.length, now).to;
  if (free > LAST || free >= waiting) return now;
  // The account may report the window with fewer left. That is this one if the shortest is fresh, so only the first of it is sent.
  if (!present(shortest, now) && state.probed < now - shortest.window.length) return now;
  if (state.inFlight.length > 0) return Number.POSITIVE_INFINITY;
  if (!isPhased(shortest)) return state.lastSent + shortest.window.length;
  const boundary = next(shortest.start, shortest.window.length, now);
  if (state.lastSent < boundary.to - shortest.window.length) return now;
  return boundary.to;
}

/** By nothing but this process's own count, which can't be wrong: no window holds more of its requests than its limit. */
function opensByOwn({ inFlight }: State, span: Span, now: number): number {
  const own = ownIn(span, now);
  let over = sum(own) + inFlight.length - span.window.limit;
  if (over < 0) return now;
  for (const { until, count } of own) {
    over -= count;
    if (over < 0) return until + slidBy(span.window.length);
  }
  return Number.POSITIVE_INFINITY;
}
