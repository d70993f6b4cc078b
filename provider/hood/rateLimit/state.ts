import type { Answer } from "../transport";
import { type OtherWindow, type Reported, reportedIn, retryAfter, type Window } from "./headers";
import {
  batched,
  endOf,
  isPhased,
  learned,
  MOST_DOUBT,
  next,
  ownIn,
  present,
  type Report,
  sum,
  type WindowState,
  width,
} from "./window";

/*
 * What is known of the account, and what each event makes of it: state, event, now → state. Nothing here waits, and chance comes in.
 *
 * Moments are those at which a request is sent, by the clock of this process: a window begins, so seen, a trip earlier than on the
 * account's clock. How long the trip takes needn't be known then, only how much it varies.
 */

/** A request that was answered. */
export interface Exchange {
  readonly sent: number;
  readonly answered: number;
}

/** A limit that answers report and that isn't configured. */
export interface OtherLimit {
  readonly limit: number;
  /** The longest time left that was seen of its window, in milliseconds. */
  readonly longest: number;
  readonly answers: number;
  readonly since: number;
  /** The configured window that it is in place of, once that is known. */
  readonly configured?: Window | undefined;
}

export interface State {
  /** The shortest window first. */
  readonly windows: readonly WindowState[];
  /** When the requests that are on their way went out, and how many may be. */
  readonly inFlight: readonly number[];
  readonly parallel: { readonly most: number; readonly limit: number; readonly since: number };
  /** How many went out, and when the last one did. */
  readonly count: number;
  readonly lastSent: number;
  /** The usual time there and back, and how much it varies. */
  readonly roundTrip: number;
  readonly deviation: number;
  /** Whether a Reset of nothing was seen, and one of a whole window: it tells how the account rounds. */
  readonly resets: { readonly none: boolean; readonly whole: boolean };
  readonly estimate: Estimate;
  /** Limits that answers report and that aren't configured. */
  readonly others: readonly OtherLimit[];
  /** Nothing goes out before. */
  readonly blocked: number;
  /** 429s in a row, and when the last one came. */
  readonly rejections: number;
  readonly rejected: number;
  /** When the last event was, and the chance that was drawn then. */
  readonly changed: number;
  readonly chance: number;
}

export function begin(windows: readonly Window[], maxParallel: number): State {
  return {
    windows: windows.map((window) => ({ window, own: [], doubt: 0 })),
    inFlight: [],
    parallel: { most: maxParallel, limit: maxParallel, since: Number.NEGATIVE_INFINITY },
    count: 0,
    lastSent: Number.NEGATIVE_INFINITY,
    roundTrip: 30,
    deviation: 8,
    resets: { none: false, whole: false },
    estimate: nobody,
    others: [],
    blocked: Number.NEGATIVE_INFINITY,
    rejections: 0,
    rejected: Number.NEGATIVE_INFINITY,
    changed: 0,
    chance: 0,
  };
}

/** The part of a window over which clients spread their requests. */
export const SPREAD = 0.85;
/** The last so many of a long window go out one by one. */
export const LAST = 6;
/** What a Reset or a Retry-After counts. */
export const SECOND = 1_000;
/** The longest pause after 429s that ask for no time. */
export const LONGEST_PAUSE = 30_000;
/** Good answers after which one more at once is tried. */
const RAISE_AFTER = 32;
/** Answers after which a limit that only ever showed a short time left belongs to the shortest window. */
const ENOUGH = 8;

export function between(from: number, to: number, chance: number): number {
  return from + (to - from) * chance;
}

/** The time between two requests of this process if each client sends its share of a window, spread over it. */
export function gap({ estimate }: State, { window: { limit, length } }: WindowState): number {
  return (SPREAD * length) / Math.max(1, limit / estimate.clients);
}

/** So many milliseconds, trips differ. */
export function jitter({ deviation }: State): number {
  return 2 * deviation + 2;
}

