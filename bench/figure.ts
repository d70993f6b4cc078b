import type { Name, Seconds } from "./contest";

/** One number that is to be reached, and what came out. */
export interface Figure {
  readonly row: string;
  readonly reach: string;
  readonly reached: string;
  /** What the number comes from; empty where it speaks for itself. */
  readonly measured: string;
  readonly ok: boolean;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2;
}

/** How our wall time compares: the median of the ratios within each round. */
export function wallFigure(row: string, seconds: Seconds, other: Exclude<Name, "ours">, most: number): Figure {
  const ratio = median(seconds.ours.map((ours, round) => ours / (seconds[other][round] ?? Number.NaN)));
  const shown = (name: Name) => `${name} ${median(seconds[name]).toFixed(1)} s`;
  return {
    row,
    reach: `wall time <= ${most} x ${other}`,
    reached: `${ratio.toFixed(2)} x`,
    measured: `${shown("ours")}, ${shown(other)}, ${seconds.ours.length} runs each`,
    ok: ratio <= most,
  };
}
