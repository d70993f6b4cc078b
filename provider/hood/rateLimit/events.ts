import { counted, estimated, fuller, gone, joined } from "./clients";
import type { Reported, Window } from "./headers";
import { type Interval, meet, next, slidBy, widened, width } from "./interval";
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
  type Span,
  type State,
  shows,
  sum,
} from "./state";

/* What an event tells: what is known, the event, its moment and a number of chance make what is known after it. */

/** An answer that fits takes as much doubt away as three that contradict what is known add; with so much, reports count no more. */
const CERTAINTY = 3;
const MOST_DOUBT = 20;
/** Nobody else was seen in so much of a window. */
const LATE = 0.6;

/** A request goes out. */
export function sent(before: State, now: number, chance: number): State {
  const state = advance(before, now, chance);
  return {
    ...state,
    spans: state.spans.map((span) =>
      span.report ? { ...span, report: { ...span.report, pending: span.report.pending + 1 } } : span,
    ),
    inFlight: [...state.inFlight, now],
    lastSent: now,
    changed: now,
    chance,
  };
}

/** Forgets what is sure to have passed. */
function advance(before: State, now: number, chance: number): State {
  const [shortest] = before.spans;
  const state = shortest?.report && shortest.report.end <= now ? closed(before, chance) : before;
  return {
    ...state,
    spans: state.spans.map((span) => (span.report && span.report.end <= now ? { ...span, report: undefined } : span)),
  };
}

/** A request has ended: it counts, whatever became of it. */
export function ended(before: State, { sent, answered }: Exchange, chance: number): State {
  const state = advance(before, answered, chance);
  const at = state.inFlight.indexOf(sent);
  return {
    ...state,
    spans: state.spans.map((span) => ({ ...span, own: batched(span, answered) })),
    inFlight: state.inFlight.filter((_, index) => index !== at),
    changed: answered,
    chance,
  };
}

function batched({ own, window: { length } }: Span, answered: number): readonly Batch[] {
  const recent = own.filter(({ until }) => until + slidBy(length) > answered);
  const last = recent.at(-1);
  // All of a batch count as long as its last one: fifty of them make a window's length.
  if (!last || answered - last.from > length / 50) return [...recent, { from: answered, until: answered, count: 1 }];
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
  if (!reported) return unreported(state);
  const { limit, left } = reported;
  const fitting = state.spans.filter(({ window }) => window.limit === limit && (left?.value ?? 0) <= window.length);
  const [span] = fitting;
  if (state.spans.every(({ window }) => window.limit !== limit))
    return unconfigured(unreported(state), reported, answered);
  // A limit that two windows share says nothing that could be relied on.
  if (!span || fitting.length > 1 || span.doubt > MOST_DOUBT) return unreported(state);
  const read = endedUnseen(rounded(state, span, reported), span, reported.remaining, answered);
  return reportedOf(unreported(read, span.window), state.spans.indexOf(span), exchange, reported, chance);
}

/** The account has another limit. If it allows less, that counts from here on; more is only for the user to say. */
function unconfigured(before: State, reported: Reported, now: number): State {
  const state = { ...before, others: seen(before.others, reported, now) };
  const windows = state.spans.map(({ window }) => window);
  const found = placed(state.others[0], windows, now);
  const at = state.spans.findIndex(({ window, shown }) => window === found?.configured && !shown);
  const span = state.spans[at];
  if (!found || !span || state.found.some(({ limit }) => limit === found.limit)) return state;
  const known = { ...state, found: [...state.found, found] };
  if (found.limit > found.configured.limit) return known;
  return withSpan(known, at, { ...span, window: { ...span.window, limit: found.limit } });
}

/** A request was accepted, of which only one window's report tells, if any. */
function unreported(state: State, but?: Window): State {
  const spans = state.spans.map((span) => {
    if (span.window === but || !span.report) return span;
    return { ...span, report: { ...span.report, own: span.report.own + 1 } };
  });
  return { ...state, spans };
}

/** Headers mostly describe the window with the fewest left. If one that is full by our count has as many left, another one began. */
function endedUnseen(state: State, shown: Span, remaining: number, now: number): State {
  const isOver = (span: Span) =>
    span.window.limit > shown.window.limit &&
    !span.start &&
    remaining > LAST + 1 &&
    sum(ownIn(span, now)) >= span.window.limit - LAST - 1;
  return { ...state, spans: state.spans.map((span) => (isOver(span) ? { ...span, own: [] } : span)) };
}

function withSpan(state: State, at: number, span: Span): State {
  return { ...state, spans: state.spans.map((each, index) => (index === at ? span : each)) };
}