/** How many requests a report leaves, without those that it doesn't count. */
export function available({ count }: State, report: Report): number {
  return report.remaining - (count - report.counted);
}

function withWindow(state: State, at: number, changes: Partial<WindowState>): State {
  return { ...state, windows: state.windows.map((each, index) => (index === at ? { ...each, ...changes } : each)) };
}

/** A request goes out. */
export function sent(state: State, now: number, chance: number): State {
  const inFlight = [...state.inFlight, now];
  return { ...state, inFlight, count: state.count + 1, lastSent: now, changed: now, chance };
}

/** A request has ended. It counts, whatever became of it: one without an answer may have arrived. */
export function ended(before: State, exchange: Exchange, chance: number, answer?: Answer, date = 0): State {
  const { sent, answered } = exchange;
  const at = before.inFlight.indexOf(sent);
  const state = {
    ...before,
    windows: before.windows.map((known) => ({ ...known, own: batched(known, sent, answered) })),
    inFlight: before.inFlight.filter((_, index) => index !== at),
    changed: answered,
    chance,
  };
  if (!answer) return state;
  if (answer.status !== 429) return accepted(state, exchange, reportedIn(answer));
  const wait = retryAfter(answer, date);
  return wait === "parallel" ? tooMany(state, exchange) : rejected(state, exchange, wait);
}

/** A request was accepted. */
export function accepted(before: State, exchange: Exchange, reported: Reported | undefined): State {
  const { sent, answered } = exchange;
  const { parallel, roundTrip, deviation } = before;
  const trip = answered - sent;
  const raised = Math.min(parallel.most, parallel.limit + 1 / RAISE_AFTER);
  const state: State = {
    ...before,
    // One that was sent before the last 429 says nothing about what came of it.
    rejections: sent >= before.rejected ? 0 : before.rejections,
    parallel: sent >= parallel.since ? { ...parallel, limit: raised } : parallel,
    deviation: deviation + (Math.abs(trip - roundTrip) - deviation) * 0.1,
    roundTrip: roundTrip + (trip - roundTrip) * 0.2,
  };
  if (!reported) return state;
  const { limit, left } = reported;
  if (state.windows.every(({ window }) => window.limit !== limit)) return unconfigured(state, reported, answered);
  // If two windows have this limit, the shorter one lasts no longer than its length.
  const at = state.windows.findIndex(({ window }) => window.limit === limit && (left?.value ?? 0) <= window.length);
  const known = state.windows[at];
  if (!known || known.doubt > MOST_DOUBT) return state;
  return withReport(endedUnseen(state, exchange, reported), at, sent, reported);
}

/** The account has another limit. If it allows less, that counts from here on; more is only for the user to say. */
function unconfigured(state: State, { limit, left }: Reported, now: number): State {
  const first: OtherLimit = { limit, longest: 0, answers: 0, since: now };
  const old = state.others.find((other) => other.limit === limit) ?? first;
  const [longest, answers] = [Math.max(old.longest, left?.value ?? 0), old.answers + 1];
  // The shortest that lasts as long as was seen, once no longer one may be meant.
  const at = state.windows.findIndex(({ window }) => window.length >= longest);
  const { window, report } = state.windows[at] ?? {};
  const isOften = answers >= ENOUGH && now - old.since > 3 * (window?.length ?? longest);
  const isSure = at > 0 || state.windows.length === 1 || isOften;
  const configured = old.configured ?? (isSure && !report ? window : undefined);
  const others = [...state.others.filter((other) => other.limit !== limit), { ...old, longest, answers, configured }];
  if (!configured || limit > configured.limit) return { ...state, others };
  return withWindow({ ...state, others }, at, { window: { ...configured, limit } });
}

