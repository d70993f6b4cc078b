import { isDeepStrictEqual } from "node:util";
import { hoodTime } from "../provider/hood/time";
import type { Properties } from "../provider/hosts/hosted";
import { isCancelable, isCanceled, isKnownStatus, meaningOf } from "../provider/lifecycle";
import { campaignArguments } from "../provider/resources/campaign/arguments";
import { changedArguments, isDraft } from "../provider/resources/campaign/changes";
import { isDesired } from "../provider/resources/status/arguments";
import { hasDrifted } from "../provider/resources/status/plan";
import { isEdited } from "../provider/resources/status/preflight";
import { isUnknown } from "../provider/unknown";
import { ownerOf } from "./owner";
import { holdsHidden, hoodType, isHidden, type State, type Step, textOf } from "./preview";

/** What becomes of one Hood resource, and of the campaign that it stands for. */
export interface Entry {
  /** Name of the resource in the program. */
  readonly resource: string;
  /** Type of the resource, such as `"CampaignCancellation"`. */
  readonly type: string;
  readonly urn: string;
  /** Decimal digits, or `"[secret]"`; absent while it isn't known. */
  readonly campaignId?: string;
  /** Absent while it isn't known. */
  readonly campaignName?: string;
  /** Status of the campaign when it was last seen, as Hood calls it; absent while it isn't known. */
  readonly status?: string;
  /** Why, as the program says it. */
  readonly reason?: string;
  /** What happens, or what is special about it: plain words, without any foreign text. */
  readonly note?: string;
  /** The end on record that this one takes the place of. */
  readonly replaces?: { readonly campaignId?: string; readonly campaignName?: string };
}

/** The lists of a report that hold entries. */
export type Kind = "irreversible" | "launches" | "reversible" | "removed" | "recorded";

/** An entry, and the list that it belongs to; `unchanged` belongs to none. */
export interface Judgement {
  readonly kind: Kind | "unchanged";
  readonly entry: Entry;
}

/** Steps of the engine that send nothing to any provider, or only read. */
const IDLE = new Set([
  "same",
  "read",
  "read-replacement",
  "refresh",
  "diff",
  "discard",
  "discard-replaced",
  "remove-pending-replace",
]);

interface Rules {
  readonly create: (step: Step) => Judgement;
  readonly update: (step: Step) => Judgement;
  readonly remove: (step: Step) => Judgement;
}

const rules = new Map<string, Rules>([
  ["CampaignCancellation", { create: newCancellation, update: changedCancellation, remove: removedCancellation }],
  ["CampaignStatus", { create: newStatus, update: changedStatus, remove: removedStatus }],
  ["Campaign", { create: newDefinition, update: changedDefinition, remove: removedDefinition }],
]);

/**
 * What a step means for the campaigns of Hood: a replacement may mean two things. Nothing for what isn't Hood's; whatever isn't
 * known for certain to be less counts as an end.
 */
export function judge(step: Step): Judgement[] {
  const owner = ownerOf(step);
  if (owner.kind === "other") return [];
  if (IDLE.has(step.op)) return [{ kind: "unchanged", entry: entryOf(step, {}) }];
  if (owner.kind === "unclear") return [unclear(step, `${owner.why}, so it counts as an end.`)];
  const found = rules.get(owner.type);
  if (!found) return [unclear(step, "This version of hood-plan doesn't know its type, so it counts as an end.")];
  switch (step.op) {
    case "create":
      return [found.create(step)];
    case "create-replacement":
      return [replacing(step, found)];
    case "update":
      return [found.update(step)];
    case "delete":
    case "delete-replaced":
      return [found.remove(step)];
    case "replace":
      return replaced(step, found);
    case "import":
    case "import-replacement":
      return [
        { kind: "recorded", entry: entryOf(step, step.new?.inputs ?? {}, "Imported as it is, nothing is sent.") },
      ];
    default:
      return [unclear(step, "This version of hood-plan doesn't know the engine's step, so it counts as an end.")];
  }
}

function unclear(step: Step, note: string): Judgement {
  const inputs = step.new?.inputs ?? recordOf(step.old);
  return { kind: "irreversible", entry: entryOf(step, inputs, note) };
}

/** A replacement of a resource that stands for an end is one thing; any other one is two. */
function replaced(step: Step, found: Rules): Judgement[] {
  // Only what both say holds whichever the engine goes by.
  const retained = step.old?.retained === true && step.new?.retained === true;
  const removal = found.remove({ ...step, old: step.old && { ...step.old, retained } });
  if (step.new?.external) return [removal];
  return isEnd(step) ? [replacing(step, found)] : [removal, replacing(step, found)];
}

