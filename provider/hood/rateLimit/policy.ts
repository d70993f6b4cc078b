import type { Reported, Window } from "./headers";
import { type Interval, meet, middle, moved, next, widened, width } from "./interval";
import { type OtherLimit, type OtherWindow, placed, seen } from "./otherWindow";

/*
 * What is known of the account, and when the next request may go out by it. All of it is pure: what is known, an event, a moment and a
 * number of chance make what is known after it.
 *
 * Moments are those at which a request is sent, by the clock of this process. A window begins, so seen, a trip earlier than on the
 * account's clock; the trip itself needn't be known, only how much it varies.
 */

/** A request that was answered. */
export interface Exchange {
  readonly sent: number;
  readonly answered: number;
}

/** Requests of this process that were answered close together. */
interface Batch {
  readonly from: number;
  readonly until: number;
  readonly count: number;
}

/** What the answers reported of the present window. */
interface Report extends Exchange {
  readonly remaining: number;
  /** Requests that it doesn't tell whether it counts. */
  readonly pending: number;
  /** By then this window has ended. */
  readonly end: number;
  /** Whether it was known where this window begins. */
  readonly phased: boolean;
  /** When the first request of this process went out in it, and how many others had sent before. */
  readonly first: number;
  readonly before: number;
  /** How many of this process's requests it counted, and at least how many of others. */
  readonly own: number;
  readonly others: number;
}

/** What is known of one window of the account. */
export interface Span {
  readonly window: Window;
  /** This process's requests that may lie in the present window. */
  readonly own: readonly Batch[];
  /** Whether answers ever reported it. */
  readonly shown: boolean;
  readonly report?: Report | undefined;
  readonly last?: (Exchange & { readonly remaining: number }) | undefined;
  /** Where one beginning lies; the others are whole lengths away. */
  readonly start?: Interval | undefined;
  /** How often in a row an answer contradicted that, and how much more often than not; above all measure, reports are ignored. */
  readonly misses: number;
  readonly doubt: number;
}

/** How many clients share the account, and what that is made of: sums in which the past counts ever less. */
interface Crowd {
  readonly clients: number;
  /** Requests of others, and the parts of windows in which they were seen. */
  readonly others: number;
  readonly parts: number;
  /** Requests of this process, and the windows in which they went out. */
  readonly own: number;
  readonly windows: number;
}

export interface State {
  /** The shortest window first. */
  readonly spans: readonly Span[];
  /** When the requests that are on their way went out. */
  readonly inFlight: readonly number[];
  readonly lastSent: number;
  /** When the last request went out that was answered otherwise than by 429. */
  readonly probed: number;
  /** The usual time there and back, and how much it varies. */
  readonly trip: number;
  readonly deviation: number;
  /** Whether a Reset of nothing was seen, and one of a whole window: it tells how the account rounds. */
  readonly resets: { readonly none: boolean; readonly whole: boolean };
  readonly crowd: Crowd;
  /** Limits that answers report and that aren't configured, and for which windows they certainly stand. */
  readonly others: readonly OtherLimit[];
  readonly found: readonly OtherWindow[];
  /** Nothing goes out before. */
  readonly blocked: number;
  /** 429s in a row, and when the last one came. */
  readonly rejections: number;
  readonly rejected: number;
  /** When the last event was, and the chance that was drawn then and when the shortest window last ended. */
  readonly changed: number;
  readonly chance: number;
  readonly lot: number;
}

/** The part of a window over which clients spread their requests. */
const SPREAD = 0.85;
/** The same for who seems to be alone: room for newcomers, who see nothing of a window that is always full. */
const SPREAD_ALONE = 0.6;
/** Where a window begins is known well enough to send at that moment, and so well that more needn't be known: parts of its length. */
const PHASED = 0.3;
const EXACT = 0.1;
/** So many milliseconds that are unknown of the end of a long window are worth holding requests back. */
const UNCERTAIN = 60;
/** What a window counts beside the one after it. */
const FADE = 0.75;
/** An estimate of one's own share is drawn so far towards a usual one: else errors of several clients add up to unfair shares. */
const DRAWN = 0.2;
const USUAL_SHARE = 0.15;
const MOST_CLIENTS = 20;
/** Others seen in a window, on the average, below which there are none. */
const FEW = 0.4;
/** The last so many of a long window go out one by one. */
const LAST = 6;
/** An answer that fits takes as much doubt away as three that contradict what is known add; with so much, reports count no more. */
const CERTAINTY = 3;
const MOST_DOUBT = 20;
/** All that whole seconds left can tell repeats each second. */
const SECOND = 1_000;

