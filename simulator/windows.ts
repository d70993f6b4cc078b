/** A fixed window: at most `limit` requests in each stretch of `length` ms. */
export interface RateWindow {
  /** Most requests. */
  readonly limit: number;
  /** In milliseconds. */
  readonly length: number;
}

const units: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Reads `150/60s`. @throws Error that names the option and shows the notation. */
export function parseWindow(text: string, option: string): RateWindow {
  const [, limit, count, unit] = /^\s*(\d+)\/(\d*)([smhd])\s*$/.exec(text) ?? [];
  const length = Number(count || 1) * (units[unit ?? ""] ?? 0);
  if (!(Number(limit) > 0 && length > 0)) {
    throw new Error(
      `Could not start the simulator: ${option} "${text}" is not a rate. Write requests/length, such as 10/1s or 150/60s, or off.`,
    );
  }
  return { limit: Number(limit), length };
}

/** Reads `10/1s,150/60s` or `off`; the shortest window comes first. */
export function parseWindows(text: string, option: string): RateWindow[] {
  if (text === "off") return [];
  return text
    .split(",")
    .map((part) => parseWindow(part, option))
    .sort((one, other) => one.length - other.length);
}

/** The moment at which the window around `moment` began; all in ms. */
function windowStart(moment: number, length: number, offset: number): number {
  return Math.floor((moment - offset) / length) * length + offset;
}

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

interface LimitSettings {
  readonly windows: readonly RateWindow[];
  readonly windowOffset: number;
  readonly headerWindow: "tighter" | "steady";
  readonly otherClient: RateWindow | undefined;
  readonly parallelLimit: number;
}

/** Lets requests in or answers them 429: too many at once, or too many in one of the account's fixed windows. */
export class Gate {
  private readonly counters;
  private otherClientUntil: number | undefined;
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
    const { otherClient, windowOffset } = this.settings;
    const longest = this.counters.at(-1);
    if (!otherClient || !longest) return;
    const spacing = otherClient.length / otherClient.limit;
    // What came before the longest window began has left no trace in any counter.
    const horizon = windowStart(moment, longest.length, windowOffset);
    const from = Math.max(this.otherClientUntil ?? horizon, horizon);
    for (let due = Math.ceil((from - windowOffset) / spacing); due * spacing + windowOffset < moment; due += 1) {
      this.moveTo(due * spacing + windowOffset);
      if (this.counters.every(({ used, limit }) => used < limit)) this.count();
    }
    this.otherClientUntil = moment;
  }

  private describe(moment: number): Record<string, string> {
    const [burst, steady = burst] = this.counters;
    if (!burst || !steady) return {};
    const tighter = this.counters.reduce((a, b) => (b.limit - b.used <= a.limit - a.used ? b : a));
    const { limit, used, start, length } = this.settings.headerWindow === "steady" ? steady : tighter;
    return {
      "x-ratelimit-limit": String(limit),
      "x-ratelimit-remaining": String(limit - used),
      "x-ratelimit-reset": String(Math.ceil((start + length - moment) / 1000)),
    };
  }
}