function replacing(step: Step, found: Rules): Judgement {
  const { kind, entry } = found.create(step);
  if (!isEnd(step)) return { kind, entry };
  const { campaignId, campaignName } = entryOf(step, recordOf(step.old));
  return { kind, entry: { ...entry, replaces: { campaignId, campaignName } } };
}

/** True if the state before stands for an end, or may do so. */
function isEnd({ type, old }: Step): boolean {
  if (!old) return false;
  if (hoodType(type) === "CampaignCancellation") return true;
  const { status } = recordOf(old);
  return hoodType(type) === "CampaignStatus" && (!isDesired(status) || isCanceled(String(status)));
}

/** What is recorded of a resource: its outputs, and its arguments if they tell no other. */
function recordOf(state: State | undefined): Properties {
  if (!state) return {};
  return { campaignId: state.id, ...state.inputs, ...state.outputs };
}

// What is said about an entry: plain words, without any text from outside.
const ADOPTED = "Ended already: adopted, nothing is sent.";
const NOTHING_SENT = "Nothing is sent: the campaign stays as it is.";
const RECORD_ONLY = "Only its record changes, nothing is sent.";
const REOPENED = "An earlier update was done with it, but a refresh found that it goes on.";
const SECRET_CHANGE = "What changes is a secret.";
const NOT_YET = "Not cancelable now, but it can still become so, so it counts as an end.";
/** For a status that only the update will know, or that is a secret. */
const WISH_NOT_SHOWN = "The preview doesn't show which status it is brought to, so it counts as an end.";
const STATUS_NOT_SHOWN = "The preview doesn't show its status, so it counts as an end.";

/** True for a status from which nothing can be ended any more. */
function isOver(status: string | undefined): status is string {
  return status !== undefined && (isCanceled(status) || status === "sent");
}

/** True for an id of which the engine knows in the preview already whose it is. */
function isSettled(campaignId: unknown): boolean {
  return typeof campaignId === "string" && !isUnknown(campaignId) && campaignId !== "";
}

/** Why an end is counted that the preview couldn't make sure of; undefined if it could. */
function uncertainty(campaignId: unknown, status: string | undefined): string | undefined {
  if (!isSettled(campaignId)) return "Which campaign it is, only the update will know, so it counts as an end.";
  return status === undefined ? STATUS_NOT_SHOWN : undefined;
}

/** A new declaration: the end of a campaign, unless what the preview saw of it says that nothing is left to end. */
function newCancellation(step: Step): Judgement {
  const { inputs = {} } = step.new ?? {};
  const status = textOf(inputs.previousStatus);
  const seen = { ...inputs, status: inputs.previousStatus };
  const doubt = uncertainty(inputs.campaignId, status);
  if (doubt === undefined && isOver(status)) {
    const note = isCanceled(status) ? ADOPTED : `Nothing left to cancel: it is ${meaningOf(status)}.`;
    return { kind: "recorded", entry: entryOf(step, seen, note) };
  }
  const later = status !== undefined && isKnownStatus(status) && !isCancelable(status);
  return { kind: "irreversible", entry: entryOf(step, seen, doubt ?? (later ? NOT_YET : undefined)) };
}

const OUTCOMES = ["canceled", "alreadyCanceled", "notNeeded"];

/** An update acts only if the end isn't certain, or if a refresh found that there is something to end. */
function changedCancellation(step: Step): Judgement {
  const record = recordOf(step.old);
  const seen = { ...record, ...step.new?.inputs, status: record.status };
  const end = (note: string): Judgement => ({ kind: "irreversible", entry: entryOf(step, seen, note) });
  const status = textOf(record.status);
  if (record.outcome === undefined)
    return end("Whether an earlier update cancelled it isn't certain; this one finishes it.");
  if (status === undefined || !OUTCOMES.includes(String(textOf(record.outcome)))) return end(STATUS_NOT_SHOWN);
  if (isCancelable(status)) return end(REOPENED);
  return { kind: "recorded", entry: entryOf(step, seen, RECORD_ONLY) };
}

function removedCancellation(step: Step): Judgement {
  return { kind: "removed", entry: entryOf(step, recordOf(step.old), NOTHING_SENT) };
}

function newStatus(step: Step): Judgement {
  const { previousStatus, plannedActions } = step.new?.inputs ?? {};
  return towards(step, { from: previousStatus, actions: plannedActions });
}

