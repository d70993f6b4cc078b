import { createHash, randomUUID } from "node:crypto";
import { isAnonymous, type Judgement } from "./judge";
import { isProvider } from "./owner";
import { holdsHidden, type Step } from "./preview";

/** What two reports must have in common to be of the same ends and launches. */
export interface Compared {
  readonly project?: string;
  readonly stack?: string;
  /** What is set in config and environment, also to its default: the environment's value wins. */
  readonly settings: readonly { readonly name: string; readonly value: string }[];
  /** The providers of the plugin that change. */
  readonly providers: readonly Step[];
  /** Each step that ends or launches, or may, and each other one for the same campaign. */
  readonly final: readonly { readonly step: Step; readonly judgement: Judgement }[];
}

/**
 * The same text only for two reports that would do the same for good: to the same campaigns, in the same account, with the same
 * arguments. What isn't shown could be anything, so a report with something of that kind has a text of its own. Tokens aren't
 * compared.
 */
export function fingerprintOf({ project, stack, settings, providers, final }: Compared): string {
  const values = [...settings.map(({ value }) => value), ...providers.map(argumentsOf)];
  const isShown = values.every(isComparable) && final.every(isCertain);
  // The engine lists its steps in another order each time.
  const texts = [
    ...providers.map((step) => contentOf(step)),
    ...final.map(({ step, judgement }) => contentOf(step, judgement)),
  ].sort();
  return createHash("sha256")
    .update(JSON.stringify([project, stack, settings, texts, isShown ? "" : randomUUID()]))
    .digest("hex");
}

function contentOf(step: Step, { list, entry }: Partial<Judgement> = {}): string {
  const { op, urn, old, new: next, state } = step;
  const served = [old?.provider, next?.provider];
  return JSON.stringify([op, urn, list, entry, old?.id, state.campaignId, served, argumentsOf(step)]);
}

function isCertain({ step, judgement }: Compared["final"][number]): boolean {
  if (isAnonymous(judgement.entry)) return false;
  const { reason: _, campaignName: __, ...others } = argumentsOf(step);
  // Neither of the two changes what happens to a campaign whose id is shown. A campaign's own name is another argument.
  const compared = judgement.entry.campaignId === undefined ? argumentsOf(step) : others;
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
