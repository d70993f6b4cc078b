import { expect } from "chai";
import type { Properties } from "../../provider/hosts/hosted";
import { cancelableStatuses, isExplainedByTime } from "../../provider/lifecycle";
import type { Effect } from "../../simulator";
import { hoodTime } from "../../simulator/campaigns";
import type { Result, Stored } from "../model/engine";
import { isByHand } from "./faults";
import type { Story } from "./stories";
import { type Done, OURS, type Program, type Sent, type World } from "./world";

/** Longest time without a new line while a command waits, in milliseconds: one is good for 10 s, and less than 3 s need none. */
const LONGEST_SILENCE = 13_500;
/** The oldest answer that a call may stand on, in milliseconds. */
const OLDEST = 60_000;
/** Answers that tell that a call did nothing, and may be sent again. */
const NOTHING_DONE = [425, 429];
/** More requests than any operation here needs. */
const MOST_REQUESTS = 100;

interface Effected extends Sent {
  readonly effect: Effect;
}

/** What must hold of every operation, whatever happened. @throws AssertionError */
export function expectEach(world: World): void {
  const effects = world.sent.flatMap((sent) => (sent.record.effect ? [{ ...sent, effect: sent.record.effect }] : []));
  expectOneEffect(
    effects,
    world.sent,
    [...world.blows.values()].filter((fault) => fault === "canceled by hand").length,
  );
  expectDeclared(effects);
  expectNames(world, effects);
  expectLaunched(world, effects);
  for (const done of world.done) {
    expectRecordedOrTold(done, effects);
    if (!done.isBlown) expectPreviewed(done);
    expectLines(done);
    const { stack, operation } = done.operation;
    const sent = world.sent.filter(({ by }) => by === done.operation);
    expectReadBefore(sent);
    expect(sent.length, `requests of an ${operation.kind}`).to.be.at.most(MOST_REQUESTS);
    if (operation.kind === "refresh") {
      expect(sent.filter(({ record }) => record.method !== "GET").map(pathOf), "what a refresh changes").to.deep.equal(
        [],
      );
      expectNotForgotten(done, world);
    }
    for (const [name, { id }] of done.after) {
      if (name.startsWith("Campaign "))
        expect(stackOf(effects, id) ?? stack, `who made campaign ${id} of ${stack}`).to.equal(stack);
    }
  }
}

/** A preview just before an update has said what it does. Only a create may fail by what is first read when nothing can come between, or a removal. */
function expectPreviewed({ operation: { before, program }, result, previewed }: Done): void {
  if (!previewed) return;
  const failing = ({ failures }: Result) => failures.map((text) => text.split(": ")[0] ?? "");
  const [told, failed] = [failing(previewed.result), failing(result)];
  const isPreviewed = (name: string) => told.includes(name) || (before.has(name) && program.has(name));
  expect(failed.filter(isPreviewed), "what an update fails by after a preview").to.deep.equal(told);
  const planned = previewed.result.changes.filter((name) => program.has(name));
  // What fails ends the update, wherever it has got to.
  const most = failed.length > told.length ? result.changes.length : planned.length;
  expect(result.changes, "what an update does after a preview").to.deep.equal(planned.slice(0, most));
}

/** Nothing is left to do, and nothing is asked, unless it is to warn of what somebody has changed for good. */
export function expectQuiet({ operation, result }: Done, world: World, story: Story): void {
  const { changes, failures } = result;
  expect([...changes, ...failures], "what the next update finds to do").to.deep.equal([]);
  const sent = world.sent.filter(({ by }) => by === operation);
  const warns = operation.said.length > 0 && (story.warns || [...world.blows.values()].some(isByHand));
  const loud = warns ? sent.filter(({ record }) => record.method !== "GET") : sent;
  expect(loud.map(pathOf), "its requests").to.deep.equal([]);
}

/** What the state says in the end is true, and none is left behind. */
export function expectEnd(world: World, refreshed: Done, program: Program): void {
  expect(refreshed.result.failures, "what a refresh fails by").to.deep.equal([]);
  if ([...world.blows.values()].some(isByHand)) return;
  const state = world.stateOf(OURS);
  expect([...state.keys()], "what is in the state").to.have.members(Object.keys(program));
  for (const [name, { id, outputs }] of state) {
    const live = world.hood.campaigns.get(id);
    if (!live) continue;
    expect(
      isTrue(name, outputs, live),
      `the state of ${name}: ${JSON.stringify(outputs)}, and in Hood ${live.status}`,
    ).to.equal(true);
  }
}