export function begin(windows: readonly Window[]): State {
  return {
    spans: windows.map((window) => ({ window, own: [], shown: false, misses: 0, doubt: 0 })),
    inFlight: [],
    lastSent: Number.NEGATIVE_INFINITY,
    probed: Number.NEGATIVE_INFINITY,
    trip: 30,
    deviation: 8,
    resets: { none: false, whole: false },
    crowd: { clients: 1, others: 0, parts: 0, own: 0, windows: 0 },
    others: [],
    found: [],
    blocked: Number.NEGATIVE_INFINITY,
    rejections: 0,
    rejected: Number.NEGATIVE_INFINITY,
    changed: 0,
    chance: 0,
    lot: 0,
  };
}

function between(from: number, to: number, chance: number): number {
  return from + (to - from) * chance;
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}

/* When the next one may go out. */

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

function isAlone({ crowd }: State): boolean {
  return crowd.clients < 1.25;
}

function isPhased(span: Span): span is Span & { readonly start: Interval } {
  return span.start !== undefined && width(span.start) < PHASED * span.window.length;
}

/** The time between two requests of this process if each client sends its share of a window, spread over it. */
function gap({ crowd }: State, { window: { limit, length } }: Span): number {
  return (SPREAD * length) / clamp(limit / crowd.clients, 1, limit);
}

/** So many milliseconds, trips differ. */
function jitter({ deviation }: State): number {
  return 2 * deviation + 2;
}

function present({ report }: Span, now: number): Report | undefined {
  return report && report.end > now ? report : undefined;
}

/** The places of the shortest window that are left for others: one for each; by lot if that isn't a whole number. */
function reserve(state: State): number {
  if (isAlone(state)) return 0;
  const places = state.crowd.clients - 0.75;
  return Math.floor(places) + (state.lot < places % 1 ? 1 : 0);
}

function opensShortest(state: State, span: Span, now: number, waiting: number): number {
  const { inFlight, crowd, changed, chance } = state;
  if (!span.shown) return opensByOwn(state, span, now);
  const most = isAlone(state) && isPhased(span) ? Number.POSITIVE_INFINITY : (state.trip * 0.8) / gap(state, span);
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
    return now >= boundary.from ? first(boundary.to) : clamp(first(began), now, Math.max(now, boundary.from - 1));
  }
  if (!report) return now >= boundary.from ? first(boundary.to) : opensByOwn(state, span, now);
  const available = report.remaining - report.pending;
  const room = available - reserve(state);
  if (
    !isAlone(state) &&
    width(boundary) > EXACT * length &&
    room === 1 &&
    state.lastSent < boundary.from &&
    report.end <= boundary.to
  ) {
    // The last one finds out where the window ends.
    if (inFlight.length > 0) return Number.POSITIVE_INFINITY;
    return between(Math.max(changed, boundary.from), Math.max(changed, boundary.to), chance);
  }
  if (room <= 0) {
    return inFlight.length > 0 && report.remaining > 0 ? Number.POSITIVE_INFINITY : first(report.end);
  }
  if (now >= boundary.from) return first(boundary.to);
  if (waiting <= Math.max(1, Math.floor(available / crowd.clients))) return now;
  const until = Math.max(changed, report.end - length + (isAlone(state) ? SPREAD_ALONE : SPREAD) * length);
  const share = Math.max(1, available / crowd.clients);
  return clamp(
    changed + ((until - changed) / share) * between(0.5, 1.5, chance),
    now,
    Math.max(now, boundary.from - 1),
  );
}

/** How long after its beginning the first request goes out into a window. */
function firstOffset(state: State, span: Span, boundary: Interval): number {
  if (isAlone(state)) return 0;
  return Math.min(gap(state, span) * state.chance, span.window.length - width(boundary) - 1);
}

/** While it isn't known where the shortest window begins: at intervals, so that it shows. */
function opensBlind(state: State, span: Span, report: Report | undefined, now: number): number {
  if (!report) return state.inFlight.length > 0 ? Number.POSITIVE_INFINITY : now;
  const room = report.remaining - report.pending - reserve(state);
  const soon = state.lastSent + gap(state, span) * (isAlone(state) ? 1 : between(0.7, 1.3, state.chance));
  if (room > 0) return Math.max(now, soon);
  const late = state.lastSent + gap(state, span) * between(0.7, 1.6, state.chance);
  return isAlone(state) ? report.end : Math.min(report.end, late);
}

