import type { Settings } from "./options";
import { windowStart } from "./windows";

type LimitSettings = Pick<Settings, "windows" | "windowOffset" | "countRefused" | "headerWindow" | "foreign">;

/** What the limiter says to one request; `headers` belong on its answer. */
export interface Verdict {
  readonly accepted: boolean;
  readonly headers: Record<string, string>;
  /** Ms until a refused request would be accepted if nobody else asked. */
  readonly wait: number;
}

/** Counts the requests of one scope (the account, or one endpoint of it) in the account's fixed windows. */
export class RateLimiter {
  private readonly counters;
  private foreignUntil: number | undefined;
  private asked = 0;

  constructor(private readonly settings: LimitSettings) {
    this.counters = settings.windows.map((window) => ({ ...window, start: -Infinity, used: 0 }));
  }

  take(moment: number): Verdict {
    this.letForeignIn(moment);
    this.moveTo(moment);
    this.asked += 1;
    const full = this.counters.filter((counter) => counter.used >= counter.limit);
    const accepted = full.length === 0;
    if (accepted || this.settings.countRefused) this.count();
    const wait = Math.max(0, ...full.map((counter) => counter.start + counter.length - moment));
    return { accepted, wait, headers: accepted ? this.describe(moment) : {} };
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

  /** Lets the foreign client's requests up to now compete for the same windows, at the moments they were due. */
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
      if (this.counters.every((counter) => counter.used < counter.limit)) this.count();
    }
    this.foreignUntil = moment;
  }

  private describe(moment: number): Record<string, string> {
    const counter = this.described();
    if (!counter) return {};
    return {
      "x-ratelimit-limit": String(counter.limit),
      "x-ratelimit-remaining": String(Math.max(0, counter.limit - counter.used)),
      "x-ratelimit-reset": String(Math.ceil((counter.start + counter.length - moment) / 1000)),
    };
  }

  private described() {
    const [burst, steady = burst] = this.counters;
    switch (this.settings.headerWindow) {
      case "burst":
        return burst;
      case "steady":
        return steady;
      case "alternate":
        return this.asked % 2 === 1 ? burst : steady;
      default:
        return this.counters.reduce((a, b) => (b.limit - b.used <= a.limit - a.used ? b : a), burst as never);
    }
  }
}
