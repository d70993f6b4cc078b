import { expect } from "chai";
import fc from "fast-check";
import { bestTimes } from "../../bench/best";
import { parseWindows } from "../../simulator/windows";
import { openInProcess } from "../support/testAccount";
import { operate, type Running, type State } from "./engine";

const RUNS = 20;
const SEED = 1_000_248;
const COUNT = 280;
const LEAST_SHARE = 0.97;
/** The oldest read that a call may stand on, in milliseconds. */
const OLDEST = 60_000;
const WINDOWS = "10/1s,150/60s";

interface Pipeline {
  readonly count: number;
  readonly windowOffset: number;
  /** Seconds in which somebody agrees to what the preview shows. */
  readonly pause: number;
  readonly parallel?: number;
}

const pipelines: fc.Arbitrary<Pipeline> = fc.noBias(
  fc.record({
    // So few that nothing has to wait, or more than a minute holds.
    count: fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 140, max: 200 })),
    windowOffset: fc.nat(59_999),
    pause: fc.integer({ min: 1, max: 40 }),
  }),
);

describe("Many cancellations, alone on an account with Hood's windows,", function () {
  this.timeout(60_000);
  const on = openInProcess({ config: { rateLimit: WINDOWS } }, { rateLimit: WINDOWS });

  /** A preview, a pause, and the up. @returns how many requests the preview took. */
  async function play({ count, windowOffset, pause, parallel }: Pipeline): Promise<number> {
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
      const previewed = await play({ count: COUNT, windowOffset, pause: 20, parallel: 100 });
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
