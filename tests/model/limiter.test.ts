import { expect } from "chai";
import { Limiter } from "../../provider/hood/limiter";
import { parseRateLimit } from "../../provider/hood/window";
import { type AccountSetup, bestPossible, FakeAccount, type HeaderWindow, type ResetRounding } from "./limiterAccount";
import { chance, VirtualTime } from "./limiterTime";

const CASES = 1_000;
const REQUESTS = 280;
const WINDOWS = parseRateLimit("10/1s,150/60s");
const BURST = 10;
/** As fast as a server on this computer answers. */
const LOOPBACK = [0.5, 1.5] as const;

interface Case {
  readonly setup: AccountSetup;
  /** How many are handed to the limiter at once; an engine hands on as many as it works on. */
  readonly atOnce: number;
  /** How much faster our clock runs than the account's. */
  readonly drift: number;
}

interface Outcome extends Case {
  readonly refused: number;
  readonly overruns: number;
  /** The best possible time by the time it took. */
  readonly share: number;
  /** The same, if a little more had to be sent: fair where one place less in a minute means a whole minute more. */
  readonly fairShare: number;
}

function draw(random: () => number): Case {
  const among = <T>(...values: readonly T[]) => values[Math.floor(random() * values.length)] as T;
  const slow = 5 + 75 * random();
  const setup: AccountSetup = {
    windows: WINDOWS,
    into: WINDOWS.map(({ length }) => random() * length),
    used: among(0, 0, 20, Math.floor(random() * 75)),
    headers: among<HeaderWindow>("tighter", "tighter", "burst", "steady", "alternate", "none"),
    tie: among("burst", "burst", "steady"),
    rounding: among<ResetRounding>("up", "up", "down", "nearest", "decimal"),
    delay: among<readonly [number, number]>(LOOPBACK, [1, slow], [slow / 2, slow]),
    stranger: among(0, 0, 0, 0, 50 / 60),
    untold: among(0, 0, 0.2),
    countRefused: among(true, false),
    parallel: Number.POSITIVE_INFINITY,
  };
  return { setup, atOnce: among(8, REQUESTS), drift: (random() - 0.5) * 1e-4 };
}

async function play({ setup, atOnce, drift }: Case, number: number): Promise<Outcome> {
  const random = chance(number);
  const time = new VirtualTime();
  const account = new FakeAccount(setup, time, random);
  const limiter = new Limiter({ windows: setup.windows, maxParallel: 10, clock: time.clock(random, drift) });
  let begun = 0;
  let done = 0;
  const work = async () => {
    while (begun++ < REQUESTS) {
      await limiter.run(() => account.exchange());
      done++;
    }
  };
  for (let worker = 0; worker < atOnce; worker++) void work();
  await time.run(() => done === REQUESTS);
  const trip = setup.delay[0] + setup.delay[1];
  return {
    setup,
    atOnce,
    drift,
    refused: account.refused,
    overruns: account.overruns,
    share: (bestPossible(setup, REQUESTS) + trip) / time.now,
    fairShare: (bestPossible(setup, REQUESTS + unknowable(setup)) + trip) / time.now,
  };
}

/**
 * Places that are lost while nothing is known yet: those of the first second, since where it ends is found out with its
 * requests; as many again where the account never shows the second, since each then takes its time on the way longer.
 */
function unknowable({ headers }: AccountSetup): number {
  return headers === "steady" ? 2 * BURST : BURST;
}

/**
 * Whether the headers can tell where the minute begins before it is used up. Where the account shows the window with
 * fewer left, it shows the minute only near its end: one that ends before it is used up passes unseen, and an account
 * that never shows the minute looks the same.
 */
function telling({ headers, into, used, windows }: AccountSetup): boolean {
  if (headers === "burst" || headers === "none") return false;
  const [burst, minute] = windows;
  if (headers !== "tighter" || !burst || !minute) return true;
  const left = minute.length - (into[1] ?? 0);
  return left > 1.15 * burst.length * ((minute.limit - used) / burst.limit) + 2 * burst.length;
}

