import type { Clock } from "../../provider/hood/clock";
import { parseRateLimit } from "../../provider/hood/rateLimit/headers";
import { Limiter } from "../../provider/hood/rateLimit/limiter";
import type { Answer } from "../../provider/hood/transport";
import type { RateWindow } from "../../simulator/windows";

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

/** What a limiter does for the model, whichever it is. */
export interface Paces {
  run(send: () => Promise<Answer>): Promise<Answer>;
}

/** Clients of one account that know nothing of each other, and what is known of the account. */
export interface Scenario
  extends Partial<Pick<AccountSetup, "headers" | "rounding" | "delay" | "noise" | "countRejected">> {
  /** How many requests each of them has to send, all at once. */
  readonly clients: readonly number[];
  readonly windows?: string;
  /** Requests a second of another client that doesn't read the answers. */
  readonly other?: number;
  /** Most requests that may have been used in the present longest window. */
  readonly used?: number;
  /** Whether the windows begin at whole seconds and minutes of the account's clock. */
  readonly aligned?: boolean;
}

export interface Outcome {
  /** The best possible time by the time it took. */
  readonly share: number;
  readonly answers: number;
  readonly rejected: number;
  readonly overruns: number;
  /** The time that each client took by the time of the slowest. */
  readonly finished: readonly number[];
  readonly setup: AccountSetup;
}

/** What is to be reached, as the median of the shares and the share of answers that are 429. */
export interface Row extends Scenario {
  readonly name: string;
  readonly share: number;
  readonly rejected: number;
}

const FOUR = [100, 100, 100, 100];
/** Requests a second that take a third of the minute. */
const THIRD = 50 / 60;

export const rows: readonly Row[] = [
  { name: "280, alone", clients: [280], share: 0.99, rejected: 0.0005 },
  { name: "2 x 140", clients: [140, 140], share: 0.94, rejected: 0.01 },
  { name: "4 x 100", clients: FOUR, share: 0.96, rejected: 0.015 },
  { name: "20, 50, 100 and 200", clients: [20, 50, 100, 200], share: 0.97, rejected: 0.015 },
  {
    name: "4 x 100 beside another client that takes a third",
    clients: FOUR,
    other: THIRD,
    share: 0.9,
    rejected: 0.025,
  },
  { name: "280 beside another client that takes a third", clients: [280], other: THIRD, share: 0.5, rejected: 0.02 },
  { name: "8 x 100", clients: [...FOUR, ...FOUR], share: 0.96, rejected: 0.08 },
  { name: "4 x 100, rejected ones count", clients: FOUR, countRejected: true, share: 0.95, rejected: 0.02 },
  { name: "4 x 100, 100 ms there and back", clients: FOUR, delay: [40, 60], share: 0.93, rejected: 0.03 },
  { name: "280, 100 ms there and back", clients: [280], delay: [40, 60], share: 0.98, rejected: 0.0005 },
  { name: "2 x 140, 300 ms there and back", clients: [140, 140], delay: [100, 200], share: 0.75, rejected: 0.01 },
  { name: "280, after up to 75 in the same minute", clients: [280], used: 75, share: 0.98, rejected: 0.001 },
  { name: "280, Reset rounded down", clients: [280], rounding: "down", share: 0.98, rejected: 0.0005 },
  { name: "280, Reset rounded to the nearest", clients: [280], rounding: "nearest", share: 0.98, rejected: 0.0005 },
  { name: "280, Reset with decimals", clients: [280], rounding: "decimal", share: 0.98, rejected: 0.001 },
  { name: "4 x 100, Reset rounded down", clients: FOUR, rounding: "down", share: 0.95, rejected: 0.02 },
  { name: "280, windows begin at whole minutes", clients: [280], aligned: true, share: 0.99, rejected: 0.0005 },
  { name: "4 x 100, windows begin at whole minutes", clients: FOUR, aligned: true, share: 0.96, rejected: 0.015 },
  { name: "280, one Remaining in ten is wrong", clients: [280], noise: 0.1, share: 0.85, rejected: 0.02 },
  { name: "4 x 100, one Remaining in ten is wrong", clients: FOUR, noise: 0.1, share: 0.93, rejected: 0.03 },
  { name: "280, headers show the second only", clients: [280], headers: "first", share: 0.95, rejected: 0.01 },
  { name: "280, headers show the minute only", clients: [280], headers: "last", share: 0.95, rejected: 0.0005 },
  { name: "280, headers show both in turns", clients: [280], headers: "alternate", share: 0.93, rejected: 0.005 },
  { name: "4 x 100, headers show the second only", clients: FOUR, headers: "first", share: 0.9, rejected: 0.05 },
  { name: "4 x 100, headers show both in turns", clients: FOUR, headers: "alternate", share: 0.8, rejected: 0.06 },
  { name: "4 x 100, headers show the minute only", clients: FOUR, headers: "last", share: 0.55, rejected: 0.14 },
  { name: "280, no headers", clients: [280], headers: "none", share: 0.55, rejected: 0 },
  { name: "4 x 100, no headers", clients: FOUR, headers: "none", share: 0.9, rejected: 0.26 },
  { name: "280, headers that contradict each other", clients: [280], headers: "nonsense", share: 0.1, rejected: 0.001 },
  { name: "280, one window of a minute", clients: [280], windows: "150/60s", share: 0.95, rejected: 0.001 },
  { name: "280, an hour beside", clients: [280], windows: "10/1s,150/60s,2000/3600s", share: 0.98, rejected: 0.001 },
];

