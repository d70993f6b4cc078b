import { counted, fuller, joined } from "./clients";
import type { Reported } from "./headers";
import { next, slidBy } from "./interval";
import { placed, seen } from "./otherWindow";
import {
  type Batch,
  between,
  type Exchange,
  gap,
  isPhased,
  jitter,
  LAST,
  ownIn,
  present,
  type Report,
  SECOND,
  SPREAD,
  type State,
  shows,
  sum,
  type WindowState,
  withWindow,
} from "./state";
import { learnFromRemaining, learnFromReset } from "./windowStart";

/* What an event tells: what is known, the event, its moment and a number of chance make what is known after it. */

/** With so much doubt, reports count no more. */
const MOST_DOUBT = 20;
/** The longest pause after 429s that ask for no time. */
export const LONGEST_PAUSE = 30_000;

/** A request goes out. */
export function sent(before: State, now: number, chance: number): State {
  const state = passed(before, now);
  const windows = state.windows.map((known) =>
    known.report ? { ...known, report: { ...known.report, pending: known.report.pending + 1 } } : known,
  );
  return { ...state, windows, inFlight: [...state.inFlight, now], lastSent: now, changed: now, chance };
}

/** Forgets what is sure to have passed. */
function passed(before: State, now: number): State {
  const isOver = ({ report }: WindowState) => report !== undefined && report.end <= now;
  if (!before.windows.some(isOver)) return before;
  const [shortest] = before.windows;
  const state = shortest && isOver(shortest) ? closed(before) : before;
  return { ...state, windows: state.windows.map((known) => (isOver(known) ? { ...known, report: undefined } : known)) };
}

/** A request has ended: it counts, whatever became of it. */
export function ended(before: State, { sent, answered }: Exchange, chance: number): State {
  const state = passed(before, answered);
  const at = state.inFlight.indexOf(sent);
  return {
    ...state,
    windows: state.windows.map((known) => ({ ...known, own: batched(known, sent, answered) })),
    inFlight: state.inFlight.filter((_, index) => index !== at),
    changed: answered,
    chance,
  };
}

function batched({ own, window: { length } }: WindowState, sent: number, answered: number): readonly Batch[] {
  const recent = own.filter(({ until }) => until + slidBy(length) > answered);
  const last = recent.at(-1);
  // All of a batch count as long as its last one: fifty of them make a window's length.
  if (!last || sent - last.from > length / 50) return [...recent, { from: sent, until: answered, count: 1 }];
  return [...recent.slice(0, -1), { ...last, until: answered, count: last.count + 1 }];
}

/** A request was accepted. */
export function accepted(before: State, exchange: Exchange, reported: Reported | undefined, chance: number): State {
  const { sent, answered } = exchange;
  const roundTrip = answered - sent;
  const ending = ended(before, exchange, chance);
  const state: State = {
    ...ending,
    // One that was sent before the last 429 says nothing about what came of it.
    rejections: sent >= ending.rejected ? 0 : ending.rejections,
    probed: Math.max(ending.probed, sent),
    deviation: ending.deviation + (Math.abs(roundTrip - ending.roundTrip) - ending.deviation) * 0.1,
    roundTrip: ending.roundTrip + (roundTrip - ending.roundTrip) * 0.2,
  };
  if (!reported || state.doubt > MOST_DOUBT) return state;
  const { limit, left } = reported;
  const fitting = state.windows.filter(({ window }) => window.limit === limit && (left?.value ?? 0) <= window.length);
  const [known] = fitting;
  if (state.windows.every(({ window }) => window.limit !== limit)) return unconfigured(state, reported, answered);
  // A limit that two windows share says nothing that could be relied on.
  if (!known || fitting.length > 1) return state;
  return reportedOf(state, state.windows.indexOf(known), exchange, reported);
}

/** The account has another limit. If it allows less, that counts from here on; more is only for the user to say. */
function unconfigured(before: State, reported: Reported, now: number): State {
  const state = { ...before, others: seen(before.others, reported, now) };
  const windows = state.windows.map(({ window }) => window);
  const found = placed(state.others[0], windows, now);
  const at = state.windows.findIndex(({ window, shown }) => window === found?.configured && !shown);
  const known = state.windows[at];
  if (!found || !known || state.found.some(({ limit }) => limit === found.limit)) return state;
  const next = { ...state, found: [...state.found, found] };
  if (found.limit > found.configured.limit) return next;
  return withWindow(next, at, { window: { ...known.window, limit: found.limit } });
}

function reportedOf(before: State, at: number, exchange: Exchange, reported: Reported): State {
  const { sent } = exchange;
  const { remaining, left } = reported;
  let state = learnFromRemaining(endedUnseen(before, at, exchange.answered, remaining), at, exchange, remaining);
  if (left) state = learnFromReset(state, at, sent, left);
  if (state.doubt > MOST_DOUBT) return distrusted(state);
  const known = state.windows[at] as WindowState;
  const isNew = !known.report || isLater(known.report, state, sent, remaining);
  if (isNew && at === 0) state = closed(state);
  const report = updated(known, isNew ? undefined : known.report, exchange, remaining, state);
  state = withWindow(state, at, { shown: true, report });
  if (at > 0) return state;
  return { ...state, estimate: joined(state.estimate, report.others, ownSince(known, report.since)) };
}

