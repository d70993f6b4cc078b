import { expect } from "chai";
import { UNKNOWN } from "../../provider/hosts/hosted";
import type { Entry, ListName } from "../../report/judge";
import { type HoodType, providerTextOf } from "../../report/owner";
import { readPreview } from "../../report/preview";
import { buildReport, type Report, type Surroundings } from "../../report/report";

export { UNKNOWN };

export type Values = Record<string, unknown>;

/** What a check saw of a live campaign, and the arguments. */
export const live = { campaignId: "7", campaignName: "Spring sale", previousStatus: "running", reason: "Budget cut" };
/** The state of a cancellation that is done. */
export const canceled = { ...live, status: "canceled", outcome: "canceled", canceledAt: "2026-05-01T12:00:00Z" };
/** The state of a campaign that a program defines. */
export const defined = { name: "Spring sale", campaignId: "7", status: "scheduled" };

export interface Given {
  readonly op?: string;
  /** A type of the npm classes by its name, or any other one. @default CampaignCancellation */
  readonly type?: string;
  readonly name?: string;
  readonly inputs?: Values;
  /** Arguments and outputs in the state. */
  readonly state?: Values;
  /** The inputs in the state, if they aren't the same. */
  readonly before?: Values;
  readonly retainOnDelete?: unknown;
  /** What else the states before and after hold. */
  readonly old?: Values;
  readonly new?: Values;
}

/** A step as `pulumi preview --json` prints it. */
export function step(given: Given): Values {
  const { op = "create", type = "CampaignCancellation", name = "it", inputs, state, before, retainOnDelete } = given;
  const isOurs = !type.includes(":");
  const token = isOurs ? `pulumi-nodejs:dynamic/hood:${type}` : type;
  const urn = `urn:pulumi:test::test::${token}::${name}`;
  const resource = { urn, custom: true, type: token };
  const own = isOurs ? { __provider: providerTextOf(type as HoodType) } : {};
  const oldState = state && {
    ...resource,
    id: "1",
    inputs: { ...own, ...(before ?? state) },
    outputs: { ...own, ...state },
    retainOnDelete,
    ...given.old,
  };
  const newState = inputs && { ...resource, inputs: { ...own, ...inputs }, ...given.new };
  return { op, urn, oldState, newState, detailedDiff: null };
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

/** The list that one step's only entry belongs to; `unchanged` or `other` if it has none. */
export function judgementOn(given: Given): { list: string; entry: Pick<Entry, "note"> & Partial<Entry> } {
  const report = reportOn(given);
  const lists: ListName[] = ["irreversible", "launches", "reversible", "removed", "recorded"];
  const found = lists.flatMap((list) => report[list].map((entry) => ({ list: list as string, entry })));
  const [judgement] = found;
  if (!judgement) return { list: report.otherChanges > 0 ? "other" : "unchanged", entry: {} };
  if (found.length > 1) throw new Error(`not one entry: ${JSON.stringify(report)}`);
  return judgement;
}

/** The list that a step's only entry belongs to, and the note that it has, or that it has none. */
export type Judged = readonly [list: string, note: RegExp | undefined, what: string, step: Given];

/** @param shared what all steps have */
export function itJudges(rows: readonly Judged[], shared: Given = {}): void {
  for (const [list, note, what, given] of rows) {
    it(`lists ${what} under ${list}`, () => {
      const judgement = judgementOn({ ...shared, ...given });
      expect(judgement.list).to.equal(list);
      if (note) expect(judgement.entry.note).to.match(note);
      else expect(judgement.entry).not.to.have.property("note");
    });
  }
}
