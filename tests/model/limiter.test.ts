import { expect } from "chai";
import fc from "fast-check";
import { explain } from "../../provider/errors";
import type { Clock } from "../../provider/hood/clock";
import { HoodError } from "../../provider/hood/errors";
import { parseRateLimit } from "../../provider/hood/rateLimit/headers";
import { Limiter } from "../../provider/hood/rateLimit/limiter";
import type { Answer } from "../../provider/hood/transport";
import type { Hosted, Properties } from "../../provider/hosts/hosted";
import { resources } from "../../provider/hosts/resources";
import { EngineOperation, type Operation } from "../../provider/operation";
import { lookups } from "../../provider/resources/lookups";
import type { Fault, FaultRule } from "../../simulator";
import { parseWindows } from "../../simulator/windows";
import { isEdit, openInProcess, type SilentEngine, silentEngine, TOKEN } from "../support/testAccount";
import { operate, type Running, type State } from "./engine";
import { bestTimes, type Outcome, type Paces, play, playAll, rows, summary } from "./limiterModel";

const ALIGNMENTS = 40;
const percent = (share: number) => `${(100 * share).toFixed(2)} %`;

describe(`the limiter on an account with fixed windows, ${ALIGNMENTS} alignments each, in virtual time`, function () {
  this.timeout(60_000);

  for (const { name, share, rejected, ...scenario } of rows) {
    it(`reaches ${share} of the best, and ${percent(rejected)} of 429: ${name}`, async () => {
      const outcomes = await playAll(scenario, ALIGNMENTS);
      const reached = summary(outcomes);
      expect(reached.median, "share of the best, median").to.be.at.least(share);
      expect(reached.rejected, "share of 429s").to.be.at.most(rejected);
      // Without headers, nobody overruns a window by requests of its own.
      if (scenario.headers === "none" && scenario.clients.length === 1)
        for (const { overruns, setup } of outcomes) expect(overruns, JSON.stringify(setup)).to.equal(0);
    });
  }

  it("starves nobody beside two that read no headers, nor them: each of the four is done after half of the time, on the average", async () => {
    const outcomes: Outcome[] = [];
    for (let seed = 1; seed <= ALIGNMENTS; seed++) {
      outcomes.push(await play({ clients: [100, 100, 100, 100] }, seed, (number, clock) => paced(clock, number < 2)));
    }
    // At 400 alignments, it is 0.88 and 0.90 for the two that read, and 0.51 and 0.52 for the two that don't.
    for (const client of [0, 1, 2, 3]) {
      const done = outcomes.reduce((sum, { finished }) => sum + (finished[client] ?? Number.NaN), 0) / ALIGNMENTS;
      expect(done).to.be.within(0.5, 1);
    }
    expect(summary(outcomes).median, "share of the best, median").to.be.at.least(0.9);
  });

  it("starves nobody: of four with as much to do, the first is done after more than a third of the time, on the average", async () => {
    const outcomes = await playAll({ clients: [100, 100, 100, 100] }, ALIGNMENTS);
    const first = outcomes.map(({ finished }) => Math.min(...finished));
    expect(first.reduce((sum, at) => sum + at, 0) / ALIGNMENTS).to.be.above(1 / 3);
  });
});

/** @param reads whether it reads the headers of answers. */
function paced(clock: Clock, reads: boolean): Paces {
  const limiter = new Limiter({ windows: parseRateLimit("10/1s,150/60s"), maxParallel: 10, clock });
  const without = ({ header, ...answer }: Answer): Answer => ({
    ...answer,
    header: (name) => (name.startsWith("x-ratelimit") ? null : header(name)),
  });
  return reads ? limiter : { run: (send) => limiter.run(async () => without(await send())) };
}

const RUNS = 20;
const SEED = 1_000_248;
const COUNT = 280;
const LEAST_SHARE = 0.97;
/** The oldest read that a call may stand on, in milliseconds. */
const OLDEST = 60_000;
const WINDOWS = "10/1s,150/60s";

const pipelines = fc.noBias(
  fc.record({
    // So few that nothing has to wait, or more than a minute holds.
    count: fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 140, max: 200 })),
    windowOffset: fc.nat(59_999),
    // Seconds in which somebody agrees to what the preview shows.
    pause: fc.integer({ min: 1, max: 40 }),
  }),
);

