import fc from "fast-check";
import { allFaults, read, type Schedule } from "./faults";
import { play, tryEvery } from "./play";
import { type Step, type Story, stories } from "./stories";
import type { Program } from "./world";

/** One schedule to play again, as a failure prints it. */
const { PLACEMENT } = process.env;

describe("Every placement of one fault", function () {
  this.timeout(60_000);

  for (const story of Object.keys(stories)) {
    it(`keeps every promise in ${story}`, async function () {
      if (PLACEMENT !== undefined) {
        if (PLACEMENT.startsWith(`${story}: `)) await play(story, read(PLACEMENT.slice(story.length + 2)));
        return;
      }
      const { singles } = await tryEvery(story, { pairs: false });
      if (this.test) this.test.title += ` (${singles} schedules)`;
    });
  }
});

const RUNS = Number(process.env.MODEL_RUNS ?? 400);
const SEED = Number(process.env.MODEL_SEED ?? 1_000_248);
/** Requests of a story that faults come over, and how many of them at the most. */
const REQUESTS = 30;
const FAULTS = 10;
/** More real time than all stories together need. */
const LONGEST = 60_000 + RUNS * 500;
const TIME = "2099-12-01T09:00:00Z";

const placement = fc.record({ at: fc.integer({ min: 1, max: REQUESTS }), fault: fc.constantFrom(...allFaults) });
const schedules = (minLength: number): fc.Arbitrary<Schedule> =>
  fc
    .uniqueArray(placement, { selector: ({ at }) => at, minLength, maxLength: FAULTS, size: "max" })
    .map((schedule) => schedule.toSorted((a, b) => a.at - b.at));

const campaigns = ["1000248", "1000249", "1000250"].map((id) => ({ id, name: `Sale ${id}`, status: "running" }));
const edited = { name: "Autumn sale", description: fc.constantFrom("Leaves", "More leaves"), scheduledTime: TIME };
/** What a program may declare, all at once: whatever it goes on to declare can be brought about. */
const declarations: Readonly<Record<string, fc.Arbitrary<object>>> = {
  "Campaign autumn": fc.record({ ...constants(edited), deletionPolicy: fc.constantFrom("abandon", "cancel") }),
  "Campaign twin": fc.record(constants({ ...edited, deletionPolicy: "cancel" })),
  "Campaign flash": fc.record(
    constants({ name: "Flash sale", runImmediately: true, deletionPolicy: fc.constantFrom("abandon", "cancel") }),
  ),
  "CampaignCancellation first": fc.record(constants({ campaignId: "1000248", reason: "Late" })),
  "CampaignStatus second": fc.record(
    constants({ campaignId: "1000249", status: fc.constantFrom("paused", "running") }),
  ),
  "CampaignStatus third": fc.constant({ campaignId: "1000250", status: "canceled", reason: "Stock" }),
};
const programs = fc.record(declarations, { requiredKeys: [] }) as fc.Arbitrary<Program>;
/** A program without anything is what `destroy` comes to. */
const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: programs.map((up) => ({ up })) },
  { weight: 1, arbitrary: fc.constant({ up: {} }) },
  { weight: 1, arbitrary: programs.map((refresh) => ({ refresh })) },
  { weight: 1, arbitrary: fc.constant({ act: (world) => world.another() } satisfies Step) },
);
const histories: fc.Arbitrary<Story> = fc.record({
  campaigns: fc.constant(campaigns),
  steps: fc
    .tuple(fc.array(steps, { minLength: 2, maxLength: 6, size: "max" }), programs)
    .map(([some, up]) => [...some, { up }]),
  theirs: programs,
  warns: fc.constant(true as const),
});

function constants(values: Readonly<Record<string, unknown>>): Record<string, fc.Arbitrary<unknown>> {
  const arbitrary = (value: unknown) => (value instanceof fc.Arbitrary ? value : fc.constant(value));
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, arbitrary(value)]));
}

describe(`Many faults, over ${RUNS} stories and ${RUNS / 4} histories`, function () {
  this.timeout(LONGEST);

  it("break no promise", () =>
    fc.assert(
      // The bias of fast-check goes to few faults, which are tried one by one elsewhere.
      fc.asyncProperty(fc.constantFrom(...Object.keys(stories)), fc.noBias(schedules(3)), async (story, schedule) => {
        await play(story, schedule);
      }),
      { seed: SEED, numRuns: RUNS },
    ));

  it("break no promise in histories of many resources, beside another stack with another program", () =>
    fc.assert(
      fc.asyncProperty(histories, schedules(0), async (story, schedule) => {
        await play("a history", schedule, story);
      }),
      { seed: SEED, numRuns: RUNS / 4 },
    ));
});
