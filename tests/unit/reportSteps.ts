import { expect } from "chai";
import { UNKNOWN } from "../../provider/unknown";
import type { Entry, Kind } from "../../report/judge";
import { providerTextOf } from "../../report/owner";
import { readPreview } from "../../report/preview";
import { buildReport, type Report, type Surroundings } from "../../report/report";

export { UNKNOWN };

export type Values = Record<string, unknown>;

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
  readonly retainOnDelete?: unknown;
  /** What else the states before and after hold. */
  readonly old?: Values;
  readonly new?: Values;
}

/** A step as `pulumi preview --json` prints it, for a resource of the npm classes unless the type says otherwise. */
export function step(given: Given): Values {
  const { op = "create", type = "CampaignCancellation", name = "it", inputs, record, before, retainOnDelete } = given;
  const { old: oldMore, new: newMore } = given;
  const token = type.includes(":") ? type : `pulumi-nodejs:dynamic/hood:${type}`;
  const urn = `urn:pulumi:test::test::${token}::${name}`;
  const state = { urn, custom: true, type: token };
  const provided = (values: Values) => ({
    ...(!type.includes(":") && { __provider: providerTextOf(type) }),
    ...values,
  });
  const oldState = record && {
    ...state,
    id: "1",
    inputs: provided(before ?? record),
    outputs: provided(record),
    retainOnDelete,
    ...oldMore,
  };
  return {
    op,
    urn,
    oldState,
    newState: inputs && { ...state, inputs: provided(inputs), ...newMore },
    detailedDiff: null,
  };
}

/** A whole preview of some steps, beside that of the stack itself. */
export function previewOf(steps: readonly Values[], diagnostics: readonly Values[] = [], config: Values = {}): Values {
  const urn = "urn:pulumi:test::test::pulumi:pulumi:Stack::test-test";
  const stack = { op: "same", urn, oldState: { urn, custom: false }, newState: { urn, custom: false } };
  const all = [stack, ...steps];
  const changeSummary: Record<string, number> = Object.create(null);
  for (const { op } of all) changeSummary[String(op)] = (changeSummary[String(op)] ?? 0) + 1;
  return { config, steps: all, diagnostics, duration: 7, changeSummary };
}

export function reportOf(
  steps: readonly Values[],
  diagnostics: readonly Values[] = [],
  surroundings: Surroundings = {},
  config: Values = {},
): Report {
  const preview = previewOf(steps, diagnostics, config);
  return buildReport(readPreview(Buffer.from(JSON.stringify(preview))), surroundings);
}

export function error(message: string, urn?: string): Values {
  return { urn, message: `error: ${message}\n`, severity: "error" };
}

export function reportOn(...steps: Given[]): Report {
  return reportOf(steps.map(step));
}

/** Where one step's only entry ends up; `unchanged` or `other` if it has none. */
export function verdictOn(given: Given): { kind: string; entry: Pick<Entry, "note"> & Partial<Entry> } {
  const report = reportOn(given);
  const kinds: Kind[] = ["irreversible", "launches", "reversible", "removed", "recorded"];
  const found = kinds.flatMap((kind) => report[kind].map((entry) => ({ kind: kind as string, entry })));
  const [verdict] = found;
  if (!verdict) return { kind: report.otherChanges > 0 ? "other" : "unchanged", entry: {} };
  if (found.length > 1) throw new Error(`not one entry: ${JSON.stringify(report)}`);
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
