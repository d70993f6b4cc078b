import type { Preview } from "./preview";
import { refusalsIn } from "./refusals";
import type { Kind, Report } from "./report";
import { hoodType, readStep, type Step } from "./step";
import { verdictsOn } from "./verdicts";

/** Steps of the engine that change nothing anywhere. */
const IDLE = new Set(["same", "read", "read-discard", "refresh", "discard-replaced", "remove-pending-replace"]);
/** A replacement may also be listed in its parts. */
const PARTS = new Set(["create-replacement", "delete-replaced", "read-replacement", "import-replacement"]);

/** What an update would do to campaigns, by what its preview says. */
export function buildReport({ steps, diagnostics }: Preview): Report {
  const changes = changesIn(steps.map(readStep));
  // The engine lists its steps in another order each time.
  const own = changes.filter(({ type }) => hoodType(type)).sort((a, b) => (a.resource < b.resource ? -1 : 1));
  const verdicts = own.flatMap(verdictsOn);
  const of = (kind: Kind) => verdicts.flatMap((verdict) => (verdict.kind === kind ? [verdict.entry] : []));
  return {
    irreversible: of("irreversible"),
    reversible: of("reversible"),
    removed: of("removed"),
    recorded: of("recorded"),
    refused: refusalsIn(diagnostics),
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
