import { count } from "../provider/text";
import { type Entry, judge, type Kind } from "./judge";
import { errorsIn, hoodType, type Preview, type PreviewError, readStep, type Step } from "./preview";

/** What an update would do, as its preview tells. This is what `hood-plan --format json` prints. */
export interface Report {
  /** Campaigns that would end for good. What isn't certain counts as an end. */
  readonly irreversible: readonly Entry[];
  /** Steps that end no campaign: a pause, a resume, a new or an edited campaign. */
  readonly reversible: readonly Entry[];
  /** Resources that go, without an end for their campaign. */
  readonly removed: readonly Entry[];
  /** Resources that only get a record: nothing is sent to Hood. */
  readonly recorded: readonly Entry[];
  /** Errors. Where there are any, the preview failed, and the lists above may not be complete. */
  readonly refused: readonly PreviewError[];
  /** How many resources change that have nothing to do with campaigns. */
  readonly otherChanges: number;
}

/** Steps of the engine that change nothing anywhere. */
const IDLE = new Set(["same", "read", "read-discard", "refresh", "discard-replaced", "remove-pending-replace"]);
/** A replacement may also be listed in its parts. */
const PARTS = new Set(["create-replacement", "delete-replaced", "read-replacement", "import-replacement"]);

/** What an update would do to campaigns, by what its preview says. */
export function buildReport({ steps, diagnostics }: Preview): Report {
  const changes = changesIn(steps.map(readStep));
  // The engine lists its steps in another order each time.
  const own = changes.filter(({ type }) => hoodType(type)).sort((a, b) => (a.resource < b.resource ? -1 : 1));
  const judgements = own.flatMap(judge);
  const of = (kind: Kind) => judgements.flatMap((judgement) => (judgement.kind === kind ? [judgement.entry] : []));
  return {
    irreversible: of("irreversible"),
    reversible: of("reversible"),
    removed: of("removed"),
    recorded: of("recorded"),
    refused: errorsIn(diagnostics),
    otherChanges: new Set(changes.filter(isOther).map(({ urn }) => urn)).size,
  };
}

function changesIn(steps: readonly Step[]): Step[] {
  const replaced = new Set(steps.filter(({ op }) => op === "replace").map(({ urn }) => urn));
  return steps.filter(({ op, urn }) => !IDLE.has(op) && !(PARTS.has(op) && replaced.has(urn)));
}

/** The stack itself comes and goes with its resources, and is nobody's change. */
function isOther({ type }: Step): boolean {
  return hoodType(type) === undefined && type !== "pulumi:pulumi:Stack";
}

export interface List {
  readonly kind: Kind;
  /** Above the list, with the number of its entries. */
  title(n: number): string;
  readonly lead: string;
  /** Above the column that says why, or what. */
  readonly column: string;
}

const ends: List = {
  kind: "irreversible",
  title: (n) => `${count(n, "campaign")} would end for good`,
  lead: "Cancelling is final: nothing brings a campaign back. Check each name and id before you approve.",
  column: "Reason",
};

/** The lists of entries, in the order in which a reviewer needs them. */
export const lists: readonly List[] = [
  ends,
  {
    kind: "reversible",
    title: (n) => `${count(n, "other step")} in Hood`,
    lead: "This ends no campaign. What a campaign delivers can't be taken back, though.",
    column: "What happens",
  },
  {
    kind: "removed",
    title: (n) => `${count(n, "resource")} removed`,
    lead: "This ends no campaign.",
    column: "What happens",
  },
  {
    kind: "recorded",
    title: (n) => `${count(n, "resource")} only recorded`,
    lead: "Nothing is sent to Hood.",
    column: "Why",
  },
];

/** The first thing that a reviewer reads. */
export function headline({ irreversible, refused }: Report): string {
  if (refused.length > 0) return "The preview failed: nothing can be applied as it stands";
  if (irreversible.length > 0) return ends.title(irreversible.length);
  return "No campaign would end";
}

/** What follows from the headline. */
export function explanation(report: Report): string {
  const touched = lists.some(({ kind }) => report[kind].length > 0);
  if (report.refused.length > 0) {
    const rest = touched ? " What it saw before it stopped is listed below, and may not be all." : "";
    return `Mend what is wrong, and preview again.${rest}`;
  }
  if (report.irreversible.length > 0) return ends.lead;
  return touched ? "Nothing here ends a campaign for good." : "This change touches no campaign.";
}

export function othersLine({ otherChanges }: Report): string | undefined {
  return otherChanges > 0 ? `${count(otherChanges, "other change")} in this stack, not listed here.` : undefined;
}

/** In place of a value that isn't there. */
export function missing(kind: Kind, { type }: Entry): string {
  return kind === "reversible" && type === "Campaign" ? "new" : "not known";
}
