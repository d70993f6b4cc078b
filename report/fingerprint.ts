import { createHash, randomUUID } from "node:crypto";
import { isAnonymous, type Judgement } from "./judge";
import { isProvider } from "./owner";
import { holdsHidden, type Preview, type Step } from "./preview";

/** What is set in config or environment, under its name there, also if it is the default: the environment's value wins. */
export interface Setting {
  readonly key: string;
  readonly name: string;
  readonly value: string;
}

interface Judged extends Judgement {
  readonly step: Step;
}

/**
 * The same text only for two reports that would do the same for good: to the same campaigns, in the same account, with the same
 * arguments. What isn't shown could be anything, so a report with something of that kind has a text of its own. Tokens aren't
 * compared, nor is the audit log, for which each run may have a file of its own.
 *
 * @param providers the providers of the plugin that change
 */
export function fingerprintOf(
  { project, stack }: Pick<Preview, "project" | "stack">,
  settings: readonly Setting[],
  providers: readonly Step[],
  judged: readonly Judged[],
): string {
  const compared = settings.flatMap(({ key, name, value }) =>
    key === "token" || key === "auditLog" ? [] : [{ name, value }],
  );
  const isFinal = ({ list }: Judged) => list === "irreversible" || list === "launches";
  const ids = new Set(judged.filter(isFinal).flatMap(({ entry }) => entry.campaignId ?? []));
  // What is edited in a campaign that is launched goes out with it.
  const final = judged.filter(
    (one) => isFinal(one) || (one.list === "reversible" && ids.has(one.entry.campaignId ?? "")),
  );
  const isShown = [...compared.map(({ value }) => value), ...providers.map(argumentsOf)].every(isComparable);
  // The engine lists its steps in another order each time.
  const texts = [...providers.map((step) => contentOf({ step })), ...final.map(contentOf)].sort();
  return createHash("sha256")
    .update(JSON.stringify([project, stack, compared, texts, isShown && final.every(isCertain) ? "" : randomUUID()]))
    .digest("hex");
}

function contentOf({ step, list, entry }: Pick<Judged, "step"> & Partial<Judged>): string {
  const { op, urn, old, new: next, state } = step;
  const served = [old?.provider, next?.provider];
  return JSON.stringify([op, urn, list, entry, old?.id, state.campaignId, served, argumentsOf(step)]);
}

function isCertain({ step, entry }: Judged): boolean {
  if (isAnonymous(entry)) return false;
  const { reason: _, campaignName: __, ...others } = argumentsOf(step);
  // Neither of the two changes what happens to a campaign whose id is shown. A campaign's own name is another argument.
  const compared = entry.campaignId === undefined ? argumentsOf(step) : others;
  return isComparable([compared, step.old?.id, step.state.campaignId]);
}

/** All that the program declares, and a check saw; for a provider, without its token. */
function argumentsOf(step: Step): Readonly<Record<string, unknown>> {
  if (!isProvider(step)) return step.inputs;
  return Object.fromEntries(Object.entries(step.inputs).filter(([key]) => key !== "token"));
}

/** False if a value may look like another one: it is hidden, or a number that JSON may have rounded. */
function isComparable(value: unknown): boolean {
  if (typeof value === "number") return Math.abs(value) <= Number.MAX_SAFE_INTEGER;
  if (typeof value !== "object" || value === null) return !holdsHidden(value);
  return !holdsHidden(value) && Object.values(value).every(isComparable);
}