/** Clients begin within so many milliseconds. */
const BEGIN = 5_000;
const HOUR = 3_600_000;

/** One alignment of the windows with the beginning, and all else that is left to chance. */
function draw(scenario: Scenario, random: () => number): AccountSetup {
  const { headers = "tighter", rounding = "up", delay = [5, 20], noise = 0, countRejected = false } = scenario;
  const { other = 0, used = 0, aligned = false } = scenario;
  const ahead = Math.floor(random() * HOUR) + 0.5;
  const others: number[] = [];
  for (let at = 0; other > 0 && at < HOUR / 3; others.push(at)) at -= (Math.log(1 - random()) * 1_000) / other;
  return {
    windows: parseRateLimit(scenario.windows ?? "10/1s,150/60s").map((window) => ({
      ...window,
      begins: aligned ? -ahead : -random() * window.length,
    })),
    used: Math.floor(random() * used),
    headers,
    tie: random() < 0.5 ? "shorter" : "longer",
    rounding,
    noise,
    delay,
    others,
    countRejected,
    ahead,
  };
}

/** Plays one alignment. */
export async function play(
  scenario: Scenario,
  seed: number,
  limiterOf: (number: number, clock: Clock) => Paces = (_, clock) =>
    new Limiter({ windows: parseRateLimit(scenario.windows ?? "10/1s,150/60s"), maxParallel: 10, clock }),
): Promise<Outcome> {
  const random = chance(seed);
  const setup = draw(scenario, random);
  const time = new VirtualTime();
  const account = new FakeAccount(setup, time, random);
  const drawn = scenario.clients.map((count) => ({ count, start: random() * BEGIN }));
  const earliest = Math.min(...drawn.map(({ start }) => start));
  const clients = drawn.map(({ count, start }) => ({ count, start: start - earliest }));
  const finished: number[] = [];
  clients.forEach(({ count, start }, number) => {
    const clock = time.clock(chance(Math.floor(random() * 2 ** 31)), (random() - 0.5) * 1e-4);
    const limiter = limiterOf(number, clock);
    time.at(start, () => {
      const all = Array.from({ length: count }, () => limiter.run(() => account.exchange()));
      void Promise.all(all).then(() => {
        finished[number] = time.now;
      });
    });
  });
  const left = () => clients.some((_, number) => finished[number] === undefined);
  await time.run(() => !left());
  const arrivals = clients.flatMap(({ count, start }) => Array<number>(count).fill(start));
  const before = Array<number>(setup.used).fill(Number.NEGATIVE_INFINITY);
  const best = (bestWith(setup, arrivals, before.length).at(-1) ?? 0) + setup.delay[0] + setup.delay[1];
  return {
    share: best / time.now,
    answers: account.accepted + account.rejected,
    rejected: account.rejected,
    overruns: account.overruns,
    finished: finished.map((at) => at / time.now),
    setup,
  };
}

function bestWith({ windows, others }: AccountSetup, arrivals: readonly number[], used: number): number[] {
  const longest = windows.at(-1);
  if (!longest || used === 0) return bestTimes(windows, arrivals, others);
  // What was used before lies at the beginning of the longest window, a window of the shortest each.
  const before = bestTimes(windows, Array<number>(used).fill(longest.begins ?? 0));
  return bestTimes(windows, arrivals, [...before.filter((at) => at < 0), ...others]);
}

/** The median of the shares, their fifth percentile, and the share of answers that are 429. */
export function summary(outcomes: readonly Outcome[]) {
  const shares = outcomes.map(({ share }) => share).sort((a, b) => a - b);
  const at = (part: number) => shares[Math.floor(part * (shares.length - 1))] ?? Number.NaN;
  const total = (of: (outcome: Outcome) => number) => outcomes.reduce((sum, outcome) => sum + of(outcome), 0);
  return { median: at(0.5), low: at(0.05), rejected: total((one) => one.rejected) / total((one) => one.answers) };
}

export async function playAll(scenario: Scenario, alignments: number): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (let seed = 1; seed <= alignments; seed++) outcomes.push(await play(scenario, seed));
  return outcomes;
}

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