function quantile(values: readonly number[], share: number): number {
  return [...values].sort((a, b) => a - b)[Math.floor(share * (values.length - 1))] ?? Number.NaN;
}

describe("limiter against an account with fixed windows, in virtual time", function () {
  this.timeout(120_000);
  const outcomes: Outcome[] = [];
  const total = (some: readonly Outcome[], count: (outcome: Outcome) => number) =>
    some.reduce((sum, outcome) => sum + count(outcome), 0);
  const alone = () => outcomes.filter(({ setup }) => setup.stranger === 0);
  const shows =
    (...headers: HeaderWindow[]) =>
    ({ setup }: Pick<Outcome, "setup">) =>
      headers.includes(setup.headers);

  before(async () => {
    const random = chance(20_260_401);
    for (let number = 1; number <= CASES; number++) outcomes.push(await play(draw(random), number));
  });
  it("never sends more than a window's limit in it, wherever it begins", () => {
    expect(total(outcomes, ({ overruns }) => overruns)).to.equal(0);
  });

  it("is never answered 429 while alone, unless others used the minute before and no header shows it", () => {
    const shown = alone().filter(({ setup }) => setup.used === 0 || shows("tighter", "steady", "alternate")({ setup }));
    expect(shown).to.have.length.above(500);
    expect(total(shown, ({ refused }) => refused)).to.equal(0);
  });

  it("is answered 429 a few times where others used the minute before and no header shows it", () => {
    const blind = alone().filter(({ setup }) => setup.used > 0 && shows("burst", "none")({ setup }));
    const most = Math.max(...blind.map(({ refused }) => refused));
    // Those on their way when the minute is full, and one now and then who asks whether it still is.
    expect(most).to.be.within(1, 2 * BURST);
    expect(total(blind, ({ refused }) => refused)).to.be.below(0.02 * REQUESTS * blind.length);
  });

  it("needs little more than the best possible time wherever the headers tell where the minute begins", () => {
    const told = alone().filter(({ setup }) => telling(setup));
    expect(told).to.have.length.above(400);
    const shares = told.map(({ share }) => share);
    expect(quantile(shares, 0.5), "median").to.be.at.least(0.97);
    const fair = told.map(({ fairShare }) => fairShare);
    expect(quantile(fair, 0), "worst").to.be.at.least(0.88);
    expect(quantile(fair, 0.05), "nearly all").to.be.at.least(0.95);
  });

  it("needs even less where the account shows the window with fewer left, as on this computer", () => {
    const near = alone().filter(
      ({ setup }) => setup.headers === "tighter" && setup.delay === LOOPBACK && telling(setup),
    );
    expect(near).to.have.length.above(40);
    expect(
      quantile(
        near.map(({ share }) => share),
        0.5,
      ),
      "median",
    ).to.be.at.least(0.98);
    expect(
      quantile(
        near.map(({ fairShare }) => fairShare),
        0,
      ),
      "worst",
    ).to.be.at.least(0.97);
  });

  it("needs no more than one minute too many where nothing tells where the minute begins", () => {
    for (const { setup, share } of alone().filter((outcome) => !telling(outcome.setup))) {
      const best = bestPossible(setup, REQUESTS);
      expect(best / share - best, JSON.stringify(setup)).to.be.below(65_000);
    }
  });

  it("is answered 429 for few requests beside a stranger who takes a third of the minute", () => {
    const beside = (...headers: HeaderWindow[]) => {
      const some = outcomes.filter(({ setup }) => setup.stranger > 0 && headers.includes(setup.headers));
      expect(some).to.have.length.above(20);
      return total(some, ({ refused }) => refused) / (some.length * REQUESTS);
    };
    for (const headers of ["tighter", "steady", "alternate", "burst"] as const) {
      expect(beside(headers), headers).to.be.below(0.02);
    }
    expect(beside("none"), "without headers").to.be.below(0.03);
  });
});
