import { bestTimes } from "../../bench/best";
import type { Clock } from "../../provider/hood/clock";
import { parseRateLimit } from "../../provider/hood/rateLimit/headers";
import { Limiter } from "../../provider/hood/rateLimit/limiter";
import type { Answer } from "../../provider/hood/transport";
import { type AccountSetup, chance, FakeAccount, VirtualTime } from "./limiterAccount";

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
