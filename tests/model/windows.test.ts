import { expect } from "chai";
import fc from "fast-check";
import type { History, Operation, Step } from "./history";
import { inVirtualTime, virtualTime, withVirtualClock } from "./inVirtualTime";
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

function historyOf({ campaigns, windowOffset, pause }: Pipeline): History {
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
    operations: [{ pipeline: "A", kind, disturbances: [] }],
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

async function expectRoomInEveryWindow(pipeline: Pipeline): Promise<void> {
  const history = historyOf(pipeline);
  await withVirtualClock(history.chance, async (clock) => {
    const world = await World.open(history, inVirtualTime(clock, { "hood:maxCancellations": "1000" }));
    try {
      for (const step of history.steps) {
        for (const { failures } of await world.take(step)) expect(failures).to.deep.equal([]);
      }
      const refused = world.hood.windowUse().filter(({ refused }) => refused > 0);
      expect(refused, "windows that were asked for more than they hold").to.deep.equal([]);
      expect(world.hood.requests.filter(({ status }) => status === 429)).to.deep.equal([]);
    } finally {
      await world.hood.close();
    }
  });
}

describe(`${RUNS} pipelines that are alone on the account`, function () {
  this.timeout(60_000);
  virtualTime();

  it("are never told that they ask too much", () =>
    fc.assert(fc.asyncProperty(pipelines, expectRoomInEveryWindow), { seed: SEED, numRuns: RUNS, endOnFailure: true }));
});
