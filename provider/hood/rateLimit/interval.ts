/** A stretch of time that a moment is sure to lie in, in milliseconds of the clock. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

/** How far two computers' clocks run apart at the most, for each millisecond that passes. */
const DRIFT = 1e-4;

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

/**
 * What two intervals say about one moment that returns each `period`; undefined if they contradict each other. They can meet in two
 * places of one period: then the narrower one is all that is certain.
 */
export function meet(known: Interval, seen: Interval, period: number): Interval | undefined {
  const nearest = Math.round((middle(seen) - middle(known)) / period);
  const places = [nearest - 1, nearest, nearest + 1].map((times) => moved(known, period, times));
  const met = places.flatMap((place) => intersect(place, seen) ?? []);
  if (met.length < 2) return met[0];
  return width(seen) < width(known) ? seen : moved(known, period, nearest);
}

/** At least so wide. */
export function widened(interval: Interval, least: number): Interval {
  const more = Math.max(0, least - width(interval)) / 2;
  return { from: interval.from - more, to: interval.to + more };
}
