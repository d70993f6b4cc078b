import fc from "fast-check";
import { allFaults, type Schedule } from "./faults";
import { play } from "./play";
import { stories } from "./stories";

const RUNS = Number(process.env.MODEL_RUNS ?? 400);
const SEED = Number(process.env.MODEL_SEED ?? 1_000_248);
/** Requests of a story that faults come over, and how many of them at the most. */
const REQUESTS = 30;
const FAULTS = 10;
/** More real time than all stories together need. */
const LONGEST = 60_000 + RUNS * 500;

const placement = fc.record({ at: fc.integer({ min: 1, max: REQUESTS }), fault: fc.constantFrom(...allFaults) });
const schedules: fc.Arbitrary<Schedule> = fc.uniqueArray(placement, {
  selector: ({ at }) => at,
  minLength: 3,
  maxLength: FAULTS,
  size: "max",
});

describe(`Many faults, over requests of ${RUNS} stories`, function () {
  this.timeout(LONGEST);

  it("break no promise", () =>
    fc.assert(
      // The bias of fast-check goes to few faults, which are tried one by one elsewhere.
      fc.asyncProperty(fc.constantFrom(...Object.keys(stories)), fc.noBias(schedules), async (story, schedule) => {
        await play(
          story,
          schedule.toSorted((a, b) => a.at - b.at),
        );
      }),
      { seed: SEED, numRuns: RUNS },
    ));
});
