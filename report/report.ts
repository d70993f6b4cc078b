import { createHash, randomUUID } from "node:crypto";
import { count } from "../provider/text";
import { type About, aboutOf, type ProviderChange, providersOf, type Setting, settingsOf } from "./about";
import { type Entry, isAnonymous, type Judgement, judge, type Kind } from "./judge";
import { isProvider, isUnsettled } from "./owner";
import { errorsIn, type Preview, type PreviewError, type State, type Step } from "./preview";

/** What an update would do, as its preview tells. This is what `hood-plan --format json` prints. */
export interface Report {
  /** Project, stack and commit, as far as they are known. */
  readonly about: About;
  /** The settings that aren't the default, as far as they can be seen here; the endpoint first. */
  readonly settings: readonly Setting[];
  /** Providers of the plugin that are made, changed or removed. */
  readonly providers: readonly ProviderChange[];
  /** Campaigns that would end for good. What isn't certain counts as an end. */
  readonly irreversible: readonly Entry[];
  /** Campaigns that would start, at once or at a time, or may do so. */
  readonly launches: readonly Entry[];
  /** Steps that neither end nor start a campaign: a pause, a draft, an edit. */
  readonly reversible: readonly Entry[];
  /** Resources that go, without an end for their campaign. */
  readonly removed: readonly Entry[];
  /** Resources that only get a record: nothing is sent to Hood. */
  readonly recorded: readonly Entry[];
  /** Errors. If there are any, the preview failed, and the lists above may not be complete. */
  readonly refused: readonly PreviewError[];
  /** How many resources change that have nothing to do with campaigns. */
  readonly otherChanges: number;
  /** The preview ran with `--show-replacement-steps`, as far as can be told: removals that are still to come are listed. */
  readonly partsShown: boolean;
  /** The same in two reports only if both would end and start the same campaigns, in the same way, from the same status. */
  readonly fingerprint: string;
}

/** Where a report is made. */
export interface Surroundings {
  readonly said?: About;
  readonly environment?: NodeJS.ProcessEnv;
  /** How `pulumi preview` ended, if that is known. */
  readonly exitCode?: number;
}

/** Steps of the engine that change nothing anywhere. */
const IDLE = new Set(["same", "read", "discard", "refresh", "discard-replaced", "remove-pending-replace", "diff"]);
/** A replacement may also be listed in its parts. */
const PARTS = ["create-replacement", "import-replacement", "read-replacement", "delete-replaced", "discard-replaced"];

/** What an update would do to campaigns, by what its preview says. */
export function buildReport(
  preview: Preview,
  { said = {}, environment = {}, exitCode = 0 }: Surroundings = {},
): Report {
  const steps = withoutParts(preview.steps);
  const unasked = new Set(steps.filter((step) => isProvider(step) && isUnsettled(step)).map(({ urn }) => urn));
  // The engine lists its steps in another order each time.
  const judged = [...steps]
    .sort((a, b) => (a.resource === b.resource ? (a.urn < b.urn ? -1 : 1) : a.resource < b.resource ? -1 : 1))
    .map((step) => ({ step, judgements: judgementsOf(step, unasked) }));
  const judgements = judged.flatMap(({ judgements }) => judgements).sort((a, b) => firstOf(a) - firstOf(b));
  const of = (kind: Kind) => judgements.flatMap((judgement) => (judgement.kind === kind ? [judgement.entry] : []));
  const others = judged.filter(({ step, judgements }) => judgements.length === 0 && isChange(step));
  const refused = errorsIn(preview.diagnostics);
  const unexplained = { message: `pulumi preview ended with exit code ${exitCode}: its log says why.` };
  const about = aboutOf(said, preview, environment);
  const lists = { irreversible: of("irreversible"), launches: of("launches") };
  return {
    about,
    settings: settingsOf(preview, environment),
    providers: providersOf(preview),
    ...lists,
    reversible: of("reversible"),
    removed: of("removed"),
    recorded: of("recorded"),
    refused: refused.length === 0 && exitCode !== 0 ? [unexplained] : refused,
    otherChanges: new Set(others.map(({ step }) => step.urn)).size,
    partsShown: preview.steps.some(({ op }) => PARTS.includes(op)),
    fingerprint: fingerprintOf(about, lists),
  };
}

function judgementsOf(step: Step, unasked: ReadonlySet<string>): Judgement[] {
  if (unasked.has(step.urn)) return [unaskedProvider(step)];
  const provider = step.new?.provider ?? step.old?.provider;
  return judge(provider !== undefined && unasked.has(provider) ? { ...step, new: unseen(step.new) } : step);
}

/** What the account of such a provider holds, nobody has looked at: a resource that seems to stay as it is may end something. */
function unaskedProvider({ resource, type, urn }: Step): Judgement {
  const note = "Only the update will know its settings, and the preview asked it nothing, so it counts as an end.";
  return { kind: "irreversible", entry: { resource, type, urn, note } };
}

/** What a program wrote where a check would have written what it saw. */
function unseen(state: State | undefined): State | undefined {
  if (!state) return undefined;
  const { campaignName: _, previousStatus: __, plannedActions: ___, ...inputs } = state.inputs;
  return { ...state, inputs };
}

/** What takes the place of an end stands first. */
function firstOf({ entry }: Judgement): number {
  return entry.replaces ? 0 : 1;
}

