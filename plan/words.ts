import { count } from "../provider/text";
import type { Entry, Kind, Report } from "./report";

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