describe("Many cancellations, alone on an account with Hood's windows,", function () {
  this.timeout(60_000);
  const on = openInProcess({ config: { rateLimit: WINDOWS } }, { rateLimit: WINDOWS });

  /** A preview, a pause, and the up. @returns how many requests the preview took. */
  async function play(pipeline: { count: number; windowOffset: number; pause: number }, parallel?: number) {
    const { count, windowOffset, pause } = pipeline;
    const ids = Array.from({ length: count }, (_, index) => String(1_000_248 + index));
    await on.restart({ windowOffset, campaigns: ids.map((id) => ({ id, name: `Sale ${id}`, status: "running" })) });
    const program = new Map(ids.map((campaignId) => [campaignId, { campaignId, reason: "Budget cut" }]));
    const state: State = new Map();
    const run = async (kind: "preview" | "up") => {
      const provider = on.another();
      const running: Running = { operation: { kind, parallel }, program, call: (act) => act() };
      const { failures } = await operate(running, state, (resource) => provider.as({ resource }));
      expect(failures).to.deep.equal([]);
    };
    await run("preview");
    const { length } = on.hood.requests;
    await on.clock.sleep(pause * 1_000);
    await run("up");
    return length;
  }

  it(`are never answered 429, in ${RUNS} pipelines`, () =>
    fc.assert(
      fc.asyncProperty(pipelines, async (pipeline) => {
        await play(pipeline);
        expect(on.hood.requests.filter(({ status }) => status === 429)).to.deep.equal([]);
      }),
      { seed: SEED, numRuns: RUNS, endOnFailure: true },
    ));

  for (const windowOffset of [0, 7_000, 31_000, 58_000]) {
    it(`${COUNT} of them, are all done, none on a read of more than a minute ago, in hardly more time than the windows need (which start ${windowOffset / 1_000} s late)`, async () => {
      const previewed = await play({ count: COUNT, windowOffset, pause: 20 }, 100);
      const { requests } = on.hood;
      expect(on.canceled).to.have.length(COUNT);
      const up = requests.slice(previewed);
      for (const { method, path, at, number } of up.filter(({ method }) => method === "POST")) {
        const shows = [path.replace("/cancel", ""), "/v1/hood/campaigns"];
        const read = up.findLast((one) => one.number < number && shows.includes(one.path.split("?")[0] ?? ""));
        expect(at - (read?.at ?? Number.NaN), `age of what ${method} ${path} stands on`).to.be.at.most(OLDEST);
      }
      // The best is reckoned for windows that begin at multiples of their length.
      const times = requests.map(({ at }) => at - windowOffset);
      const [before, sent] = [times.slice(0, previewed), times.slice(previewed)];
      const [start = Number.NaN, last = Number.NaN] = [sent[0], sent.at(-1)];
      const best = bestTimes(parseWindows(WINDOWS, "windows"), Array<number>(COUNT).fill(start), before);
      expect(((best.at(-1) ?? 0) - start) / (last - start), "share of the best").to.be.at.least(LEAST_SHARE);
    });
  }
});

describe("The best that fixed windows allow", () => {
  it("overruns no window, and moves no request that could have gone out earlier", () => {
    const anyWindow = fc.record({ limit: fc.integer({ min: 1, max: 5 }), length: fc.integer({ min: 1, max: 40 }) });
    fc.assert(
      fc.property(
        fc.array(anyWindow, { minLength: 1, maxLength: 3 }),
        fc.nat(200),
        fc.array(fc.nat(200), { maxLength: 5 }),
        fc.integer({ min: 1, max: 20 }),
        (some, start, offsets, count) => {
          const asked = offsets.map((offset) => start - offset);
          const before = bestTimes(some, asked).filter((time) => time <= start);
          const times = bestTimes(some, Array<number>(count).fill(start), before);
          const room = (moment: number, earlier: readonly number[]) =>
            some.every(({ limit, length }) => {
              const window = (time: number) => Math.floor(time / length);
              return earlier.filter((time) => window(time) === window(moment)).length < limit;
            });
          expect(times).to.have.length(count);
          times.forEach((time, index) => {
            const earlier = [...before, ...times.slice(0, index)];
            expect(room(time, earlier)).to.equal(true);
            for (let moment = start; moment < time; moment++) expect(room(moment, earlier)).to.equal(false);
          });
        },
      ),
    );
  });
});

const ID = "1000248";
const MAX_WAIT = 60_000;
/** What our own pace may add. */
const OWN_PACE = 1_000;
/** A line must be there by then. */
const SOON = 10_000;

type Act = (on: Operation) => Promise<unknown>;

const { Campaign, CampaignCancellation, CampaignStatus } = resources;
const paused = { campaignId: ID, status: "paused", reason: "Stock is short" };
const declared = { campaignId: ID, reason: "Budget cut" };
const many = Array.from({ length: 20 }, (_, index) => ({ ...declared, campaignId: String(2_000_000 + index) }));
const isCancel: FaultRule["match"] = ({ method }) => method === "POST";

/** A check, with its failures thrown as the engine would show them. */
async function check(resource: Hosted, on: Operation, news: Properties): Promise<void> {
  const { failures } = await resource.check(on, {}, news);
  if (failures.length > 0) throw new Error(failures.map(({ reason }) => reason).join("\n"));
}

/** A campaign's edit, as an update does it. */
const edit: Act = (on) => Campaign.update(on, { campaignId: "1000249", name: "Summer sale" }, { name: "August" });
const previewMany: Act = async (on) => {
  for (const each of many.slice(1)) await check(CampaignCancellation, on, each).catch(() => {});
  await check(CampaignCancellation, on, declared);
};
/** Throws what the last one fails by, once all have ended. */
const cancelMany: Act = async (on) => {
  const attempts = many.map((each) => CampaignCancellation.create(on, each));
  await Promise.allSettled(attempts);
  await attempts.at(-1);
};