/** An update takes steps only for an edited wish, for one that isn't met any more, or to finish what was begun. */
function changedStatus(step: Step): Judgement {
  const record = recordOf(step.old);
  const { inputs: before = {} } = step.old ?? {};
  const { inputs = {} } = step.new ?? {};
  const { currentStatus: from } = record;
  // What was planned stays from when the wish was new, unless a refresh found another status, and left its mark.
  if (isEdited(record, inputs)) return newStatus(step);
  const { previousStatus, plannedActions } = inputs;
  if ("currentStatus" in before)
    return towards(step, { from: previousStatus, actions: plannedActions, note: REOPENED });
  const unfinished = from === undefined;
  const note = unfinished ? "An earlier update left it half-way; this one takes the steps that are left." : undefined;
  const current = textOf(from);
  const wishIsShown = isDesired(inputs.status) && !holdsHidden([record.scheduledTime, inputs.scheduledTime]);
  if (current === undefined || !wishIsShown || hasDrifted(record.status, current)) return towards(step, { from, note });
  if (isDeepStrictEqual(before, inputs)) return towards(step, { from, note: SECRET_CHANGE });
  return { kind: "recorded", entry: entryOf(step, { ...inputs, status: from }, RECORD_ONLY) };
}

function removedStatus(step: Step): Judgement {
  const record = recordOf(step.old);
  return { kind: "removed", entry: entryOf(step, { ...record, status: record.currentStatus }, NOTHING_SENT) };
}

interface Way {
  readonly from: unknown;
  /** The planned calls; anything but a list means that they aren't known. */
  readonly actions?: unknown;
  readonly note?: string;
}

function towards(step: Step, { from, actions, note }: Way): Judgement {
  const { inputs = {} } = step.new ?? {};
  const current = textOf(from);
  const as = (kind: Kind, why?: string): Judgement => ({
    kind,
    entry: entryOf(step, { ...inputs, status: from }, note ?? why),
  });
  const doubt = uncertainty(inputs.campaignId, current);
  // Whatever calls are planned, they can't be trusted to lead to a status that nobody has seen.
  if (!isDesired(inputs.status)) return as("irreversible", doubt ?? WISH_NOT_SHOWN);
  const wish = String(inputs.status);
  if (isCanceled(wish)) {
    if (Array.isArray(actions) && actions.length > 0) return as("irreversible");
    if (doubt !== undefined || !Array.isArray(actions)) return as("irreversible", doubt);
    return isOver(current) ? as("recorded", nothingToDo(wish, current)) : as("irreversible", NOT_YET);
  }
  // Nothing but a resume leads to these two, and nothing but a pause to the third.
  const moves = wish === "paused" ? "reversible" : "launches";
  if (!Array.isArray(actions)) return as(moves, `To ${wish}; the steps aren't known yet.`);
  if (actions.some((action) => action === "cancel" || holdsHidden(action))) return as("irreversible");
  const there = doubt === undefined && current === wish && !holdsHidden(inputs.scheduledTime);
  if (actions.length === 0 && there) return as("recorded", nothingToDo(wish, current));
  const kind = actions.includes("resume") ? "launches" : moves;
  if (actions.length === 0) return as(kind, `To ${wish}; the steps aren't known yet.`);
  return as(kind, `${callsOf(actions)}: ${knownOr(from)} to ${knownOr(wish)}.`);
}

function nothingToDo(wish: string, from: string): string {
  if (isCanceled(from)) return ADOPTED;
  if (isCanceled(wish)) return `Nothing left to cancel: it is ${meaningOf(from)}.`;
  return `It is ${knownOr(from)} already, nothing is sent.`;
}

/** "Pause, then resume". Only words of our own get into a note. */
function callsOf(actions: readonly unknown[]): string {
  const words = actions.map((action) => (action === "pause" || action === "resume" ? action : "another step"));
  const calls = words.join(", then ");
  return calls.charAt(0).toUpperCase() + calls.slice(1);
}

function knownOr(status: unknown): string {
  return isKnownStatus(String(status)) ? String(status) : "another status";
}

function newDefinition(step: Step): Judgement {
  const { inputs = {} } = step.new ?? {};
  const kind = mayStart(inputs) ? "launches" : "reversible";
  return { kind, entry: entryOf(step, named(inputs), `New campaign: ${startOf(inputs)}.`) };
}

/** What decides when a campaign is sent. */
const STARTS = ["runImmediately", "scheduledTime", "recurrence"];