/** Contradicted again and again, it is as if nothing had been reported: this process's own count decides. */
function distrusted(state: State): State {
  return { ...state, windows: state.windows.map(({ own, window }) => ({ own, window, shown: false })) };
}

/** Headers mostly describe the window with the fewest left. If one that is full by our count has as many left, another one began. */
function endedUnseen(state: State, at: number, now: number, remaining: number): State {
  const shown = state.windows[at] as WindowState;
  const isOver = (known: WindowState) =>
    known.window.limit > shown.window.limit &&
    !known.start &&
    remaining > LAST + 1 &&
    sum(ownIn(known, now)) >= known.window.limit - LAST - 1;
  return { ...state, windows: state.windows.map((known) => (isOver(known) ? { ...known, own: [] } : known)) };
}

/** Whether a request lies in a later window than what was reported: it left more. */
function isLater(report: Report, state: State, sent: number, remaining: number): boolean {
  return remaining > report.remaining && sent > report.sent + (sent < report.answered ? 2 * jitter(state) : 0);
}

/** What is reported of a window after one more answer. */
function updated(
  known: WindowState,
  old: Report | undefined,
  exchange: Exchange,
  remaining: number,
  state: State,
): Report {
  const { limit, length } = known.window;
  const { sent } = exchange;
  const phased = isPhased(known);
  const end = endOf(known, state, sent, remaining);
  const lowest =
    !old || remaining < old.remaining
      ? { ...exchange, remaining, pending: state.inFlight.length }
      : { ...old, pending: Math.max(0, old.pending - 1) };
  const since = old?.since ?? (phased ? Math.min(sent, end - length) : sent);
  const others = limit - lowest.remaining - ownSince(known, since) - state.inFlight.length;
  return {
    ...lowest,
    since,
    others: Math.max(old?.others ?? 0, others),
    end: phased || !old ? end : Math.min(old.end, end),
    phased: phased && old?.phased !== false,
  };
}

function ownSince({ own }: WindowState, since: number): number {
  return sum(own.filter(({ from }) => from >= since));
}

/** By when the window has ended in which a request left so many. */
function endOf(known: WindowState, state: State, sent: number, remaining: number): number {
  const { limit, length } = known.window;
  if (!isPhased(known)) return sent + length + 2 * jitter(state);
  const nextStart = next(known.start, length, sent);
  // Sent at a moment that may lie on either side: a new window has more remaining.
  return sent < nextStart.from || remaining < limit / 2 ? nextStart.to : nextStart.to + length;
}

/** The shortest window is over: how fast did others use it, beside this process? */
function closed(state: State): State {
  const [known] = state.windows;
  const report = known?.report;
  if (!known || !report?.phased) return state;
  const { length } = known.window;
  const part = Math.max(0.1, Math.min((report.sent - report.end + length) / (SPREAD * length), 1));
  return { ...state, estimate: counted(state.estimate, report.others, part, ownSince(known, report.since)) };
}

/**
 * A request was answered 429.
 *
 * @param wait the milliseconds that it asks to wait, if it does.
 */
export function rejected(before: State, exchange: Exchange, wait: number | undefined, chance: number): State {
  const { sent, answered } = exchange;
  const ending = ended(before, exchange, chance);
  // Those sent together are rejected together: that is one 429, not many in a row.
  const rejections = ending.rejections + (sent >= ending.rejected ? 1 : 0);
  const state: State = { ...ending, rejections, rejected: answered };
  const [shortest, ...longer] = state.windows;
  if (!shortest) return state;
  const { length } = shortest.window;
  // A longer window is full until then.
  if (wait !== undefined && wait > length) return until(state, answered + wait);
  const full = longer.find((known) => present(known, answered))?.report;
  if (wait === undefined && full) return until(state, full.end);
  if (wait === undefined && rejections > 1) {
    // Perhaps a longer window: look again now and then.
    const pause = Math.min(length * 2 ** (rejections - 1), LONGEST_PAUSE);
    return until(state, answered + pause * between(0.7, 1.3, chance));
  }
  return shortestFull(state, shortest, exchange, wait, chance);
}

/** Nothing more goes out before that moment, and what was reported until now isn't true any more by then. */
function until(before: State, blocked: number): State {
  const state = closed(before);
  const windows = state.windows.map((known) => ({ ...known, report: undefined }));
  return { ...state, windows, blocked: Math.max(state.blocked, blocked) };
}

function shortestFull(
  before: State,
  shortest: WindowState,
  exchange: Exchange,
  wait: number | undefined,
  chance: number,
): State {
  const { sent, answered } = exchange;
  const { length } = shortest.window;
  // Not together with others who were told the same.
  if (!shows(before) && before.probed > Number.NEGATIVE_INFINITY) {
    return until(before, answered + (wait ?? length) * between(1, 1.5, chance));
  }
  const estimate = fuller(before.estimate);
  const state = { ...(shortest.shown ? learnFromRemaining(before, 0, exchange, -1) : before), estimate };
  const [known = shortest] = state.windows;
  const open = isPhased(known)
    ? next(known.start, length, sent).to + gap(state, known) * chance
    : answered + length * between(0.2, 1, chance);
  // What is asked for is rounded up to whole seconds; what is known may be more exact.
  return until(state, Math.max(open, answered + (wait ?? 0) - SECOND));
}