/** How the account rounds: a Reset of 0 is never rounded up, one of a whole window never down. What was read otherwise goes. */
function rounded(state: State, { window }: Span, { left }: Reported): State {
  if (!left) return state;
  const { none, whole } = state.resets;
  const resets = { none: none || left.value === 0, whole: whole || left.value >= window.length };
  if (added({ resets }) === added(state)) return { ...state, resets };
  const spans = state.spans.map((each) => (each.window.length > SECOND ? { ...each, start: undefined } : each));
  return { ...state, resets, spans };
}

/** What the time left is more than what is reported, at the most, in units of its last digit. */
function added({ resets: { none, whole } }: Pick<State, "resets">): number {
  return !none ? 0 : whole ? 0.5 : 1;
}

/** A beginning lies in this interval, as far as trips let it be known. */
function learnt(span: Span, told: Interval, least: number): Span {
  const { length } = span.window;
  if (width(told) >= length) return span;
  const start = span.start ? meet(span.start, told, length) : told;
  const doubt = Math.max(0, span.doubt + (start ? -CERTAINTY : 1));
  if (start) return { ...span, start: widened(start, least), misses: 0, doubt };
  // Once, it may be an estimate that was wrong; twice, a clock was set, or the window moved.
  return { ...span, start: span.misses > 0 ? told : span.start, misses: span.misses > 0 ? 0 : 1, doubt };
}

/** What the time left tells: `more` milliseconds may be left beside it. */
function learntFromLeft(span: Span, state: State, sent: number, left: number, unit: number): Span {
  const j = jitter(state);
  return learnt(span, { from: sent + left - unit - j, to: sent + left + j }, 2 * j);
}

/** What two answers one after the other tell: what remains of a window never grows. */
function learntFromRemaining(span: Span, state: State, exchange: Exchange, remaining: number): Span {
  const { last } = span;
  const { sent } = exchange;
  const j = jitter(state);
  if (last && sent < last.answered && sent - last.sent < 2 * j) {
    // Sent together: nobody knows in which order they were counted.
    return remaining < last.remaining ? { ...span, last: { ...exchange, remaining } } : span;
  }
  const next = { ...span, last: { ...exchange, remaining } };
  if (!last) return next;
  return remaining < last.remaining ? next : learnt(next, { from: last.sent - j, to: sent + j }, 2 * j);
}

function reportedOf(before: State, at: number, exchange: Exchange, reported: Reported, chance: number): State {
  const { sent } = exchange;
  const { remaining, left } = reported;
  const old = before.spans[at] as Span;
  let span: Span = { ...learntFromRemaining(old, before, exchange, remaining), shown: true };
  if (left) span = learntFromLeft(span, before, sent, left.value + added(before) * left.unit, left.unit);
  // Contradicted again and again, it is as if nothing had been reported: our own count decides.
  if (span.doubt > MOST_DOUBT) {
    return withSpan(before, at, { ...span, shown: false, start: undefined, report: undefined });
  }
  const end = endOf(span, before, sent, remaining);
  const isNew = !span.report || isLater(span.report, before, sent, remaining, isPhased(span) ? end : 0, span.window);
  const known = withSpan(before, at, span);
  const state = isNew && at === 0 ? closed(known, chance) : known;
  const flying = state.inFlight.length;
  const report = updated(span, isNew ? undefined : span.report, exchange, remaining, end, flying);
  const next = withSpan(state, at, { ...span, report });
  return at === 0 ? { ...next, estimate: joined(next.estimate, report.others, report.own) } : next;
}

/** By when the window has ended in which a request left so many. */
function endOf(span: Span, state: State, sent: number, remaining: number): number {
  const { limit, length } = span.window;
  const slid = sent + length + 2 * jitter(state);
  if (!span.start) return slid;
  const boundary = next(span.start, length, sent);
  if (!isPhased(span)) return sent < boundary.from ? Math.min(slid, boundary.to) : slid;
  // Sent at a moment that may lie on either side: a new window has more remaining.
  return sent < boundary.from || remaining < limit / 2 ? boundary.to : boundary.to + length;
}

/** Whether a request lies in a later window than what was reported: it left more, or that one ended long before. */
function isLater(
  report: Report,
  state: State,
  sent: number,
  remaining: number,
  end: number,
  { length }: Window,
): boolean {
  const isApart = sent > report.sent + (sent < report.answered ? 2 * jitter(state) : 0);
  return isApart && (remaining > report.remaining || (report.phased && end > report.end + length / 2));
}