function isTrue(name: string, state: Properties, live: Properties): boolean {
  if (name.startsWith("CampaignCancellation ")) {
    return state.status === live.status && ["canceled", "sent"].includes(String(live.status));
  }
  if (name.startsWith("CampaignStatus ")) {
    return state.currentStatus === live.status && isExplainedByTime(String(state.status), String(live.status));
  }
  return state.status === live.status && state.name === live.name && (state.description ?? null) === live.description;
}

/**
 * No operation has an effect twice, unless it knew of the first: then somebody else has undone that. A campaign is created once, unless
 * somebody has canceled it, or its own removal.
 */
function expectOneEffect(effects: readonly Effected[], sent: readonly Sent[], canceled: number): void {
  const before = new Map<string, Effected>();
  const operations = [...new Set(effects.map(({ by }) => by))];
  for (const effected of effects) {
    const { by, record, effect } = effected;
    const what = `${operations.indexOf(by)} ${pathOf(effected)} ${isAction(effected) ? "" : record.body}`;
    const first = before.get(what);
    expect(first === undefined || knows(sent, first, record.number), `a second effect of ${pathOf(effected)}`).to.equal(
      true,
    );
    before.set(what, effected);
    if (effect.from !== null) continue;
    const made = effects.filter((other) => other.by.stack === by.stack && other.effect.from === null);
    const programs = operations.filter(({ stack }) => stack === by.stack).flatMap(({ program }) => [...program.keys()]);
    const declared = new Set(programs.filter((name) => name.startsWith("Campaign ")));
    const ended = made.filter(({ effect: { campaignId } }) =>
      effects.some((end) => end.effect.campaignId === campaignId && end.effect.to === "canceled"),
    );
    const most = declared.size + canceled + ended.length;
    expect(made.length, `campaigns that ${by.stack} created`).to.be.at.most(most);
  }
}

/** A pause, a resume or a cancellation: one is like another. */
function isAction({ effect, record }: Effected): boolean {
  return effect.from !== null && record.method === "POST";
}

/** The operation got an answer that said so, or saw it before it sent another call. */
function knows(sent: readonly Sent[], { by, record, effect }: Effected, before: number): boolean {
  if (typeof record.status === "number" && record.status < 300) return true;
  // What an edit has changed shows in no status.
  if (record.method === "PATCH") return false;
  const { campaignId, to } = effect;
  const reads = sent.filter(
    (read) => read.by === by && read.record.number > record.number && read.record.number < before,
  );
  return reads.flatMap(campaignsIn).some(({ id, status, update_time }) => {
    return id === campaignId && status === to && String(update_time) >= hoodTime(record.at);
  });
}

function campaignsIn({ record, text = "" }: Sent): readonly Properties[] {
  if (record.method !== "GET" || record.status !== 200) return [];
  try {
    return JSON.parse(text).items ?? [];
  } catch {
    return [];
  }
}

/**
 * Each pause, resume or cancellation stands on an answer of the same operation, not more than a minute ago: one that showed the campaign
 * after the call before, or that accepted that call. A cancellation stands on one that showed it cancelable: if lists contradict each
 * other, one more call to what is canceled has no effect.
 */
function expectReadBefore(sent: readonly Sent[]): void {
  const shown = new Map<unknown, { readonly at: number; readonly status: unknown }[]>();
  for (const one of sent) {
    const { method, path, status, at, effect } = one.record;
    for (const { id, status } of campaignsIn(one)) shown.set(id, [...(shown.get(id) ?? []), { at, status }]);
    const [, id, action] = /campaigns\/(\d+)\/(\w+)$/.exec(path) ?? [];
    if (method !== "POST" || id === undefined) continue;
    const recent = (shown.get(id) ?? []).filter((answer) => at - answer.at <= OLDEST);
    expect(recent, `what ${pathOf(one)} stands on`).not.to.be.empty;
    const statuses = recent.map((answer) => answer.status);
    if (action === "cancel") expect(statuses, pathOf(one)).to.include.oneOf(cancelableStatuses);
    if (status === 204) shown.set(id, [{ at, status: effect?.to }]);
    else if (!NOTHING_DONE.includes(Number(status))) shown.delete(id);
  }
}

