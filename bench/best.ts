import type { RateWindow } from "../simulator/windows";

/** A fixed window: it begins at multiples of its length, plus `begins` milliseconds. */
export interface FixedWindow extends RateWindow {
  readonly begins?: number;
}

/**
 * When each request goes out at the earliest, by somebody who knows the windows and needs no network: at once if every window has room,
 * else when the last of the full ones ends. Nobody can be faster, since waiting never makes room.
 *
 * @param arrivals from when on each can go out; all times are in milliseconds.
 * @param others when the account was, or is, asked by somebody else. Each takes a place if there is one.
 */
export function bestTimes(
  windows: readonly FixedWindow[],
  arrivals: readonly number[],
  others: readonly number[] = [],
): number[] {
  const counts = windows.map((window) => ({ ...window, end: Number.NEGATIVE_INFINITY, used: 0 }));
  const full = (now: number) => {
    for (const count of counts) {
      if (now < count.end) continue;
      const { length, begins = 0 } = count;
      Object.assign(count, { end: (Math.floor((now - begins) / length) + 1) * length + begins, used: 0 });
    }
    return counts.filter(({ used, limit }) => used >= limit);
  };
  const take = () => {
    for (const count of counts) count.used++;
  };
  const theirs = others.toSorted((a, b) => a - b);
  let now = Number.NEGATIVE_INFINITY;
  let other = 0;
  return arrivals
    .toSorted((a, b) => a - b)
    .map((arrival) => {
      now = Math.max(now, arrival);
      for (;;) {
        for (; (theirs[other] ?? now + 1) <= now; other++) if (full(theirs[other] as number).length === 0) take();
        const waits = full(now);
        if (waits.length === 0) break;
        now = Math.max(...waits.map(({ end }) => end));
      }
      take();
      return now;
    });
}