/** Headers mostly describe the window with the fewest left. If one that is full by our count has as many left, another one began. */
function endedUnseen(state: State, { answered }: Exchange, { limit, remaining }: Reported): State {
  const isOver = (known: WindowState) =>
    known.window.limit > limit &&
    !known.start &&
    remaining > LAST + 1 &&
    sum(ownIn(known, answered)) >= known.window.limit - LAST - 1;
  return { ...state, windows: state.windows.map((known) => (isOver(known) ? { ...known, own: [] } : known)) };
}

function withReport(before: State, at: number, sent: number, { remaining, left }: Reported): State {
  const state = left ? withReset(before, at, left.value) : before;
  const { inFlight, count } = state;
  const j = jitter(state);
  let known = state.windows[at] as WindowState;
  const old = known.report;
  // Sent together: nobody knows in which order they were counted. Else what remains of a window never grows.
  const isLater = old && sent - old.sent >= 2 * j && remaining >= old.remaining;
  if (isLater) known = learned(known, { from: old.sent - j, to: sent + j }, j);
  if (left) {
    const to = sent + left.value + cutOff(state) * left.unit;
    known = learned(known, { from: to - left.unit - j, to: to + j }, j);
  }
  // Contradicted again and again, it is as if nothing was reported: this process's own count decides.
  if (known.doubt > MOST_DOUBT) return withWindow(state, at, { ...known, start: undefined, report: undefined });
  const isNew = !old || isLater || sent >= old.end;
  const end = endOf(known, j, sent, remaining);
  const began = isPhased(known)
    ? Math.min(sent, end - known.window.length - width(known.start) / 2)
    : Number.NEGATIVE_INFINITY;
  const own = sum(ownIn(known, sent).filter(({ from }) => from >= began));
  const others = Math.max(0, known.window.limit - remaining - own - inFlight.length);
  const shown = { sent, remaining, counted: count - inFlight.length, end, own, others };
  let report: Report = shown;
  if (!isNew) {
    const isLower = remaining < old.remaining;
    const both = { ...shown, end: Math.min(end, old.end), others: Math.max(others, old.others) };
    report = isLower ? both : { ...old, counted: old.counted + 1 };
  }
  const estimate = isNew ? closed(before) : before.estimate;
  return withWindow({ ...state, estimate: at === 0 ? joined(estimate, report) : estimate }, at, { ...known, report });
}

/** The shortest window is over: how fast did others use it, beside this process? */
function closed({ estimate, windows: [known] }: State): Estimate {
  if (!known?.report || !isPhased(known)) return estimate;
  const { report, start, window } = known;
  const { length } = window;
  const began = next(start, length, report.sent).to - length;
  return counted(estimate, report, Math.max(0.1, Math.min((report.sent - began) / (SPREAD * length), 1)));
}

/** A Reset of 0 is never rounded up, one of a whole window never down: what was read otherwise goes. */
function withReset(before: State, at: number, left: number): State {
  const { none, whole } = before.resets;
  const resets = {
    none: none || left === 0,
    whole: whole || left >= (before.windows[at] as WindowState).window.length,
  };
  const state = { ...before, resets };
  if (cutOff(state) === cutOff(before)) return state;
  return { ...state, windows: state.windows.map((each) => ({ ...each, start: undefined })) };
}

/** What the time left is more than what is reported, at the most, in units of its last digit. */
function cutOff({ resets: { none, whole } }: State): number {
  return !none ? 0 : whole ? 0.5 : 1;
}

/**
 * A request was answered 429.
 *
 * @param wait the milliseconds that it asks to wait, if it does.
 */
