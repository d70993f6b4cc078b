/** A stretch of time that a moment certainly lies in, in milliseconds of the clock. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

/** How far two computers' clocks run apart at the most, for each millisecond that passes. */
export const DRIFT = 1e-4;

/** Where the moment lies that comes `times` periods after the one in the interval; the further away, the less exact. */
export function repeated({ from, to }: Interval, period: number, times: number): Interval {
  const drift = Math.abs(times) * period * DRIFT;
  return { from: from + times * period - drift, to: to + times * period + drift };
}

/**
 * What two intervals say together about one moment that comes back each `period`; undefined if they contradict each other. They can
 * meet in two places of one period: then the narrower is all that is certain.
 */
export function intersect(known: Interval, reported: Interval, period: number): Interval | undefined {
  const nearest = Math.round((middle(reported) - middle(known)) / period);
  const met: Interval[] = [];
  for (const times of [nearest - 1, nearest, nearest + 1]) {
    const moved = repeated(known, period, times);
    const interval = { from: Math.max(moved.from, reported.from), to: Math.min(moved.to, reported.to) };
    if (interval.from <= interval.to) met.push(interval);
  }
  if (met.length < 2) return met[0];
  return width(known) < width(reported) ? repeated(known, period, nearest) : reported;
}

export function hull(intervals: readonly Interval[]): Interval {
  return { from: Math.min(...intervals.map(({ from }) => from)), to: Math.max(...intervals.map(({ to }) => to)) };
}

export function width({ from, to }: Interval): number {
  return to - from;
}

export function middle({ from, to }: Interval): number {
  return (from + to) / 2;
}