/** What a user can ask for, and the first request that is held up for it: those before it are let through. */
const acts: [string, FaultRule["match"], Act][] = [
  ["a preview of a cancellation", undefined, (on) => check(CampaignCancellation, on, declared)],
  ["a preview of a status", undefined, (on) => check(CampaignStatus, on, paused)],
  ["a preview of many", undefined, previewMany],
  ["a cancellation", isCancel, (on) => CampaignCancellation.create(on, declared)],
  ["many cancellations", isCancel, cancelMany],
  ["a pause", isCancel, (on) => CampaignStatus.create(on, paused)],
  ["a create", isCancel, (on) => Campaign.create(on, { name: "Autumn sale" })],
  ["an edit", isEdit, edit],
  ["a refresh", undefined, (on) => CampaignCancellation.read(on, ID, { ...declared, outcome: "canceled" })],
  ["a lookup of one", undefined, (on) => lookups.getCampaign(on, { id: ID })],
  ["a lookup of many", undefined, (on) => lookups.getCampaigns(on, {})],
];

const busy = (retryAfter?: number | string) =>
  ({ kind: "status", status: 429, ...(retryAfter && { retryAfter }) }) as const;

/** How the account makes requests wait, how long it may take until the wait is given up, and what else is said then. */
const answers: [string, (now: number) => Fault, number, says?: string][] = [
  ["asks to wait for an hour", () => busy(3_600), 0],
  ["asks to wait until a date", (now) => busy(new Date(now + 3_600_000).toUTCString()), 0],
  ["asks to wait for 7 s again and again", () => busy(7), MAX_WAIT],
  ["answers 429 without a time for ever", () => busy(), MAX_WAIT],
  [
    "has too many requests at once for ever",
    () => busy(-1),
    MAX_WAIT,
    "(Retry-After: -1: too many requests on their way at once)",
  ],
];

describe("an account that makes requests wait", function () {
  this.timeout(20_000);
  const on = openInProcess(
    {},
    {
      campaigns: [
        { id: ID, name: "Spring sale", status: "running" },
        { id: "1000249", name: "Summer sale", status: "scheduled" },
        ...many.map(({ campaignId: id }) => ({ id, name: `Campaign ${id}`, status: "running" })),
      ],
    },
  );
  let engine: SilentEngine;

  async function play(match: FaultRule["match"], fault: (now: number) => Fault, act: Act, times = Infinity) {
    const start = on.clock.now();
    let lineAfter = Infinity;
    engine = silentEngine();
    const { showProgress } = engine;
    engine.showProgress = (line, urn) => {
      lineAfter = Math.min(lineAfter, on.clock.now() - start);
      return showProgress(line, urn);
    };
    const operation = new EngineOperation(engine, on.clock);
    const config: Record<string, string> = { endpoint: on.hood.url, token: TOKEN, maxWait: `${MAX_WAIT}ms` };
    operation.configure((key) => config[key]);
    on.fault({
      match,
      times,
      get fault() {
        return fault(on.clock.now());
      },
    });
    const words = (thrown: Error) => (thrown instanceof HoodError ? explain(thrown) : thrown.message);
    const done = act(operation.on("urn:pulumi:dev::shop::hood:index:Campaign::spring"));
    const error = await done.then(() => "", words);
    return { error, took: on.clock.now() - start, lineAfter };
  }

  const slow: [what: string, fault: Fault, least: number, line: RegExp][] = [
    ["asks to wait by a 503", { kind: "status", status: 503, retryAfter: 20 }, 20_000, /^Waiting as the account asks/],
    ["doesn't answer", { kind: "stall" }, 0, /^Waiting for an answer for \d s, to read campaign 1000248$/],
  ];
  for (const [what, fault, least, line] of slow) {
    it(`shows a line if it ${what}, and waits`, async () => {
      const read: Act = (on) => on.account().get(ID);
      const { error, took, lineAfter } = await play(undefined, () => fault, read, 1);
      expect(error).to.equal("");
      expect(took).to.be.at.least(least);
      expect(lineAfter).to.be.at.most(SOON);
      expect(engine.progress[0]).to.match(line);
    });
  }

  for (const [what, match, act] of acts) {
    for (const [how, fault, most, says = ""] of answers) {
      it(`ends ${what} within hood:maxWait, with a line by then, if it ${how}`, async () => {
        const { error, took, lineAfter } = await play(match, fault, act);
        expect(error).to.contain("HTTP 429").and.contain("hood:maxWait allows 60 s");
        expect(error).to.match(/(to wait until|attempt would be at) \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/);
        expect(error)
          .to.contain(says)
          .and.contain("Nothing was done")
          .and.contain("Run the same command again after that time");
        expect(error.split("\n").length, error).to.be.at.most(3);
        expect(took, "how long it took").to.be.at.most(most + OWN_PACE);
        expect(lineAfter, "when the first line came").to.be.at.most(SOON);
        expect(on.hood.requests.filter(({ method, status }) => method !== "GET" && status !== 429)).to.deep.equal([]);
      });
    }
  }
});
