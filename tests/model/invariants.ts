import { expect } from "chai";
import { cancelableStatuses } from "../../provider/lifecycle";
import { CANARY, MOST_REQUESTS, type Run } from "./run";
import type { Exchange, Shown } from "./tier";
import type { World } from "./world";

/** The oldest look that a call may stand on, in milliseconds. */
const OLDEST_LOOK = 60_000;

/** Answers that tell that a request did nothing, and may be sent again. */
const NOTHING_DONE = [425, 429];

/** What must hold at any moment of any history, by the account's own log. @throws AssertionError */
export function expectInvariants(world: World): void {
  expectOneEffect(world);
  for (const run of world.runs) {
    expectNoCallBut(run, world);
    expectLookBeforeCall(run, world);
    expectRightName(run, world);
    expectOwnEffectsOnRecord(run, world);
    expectSecrecy(run);
    expect(run.requests, "requests of one operation").to.be.at.most(MOST_REQUESTS);
  }
  expectTrueRecords(world);
}

/** No campaign is ended twice. */
function expectOneEffect({ hood }: World): void {
  const ended = hood.requests.flatMap(({ effect }) => (effect?.to === "canceled" ? [effect.campaignId] : []));
  expect(new Set(ended).size, `one effect for each campaign: ${ended}`).to.equal(ended.length);
}

/** Only an up changes anything, and nothing but what its program names; a destroy doesn't even ask. */
function expectNoCallBut(run: Run, world: World): void {
  const { kind } = run.operation;
  for (const { kind: request, campaignId, record } of of(run, world)) {
    const allowed = kind === "up" || (kind !== "destroy" && record.method === "GET");
    expect(allowed, `a ${kind} sends ${record.method} ${record.path}`).to.equal(true);
    if (request !== "cancel") continue;
    expect(run.claims(campaignId), `campaign ${campaignId}, which is called, is in the program`).not.to.deep.equal([]);
  }
}

/**
 * Each call stands on a look of the same operation that showed the campaign cancelable, was there after the call before it, and
 * isn't older than a minute. Where several resources name one campaign, each may act on what was seen before the others acted.
 */
export function expectLookBeforeCall(run: Run, world: World): void {
  const licences = new Map<string, number>();
  const looks = new Map<string, number>();
  for (const exchange of of(run, world)) {
    const { kind, campaignId = "", record } = exchange;
    const left = licences.get(campaignId) ?? 0;
    if (kind === "cancel" && !NOTHING_DONE.includes(Number(record.status))) {
      expect(left, `request ${record.number} calls campaign ${campaignId} on a look that allows it`).to.be.above(0);
      licences.set(campaignId, left - 1);
    }
    if (kind === "cancel") {
      const age = record.at - (looks.get(campaignId) ?? Number.NaN);
      expect(age, `age of what request ${record.number} for campaign ${campaignId} stands on`).to.be.at.most(
        OLDEST_LOOK,
      );
    }
    for (const [id, { status }] of seen(exchange)) {
      looks.set(id, record.at);
      const claims = run.claims(id).length;
      const allowed = cancelableStatuses.includes(status) ? claims : Math.min(licences.get(id) ?? 0, claims - 1);
      licences.set(id, allowed);
    }
  }
}

/** No campaign is ended that the operation last saw under another name than its guard expects. */
function expectRightName(run: Run, world: World): void {
  const names = new Map<string, string>();
  for (const exchange of of(run, world)) {
    const { campaignId = "", record } = exchange;
    for (const [id, { name }] of seen(exchange)) names.set(id, name);
    if (record.effect?.to !== "canceled") continue;
    const expected = run.claims(campaignId).map(({ expectedName }) => expectedName);
    if (!expected.includes(undefined)) expect(expected, `campaign ${campaignId}`).to.include(names.get(campaignId));
  }
}

