/** Time and chance, injected so that no unit test waits and no result depends on luck. */
export interface Clock {
  /** Milliseconds since any fixed moment; never set back. */
  now(): number;
  /** Milliseconds since 1970, as this machine has it. */
  date(): number;
  /** Resolves after that time, or as soon as `cut` is aborted: nothing of the wait is left behind then. */
  sleep(milliseconds: number, cut?: AbortSignal): Promise<void>;
  /** A number from 0 up to, but not including, 1. */
  random(): number;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  date: Date.now,
  sleep: (milliseconds, cut) =>
    new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        cut?.removeEventListener("abort", end);
        resolve();
      };
      // It may have been aborted before: that is told no more.
      const timer = setTimeout(end, cut?.aborted ? 0 : milliseconds);
      cut?.addEventListener("abort", end);
    }),
  random: Math.random,
};
