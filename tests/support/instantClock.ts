import type { Clock } from "../../provider/hood/clock";

export interface InstantClock extends Clock {
  /** Every pause that was asked for, in milliseconds, in order. */
  readonly pauses: readonly number[];
}

const START = Date.parse("2026-05-01T12:00:00Z");

/** A clock on which every pause is over at once, as if it had been waited for. Chance always falls on its lowest value. */
export function instantClock(): InstantClock {
  const pauses: number[] = [];
  let now = 0;
  return {
    pauses,
    now: () => now,
    date: () => START + now,
    sleep: async (milliseconds) => {
      pauses.push(milliseconds);
      now += milliseconds;
    },
    random: () => 0,
  };
}
