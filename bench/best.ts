import { type RateWindow, windowStart } from "../simulator/windows";

export interface Situation {
  /** The account's fixed windows, which begin at multiples of their length. */
  readonly windows: readonly RateWindow[];
  /** From when on requests can be sent; all times are in ms since the epoch. */
  readonly start: number;
  /** When the requests came that the account has counted before. */
  readonly before: readonly number[];
}

/**
 * When each of `count` requests goes out at the earliest: each at once where every window has room, else when the last of
 * the full ones ends. Nobody can be faster on these windows, since waiting never makes room.
 */
export function bestTimes({ windows, start, before }: Situation, count: number): number[] {
  const times: number[] = [];
  const used = (begin: number, length: number) =>
    [...before, ...times].filter((time) => windowStart(time, length, 0) === begin).length;
  let now = start;
  while (times.length < count) {
    const full = windows.filter(({ limit, length }) => used(windowStart(now, length, 0), length) >= limit);
    if (full.length === 0) times.push(now);
    else now = Math.max(...full.map(({ length }) => windowStart(now, length, 0) + length));
  }
  return times;
}
