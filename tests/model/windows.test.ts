import { expect } from "chai";
import fc from "fast-check";
import { bestTimes } from "../../bench/best";
import { parseWindows } from "../../simulator/windows";
import type { History, Operation, Step } from "./history";
import { inVirtualTime, virtualTime, withVirtualClock } from "./inVirtualTime";
import { expectLookBeforeCall } from "./invariants";
import { World } from "./world";

const RUNS = 20;
const SEED = 1_000_248;

/** A whole pipeline, alone on the account: a preview, a pause in which somebody agrees, and the up. */
const pipelines = fc.noBias(
  fc.record({
    // So few that nothing has to wait, or more than a minute holds.
    campaigns: fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 140, max: 200 })),
    windowOffset: fc.nat(59_999),
    pause: fc.integer({ min: 1, max: 40 }),
  }),
);
type Pipeline = typeof pipelines extends fc.Arbitrary<infer T> ? T : never;

function historyOf({ campaigns, windowOffset, pause }: Pipeline, parallel?: number): History {
  const numbers = Array.from({ length: campaigns }, (_, index) => index);
  const declare = (campaign: number): Step => ({
    do: "declare",
    pipeline: "A",
    resource: `resource ${campaign}`,
    campaign,
    reason: "Budget cut",
    unknownAtPreview: false,
  });
  const operate = (kind: Operation["kind"]): Step => ({
    do: "operate",
    operations: [{ pipeline: "A", kind, disturbances: [], ...(parallel !== undefined && { parallel }) }],
  });
  return {
    campaigns: numbers.map(() => "running"),
    staleFor: 0,
    windowOffset,
    preflight: "live",
    audit: false,
    chance: 0,
    steps: [...numbers.map(declare), operate("preview"), { do: "wait", seconds: pause }, operate("up")],
  };
}

async function expectNoRejection(pipeline: Pipeline): Promise<void> {
  const history = historyOf(pipeline);
  await withVirtualClock(history.chance, async (clock) => {
    const world = await World.open(history, inVirtualTime(clock, { "hood:maxCancellations": "1000" }));
    try {
      for (const step of history.steps) {
        for (const { failures } of await world.take(step)) expect(failures).to.deep.equal([]);
      }
      const overrun = world.hood.windowUse().filter(({ refused }) => refused > 0);
      expect(overrun, "windows that were asked for more than they hold").to.deep.equal([]);
      expect(world.hood.requests.filter(({ status }) => status === 429)).to.deep.equal([]);
    } finally {
      await world.hood.close();
    }
  });
}

describe(`${RUNS} pipelines that are alone on the account`, function () {
  this.timeout(60_000);
  virtualTime();

  it("are never answered 429", () =>
    fc.assert(fc.asyncProperty(pipelines, expectNoRejection), { seed: SEED, numRuns: RUNS, endOnFailure: true }));
});

const COUNT = 280;
const LEAST_SHARE = 0.97;

describe(`${COUNT} cancellations at once, which take longer than a read may be old`, function () {
  this.timeout(60_000);
  virtualTime();

  for (const windowOffset of [0, 7_000, 31_000, 58_000]) {
    it(`are all done, none on a read of more than a minute ago, in hardly more time than the windows need (which start ${windowOffset / 1_000} s late)`, () =>
      withVirtualClock(0, async (clock) => {
        const history = historyOf({ campaigns: COUNT, windowOffset, pause: 20 }, 100);
        const world = await World.open(history, inVirtualTime(clock, { "hood:maxCancellations": "1000" }));
        try {
          for (const step of history.steps) {
            for (const { failures } of await world.take(step)) expect(failures).to.deep.equal([]);
          }
          const { requests } = world.hood;
          expect(requests.filter(({ effect }) => effect)).to.have.length(COUNT);
          const [preview, up] = world.runs;
          if (!preview || !up) throw new Error("An operation is missing.");
          expectLookBeforeCall(up, world);
          // The best is reckoned for windows that begin at multiples of their length.
          const times = requests.map(({ at }) => at - windowOffset);
          const [before, sent] = [times.slice(0, preview.requests), times.slice(preview.requests)];
          const [start = Number.NaN, last = Number.NaN] = [sent[0], sent.at(-1)];
          const best = bestTimes(parseWindows("10/1s,150/60s", "windows"), Array<number>(COUNT).fill(start), before);
          expect(((best.at(-1) ?? 0) - start) / (last - start), "share of the best").to.be.at.least(LEAST_SHARE);
        } finally {
          await world.hood.close();
        }
      }));
  }
});