/** What is reported of a window after one more answer. */
function updated(
  span: Span,
  old: Report | undefined,
  exchange: Exchange,
  remaining: number,
  end: number,
  flying: number,
): Report {
  const { limit, length } = span.window;
  const phased = isPhased(span);
  // Those in the same window whose answers reported another one.
  const earlier = phased ? Math.max(0, sum(span.own.filter(({ from }) => from > end - length)) - 1) : 0;
  const report = old ?? {
    own: earlier,
    others: 0,
    first: exchange.sent,
    before: limit - remaining - 1 - earlier,
    phased,
    end,
  };
  const own = report.own + 1;
  const isLowest = !old || remaining < old.remaining;
  const lowest = isLowest
    ? { ...exchange, remaining, pending: flying }
    : { ...old, pending: Math.max(0, old.pending - 1) };
  return {
    ...report,
    ...lowest,
    own,
    others: Math.max(report.others, limit - lowest.remaining - own - flying),
    end: phased ? end : Math.min(report.end, end),
    phased: report.phased && phased,
  };
}

/** The shortest window is over: how fast did others use it, beside this process? */
function closed(state: State, chance: number): State {
  const [span] = state.spans;
  const report = span?.report;
  if (!span || !report) return state;
  const { length } = span.window;
  const over = { ...withSpan(state, 0, { ...span, report: undefined }), lot: chance };
  const { phased, sent, first, end, others, before, own } = report;
  const part = phased ? partOf(sent - end + length, length) : (sent - first) / (SPREAD * length);
  if (!phased && part < 0.05) return over;
  const seen = phased ? others : others - before;
  const estimate = counted(state.estimate, seen, part, phased ? own : own - 0.5);
  return { ...over, estimate: estimated(phased && others === 0 && part > LATE ? gone(estimate) : estimate) };
}

/** Which part of the time in which clients send has passed, so long after a window's beginning. */
function partOf(since: number, length: number): number {
  return Math.max(0.1, Math.min(since / (SPREAD * length), 1));
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
  const [shortest] = state.spans;
  if (!shortest) return state;
  const { length } = shortest.window;
  const longer = state.spans.findIndex(
    (span, at) =>
      at > 0 &&
      (wait === undefined ? present(span, answered) !== undefined : wait > length && wait <= span.window.length),
  );
  if (wait !== undefined && wait > length && longer < 0) return until(state, answered + wait, chance);
  if (longer > 0) return longFull(state, longer, exchange, wait, chance);
  if (wait === undefined && state.rejections > 1) {
    // Perhaps a longer window: look again now and then.
    const longest = state.spans.at(-1)?.window.length ?? length;
    const pause = Math.min(length * 2 ** (state.rejections - 1), longest / 4);
    return until(state, answered + pause * between(0.7, 1.3, chance), chance);
  }
  return shortFull(state, exchange, wait, chance);
}

function until(state: State, blocked: number, chance: number): State {
  const [shortest] = state.spans;
  const over = shortest?.report ? closed(state, chance) : state;
  return { ...over, blocked: Math.max(over.blocked, blocked) };
}

function longFull(before: State, at: number, exchange: Exchange, wait: number | undefined, chance: number): State {
  const { sent, answered } = exchange;
  let span = before.spans[at] as Span;
  let open = span.report?.end ?? answered;
  if (wait !== undefined) {
    if (shows(before)) span = learntFromLeft(span, before, sent, wait, SECOND);
    const told = answered + wait;
    const end = span.start ? next(span.start, span.window.length, sent).to : told;
    // It is told in whole seconds; what is known may be more exact.
    open = end >= told - SECOND && span.misses === 0 ? Math.min(end, told) : told;
  }
  return until(withSpan(before, at, { ...span, report: undefined }), open, chance);
}

function shortFull(before: State, exchange: Exchange, wait: number | undefined, chance: number): State {
  const { sent, answered } = exchange;
  const old = before.spans[0] as Span;
  const { limit, length } = old.window;
  const span = old.shown ? learntFromRemaining(old, before, exchange, -1) : old;
  let { estimate } = before;
  // An account that was never heard of may show its windows.
  const counts = old.shown || before.probed === Number.NEGATIVE_INFINITY;
  if (!span.report && counts) {
    const since = isPhased(span) ? sent - next(span.start, length, sent).to + length : length;
    estimate = counted(estimate, limit, partOf(since, length), 0);
  }
  if (counts) estimate = fuller(estimate);
  const state = { ...withSpan(before, 0, span), estimate };
  // Not together with others who were told the same.
  if (!counts) return until(state, answered + (wait ?? length) * between(1, 1.5, chance), chance);
  const open = isPhased(span)
    ? next(span.start, length, sent).to + gap(state, span) * chance
    : answered + length * between(0.2, 1, chance);
  return until(state, open, chance);
}
