import type { Window } from "./headers";

/** A stretch of time that a moment is sure to lie in, in milliseconds of the clock. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

/** How far two computers' clocks run apart at the most, for each millisecond that passes. */
const DRIFT = 1e-4;
/** Where a window begins is known well enough to send at that moment: a part of its length. */
const PHASED = 0.3;
/** An answer that fits takes as much doubt away as three that contradict what is known add. With so much doubt, reports count no more. */
const CERTAINTY = 3;
export const MOST_DOUBT = 20;

/** A time that is sure to have passed as the other clock counts it. */
export function slidBy(length: number): number {
  return length * (1 + DRIFT);
}

export function width({ from, to }: Interval): number {
  return to - from;
}

export function middle({ from, to }: Interval): number {
  return (from + to) / 2;
}

/** What both say together; undefined if they contradict each other. */
export function intersect(a: Interval, b: Interval): Interval | undefined {
  const both = { from: Math.max(a.from, b.from), to: Math.min(a.to, b.to) };
  return both.from <= both.to ? both : undefined;
}

/** Where the moment lies that comes `times` periods later; the further away, the less exact. */
export function moved({ from, to }: Interval, period: number, times: number): Interval {
  const drift = Math.abs(times) * period * DRIFT;
  return { from: from + times * period - drift, to: to + times * period + drift };
}

/** The first return of a moment that may not have passed yet. */
export function next(interval: Interval, period: number, now: number): Interval {
  return moved(interval, period, Math.floor((now - interval.to) / period) + 1);
}

/** What two intervals say about one moment that returns each `period`, where they are nearest; undefined if they contradict each other. */
export function meet(known: Interval, seen: Interval, period: number): Interval | undefined {
  const nearest = Math.round((middle(seen) - middle(known)) / period);
  return intersect(moved(known, period, nearest), seen);
}

/** At least so wide. */
export function widened(interval: Interval, least: number): Interval {
  const more = Math.max(0, least - width(interval)) / 2;
  return { from: interval.from - more, to: interval.to + more };
}

/** Requests of this process that went out close together: from when on, until when the last was answered. */
export interface Batch {
  readonly from: number;
  readonly until: number;
  readonly count: number;
}

/** What answers reported of a window last: the one that showed the fewest remaining, by when its request was sent. */
export interface Report {
  readonly sent: number;
  readonly remaining: number;
  /** Requests of this process, of all that ever went out, that it counts. */
  readonly counted: number;
  /** By when the window is sure to have ended. */
  readonly end: number;
  /** Requests of this process in it, and of others at least. */
  readonly own: number;
  readonly others: number;
}

/** What is known of one window of the account. */
export interface WindowState {
  readonly window: Window;
  /** This process's requests that may lie in the present window. */
  readonly own: readonly Batch[];
  readonly report?: Report | undefined;
  /** Where one beginning lies; the others are whole lengths away. */
  readonly start?: Interval | undefined;
  /** How much more often answers contradicted what was known than they agreed. */
  readonly doubt: number;
}

export function isPhased(known: WindowState): known is WindowState & { readonly start: Interval } {
  return known.start !== undefined && width(known.start) < PHASED * known.window.length;
}

export function present({ report }: WindowState, now: number): Report | undefined {
  return report && report.end > now ? report : undefined;
}

export function sum(batches: readonly Batch[]): number {
  return batches.reduce((total, { count }) => total + count, 0);
}

/** This process's answered requests that may lie in the same window as that moment, or later. */
export function ownIn({ own, window, start }: WindowState, now: number): readonly Batch[] {
  const began = start ? moved(next(start, window.length, now), window.length, -1).from : Number.NEGATIVE_INFINITY;
  return own.filter(({ until }) => until >= began);
}

/** One more request of this process has ended. */
export function batched({ own, window: { length } }: WindowState, sent: number, answered: number): readonly Batch[] {
  const recent = own.filter(({ until }) => until + slidBy(length) > answered);
  const last = recent.at(-1);
  // All of a batch count as long as its last one: fifty of them make a window's length.
  if (!last || sent - last.from > length / 50) return [...recent, { from: sent, until: answered, count: 1 }];
  return [...recent.slice(0, -1), { ...last, until: answered, count: last.count + 1 }];
}

/** By when the window has ended in which a request left so many. */
export function endOf(known: WindowState, jitter: number, sent: number, remaining: number): number {
  const { limit, length } = known.window;
  if (!isPhased(known)) return sent + length + 2 * jitter;
  const nextStart = next(known.start, length, sent);
  // Sent at a moment that may lie on either side: a new window has more remaining.
  return sent < nextStart.from || remaining < limit / 2 ? nextStart.to : nextStart.to + length;
}

/** A beginning of that window lies in this interval, as far as trips let it be known. */
export function learned(known: WindowState, seen: Interval, jitter: number): WindowState {
  const { window, doubt } = known;
  if (width(seen) >= window.length) return known;
  const start = known.start ? meet(known.start, seen, window.length) : seen;
  if (start) return { ...known, start: widened(start, 2 * jitter), doubt: Math.max(0, doubt - CERTAINTY) };
  // Once, it may be a number that was wrong; twice, a clock was set, or the window moved.
  return { ...known, start: doubt % 2 === 1 ? seen : known.start, doubt: doubt + 1 };
}
