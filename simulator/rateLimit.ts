import { type Answer, failure } from "./answers";
import type { Settings } from "./options";
import { windowStart } from "./windows";

/** What the rate limit says to one request. */
export interface Verdict {
  readonly accepted: boolean;
  /** Too many requests were in flight. */
  readonly tooParallel: boolean;
  /** They belong on the answer. */
  readonly headers: Record<string, string>;
  /** Ms until a rejected request would be accepted if nobody else asked. */
  readonly wait: number;
}

type LimitSettings = Pick<Settings, "windows" | "windowOffset" | "headerWindow" | "foreign" | "parallelLimit">;

/** Lets requests in or answers them 429: too many at once, or too many in one of the account's fixed windows. */
export class Gate {
  private readonly counters;
  private foreignUntil: number | undefined;
  private inFlight = 0;

  constructor(private readonly settings: LimitSettings) {
    this.counters = settings.windows.map((window) => ({ ...window, start: -Infinity, used: 0 }));
  }

  /** Counts a request as in flight until the function that this returns is called (again is harmless). */
  enter(): () => void {
    this.inFlight += 1;
    let inside = true;
    return () => {
      if (inside) this.inFlight -= 1;
      inside = false;
    };
  }

  /** Decides on a request that has entered. One that is rejected takes nothing from the windows. */
  take(moment: number): Verdict {
    const tooParallel = this.inFlight > this.settings.parallelLimit;
    if (tooParallel) return { accepted: false, tooParallel, headers: {}, wait: 0 };
    this.letForeignIn(moment);
    this.moveTo(moment);
    const full = this.counters.filter(({ used, limit }) => used >= limit);
    if (full.length > 0) {
      const wait = Math.max(...full.map(({ start, length }) => start + length - moment));
      return { accepted: false, tooParallel, headers: {}, wait };
    }
    this.count();
    return { accepted: true, tooParallel, headers: this.describe(moment), wait: 0 };
  }

  rejection({ tooParallel, wait }: Verdict): Answer {
    // How long it is too many at once depends on the client's own requests, so Hood can tell no time.
    const retryAfter = tooParallel ? -1 : Math.max(1, Math.ceil(wait / 1000));
    const answer = failure(429, "The rate limit is exceeded.");
    return { ...answer, headers: { ...answer.headers, "retry-after": String(retryAfter) } };
  }

  private count(): void {
    for (const counter of this.counters) counter.used += 1;
  }

  private moveTo(moment: number): void {
    for (const counter of this.counters) {
      const start = windowStart(moment, counter.length, this.settings.windowOffset);
      if (start !== counter.start) Object.assign(counter, { start, used: 0 });
    }
  }

  /** Lets the other client's requests up to now compete for the same windows, at the moments at which they were due. */
  private letForeignIn(moment: number): void {
    const { foreign, windowOffset } = this.settings;
    const longest = this.counters.at(-1);
    if (!foreign || !longest) return;
    const spacing = foreign.length / foreign.limit;
    // What came before the longest window began has left no trace in any counter.
    const horizon = windowStart(moment, longest.length, windowOffset);
    const from = Math.max(this.foreignUntil ?? horizon, horizon);
    for (let due = Math.ceil((from - windowOffset) / spacing); due * spacing + windowOffset < moment; due += 1) {
      this.moveTo(due * spacing + windowOffset);
      if (this.counters.every(({ used, limit }) => used < limit)) this.count();
    }
    this.foreignUntil = moment;
  }

  private describe(moment: number): Record<string, string> {
    const [burst, steady = burst] = this.counters;
    if (!burst || !steady) return {};
    const { headerWindow } = this.settings;
    const tighter = this.counters.reduce((a, b) => (b.limit - b.used <= a.limit - a.used ? b : a));
    const { limit, used, start, length } = { tighter, burst, steady }[headerWindow];
    return {
      "x-ratelimit-limit": String(limit),
      "x-ratelimit-remaining": String(limit - used),
      "x-ratelimit-reset": String(Math.ceil((start + length - moment) / 1000)),
    };
  }
}