function opensLonger(state: State, shortest: Span, span: Span, now: number, waiting: number): number {
  const { inFlight, changed, chance, crowd } = state;
  const report = present(span, now);
  if (!report) return opensHidden(state, shortest, span, now, waiting);
  const alone = isAlone(state);
  const left = report.remaining - report.pending;
  const room = left - (alone ? 0 : Math.max(1, Math.round(crowd.clients - 1)));
  if (room <= 0) {
    return inFlight.length > 0 && report.remaining > 0 ? Number.POSITIVE_INFINITY : report.end;
  }
  const boundary = span.start && next(span.start, span.window.length, now);
  if (
    boundary &&
    waiting > room &&
    room <= LAST &&
    width(boundary) > UNCERTAIN + 2 * jitter(state) &&
    report.end - now > ((alone ? room : 2) + 1) * SECOND
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
  const shows = state.spans.some(({ shown }) => shown);
  if (!shows) return opensByOwn(state, span, now);
  const free = span.window.limit - ownIn(span, now) - state.inFlight.length;
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

function ownIn({ own, window, start }: Span, now: number): number {
  const began = start ? moved(next(start, window.length, now), window.length, -1).from : Number.NEGATIVE_INFINITY;
  return sum(own.filter(({ until }) => until + window.length > now && until >= began));
}

/** By nothing but this process's own count, which can't be wrong: no window holds more of its requests than its limit. */
function opensByOwn({ inFlight }: State, span: Span, now: number): number {
  const { window, own } = span;
  let over = ownIn(span, now) + inFlight.length - window.limit;
  if (over < 0) return now;
  for (const { until, count } of own) {
    if (until + window.length <= now) continue;
    over -= count;
    if (over < 0) return until + window.length;
  }
  return Number.POSITIVE_INFINITY;
}

/* What an event tells. */

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

/** Forgets what has certainly passed. */
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
    spans: state.spans.map((span) => ({ ...span, own: counted(span, answered) })),
    inFlight: state.inFlight.filter((_, index) => index !== at),
    changed: answered,
    chance,
  };
}

function sum(batches: readonly Batch[]): number {
  return batches.reduce((total, { count }) => total + count, 0);
}

function counted({ own, window: { length } }: Span, answered: number): readonly Batch[] {
  const recent = own.filter(({ until }) => until + length > answered);
  const last = recent.at(-1);
  // All of a batch count as long as its last one: fifty of them make a window's length.
  if (!last || answered - last.from > length / 50) return [...recent, { from: answered, until: answered, count: 1 }];
  return [...recent.slice(0, -1), { ...last, until: answered, count: last.count + 1 }];
}