function changedDefinition(step: Step): Judgement {
  const record = recordOf(step.old);
  const { inputs = {} } = step.new ?? {};
  const seen = named(record);
  const changed = changedArguments(record, inputs);
  const hidden = holdsHidden([campaignArguments.pick(record), campaignArguments.pick(inputs)]);
  if (changed.length === 1 && changed[0] === "deletionPolicy" && !hidden) {
    return { kind: "recorded", entry: entryOf(step, seen, policyNote(inputs.deletionPolicy)) };
  }
  const note = changed.length > 0 ? `Changes ${changed.join(", ")}.` : SECRET_CHANGE;
  const whole = step.old?.outputs !== undefined;
  if (!isDraft(inputs) && (isDraft(record) || holdsHidden(record.draft) || !whole)) {
    return { kind: "launches", entry: entryOf(step, seen, `Launches it, ${startOf(inputs)}. ${note}`) };
  }
  const moved = STARTS.some((name) => changed.includes(name) || holdsHidden([record[name], inputs[name]]));
  // What is declared as a draft may have been launched by somebody else.
  if (moved) {
    const when = isDraft(inputs) ? "unless it is a draft still" : startOf(inputs);
    return { kind: "launches", entry: entryOf(step, seen, `Changes when it is sent, ${when}. ${note}`) };
  }
  return { kind: "reversible", entry: entryOf(step, seen, note) };
}

/** What a removal does is up to the policy on record. One that the preview doesn't show counts as an end. */
function removedDefinition(step: Step): Judgement {
  const { outputs, retained } = step.old ?? {};
  const record = recordOf(step.old);
  const seen = named(record);
  const as = (kind: Kind, note: string): Judgement => ({ kind, entry: entryOf(step, seen, note) });
  if (retained) return as("removed", NOTHING_SENT);
  const { deletionPolicy: policy = outputs ? "abandon" : "not shown" } = record;
  if (policy === "prevent") return as("removed", 'The update refuses this removal: deletionPolicy is "prevent".');
  const status = textOf(record.status);
  if (policy === "abandon" || (status !== undefined && isCanceled(status))) return as("removed", NOTHING_SENT);
  const shown = policy === "cancel" ? 'deletionPolicy is "cancel"' : "the preview doesn't show its deletionPolicy";
  return as("irreversible", `Its resource is removed, and ${shown}.`);
}

/** A campaign's definition has a name, where the other resources have a campaignName. */
function named({ campaignId, name, status }: Properties): Properties {
  return { campaignId, campaignName: name, status };
}

/** True unless it is certain that nothing goes out before somebody sends it. */
function mayStart(inputs: Properties): boolean {
  const { runImmediately, scheduledTime, recurrence } = inputs;
  if (isDraft(inputs)) return false;
  const unset = (value: unknown) => value === undefined || value === null;
  const byHand = (unset(runImmediately) || runImmediately === false) && unset(scheduledTime) && unset(recurrence);
  return !byHand;
}

function startOf(inputs: Properties): string {
  const { runImmediately, scheduledTime, recurrence } = inputs;
  if (isDraft(inputs)) return "a draft, which sends nothing before it is launched";
  const unless = inputs.draft === undefined || inputs.draft === false ? "" : ", unless it turns out to be a draft";
  if (runImmediately === true) return `starts at once${unless}`;
  const time = hoodTime(scheduledTime);
  if (time !== undefined) return `starts ${time} GMT${unless}`;
  if (scheduledTime !== undefined && scheduledTime !== null) return "starts at a time that the preview doesn't show";
  if (recurrence !== undefined && recurrence !== null) return `runs again and again${unless}`;
  return mayStart(inputs) ? "may start at once, which the preview doesn't show" : "sent by hand only";
}

function policyNote(policy: unknown): string {
  const ends = policy === "cancel" ? " From then on, removing the resource ends the campaign." : "";
  return `Only its deletionPolicy changes, nothing is sent.${ends}`;
}

/** An entry for a step. Values that aren't known are left out. */
function entryOf(step: Step, seen: Properties, note?: string): Entry {
  const names = { resource: step.resource, type: hoodType(step.type) ?? step.type, urn: step.urn };
  const { campaignId, campaignName, status, reason } = seen;
  const known = Object.entries({ campaignId, campaignName, status, reason, note }).filter(
    ([, value]) => typeof value === "string" && !isUnknown(value),
  );
  return { ...names, ...Object.fromEntries(known) };
}

/** True for an entry of which neither id nor name is shown: nobody can tell whether another report means the same campaign. */
export function isAnonymous({ campaignId, campaignName }: Entry): boolean {
  return [campaignId, campaignName].every((value) => value === undefined || isHidden(value));
}
