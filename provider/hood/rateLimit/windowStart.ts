import type { Reported } from "./headers";
import { type Interval, meet, widened, width } from "./interval";
import { type Exchange, jitter, SECOND, type State, type WindowState, withWindow } from "./state";

/* Where the windows begin, by what answers show: each source tells an interval, and the intervals meet. */

/** An answer that fits takes as much doubt away as three that contradict what is known add. */
const CERTAINTY = 3;

/** A beginning of that window lies in this interval, as far as trips let it be known. */
function learn(state: State, at: number, seen: Interval): State {
  const { start: known, window, contradicted } = state.windows[at] as WindowState;
  if (width(seen) >= window.length) return state;
  const start = known ? meet(known, seen, window.length) : seen;
  const doubt = Math.max(0, state.doubt + (start ? -CERTAINTY : 1));
  if (start)
    return withWindow({ ...state, doubt }, at, { start: widened(start, 2 * jitter(state)), contradicted: false });
  // Once, it may be a number that was wrong; twice, a clock was set, or the window moved.
  return withWindow(
    { ...state, doubt },
    at,
    contradicted ? { start: seen, contradicted: false } : { contradicted: true },
  );
}

/** Two answers one after the other: what remains of a window never grows. */
export function learnFromRemaining(state: State, at: number, exchange: Exchange, remaining: number): State {
  const { last } = state.windows[at] as WindowState;
  const { sent } = exchange;
  const j = jitter(state);
  const next = withWindow(state, at, { last: { ...exchange, remaining } });
  // Sent together: nobody knows in which order they were counted.
  const together = last !== undefined && sent < last.answered && sent - last.sent < 2 * j;
  if (!last || remaining < last.remaining) return next;
  return together ? state : learn(next, at, { from: last.sent - j, to: sent + j });
}

/** The time left. A Reset of 0 is never rounded up, one of a whole window never down: what was read otherwise goes. */
export function learnFromReset(before: State, at: number, sent: number, left: NonNullable<Reported["left"]>): State {
  const { length } = (before.windows[at] as WindowState).window;
  const { none, whole } = before.resets;
  let state = { ...before, resets: { none: none || left.value === 0, whole: whole || left.value >= length } };
  if (cutOff(state) !== cutOff(before)) {
    const windows = state.windows.map((each) => (each.window.length > SECOND ? { ...each, start: undefined } : each));
    state = { ...state, windows };
  }
  const to = sent + left.value + cutOff(state) * left.unit;
  return learn(state, at, { from: to - left.unit - jitter(state), to: to + jitter(state) });
}

/** What the time left is more than what is reported, at the most, in units of its last digit. */
function cutOff({ resets: { none, whole } }: State): number {
  return !none ? 0 : whole ? 0.5 : 1;
}
