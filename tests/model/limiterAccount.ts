import type { FixedWindow } from "../../bench/best";
import type { Clock } from "../../provider/hood/clock";
import type { Answer } from "../../provider/hood/transport";

export interface AccountSetup {
  /** The shortest first. Time begins at 0, so `begins` is negative in the middle of a window. */
  readonly windows: readonly FixedWindow[];
  /** Requests used in the present longest window before the beginning. */
  readonly used: number;
  /** Which window the headers describe. */
  readonly headers: "tighter" | "first" | "last" | "alternate" | "nonsense" | "none";
  /** Which window `tighter` describes if both have as many left. */
  readonly tie: "shorter" | "longer";
  readonly rounding: "up" | "down" | "nearest" | "decimal";
  /** Share of the answers whose Remaining is one too many or too few. */
  readonly noise: number;
  /** Shortest and longest time for one way through the network, in milliseconds. */
  readonly delay: readonly [number, number];
  /** When another client asks, which doesn't read the answers. */
  readonly others: readonly number[];
  readonly countRejected: boolean;
  /** What the account's clock is ahead of time, in milliseconds. */
  readonly ahead: number;
}

/** Share of the 429s that lack Retry-After. */
const WITHOUT_RETRY_AFTER = 0.3;

/** An account with fixed windows, in virtual time. It writes down what it is asked and what of it was too much. */
export class FakeAccount {
  accepted = 0;
  rejected = 0;
  /** Requests of the limiters beyond a window's limit, without those of the other client. */
  overruns = 0;
  readonly #counts: { end: number; used: number; sent: number }[];
  #answers = 0;

  constructor(
    readonly setup: AccountSetup,
    readonly time: VirtualTime,
    readonly random: () => number,
  ) {
    this.#counts = setup.windows.map(() => ({ end: Number.NEGATIVE_INFINITY, used: 0, sent: 0 }));
    this.#roll();
    for (const count of this.#counts.slice(-1)) count.used = setup.used;
    this.#letIn(0);
  }

  /** Sends one request there and back. */
  exchange(): Promise<Answer> {
    return new Promise((resolve) => {
      this.time.at(this.time.now + this.#way(), () => {
        const answer = this.#serve();
        this.time.at(this.time.now + this.#way(), () => resolve(answer));
      });
    });
  }

  #way(): number {
    const [least, most] = this.setup.delay;
    return least + (most - least) * this.random();
  }

  #letIn(number: number): void {
    const at = this.setup.others[number];
    if (at === undefined) return;
    this.time.at(at, () => {
      this.#roll();
      if (this.#full.length === 0 || this.setup.countRejected) this.#use();
      this.#letIn(number + 1);
    });
  }

  #roll(): void {
    for (const [which, count] of this.#counts.entries()) {
      const { length, begins = 0 } = this.setup.windows[which] as FixedWindow;
      if (this.time.now < count.end) continue;
      const end = (Math.floor((this.time.now - begins) / length) + 1) * length + begins;
      Object.assign(count, { end, used: 0, sent: 0 });
    }
  }

  get #full(): number[] {
    return this.#counts.flatMap(({ used, end }, which) =>
      used >= (this.setup.windows[which] as FixedWindow).limit ? [end - this.time.now] : [],
    );
  }

  #use(): void {
    for (const count of this.#counts) count.used++;
  }

  #serve(): Answer {
    this.#roll();
    for (const [which, count] of this.#counts.entries()) {
      count.sent++;
      if (count.sent > (this.setup.windows[which] as FixedWindow).limit) this.overruns++;
    }
    const full = this.#full;
    if (full.length > 0) {
      this.rejected++;
      if (this.setup.countRejected) this.#use();
      const told = this.random() >= WITHOUT_RETRY_AFTER;
      return this.#answer(429, told ? { "retry-after": `${Math.ceil(Math.max(...full) / 1_000)}` } : {});
    }
    this.#use();
    this.accepted++;
    return this.#answer(204, this.#headers());
  }

  #answer(status: number, headers: Record<string, string>): Answer {
    const date = new Date(this.time.now + this.setup.ahead).toUTCString();
    const all: Record<string, string> = { ...headers, date };
    return { status, text: "", header: (name) => all[name] ?? null };
  }

  #headers(): Record<string, string> {
    const { headers, rounding, windows, tie, noise } = this.setup;
    if (headers === "none") return {};
    const error = this.random() < noise ? (this.random() < 0.5 ? 1 : -1) : 0;
    const left = windows.map(({ limit }, which) =>
      Math.max(0, Math.min(limit - 1, limit - (this.#counts[which]?.used ?? 0) + error)),
    );
    const least = Math.min(...left);
    const tighter = tie === "shorter" ? left.indexOf(least) : left.lastIndexOf(least);
    const last = windows.length - 1;
    const which = { tighter, nonsense: 0, first: 0, last, alternate: this.#answers++ % windows.length }[headers];
    const seconds = ((this.#counts[which]?.end ?? 0) - this.time.now) / 1_000;
    const reset = {
      up: Math.ceil(seconds),
      down: Math.floor(seconds),
      nearest: Math.round(seconds),
      decimal: seconds.toFixed(3),
    };
    return {
      "x-ratelimit-limit": `${windows[which]?.limit}`,
      "x-ratelimit-remaining": `${headers === "nonsense" ? Math.floor(this.random() * 10) : left[which]}`,
      "x-ratelimit-reset": `${reset[rounding]}`,
    };
  }
}

/** Chance with a fixed seed (mulberry32). */
export function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Time that jumps from one event to the next. Promises settle between two events, so every run is the same. */
export class VirtualTime {
  now = 0;
  /** Sleeps that neither lasted to their end nor were cut. */
  sleeping = 0;
  /** The latest first; of two at the same time, the one that was asked for later. */
  readonly #events: { readonly at: number; readonly act: () => void }[] = [];

  at(moment: number, act: () => void): void {
    const at = Math.max(moment, this.now);
    let [low, high] = [0, this.#events.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#events[middle]?.at ?? 0) > at) low = middle + 1;
      else high = middle;
    }
    this.#events.splice(low, 0, { at, act });
  }

  /**
   * A clock that runs `drift` faster than the account's. Its timers are as Node has them: whole milliseconds, so up to
   * one early by the finer clock, and up to one late.
   */
  clock(random: () => number, drift = 0): Clock {
    return {
      now: () => this.now * (1 + drift),
      date: () => this.now,
      random,
      sleep: (milliseconds, cut) =>
        new Promise((resolve) => {
          this.sleeping++;
          let end = () => {
            end = () => {};
            this.sleeping--;
            resolve();
          };
          cut?.addEventListener("abort", () => end());
          this.at(this.now + Math.max(1, Math.floor(milliseconds)) / (1 + drift) + random(), () => end());
        }),
    };
  }

  /** Runs until `done`; an hour without it is a failure. */
  async run(done: () => boolean): Promise<void> {
    for (await settled(); !done(); await settled()) {
      const event = this.#events.pop();
      if (!event || event.at > 3_600_000) throw new Error(`Nothing more happens, ${this.now} ms after the beginning.`);
      this.now = event.at;
      event.act();
    }
  }

  /** Runs all that is due until `moment`. */
  async until(moment: number): Promise<void> {
    this.at(moment, () => {});
    await this.run(() => this.now >= moment);
  }
}

// More turns than the longest chain of promises between an answer and what it sets going.
async function settled(): Promise<void> {
  for (let turn = 0; turn < 12; turn++) await undefined;
}
