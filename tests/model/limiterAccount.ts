import type { Window } from "../../provider/hood/rateLimit/window";
import type { Answer } from "../../provider/hood/transport";
import type { VirtualTime } from "./limiterTime";

export type HeaderWindow = "tighter" | "burst" | "steady" | "alternate" | "none";
export type ResetRounding = "up" | "down" | "nearest" | "decimal";

export interface AccountSetup {
  /** Burst first, then steady. */
  readonly windows: readonly Window[];
  /** For each window, how far into it the account is at the beginning, in milliseconds. */
  readonly into: readonly number[];
  /** Requests used in the present steady window before the beginning. */
  readonly used: number;
  readonly headers: HeaderWindow;
  /** Which window `tighter` reports if both have as many left. */
  readonly tie?: "burst" | "steady";
  readonly rounding: ResetRounding;
  /** Shortest and longest time for one way through the network, in milliseconds. */
  readonly delay: readonly [number, number];
  /** Requests a second of another client of the same account. */
  readonly otherClient: number;
  /** Requests that other clients send at the very beginning of each window. */
  readonly eats?: readonly number[];
  /** Share of the 429s that lack Retry-After. */
  readonly withoutRetryAfter: number;
  readonly countRejected: boolean;
  /** Requests at once, Infinity if there is no such limit. */
  readonly parallel: number;
}

interface Count {
  index: number;
  used: number;
  sent: number;
}

/** An account with fixed windows, in virtual time. It writes down what it is asked and what of it was too much. */
export class FakeAccount {
  accepted = 0;
  rejected = 0;
  /** Requests of the limiter beyond a window's limit, without those of other clients. */
  overruns = 0;
  lastAccepted = 0;
  readonly rejectedBy = { s: 0, m: 0 };
  readonly arrivals: number[] = [];
  #counts: Count[];
  #answers = 0;
  #inFlight = 0;

  constructor(
    readonly setup: AccountSetup,
    readonly time: VirtualTime,
    readonly random: () => number,
  ) {
    this.#counts = setup.windows.map((_, which) => ({ index: 0, used: which === 0 ? 0 : setup.used, sent: 0 }));
    if (setup.otherClient > 0) this.#visit();
  }

  /** Sends one request there and back. */
  exchange(): Promise<Answer> {
    return new Promise((resolve) => {
      this.time.at(this.time.now + this.#way(), () => {
        const answer = this.#serve();
        this.time.at(this.time.now + this.#way(), () => {
          this.#inFlight--;
          resolve(answer);
        });
      });
      this.#inFlight++;
    });
  }

  #way(): number {
    const [least, most] = this.setup.delay;
    return least + (most - least) * this.random();
  }

  #visit(): void {
    const pause = -Math.log(1 - this.random()) / this.setup.otherClient;
    this.time.at(this.time.now + pause * 1_000, () => {
      this.#roll();
      if (this.#free()) for (const count of this.#counts) count.used++;
      this.#visit();
    });
  }

  #left(which: number): number {
    const length = (this.setup.windows[which] as Window).length;
    return length - ((this.time.now + (this.setup.into[which] as number)) % length);
  }

  #roll(): void {
    for (const [which, count] of this.#counts.entries()) {
      const length = (this.setup.windows[which] as Window).length;
      const index = Math.floor((this.time.now + (this.setup.into[which] as number)) / length);
      if (index !== count.index) Object.assign(count, { index, used: this.setup.eats?.[which] ?? 0, sent: 0 });
    }
  }

  #free(): boolean {
    return this.setup.windows.every(({ limit }, which) => (this.#counts[which] as Count).used < limit);
  }

  #serve(): Answer {
    this.#roll();
    for (const [which, count] of this.#counts.entries()) {
      count.sent++;
      if (count.sent > (this.setup.windows[which] as Window).limit) this.overruns++;
    }
    if (this.#inFlight > this.setup.parallel) return this.#reject("-1");
    if (!this.#free()) {
      const full = this.setup.windows.flatMap(({ limit }, which) =>
        (this.#counts[which] as Count).used >= limit ? [this.#left(which)] : [],
      );
      this.rejectedBy[Math.max(...full) > 1_000 ? "m" : "s"]++;
      if (this.setup.countRejected) for (const count of this.#counts) count.used++;
      return this.#reject(
        this.random() < this.setup.withoutRetryAfter ? null : `${Math.ceil(Math.max(...full) / 1_000)}`,
      );
    }
    for (const count of this.#counts) count.used++;
    this.accepted++;
    this.lastAccepted = this.time.now;
    return { status: 204, text: "", header: this.#headers() };
  }

  #reject(retryAfter: string | null): Answer {
    this.rejected++;
    return { status: 429, text: "", header: (name) => (name === "retry-after" ? retryAfter : null) };
  }

  #headers(): Answer["header"] {
    const { headers, rounding, windows, tie } = this.setup;
    if (headers === "none") return () => null;
    const [burst, steady] = windows.map(({ limit }, which) => limit - (this.#counts[which] as Count).used) as [
      number,
      number,
    ];
    const tighter = burst < steady || (burst === steady && tie !== "steady") ? 0 : 1;
    const which = { tighter, burst: 0, steady: 1, alternate: this.#answers++ % 2 }[headers];
    const left = this.#left(which) / 1_000;
    const reset = { up: Math.ceil(left), down: Math.floor(left), nearest: Math.round(left), decimal: left.toFixed(3) };
    const shown: Record<string, string> = {
      "x-ratelimit-limit": `${(windows[which] as Window).limit}`,
      "x-ratelimit-remaining": `${[burst, steady][which]}`,
      "x-ratelimit-reset": `${reset[rounding]}`,
    };
    return (name) => shown[name] ?? null;
  }
}

/** When the last of `count` requests can be accepted at the earliest, by who knows the windows and needs no network. */
export function bestPossible({ windows, into, used }: AccountSetup, count: number): number {
  let now = 0;
  const available = windows.map(({ limit }, which) => limit - (which === 0 ? 0 : used));
  const ends = windows.map(({ length }, which) => length - (into[which] as number));
  for (let left = count; ; ) {
    const take = Math.min(left, ...available);
    left -= take;
    if (left === 0) return now;
    for (const which of available.keys()) (available[which] as number) -= take;
    now = Math.min(...ends);
    for (const [which, { limit, length }] of windows.entries()) {
      if (ends[which] !== now) continue;
      available[which] = limit;
      (ends[which] as number) += length;
    }
  }
}
