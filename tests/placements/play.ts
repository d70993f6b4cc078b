import { isDeepStrictEqual } from "node:util";
import { VirtualClock } from "../support/virtualClock";
import { faultNames, isByHand, type Schedule, written } from "./faults";
import { expectEach, expectEnd, expectQuiet } from "./invariants";
import { type Step, type Story, stories } from "./stories";
import { type Done, OURS, type Program, World } from "./world";

/** Turns of the event loop after which nothing can go on but time: nothing here waits for a socket or a disk. */
const QUIET_TURNS = 2;
/** More `up`s than a schedule of one or two faults may need after one that failed. Each other fault may take one more. */
const MORE = 3;
/** Any moment will do; this is 2026-05-01 12:00:00 UTC. */
const START = Date.UTC(2026, 4, 1, 12);
/** What an update may go on to fail by, once somebody has moved a campaign to where the program can't follow. */
const IMPOSSIBLE = ["takes no edits", "can't be marked", "can't be canceled", "can't become"];

/** What a schedule shows to be wrong: the promise, the requests, and how to play it again. */
export class BrokenPromise extends Error {
  override name = "BrokenPromise";
}

/** Plays a story under a schedule, and judges it. @param name of one of the stories, or what another one is called. @throws BrokenPromise */
export async function play(name: string, schedule: Schedule, story = stories[name]): Promise<World> {
  if (!story) throw new Error(`There is no story "${name}".`);
  const clock = new VirtualClock(START, 0, QUIET_TURNS);
  const world = new World(clock, schedule, story);
  try {
    const { program, failures } = await tell(world, story);
    for (const done of world.done) await done.operation.settled();
    world.isOver = true;
    const isDone = failures.length === 0;
    if (isDone) expectQuiet(await world.operate("up", program), world, story);
    const refreshed = await world.operate("refresh", program);
    const end = await world.operate("up", program, true);
    if (isDone && end.result.failures.length > 0) throw new Error(`after a refresh: ${end.result.failures.join("; ")}`);
    expectEach(world);
    if (isDone) expectEnd(world, refreshed, program);
    return world;
  } catch (error) {
    throw new BrokenPromise(explain(name, schedule, world, error as Error));
  } finally {
    clock.dispose();
  }
}

/** Takes the steps of a story. @returns its last program, and what that fails by, if the story or somebody's hand means it to. */
async function tell(world: World, story: Story): Promise<{ program: Program; failures: readonly string[] }> {
  let program: Program = {};
  let last: Done | undefined;
  for (const step of story.steps) {
    // What nobody has edited since it was applied never fails for good.
    const isApplied =
      last?.result.failures.length === 0 && Object.keys(program).every((name) => world.stateOf(OURS).has(name));
    const isEdited = !("up" in step && isDeepStrictEqual(program, step.up) && isApplied);
    const isMeant = (done: Done) =>
      story.fails?.test(done.result.failures.join()) || (isEdited && isImpossible(world, done));
    const done = await take(world, step, isMeant);
    if ("up" in step) [program, last] = [step.up, done];
  }
  return { program, failures: last?.result.failures ?? [] };
}

/** Takes a step, and the operation again and again if it failed, unless that is meant. @throws Error if it goes on to fail */
async function take(world: World, step: Step, isMeant: (done: Done) => boolean | undefined): Promise<Done | undefined> {
  if ("act" in step) {
    await step.act(world);
    return undefined;
  }
  const [kind, program] = "up" in step ? (["up", step.up] as const) : (["refresh", step.refresh] as const);
  const isOver = (done: Done) => done.result.failures.length === 0 || isMeant(done);
  let done = await world.operate(kind, program, true);
  const most = MORE + world.schedule.length;
  for (let more = 0; more < most && !isOver(done); more++) {
    followAdvice(world, done);
    done = await world.operate(kind, program, true);
  }
  const { failures } = done.result;
  if (!isOver(done)) throw new Error(`it still fails after ${most} more attempts: ${failures.join("; ")}`);
  return done;
}

