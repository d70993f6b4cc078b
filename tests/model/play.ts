import { expect } from "chai";
import { isKnownStatus } from "../../provider/lifecycle";
import type { History, Operation, PipelineName } from "./history";
import { expectAudit, expectInvariants } from "./invariants";
import { describeHistory, describeTraffic } from "./print";
import type { Stored } from "./provider";
import type { Tier } from "./tier";
import { World } from "./world";

/** What a history shows to be wrong: the history, the promise, and the requests. */
export class BrokenPromise extends Error {
  override name = "BrokenPromise";
}

/** Plays a history to its end, and then lets both pipelines ask for something possible, which must come true. @throws BrokenPromise */
export async function play(history: History, tier: Tier): Promise<void> {
  const world = await World.open(history, tier);
  try {
    for (const step of history.steps) {
      await world.take(step);
      expectInvariants(world);
    }
    await world.settle();
    expectInvariants(world);
    await expectConvergence(world);
    expectInvariants(world);
    expectAudit(world);
  } catch (error) {
    const lines = [describeHistory(history), `Broken: ${(error as Error).message}`, describeTraffic(world)];
    throw new BrokenPromise(lines.join("\n"));
  } finally {
    await world.hood.close();
  }
}

const PIPELINES: readonly PipelineName[] = ["A", "B"];

/** Without faults, one up gets everywhere; after it there is nothing left to do and to ask, and nothing was lost. */
async function expectConvergence(world: World): Promise<void> {
  const undisturbed = (pipeline: PipelineName, kind: Operation["kind"]) =>
    world.operate({ pipeline, kind, disturbances: [] });
  askForThePossible(world);
  const before = new Set(
    recordsOf(world)
      .filter(isAccepted)
      .map(({ label }) => label),
  );
  for (const pipeline of PIPELINES) {
    const { failures } = await undisturbed(pipeline, "up");
    expectInvariants(world);
    if (failures.length > 0) throw new Error(`an up that asks for the possible fails: ${failures.join("; ")}`);
  }
  const { length: first } = world.runs;
  for (const pipeline of PIPELINES) {
    const { changes, failures } = await undisturbed(pipeline, "preview");
    expect([...changes, ...failures], "what a preview still finds to do").to.deep.equal([]);
  }
  const asked = world.exchanges.filter(({ run }) => run.number >= first);
  expect(asked.length, "requests of previews with nothing to do").to.equal(0);

  // What was accepted as ended otherwise stays history, even if somebody then made the campaign one to cancel.
  const records = recordsOf(world).filter((record) => !(isAccepted(record) && before.has(record.label)));
  for (const id of endedByUs(world)) {
    const about = records.filter((record) => record.id === id);
    expect(about, `records of the end of campaign ${id}`).to.not.be.empty;
    for (const { label, outputs } of about) {
      expect(outputs.outcome, label).to.be.oneOf(["canceled", "alreadyCanceled"]);
    }
  }
}

function recordsOf({ pipelines }: World): (Stored & { readonly label: string })[] {
  return Object.entries(pipelines).flatMap(([pipeline, { state }]) =>
    [...state].map(([resource, stored]) => ({ ...stored, label: `${resource} of ${pipeline}` })),
  );
}

function isAccepted(record: Stored | undefined): boolean {
  return record?.outputs.outcome === "notNeeded";
}

/** Both programs ask for what is on record, for what they ask that can be had, and for all that was ever ended by them. */
function askForThePossible({ pipelines, hood }: World): void {
  const accept = { whenNotCancelable: "accept" } as const;
  for (const { program, state } of Object.values(pipelines)) {
    for (const [resource, { campaignId, reason }] of program) {
      const live = hood.campaigns.get(campaignId);
      if (live && isKnownStatus(live.status)) program.set(resource, { campaignId, reason, ...accept });
      else program.delete(resource);
    }
    for (const [resource, { id, inputs }] of state) {
      program.set(resource, { campaignId: id, reason: String(inputs.reason), ...accept });
    }
  }
  for (const id of endedByUs({ hood })) {
    const named = Object.values(pipelines).some(({ program, state }) =>
      [...program].some(([resource, { campaignId }]) => campaignId === id && !isAccepted(state.get(resource))),
    );
    if (!named) pipelines.A.program.set(`forgotten ${id}`, { campaignId: id, reason: "Ended before", ...accept });
  }
}

function endedByUs({ hood }: Pick<World, "hood">): string[] {
  return hood.requests.flatMap(({ effect }) => (effect?.to === "canceled" ? [effect.campaignId] : []));
}