export function rejected(before: State, exchange: Exchange, wait: number | undefined): State {
  const { sent, answered } = exchange;
  const { chance } = before;
  // Those sent together are rejected together: that is one 429, not many in a row.
  const rejections = before.rejections + (sent >= before.rejected ? 1 : 0);
  const state: State = { ...before, rejections, rejected: answered };
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
  // Without headers: not together with others who were told the same.
  if (!isReported(state)) return until(state, answered + (wait ?? length) * between(1, 1.5, chance));
  // It is full: one more of others took the place.
  const { report: old } = shortest;
  const report = old && { ...old, sent, remaining: 0, others: old.others + 1 };
  const told = withWindow({ ...state, estimate: fuller(state.estimate) }, 0, { report });
  // Early in the next second, if it is known when that begins: clients that read no headers take what they find of it.
  const open = isPhased(shortest)
    ? next(shortest.start, length, sent).to + gap(told, shortest) * chance
    : answered + length * between(0.2, 1, chance);
  // What is asked for is rounded up to whole seconds; what is known may be more exact.
  return until(told, Math.max(open, answered + (wait ?? 0) - SECOND));
}

/** Nothing more goes out before that moment, and what was reported until now isn't true any more by then. */
function until(state: State, moment: number): State {
  const blocked = Math.max(state.blocked, moment);
  const windows = state.windows.map((known) =>
    known.report ? { ...known, report: { ...known.report, end: Math.min(known.report.end, blocked) } } : known,
  );
  return { ...state, windows, blocked };
}

/** A request was one too many at once: half as many from here on, once for all that were sent before. */
export function tooMany(state: State, { sent, answered }: Exchange): State {
  const { most, limit, since } = state.parallel;
  if (sent < since) return state;
  const half = Math.max(1, Math.floor(Math.min(limit, state.inFlight.length + 1) / 2));
  return { ...state, parallel: { most, limit: half, since: answered } };
}

/** The account's windows that aren't as configured, the last one found last. */
export function found({ others }: State): OtherWindow[] {
  return others.flatMap(({ limit, configured }) => (configured ? { limit, configured } : []));
}

/** Whether answers report any window. */
export function isReported({ windows }: State): boolean {
  return windows.some(({ report }) => report);
}

/** How many clients share the account, and what that is made of: sums in which the past counts ever less. */
export interface Estimate {
  readonly clients: number;
  /** Windows in which others could be seen; requests of others and of this process in them. */
  readonly windows: number;
  readonly others: number;
  readonly own: number;
}

/** Requests of this process in one window, and of others. */
export type Use = Pick<Estimate, "own" | "others">;

/** What a window counts beside the one after it. */
const FADE = 0.75;
/** The same for others of whom nothing was seen until late in a window, so far into it: they have gone. */
const GONE = 0.4;
const LATE = 0.6;
/** An estimate of one's own share is drawn so far towards a usual one: else errors of several clients add up to unfair shares. */
const DRAWN = 0.2;
const USUAL_SHARE = 0.15;
const MOST_CLIENTS = 20;
/** Others seen in a window, on the average, below which there are none. */
const FEW = 0.4;

export const nobody: Estimate = { clients: 1, windows: 0, others: 0, own: 0 };

/** A window is over, of which such a part was seen. */
export function counted(before: Estimate, { own, others }: Use, part: number): Estimate {
  const haveGone = others === 0 && part > LATE;
  const sums = {
    windows: before.windows * FADE + part,
    others: (before.others * FADE + others) * (haveGone ? GONE : 1),
    own: before.own * FADE + own * part,
  };
  if (sums.others / sums.windows < FEW) return { ...sums, clients: 1 };
  const share = (1 - DRAWN) * (sums.own / (sums.own + sums.others)) + DRAWN * USUAL_SHARE;
  return { ...sums, clients: Math.min(1 / share, MOST_CLIENTS) };
}

/** So much is seen of the present window: others are believed at once. */
export function joined(estimate: Estimate, { own, others }: Use): Estimate {
  if (others === 0) return estimate;
  const least = estimate.windows === 0 ? 2 : 1;
  return { ...estimate, clients: Math.max(estimate.clients, least, Math.min(MOST_CLIENTS, 1 + others / own)) };
}

/** A window was fuller than expected. */
export function fuller(estimate: Estimate): Estimate {
  return { ...estimate, clients: Math.max(2, Math.min(estimate.clients + 0.5, MOST_CLIENTS)) };
}