/** What may go on to be stopped until a person does something: then it must go on. */
function followAdvice({ hood, stateOf }: World, { result }: Done): void {
  const told = result.failures.join("\n");
  for (const [name, { id }] of stateOf(OURS)) {
    const isGone = !hood.campaigns.has(id) && told.includes(`campaign ${id} `);
    if (isGone && told.includes("`pulumi state delete`")) stateOf(OURS).delete(name);
  }
  if (!told.includes("pause it in Hood and run `pulumi up` again")) return;
  for (const { id, status } of hood.campaigns.values()) {
    if (status === "running" && told.includes(`campaign ${id} `)) hood.setStatus(id, "paused");
  }
}

/** Somebody made it impossible, and the last update said so without sending anything. */
function isImpossible({ blows, sent }: World, last: Done): boolean {
  const wrote = sent.some(({ by, record }) => by === last.operation && record.method !== "GET");
  const says = last.result.failures.every((text) => IMPOSSIBLE.some((words) => text.includes(words)));
  return [...blows.values()].some(isByHand) && !wrote && says;
}

function explain(name: string, schedule: Schedule, world: World, { message, stack }: Error): string {
  const start = world.sent[0]?.record.at ?? 0;
  const traffic = world.sent.map(({ by, record }) => {
    const { at, method, path, status, effect, number } = record;
    const what = effect ? `${status} (${effect.campaignId}: ${effect.from} → ${effect.to})` : status;
    const operation = world.done.findIndex(({ operation }) => operation === by) + 1;
    const where = path.slice("/v1/hood".length).split("?")[0];
    return `#${number} after ${Math.round(at - start)} ms, ${by.operation.kind} ${operation} of ${by.stack}: ${method} ${where} → ${what}`;
  });
  const said = world.done.map(
    ({ operation: { stack, operation, said } }, index) =>
      `${operation.kind} ${index + 1} of ${stack} says: ${said.join(" | ")}`,
  );
  return [
    `"${name}" under ${written(schedule) || "no fault"}: ${message}`,
    ...traffic,
    ...said,
    ...(stack?.includes("/provider/") ? [stack] : []),
    name in stories &&
      `Again: PLACEMENT='${name}: ${written(schedule)}' npx mocha --no-parallel dist/tests/placements/placements.test.js`,
  ]
    .filter((line) => line !== false)
    .join("\n");
}

/** Broken promises that are shown; more help nobody. */
const MOST_SHOWN = 3;

export interface Tried {
  readonly singles: number;
  readonly pairs: number;
}

/**
 * Plays a story without faults, then with every fault over every request, and then with every fault over every request that
 * follows the first.
 *
 * @throws Error that shows the first schedules which break a promise.
 */
export async function tryEvery(story: string, { pairs }: { readonly pairs: boolean }): Promise<Tried> {
  const broken: string[] = [];
  const count = { singles: 0, pairs: 0 };
  const attempt = async (schedule: Schedule): Promise<World | undefined> => {
    try {
      const world = await play(story, schedule);
      // One that had nothing to change is the schedule without it.
      return world.blows.size === schedule.length ? world : undefined;
    } catch (error) {
      if (!(error instanceof BrokenPromise)) throw error;
      broken.push(error.message);
      return undefined;
    }
  };
  const plain = await attempt([]);
  for (const first of placements(1, plain)) {
    const single = await attempt([first]);
    if (single) count.singles++;
    if (!pairs) continue;
    for (const second of placements(first.at + 1, single)) if (await attempt([first, second])) count.pairs++;
  }
  if (broken.length === 0) return count;
  const shown = broken.sort((a, b) => a.length - b.length).slice(0, MOST_SHOWN);
  throw new Error(`${broken.length} schedules break a promise.\n\n${shown.join("\n\n")}`);
}

function placements(from: number, world: World | undefined): Schedule {
  const numbers = world ? world.ours.map((_, index) => index + 1).filter((number) => number >= from) : [];
  return numbers.flatMap((at) => faultNames.map((fault) => ({ at, fault })));
}