/** Only an update changes anything, and only what its program names, or what its removals may end. */
function expectDeclared(effects: readonly Effected[]): void {
  for (const { by, record, effect } of effects) {
    const { campaignId, to } = effect;
    expect(by.operation.kind, `who sends ${record.method} ${record.path}`).to.equal("up");
    if (effect.from === null) continue;
    const declared = [...by.program.values()] as Properties[];
    const named = declared.some((args) => args.campaignId === campaignId);
    const own = stackOf(effects, campaignId) === by.stack;
    const has = [...by.before.values()].some(({ id }) => id === campaignId);
    expect(named || own || has, `${by.stack} may change campaign ${campaignId}`).to.equal(true);
    if (to !== "canceled") continue;
    const ends = declared.some((args) => args.campaignId === campaignId && (args.status ?? to) === to);
    const removed = [...by.before].some(
      ([name, { id, outputs }]) => id === campaignId && outputs.deletionPolicy === "cancel" && !by.program.has(name),
    );
    expect(ends || (removed && own), `${by.stack} may end campaign ${campaignId}`).to.equal(true);
  }
}

/** What goes to people is what the program declares: here, to nobody in particular. */
function expectLaunched({ hood }: World, effects: readonly Effected[]): void {
  for (const { effect } of effects.filter(({ effect: { from, to } }) => from === "draft" && to !== "draft")) {
    expect(hood.campaign(effect.campaignId).targeting ?? null, `whom ${effect.campaignId} goes to`).to.equal(null);
  }
}

/** A campaign that is there isn't taken for gone. */
function expectNotForgotten({ operation, after }: Done, { hood }: World): void {
  const isGone = ({ outputs: { status, currentStatus } }: Stored) => [status, currentStatus].includes("unknown");
  for (const [name, stored] of after) {
    const before = operation.before.get(name);
    if (before && isGone(before)) continue;
    expect(isGone(stored) && hood.campaigns.has(stored.id), `${name} is taken for gone`).to.equal(false);
  }
}

/** A campaign that is to be called so is called so when it ends: what is canceled is renamed no more. */
function expectNames({ hood }: World, effects: readonly Effected[]): void {
  for (const { by, effect } of effects.filter(({ effect }) => effect.to === "canceled")) {
    const args = [...by.program.values()].find((args: Properties) => args.campaignId === effect.campaignId);
    const name = hood.campaigns.get(effect.campaignId)?.name;
    expect((args as Properties | undefined)?.expectedName ?? name, `the name of ${effect.campaignId}`).to.equal(name);
  }
}

function stackOf(effects: readonly Effected[], id: string): string | undefined {
  return effects.find(({ effect }) => effect.campaignId === id && effect.from === null)?.by.stack;
}

/** Whoever reads what the command said, or its state, knows of everything that it did; but for one that was killed. */
function expectRecordedOrTold({ operation, after }: Done, effects: readonly Effected[]): void {
  if (operation.wasKilled) return;
  for (const { by, effect } of effects.filter(({ by }) => by === operation)) {
    const ids = [...after.values()].map(({ id }) => id);
    const names = [...by.program.values()].map((args) => (args as Properties).name);
    const words = [effect.campaignId, ...(effect.from === null ? names : [])];
    const isTold = by.said.some((text) => words.some((word) => text.includes(String(word))));
    const what = `${by.operation.kind} of ${by.stack}: ${effect.campaignId} ${effect.from} → ${effect.to}`;
    expect(ids.includes(effect.campaignId) || isTold, `${what} is recorded or told`).to.equal(true);
  }
}

function expectLines({ operation, began, ended }: Done): void {
  if (operation.wasKilled) return;
  const moments = [began, ...operation.shown, ended];
  const silences = moments.map((moment, index) => moment - (moments[index - 1] ?? began));
  expect(Math.max(...silences), "the longest wait without a line, in ms").to.be.at.most(LONGEST_SILENCE);
}

function pathOf({ record: { method, path } }: Sent): string {
  return `${method} ${path}`;
}