/** A request was accepted. */
export function accepted(before: State, exchange: Exchange, reported: Reported | undefined, chance: number): State {
  const { sent, answered } = exchange;
  const trip = answered - sent;
  const ending = ended(before, exchange, chance);
  const state: State = {
    ...ending,
    // One that was sent before the last 429 says nothing about what came of it.
    rejections: sent >= ending.rejected ? 0 : ending.rejections,
    probed: Math.max(ending.probed, sent),
    deviation: ending.deviation + (Math.abs(trip - ending.trip) - ending.deviation) * 0.1,
    trip: ending.trip + (trip - ending.trip) * 0.2,
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
    ownIn(span, now) >= span.window.limit - LAST - 1;
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
  const { limit, length } = old.window;
  let span: Span = { ...learntFromRemaining(old, before, exchange, remaining), shown: true };
  if (left) span = learntFromLeft(span, before, sent, left.value + added(before) * left.unit, left.unit);
  // Contradicted again and again, it is as if nothing had been reported: our own count decides.
  if (span.doubt > MOST_DOUBT) {
    return withSpan(before, at, { ...span, shown: false, start: undefined, report: undefined });
  }
  let state = withSpan(before, at, span);
  const j = jitter(state);

  const phased = isPhased(span);
  const boundary = span.start && next(span.start, length, sent);
  let end = sent + length + 2 * j;
  if (phased && boundary) end = sent < boundary.from || remaining < limit / 2 ? boundary.to : boundary.to + length;
  else if (boundary && sent < boundary.from) end = Math.min(end, boundary.to);

  let { report } = span;
  if (
    report &&
    (remaining > report.remaining || (phased && report.phased && end > report.end + length / 2)) &&
    sent > report.sent + (sent < report.answered ? 2 * j : 0)
  ) {
    if (at === 0) state = closed(state, chance);
    report = undefined;
  }
  const flying = state.inFlight.length;
  if (!report) {
    // Those whose answers reported another window.
    const own = phased ? Math.max(0, sum(span.own.filter(({ from }) => from > end - length)) - 1) : 0;
    const before = limit - remaining - 1 - own;
    const fresh = { before, own, others: 0, first: sent, phased, remaining: limit, pending: flying, ...exchange, end };
    report = fresh;
  }
  const isLower = remaining < report.remaining;
  const own = report.own + 1;
  const next_: Report = {
    ...report,
    ...(isLower ? { remaining, ...exchange, pending: flying } : { pending: Math.max(0, report.pending - 1) }),
    own,
    end: phased ? end : Math.min(report.end, end),
    phased: report.phased && phased,
  };
  const others = Math.max(report.others, limit - next_.remaining - own - flying);
  state = withSpan(state, at, { ...(state.spans[at] as Span), report: { ...next_, others } });
  return at === 0 && others > 0 ? newcomer(state, others, own) : state;
}

/** Somebody new is believed at once. */
function newcomer(state: State, others: number, own: number): State {
  const { crowd } = state;
  if (crowd.parts >= 2 && rateOf(crowd) >= FEW) return state;
  const least = crowd.parts === 0 ? 2 : 0;
  const clients = Math.max(crowd.clients, least, Math.min(5, 1 + others / own));
  return { ...state, crowd: { ...crowd, clients } };
}

function rateOf({ others, parts }: Crowd): number {
  return parts > 0 ? Math.max(0, others / parts) : 0;
}

/** The shortest window is over: how fast did others use it, beside this process? */
function closed(state: State, chance: number): State {
  const [span] = state.spans;
  const report = span?.report;
  if (!span || !report) return state;
  const { length } = span.window;
  const over = { ...withSpan(state, 0, { ...span, report: undefined }), lot: chance };
  const { phased, sent, first, end, others, before, own } = report;
  const part = phased ? clamp((sent - end + length) / (SPREAD * length), 0.1, 1) : (sent - first) / (SPREAD * length);
  if (!phased && part < 0.05) return over;
  const seen = phased ? others : others - before;
  const crowd = faded(state.crowd, seen, part, phased ? own : own - 0.5);
  // Nobody until late in it: they have gone.
  const gone = phased && others === 0 && part > 0.6;
  return { ...over, crowd: estimated({ ...crowd, others: gone ? crowd.others * 0.4 : crowd.others }) };
}

function faded(crowd: Crowd, others: number, part: number, own: number): Crowd {
  return {
    ...crowd,
    others: crowd.others * FADE + others,
    parts: crowd.parts * FADE + part,
    own: crowd.own * FADE + own,
    windows: crowd.windows * FADE + 1,
  };
}

function estimated(crowd: Crowd): Crowd {
  const rate = rateOf(crowd);
  if (rate < FEW) return { ...crowd, clients: 1 };
  const own = crowd.own / crowd.windows;
  const share = own / (own + rate);
  return { ...crowd, clients: clamp(1 / ((1 - DRAWN) * share + DRAWN * USUAL_SHARE), 1, MOST_CLIENTS) };
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
  const shows = before.spans.some(({ shown }) => shown);
  let open = span.report?.end ?? answered;
  if (wait !== undefined) {
    if (shows) span = learntFromLeft(span, before, sent, wait, SECOND);
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
  const span = learntFromRemaining(old, before, exchange, -1);
  let { crowd } = before;
  // An account that was never heard of may show its windows.
  const counts = old.shown || before.probed === Number.NEGATIVE_INFINITY;
  if (!span.report && counts) {
    const at = isPhased(span) ? sent - next(span.start, length, sent).to + length : SPREAD * length;
    crowd = faded(crowd, limit, clamp(at / (SPREAD * length), 0.1, 1), 0);
  }
  crowd = { ...crowd, clients: counts ? clamp(crowd.clients + 0.5, 2, MOST_CLIENTS) : crowd.clients };
  const state = { ...withSpan(before, 0, span), crowd };
  // Not together with others who were told the same.
  if (!counts) return until(state, answered + (wait ?? length) * between(1, 1.5, chance), chance);
  const open = isPhased(span)
    ? next(span.start, length, sent).to + gap(state, span) * chance
    : answered + length * between(0.2, 1, chance);
  return until(state, open, chance);
}