/** The steps without those that a replacement stands for already: one of each kind, and one removal of the same state. */
function withoutParts(steps: readonly Step[]): Step[] {
  const replacements = steps.filter(({ op }) => op === "replace");
  const parts = new Set(
    replacements.flatMap(({ urn, old }) => {
      const made = steps.find((step) => step.urn === urn && PARTS.includes(step.op) && step.op !== "delete-replaced");
      const gone = steps.find((step) => step.urn === urn && step.op === "delete-replaced" && step.old?.id === old?.id);
      return [made, gone];
    }),
  );
  return steps.filter((step) => !parts.has(step));
}

/** The stack itself comes and goes with its resources, and is nobody's change. */
function isChange(step: Step): boolean {
  return !IDLE.has(step.op) && step.type !== "pulumi:pulumi:Stack" && !isProvider(step);
}

function fingerprintOf({ project, stack }: About, lists: Pick<Report, "irreversible" | "launches">): string {
  const unlike = Object.values(lists).flat().some(isAnonymous) ? randomUUID() : "";
  return createHash("sha256")
    .update(JSON.stringify([project, stack, lists, unlike]))
    .digest("hex");
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

const launches: List = {
  kind: "launches",
  title: (n) => `${count(n, "campaign")} would be launched`,
  lead: "What a campaign delivers can't be taken back. Check each name and time before you approve.",
  column: "What happens",
};

/** The lists of entries, in the order in which a reviewer needs them. */
export const lists: readonly List[] = [
  ends,
  launches,
  {
    kind: "reversible",
    title: (n) => `${count(n, "other step")} in Hood`,
    lead: "This ends no campaign, and starts none.",
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

/** The list that the headline is about; undefined if it is about none. */
function leading({ irreversible, launches: started, refused }: Report): List | undefined {
  if (refused.length > 0) return undefined;
  if (irreversible.length > 0) return ends;
  return started.length > 0 ? launches : undefined;
}

/** True if headline and explanation say already what would stand above a list. */
export function isLeading({ kind }: List, report: Report): boolean {
  return leading(report)?.kind === kind;
}

/** The first thing that a reviewer reads. */
export function headline(report: Report): string {
  if (report.refused.length > 0) return "The preview failed: nothing can be applied as it stands";
  const list = leading(report);
  if (!list) return "No campaign would end";
  const title = list.title(report[list.kind].length);
  return list === launches ? `No campaign would end, and ${title}` : title;
}

/** What follows from the headline. */
export function explanation(report: Report): string {
  const touched = lists.some(({ kind }) => report[kind].length > 0) || report.providers.length > 0;
  if (report.refused.length > 0) {
    const rest = touched ? " What it saw before it stopped is listed below, and may not be all." : "";
    return `Fix the errors and run the preview again.${rest}`;
  }
  return (
    leading(report)?.lead ?? (touched ? "Nothing here ends a campaign for good." : "This change touches no campaign.")
  );
}

/** Shows text from outside. */
type Show = (text: string) => string;

/** Which project, stack and commit it is about; undefined if nothing of it is known. */
export function aboutLine({ about: { project, stack, commit } }: Report, show: Show): string | undefined {
  const known = Object.entries({ Project: project, stack, commit }).filter(([, text]) => text !== undefined);
  if (known.length === 0) return undefined;
  return `${known.map(([name, text]) => `${name} ${show(String(text))}`).join(", ")}.`;
}

const CHANGES = new Map([
  ["create", "new"],
  ["update", "changed"],
  ["replace", "replaced"],
  ["delete", "removed"],
]);

/** There are ten settings; more can only be keys that nobody reads, and must not hide what would end. */
const MOST_SETTINGS = 20;

/** The settings and providers that aren't as usual, one line each. */
export function settingLines({ settings, providers }: Report, show: Show): string[] {
  return [
    ...settings.slice(0, MOST_SETTINGS).map(({ name, value }) => `Not the default: ${show(name)} ${show(value)}`),
    ...(settings.length > MOST_SETTINGS ? [`Not the default: ${settings.length - MOST_SETTINGS} more settings`] : []),
    ...providers.map(({ resource, op, settings: given }) => {
      const shown = Object.entries(given).map(([key, value]) => `${show(key)} ${show(value)}`);
      return `Provider ${show(resource)} is ${CHANGES.get(op) ?? "changed"}: ${shown.join(", ") || "no settings"}`;
    }),
  ];
}

/** For an end that takes the place of another one on record, which nothing else refuses. */
export function replacement({ replaces, campaignId, campaignName }: Entry, kind: Kind, show: Show): string | undefined {
  if (!replaces) return undefined;
  const campaign = (id?: string, name?: string) =>
    [name, id].flatMap((text) => (text === undefined ? [] : [show(text)])).join(" ") || "a campaign that isn't known";
  const record = `Replaces the record of the end of ${campaign(replaces.campaignId, replaces.campaignName)}`;
  return kind === "irreversible" ? `${record}, and would end ${campaign(campaignId, campaignName)}` : record;
}

/** What a preview may leave out; undefined if it shows that it doesn't. */
export function pendingLine({ partsShown }: Report): string | undefined {
  return partsShown
    ? undefined
    : "Removals that an interrupted update left over are listed only if the preview ran with --show-replacement-steps.";
}

export function othersLine({ otherChanges }: Report): string | undefined {
  return otherChanges > 0 ? `${count(otherChanges, "other change")} in this stack, not listed here.` : undefined;
}

/** In place of a value that isn't there. */
export function missing(kind: Kind, { type }: Entry): string {
  return (kind === "reversible" || kind === "launches") && type === "Campaign" ? "new" : "not known";
}