/** If an audit log is kept, it has a line before each call that goes out, and one once the call has ended. */
export function expectAudit({ runs, tier, exchanges }: World): void {
  for (const run of runs) {
    const lines = tier.auditOf?.(run)?.map((line) => JSON.parse(line));
    if (!lines) continue;
    const calls = exchanges.filter((exchange) => exchange.run === run && exchange.kind === "cancel");
    const started = lines.filter(({ outcome }) => outcome === "started");
    for (const { campaignId } of calls) {
      expect(
        started.map((line) => line.campaignId),
        `calls of operation ${run.number}, begun`,
      ).to.include(campaignId);
    }
    for (const line of lines) expect(JSON.stringify(line)).not.to.contain(CANARY);
    if (run.providerIsDead) continue;
    const held = new Set(lines.filter(isHeldBack).map(({ callId }) => callId));
    const ended = lines.filter(({ outcome, callId }) => outcome !== "started" && !held.has(callId));
    const answered = calls.filter(({ record }) => !NOTHING_DONE.includes(Number(record.status)));
    expect(ended.map(({ campaignId }) => campaignId).sort(), `audited calls of operation ${run.number}`).to.deep.equal(
      answered.map(({ campaignId }) => campaignId).sort(),
    );
    const begun = started.filter(({ callId }) => !held.has(callId));
    expect(ended.map(({ callId }) => callId).sort()).to.deep.equal(begun.map(({ callId }) => callId).sort());
  }
}

/** The account asked for too long a wait: the call did nothing. */
function isHeldBack({ outcome, httpStatus }: { outcome: string; httpStatus?: number }): boolean {
  return outcome === "failed" && httpStatus === 429;
}

/** What an operation ended is on record as that, or as unfinished, unless it was killed. */
function expectOwnEffectsOnRecord(run: Run, world: World): void {
  if (run.over || run.operation.kind !== "up") return;
  for (const { record, campaignId = "" } of of(run, world)) {
    if (!record.effect) continue;
    const outcomes = run.recorded.filter(({ id }) => id === campaignId).map(({ outputs }) => outputs.outcome);
    const known = outcomes.some((outcome) => outcome === "canceled" || outcome === undefined);
    expect(known, `operation ${run.number} ended campaign ${campaignId}, and records ${outcomes}`).to.equal(true);
  }
}

/** The token is in nothing that leaves the provider for a state, a log or a screen. */
function expectSecrecy({ said }: Run): void {
  for (const text of said) expect(text).not.to.contain(CANARY);
}

/** Records claim no end that isn't there, and no end as their own that a call of their pipeline can't have made. */
function expectTrueRecords({ pipelines, hood, exchanges }: World): void {
  for (const [pipeline, { state }] of Object.entries(pipelines)) {
    for (const [resource, { id, outputs }] of state) {
      const { outcome } = outputs;
      const label = `${resource} of ${pipeline} claims campaign ${id}: ${outcome}`;
      expect(outcome).to.be.oneOf([undefined, "canceled", "alreadyCanceled", "notNeeded"]);
      if (outcome === "canceled" || outcome === "alreadyCanceled") {
        expect(hood.campaign(id).status, label).to.equal("canceled");
      }
      if (outcome !== "canceled") continue;
      const ours = ({ run, kind, campaignId }: Exchange) =>
        kind === "cancel" && campaignId === id && run.operation.pipeline === pipeline;
      expect(exchanges.filter(ours).some(mayHaveEnded), label).to.equal(true);
    }
  }
}

function mayHaveEnded({ record }: Exchange): boolean {
  return record.effect !== undefined || ![400, 401, ...NOTHING_DONE].includes(Number(record.status));
}

function of(run: Run, { exchanges }: World): Exchange[] {
  return exchanges.filter((exchange) => exchange.run === run);
}

/** What the operation could see of campaigns in this answer. */
function seen({ kind, mishap, record, shown }: Exchange): ReadonlyMap<string, Shown> {
  return kind !== "cancel" && !mishap && record.status === 200 ? shown : new Map();
}
