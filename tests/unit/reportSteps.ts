import { expect } from "chai";
import { UNKNOWN } from "../../provider/unknown";
import type { Entry, Kind } from "../../report/judge";
import type { Report } from "../../report/report";
import { buildReport } from "../../report/report";

export { UNKNOWN };

type Values = Record<string, unknown>;

/** What a check saw of a live campaign, and the arguments. */
export const live = { campaignId: "7", campaignName: "Spring sale", previousStatus: "running", reason: "Budget cut" };

export interface Given {
  readonly op?: string;
  readonly type?: string;
  readonly name?: string;
  readonly inputs?: Values;
  /** Arguments and outputs on record. */
  readonly record?: Values;
  /** The inputs on record, where they aren't the same. */
  readonly before?: Values;
  readonly retainOnDelete?: boolean;
}

/** A step as `pulumi preview --json` prints it, for a resource of the dynamic door unless the type says otherwise. */
export function step(given: Given): Values {
  const { op = "create", type = "CampaignCancellation", name = "it", inputs, record, before, retainOnDelete } = given;
  const token = type.includes(":") ? type : `pulumi-nodejs:dynamic/hood:${type}`;
  const urn = `urn:pulumi:test::test::${token}::${name}`;
  const state = { urn, custom: true, type: token };
  const oldState = record && { ...state, id: "1", inputs: before ?? record, outputs: record, retainOnDelete };
  return { op, urn, oldState, newState: inputs && { ...state, inputs }, detailedDiff: null };
}

export function error(message: string, urn?: string): Values {
  return { urn, message: `error: ${message}\n`, severity: "error" };
}

export function reportOn(...steps: Given[]): Report {
  return buildReport({ steps: steps.map(step), diagnostics: [] });
}

/** Where one step's only entry ends up. */
export function verdictOn(given: Given): { kind: string; entry: Entry } {
  const report = reportOn(given);
  const kinds: Kind[] = ["irreversible", "reversible", "removed", "recorded"];
  const found = kinds.flatMap((kind) => report[kind].map((entry) => ({ kind: kind as string, entry })));
  const [verdict] = found;
  if (!verdict || found.length > 1) throw new Error(`not one entry: ${JSON.stringify(report)}`);
  return verdict;
}

/** A step, and the list that its only entry belongs to; the note that it has, or that it has none. */
export type Case = readonly [what: string, given: Given, kind: string, note?: RegExp];

export function itJudges(cases: readonly Case[]): void {
  for (const [what, given, kind, note] of cases) {
    it(`${what}: ${kind}`, () => {
      const verdict = verdictOn(given);
      expect(verdict.kind).to.equal(kind);
      if (note) expect(verdict.entry.note).to.match(note);
      else expect(verdict.entry).not.to.have.property("note");
    });
  }
}
