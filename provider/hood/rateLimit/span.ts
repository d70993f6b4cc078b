/** A stretch of time that a moment certainly lies in, in milliseconds of the clock. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** How far two computers' clocks run apart at the most, for each millisecond that passes. */
export const DRIFT = 1e-4;

/** Where the moment lies that comes `times` periods after the one in `span`; the further away, the less exact. */
export function repeated({ from, to }: Span, period: number, times: number): Span {
  const drift = Math.abs(times) * period * DRIFT;
  return { from: from + times * period - drift, to: to + times * period + drift };
}

/**
 * What two spans tell together about one moment that comes back each `period`; undefined where they contradict each
 * other. Two spans can meet in two places of one period: then the narrower is all that is certain.
 */
export function intersect(known: Span, told: Span, period: number): Span | undefined {
  const nearest = Math.round((middle(told) - middle(known)) / period);
  const met: Span[] = [];
  for (const times of [nearest - 1, nearest, nearest + 1]) {
    const moved = repeated(known, period, times);
    const span = { from: Math.max(moved.from, told.from), to: Math.min(moved.to, told.to) };
    if (span.from <= span.to) met.push(span);
  }
  if (met.length < 2) return met[0];
  return width(known) < width(told) ? repeated(known, period, nearest) : told;
}

export function hull(spans: readonly Span[]): Span {
  return { from: Math.min(...spans.map(({ from }) => from)), to: Math.max(...spans.map(({ to }) => to)) };
}

export function width({ from, to }: Span): number {
  return to - from;
}

export function middle({ from, to }: Span): number {
  return (from + to) / 2;
}
