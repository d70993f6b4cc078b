import { createHash, randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { holdsUnknown } from "../provider/resources/arguments";
import { environmentNames, readSettings, settingNames } from "../provider/settings";
import { say } from "../provider/text";
import { quoted } from "./escape";
import { type Entry, isAnonymous, isChange, type Judgement, judge, type ListName } from "./judge";
import { isProvider, isUnsettled } from "./owner";
import { holdsHidden, type Preview, type PreviewError, SECRET, type State, type Step } from "./preview";

/** What a report is about. */
export type About = Readonly<Partial<Record<"project" | "stack" | "commit", string>>>;

/** What an update would do, as its preview tells. This is what `hood-plan --format json` prints. */
export interface Report extends Readonly<Record<ListName, readonly Entry[]>> {
  /** As far as it is known. */
  readonly about: About;
  /** The settings that aren't the default, the endpoint first; those of the environment, which win, by the variable's name. */
  readonly settings: readonly { readonly name: string; readonly value: string }[];
  readonly providers: readonly ProviderChange[];
  /** Errors. If there are any, the preview failed, and the lists may not be complete. */
  readonly refused: readonly PreviewError[];
  /** How many resources change that have nothing to do with campaigns. */
  readonly otherChanges: number;
  /** The preview certainly ran with `--show-replacement-steps`: pending removals are listed. */
  readonly partsShown: boolean;
  /** The same in two reports only if both would end and start the same campaigns of one account, with the same arguments. */
  readonly fingerprint: string;
}

/** A provider of the plugin that is made, changed or removed. */
interface ProviderChange {
  readonly resource: string;
  readonly urn: string;
  /** The engine's word for it, such as `"update"`. */
  readonly op: string;
  /** Its settings afterwards; those of which the value isn't shown are `"[secret]"` or `"not known"`. */
  readonly settings: Readonly<Record<string, string>>;
}

/** Where a report is made. */
export interface Surroundings {
  readonly said?: About;
  readonly environment?: NodeJS.ProcessEnv;
  /** How `pulumi preview` ended, if that is known. */
  readonly exitCode?: number;
}

/** What an update would do to campaigns, by what its preview says. @throws Error if it is of another project or stack than was said. */
export function buildReport(
  preview: Preview,
  { said = {}, environment = {}, exitCode = 0 }: Surroundings = {},
): Report {
  const steps = withoutParts(preview.steps);
  const unasked = new Set(steps.filter((step) => isProvider(step) && isUnsettled(step)).map(({ urn }) => urn));
  // The engine lists its steps in another order each time.
  const judged = steps
    .map((step) => ({ step, judgements: judgementsOf(step, unasked) }))
    .sort(({ step: a }, { step: b }) => compare(a.resource, b.resource) || compare(a.urn, b.urn));
  const all = judged.flatMap(({ step, judgements }) => judgements.map((judgement) => ({ step, ...judgement })));
  // What takes the place of an end stands first.
  const ordered = [true, false].flatMap((first) => all.filter(({ entry }) => (entry.replaces !== undefined) === first));
  const others = judged.filter(({ step, judgements }) => judgements.length === 0 && isOthersChange(step));
  const unexplained = { message: say`pulumi preview ended with exit code ${exitCode}: its log says why.` };
  const about = aboutOf(said, preview, environment);
  const settings = settingsIn(preview, environment);
  const providers = steps.filter((step) => isProvider(step) && isChange(step));
  const of = (name: ListName) => ordered.flatMap(({ list, entry }) => (list === name ? [entry] : []));
  return {
    about,
    settings: settings
      .filter(({ key, name, value }) => !isDefault(key, value) && name !== "HOOD_TOKEN")
      .sort((one, other) => rankOf(one.key) - rankOf(other.key))
      .map(({ key, name, value }) => ({ name, value: shownValue(key, value) })),
    providers: providers.map(({ resource, urn, op, old, new: next }) => {
      const inputs = Object.entries((next ?? old)?.inputs ?? {}).sort(([a], [b]) => rankOf(a) - rankOf(b));
      return { resource, urn, op, settings: Object.fromEntries(inputs.map(([k, v]) => [k, shownValue(k, v)])) };
    }),
    irreversible: of("irreversible"),
    launches: of("launches"),
    reversible: of("reversible"),
    removed: of("removed"),
    recorded: of("recorded"),
    refused: preview.errors.length === 0 && exitCode !== 0 ? [unexplained] : preview.errors,
    otherChanges: new Set(others.map(({ step }) => step.urn)).size,
    partsShown: preview.steps.some((step) => isMade(step) || isRemoved(step)),
    fingerprint: fingerprintOf(about, settings, providers, all),
  };
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

function judgementsOf(step: Step, unasked: ReadonlySet<string>): Judgement[] {
  if (unasked.has(step.urn)) return [unaskedProvider(step)];
  const provider = step.new?.provider ?? step.old?.provider;
  if (provider === undefined || !unasked.has(provider)) return judge(step);
  // What a check saw can't be of the account that the provider will have.
  const { campaignName: _, previousStatus: __, plannedActions: ___, ...inputs } = step.inputs;
  return judge({ ...step, inputs });
}

/** Nobody has asked the account of such a provider: a resource that seems to stay as it is may end something. */
function unaskedProvider({ resource, type, urn }: Step): Judgement {
  const note = say`Only the update will know its settings, and the preview asked it nothing, so it counts as an end.`;
  return { list: "irreversible", entry: { resource, type, urn, note } };
}

/** A replacement may also be listed in its parts, as a resource that is made and one that is removed. */
const isMade = ({ op }: Step) => op.endsWith("-replacement");
const isRemoved = ({ op }: Step) => op.endsWith("-replaced");

/**
 * The steps without those that a replacement includes already: of each kind one, and only one that says the same. Another one is
 * a removal that an interrupted update left over.
 */
function withoutParts(steps: readonly Step[]): Step[] {
  const parts = new Set<Step | undefined>();
  for (const { urn, old, new: next } of steps.filter(({ op }) => op === "replace")) {
    // A removal goes by the name that the resource had.
    const rest = steps.filter((step) => step.urn === urn || step.urn === old?.urn);
    const made = rest.find((step) => isMade(step) && isDeepStrictEqual(declared(step.new), declared(next)));
    const removed = rest.find((step) => isRemoved(step) && isDeepStrictEqual(step.old, old));
    parts.add(made).add(removed);
  }
  return steps.filter((step) => !parts.has(step));
}

/** A state without what only the update will give it. */
function declared(state: State | undefined): Partial<State> {
  const { id: _, outputs: __, ...declared } = state ?? {};
  return declared;
}

/** The stack itself comes and goes with its resources, and is nobody's change. */
function isOthersChange(step: Step): boolean {
  return isChange(step) && step.type !== "pulumi:pulumi:Stack" && !isProvider(step);
}

/** Where pipelines keep the commit that they run for. */
const COMMITS = [
  "GITHUB_SHA",
  "CI_COMMIT_SHA",
  "BITBUCKET_COMMIT",
  "BUILD_SOURCEVERSION",
  "BUILDKITE_COMMIT",
  "CIRCLE_SHA1",
  "GIT_COMMIT",
];

/** Project, stack and commit: what somebody says they are, or else what the preview and the pipeline say. */
function aboutOf(said: About, preview: Preview, environment: NodeJS.ProcessEnv): About {
  // Pulumi takes "organization/project/stack" for a stack too.
  const stack = said.stack?.split("/").at(-1);
  for (const [name, wanted, found] of [
    ["project", said.project, preview.project],
    ["stack", stack, preview.stack],
  ] as const) {
    if (wanted === undefined || found === undefined || wanted === found) continue;
    throw new Error(
      say`Could not report on the ${name} ${quoted(wanted)}: the preview is of the ${name} ${quoted(found)}.`,
    );
  }
  const commit = said.commit ?? COMMITS.map((name) => environment[name]).find(Boolean);
  return { project: said.project ?? preview.project, stack: stack ?? preview.stack, commit };
}

/** What config and environment set, the environment first. */
function settingsIn({ config }: Preview, environment: NodeJS.ProcessEnv): Setting[] {
  const configured = Object.entries(config).flatMap(([name, value]) => {
    const [, key] = /^hood:(.+)$/.exec(name) ?? [];
    return key === undefined ? [] : [{ key, name, value: textOf(value) }];
  });
  const inEnvironment = environmentNames.flatMap((name, index) => {
    const value = environment[name]?.trim();
    return value ? [{ key: String(settingNames[index]), name, value }] : [];
  });
  return [...inEnvironment, ...configured];
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** The endpoint first, and last what nobody reads: only so many have room. */
function rankOf(key: string): number {
  if (key === "endpoint") return 0;
  return settingNames.some((name) => name === key) ? 1 : 2;
}

/** A setting's value as anybody may see it, whatever case or typing mistake its key is in. */
function shownValue(key: string, value: unknown): string {
  if (/to?ke?n|secret|password/i.test(key)) return SECRET;
  // An address that holds a password is rejected, and shown here nonetheless.
  return holdsUnknown(value) ? "not known" : textOf(value).replace(/\/\/[^/]*@/g, `//${SECRET}@`);
}

const defaults = readSettings(() => undefined, {});

function isDefault(key: string, value: string): boolean {
  const known = settingNames.find((name) => name === key);
  if (known === undefined) return false;
  try {
    return isDeepStrictEqual(readSettings((name) => (name === known ? value : undefined), {})[known], defaults[known]);
  } catch {
    return false;
  }
}

/** What is set in config or environment, under its name there, also if it is the default: the environment's value wins. */
interface Setting {
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
function fingerprintOf(
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
