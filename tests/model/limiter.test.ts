import { expect } from "chai";
import { Limiter } from "../../provider/hood/rateLimit/limiter";
import { parseRateLimit } from "../../provider/hood/rateLimit/window";
import { type AccountSetup, bestPossible, FakeAccount, type HeaderWindow, type ResetRounding } from "./limiterAccount";
import { chance, VirtualTime } from "./limiterTime";

const CASES = 1_000;
const REQUESTS = 280;
const WINDOWS = parseRateLimit("10/1s,150/60s");
const BURST = 10;
const MINUTE = 60_000;
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
  readonly rejected: number;
  readonly overruns: number;
  /** Minutes of the account that it lasted into. */
  readonly minutes: number;
  /** The best possible time by the time it took. */
  readonly share: number;
  /** The same, if a little more had to be sent: fair if one place less in a minute means a whole minute more. */
  readonly fairShare: number;
  /** Whether a little more could have been sent without a minute more. */
  readonly spare: boolean;
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
    otherClient: among(0, 0, 0, 0, 50 / 60),
    withoutRetryAfter: among(0, 0, 0.2),
    countRejected: among(true, false),
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
  const [best, fair] = [0, unknowable(setup)].map((more) => bestPossible(setup, REQUESTS + more)) as [number, number];
  return {
    setup,
    atOnce,
    drift,
    rejected: account.rejected,
    overruns: account.overruns,
    minutes: Math.ceil((time.now + (setup.into[1] ?? 0)) / MINUTE),
    share: (best + trip) / time.now,
    fairShare: (fair + trip) / time.now,
    spare: fair - best < MINUTE / 2,
  };
}

/**
 * Places that are lost while nothing is known yet: those of the first second, since where it ends is found out with its
 * requests; as many again if the account never reports the second, since each then takes its time on the way longer;
 * and nearly as many if it reports the minute at its end only: one in each second is held back so that it does in time.
 */
function unknowable({ headers }: AccountSetup): number {
  return headers === "alternate" ? BURST : 2 * BURST;
}

/** Whether the headers tell when the minute starts; an account that never reports it looks like one that does at its end. */
function telling({ headers }: AccountSetup): boolean {
  return headers !== "burst" && headers !== "none";
}

/** Whether requests one after the other are nearly as many as are available in a second. */
function swift({ delay: [least, most] }: AccountSetup): boolean {
  return least + most <= 1_000 / BURST;
}

function quantile(values: readonly number[], share: number): number {
  return [...values].sort((a, b) => a - b)[Math.floor(share * (values.length - 1))] ?? Number.NaN;
}

describe("limiter against an account with fixed windows, in virtual time", function () {
  this.timeout(120_000);
  const outcomes: Outcome[] = [];
  const total = (some: readonly Outcome[], count: (outcome: Outcome) => number) =>
    some.reduce((sum, outcome) => sum + count(outcome), 0);
  const alone = () => outcomes.filter(({ setup }) => setup.otherClient === 0);
  const shows =
    (...headers: HeaderWindow[]) =>
    ({ setup }: Pick<Outcome, "setup">) =>
      headers.includes(setup.headers);

  before(async () => {
    const random = chance(20_260_401);
    for (let number = 1; number <= CASES; number++) outcomes.push(await play(draw(random), number));
  });
  it("never sends more than a window's limit in it, wherever it starts, except to probe one that isn't reported", () => {
    expect(total(outcomes, ({ setup, overruns }) => (shows("burst")({ setup }) ? 0 : overruns))).to.equal(0);
    for (const { setup, overruns, minutes } of outcomes) expect(overruns, JSON.stringify(setup)).to.be.at.most(minutes);
  });

  it("is never answered 429 while alone if a header reports the minute, or if none reports anything", () => {
    const shown = alone().filter(({ setup }) => telling(setup) || (setup.used === 0 && shows("none")({ setup })));
    expect(shown).to.have.length.above(500);
    expect(total(shown, ({ rejected }) => rejected)).to.equal(0);
  });

  it("is answered one 429 a minute at most while alone if headers report only the second", () => {
    const seconds = alone().filter(({ setup }) => setup.used === 0 && shows("burst")({ setup }));
    expect(seconds).to.have.length.above(50);
    expect(total(seconds, ({ rejected }) => rejected)).to.be.above(0);
    for (const { setup, rejected, minutes } of seconds) expect(rejected, JSON.stringify(setup)).to.be.at.most(minutes);
  });

  it("is answered 429 a few times if others used the minute before and no header reports it", () => {
    const unseen = alone().filter(({ setup }) => setup.used > 0 && shows("burst", "none")({ setup }));
    const most = Math.max(...unseen.map(({ rejected }) => rejected));
    // Those on their way when the minute is full, and one now and then who asks whether it still is.
    expect(most).to.be.within(1, 2 * BURST);
    expect(total(unseen, ({ rejected }) => rejected)).to.be.below(0.02 * REQUESTS * unseen.length);
  });

  it("needs little more than the best possible time if the headers report the minute", () => {
    for (const headers of ["tighter", "alternate", "steady"] as const) {
      const reported = alone().filter(shows(headers));
      expect(reported).to.have.length.above(100);
      const shares = reported.map(({ share }) => share);
      expect(quantile(shares, 0.5), `${headers}, median`).to.be.at.least(0.97);
      const fair = reported.map(({ fairShare }) => fairShare);
      expect(quantile(fair, 0.05), `${headers}, nearly all`).to.be.at.least(0.95);
      expect(quantile(fair, 0), `${headers}, worst`).to.be.at.least(0.85);
      const usual = reported.filter(({ setup, spare }) => spare && swift(setup)).map(({ share }) => share);
      expect(usual.length / reported.length, headers).to.be.above(0.4);
      expect(quantile(usual, 0), `${headers}, worst if a lost place costs no minute`).to.be.at.least(0.9);
    }
  });

  it("needs even less if the account reports the window with fewer left, as on this computer", () => {
    const near = alone().filter(({ setup }) => setup.headers === "tighter" && setup.delay === LOOPBACK);
    expect(near).to.have.length.above(40);
    const quantileOf = (share: number, of: (outcome: Outcome) => number) => quantile(near.map(of), share);
    expect(
      quantileOf(0.5, ({ share }) => share),
      "median",
    ).to.be.at.least(0.997);
    expect(
      quantileOf(0, ({ fairShare }) => fairShare),
      "worst",
    ).to.be.at.least(0.97);
  });

  it("needs at most one minute too many if nothing tells when the minute starts", () => {
    for (const { setup, share } of alone().filter((outcome) => !telling(outcome.setup))) {
      const best = bestPossible(setup, REQUESTS);
      expect(best / share - best, JSON.stringify(setup)).to.be.below(65_000);
    }
  });

  it("is answered 429 for few requests beside another client that takes a third of the minute", () => {
    const beside = (...headers: HeaderWindow[]) => {
      const some = outcomes.filter(({ setup }) => setup.otherClient > 0 && headers.includes(setup.headers));
      expect(some).to.have.length.above(20);
      return total(some, ({ rejected }) => rejected) / (some.length * REQUESTS);
    };
    for (const headers of ["tighter", "steady", "alternate", "burst"] as const) {
      expect(beside(headers), headers).to.be.below(0.02);
    }
    expect(beside("none"), "without headers").to.be.below(0.03);
  });
});
