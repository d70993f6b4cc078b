import { isDeepStrictEqual } from "node:util";
import { changedArguments, isDraft } from "../provider/campaign/changes";
import type { Properties } from "../provider/context";
import { hoodTime } from "../provider/hood/time";
import { isCancelable, isFinal, isKnownStatus, meaningOf } from "../provider/lifecycle";
import { isWish, mayEnd } from "../provider/status/arguments";
import { hasDrifted } from "../provider/status/plan";
import { isEdited } from "../provider/status/preflight";
import { isUnknown } from "../provider/unknown";
import { hoodType, isHidden, type Step } from "./preview";

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
}

/** The lists of a report that hold entries. */
export type Kind = "irreversible" | "reversible" | "removed" | "recorded";

/** An entry, and the list that it belongs to. */
export interface Judgement {
  readonly kind: Kind;
  readonly entry: Entry;
}

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

/** What a step means for the campaigns of Hood: a replacement means two things. Only for Hood's resources. */
export function judge(step: Step): Judgement[] {
  const found = rules.get(hoodType(step.type) ?? "");
  if (!found) return [unclear(step, "This version of hood-plan doesn't know its type, so it counts as an end.")];
  switch (step.op) {
    case "create":
    case "create-replacement":
      return [found.create(step)];
    case "update":
      return [found.update(step)];
    case "delete":
    case "delete-replaced":
      return [found.remove(step)];
    case "replace":
      return [found.remove(step), found.create(step)];
    case "import":
    case "import-replacement":
      return [{ kind: "recorded", entry: entryOf(step, step.inputs, "Imported as it is, nothing is sent.") }];
    default:
      return [unclear(step, "This version of hood-plan doesn't know the engine's step, so it counts as an end.")];
  }
}

function unclear(step: Step, note: string): Judgement {
  return { kind: "irreversible", entry: entryOf(step, step.inputs, note) };
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

/** True for a campaign that nothing can end any more. */
function isOver(status: string): boolean {
  return isFinal(status) || status === "sent";
}

/** Why an end is counted that the preview couldn't make sure of; undefined where it could. */
function uncertainty({ campaignId, status }: Properties): string | undefined {
  if (campaignId === undefined || isUnknown(campaignId)) {
    return "Which campaign it is, only the update will know, so it counts as an end.";
  }
  if (status === undefined || isHidden(status)) return "The preview doesn't show its status, so it counts as an end.";
  return undefined;
}

/** A new declaration: the end of a campaign, unless what the preview saw of it says that nothing is left to end. */
function newCancellation(step: Step): Judgement {
  const { previousStatus } = step.inputs;
  const seen = { ...step.inputs, status: previousStatus };
  const status = String(previousStatus);
  if (isFinal(status)) return { kind: "recorded", entry: entryOf(step, seen, ADOPTED) };
  if (isOver(status)) {
    return { kind: "recorded", entry: entryOf(step, seen, `Nothing left to cancel: it is ${meaningOf(status)}.`) };
  }
  if (isKnownStatus(status) && !isCancelable(status))
    return { kind: "irreversible", entry: entryOf(step, seen, NOT_YET) };
  return { kind: "irreversible", entry: entryOf(step, seen, uncertainty(seen)) };
}

/** An update acts only where the end isn't certain, or where a refresh found that there is something to end. */
function changedCancellation(step: Step): Judgement {
  const record: Properties = step.old?.record ?? {};
  const seen = { ...record, ...step.inputs, status: record.status };
  const { outcome, status } = record;
  if (outcome === undefined) {
    const note = "Whether an earlier update cancelled it isn't certain; this one finishes it.";
    return { kind: "irreversible", entry: entryOf(step, seen, note) };
  }
  if (isCancelable(String(status))) {
    return { kind: "irreversible", entry: entryOf(step, seen, REOPENED) };
  }
  if (isHidden(status)) return { kind: "irreversible", entry: entryOf(step, seen, uncertainty(seen)) };
  return { kind: "recorded", entry: entryOf(step, seen, RECORD_ONLY) };
}

function removedCancellation(step: Step): Judgement {
  return { kind: "removed", entry: entryOf(step, step.old?.record ?? {}, NOTHING_SENT) };
}

function newStatus(step: Step): Judgement {
  const { previousStatus, plannedActions } = step.inputs;
  return towards(step, { from: previousStatus, actions: plannedActions });
}

/** An update takes steps only for an edited wish, for one that isn't met any more, or to finish what was begun. */
function changedStatus(step: Step): Judgement {
  const { record = {}, inputs: before = {} } = step.old ?? {};
  const { currentStatus: from } = record;
  const edited = isEdited(record, step.inputs);
  // What was planned stays from when the wish was new, unless a refresh found another status, and left its mark.
  if (edited) return newStatus(step);
  const { previousStatus, plannedActions } = step.inputs;
  if ("currentStatus" in before)
    return towards(step, { from: previousStatus, actions: plannedActions, note: REOPENED });
  const unfinished = from === undefined;
  const note = unfinished ? "An earlier update left it half-way; this one takes the steps that are left." : undefined;
  if (unfinished || hasDrifted(record.status, from)) return towards(step, { from, note });
  const { status } = step.inputs;
  if (mayEnd(status) && (!isWish(status) || isHidden(from))) return towards(step, { from });
  if (isDeepStrictEqual(before, step.inputs)) return towards(step, { from, note: SECRET_CHANGE });
  return { kind: "recorded", entry: entryOf(step, { ...step.inputs, status: from }, RECORD_ONLY) };
}

function removedStatus(step: Step): Judgement {
  const record: Properties = step.old?.record ?? {};
  return { kind: "removed", entry: entryOf(step, { ...record, status: record.currentStatus }, NOTHING_SENT) };
}

interface Way {
  readonly from: unknown;
  /** The planned calls; anything but a list means that they aren't known. */
  readonly actions?: unknown;
  readonly note?: string;
}

function towards(step: Step, { from, actions, note }: Way): Judgement {
  const seen = { ...step.inputs, status: from };
  const end = (why?: string): Judgement => ({ kind: "irreversible", entry: entryOf(step, seen, note ?? why) });
  // Whatever calls are planned, they can't be trusted to lead to a status that nobody has seen.
  if (!isWish(step.inputs.status)) return end(uncertainty(seen) ?? WISH_NOT_SHOWN);
  const wish = String(step.inputs.status);
  if (!Array.isArray(actions)) {
    if (isFinal(wish)) return end(uncertainty(seen));
    return { kind: "reversible", entry: entryOf(step, seen, note ?? `To ${wish}; the steps aren't known yet.`) };
  }
  if (actions.includes("cancel") || (isFinal(wish) && actions.length > 0)) return end();
  if (isFinal(wish) && !isOver(String(from))) return end(NOT_YET);
  if (actions.length === 0) return { kind: "recorded", entry: entryOf(step, seen, nothingToDo(wish, String(from))) };
  return {
    kind: "reversible",
    entry: entryOf(step, seen, `${callsOf(actions)}: ${knownOr(from)} to ${knownOr(wish)}.`),
  };
}

function nothingToDo(wish: string, from: string): string {
  if (isFinal(from)) return ADOPTED;
  if (isFinal(wish)) return `Nothing left to cancel: it is ${meaningOf(from)}.`;
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
  return { kind: "reversible", entry: entryOf(step, named(step.inputs), `New campaign: ${startOf(step.inputs)}.`) };
}

function changedDefinition(step: Step): Judgement {
  const record: Properties = step.old?.record ?? {};
  const seen = named(record);
  const changed = changedArguments(record, step.inputs);
  if (changed.length === 1 && changed[0] === "deletionPolicy") {
    return { kind: "recorded", entry: entryOf(step, seen, policyNote(step.inputs.deletionPolicy)) };
  }
  const launches = isDraft(record) && !isDraft(step.inputs) ? `Launches it, ${startOf(step.inputs)}. ` : "";
  const note = changed.length > 0 ? `${launches}Changes ${changed.join(", ")}.` : SECRET_CHANGE;
  return { kind: "reversible", entry: entryOf(step, seen, note) };
}

/** What a removal does is up to the policy on record. One that the preview doesn't show counts as an end. */
function removedDefinition(step: Step): Judgement {
  const { record, retained = false } = step.old ?? {};
  const seen = named(record ?? {});
  const { deletionPolicy: policy = "abandon", status } = record ?? { deletionPolicy: "not shown" };
  if (policy === "prevent" && !retained) {
    const note = 'The update refuses this removal: deletionPolicy is "prevent".';
    return { kind: "removed", entry: entryOf(step, seen, note) };
  }
  if (retained || policy === "abandon" || isFinal(String(status))) {
    return { kind: "removed", entry: entryOf(step, seen, NOTHING_SENT) };
  }
  const shown = policy === "cancel" ? 'deletionPolicy is "cancel"' : "the preview doesn't show its deletionPolicy";
  return { kind: "irreversible", entry: entryOf(step, seen, `Its resource is removed, and ${shown}.`) };
}

/** A campaign's definition has a name, where the other resources have a campaignName. */
function named({ campaignId, name, status }: Properties): Properties {
  return { campaignId, campaignName: name, status };
}

function startOf(inputs: Properties): string {
  const { runImmediately, scheduledTime, recurrence } = inputs;
  if (isDraft(inputs)) return "a draft, which sends nothing before it is launched";
  if (runImmediately === true) return "starts at once";
  const time = hoodTime(scheduledTime);
  if (time !== undefined) return `starts ${time} GMT`;
  if (scheduledTime !== undefined) return "starts at a time that the preview doesn't show";
  return recurrence === undefined ? "sent by hand only" : "runs again and again";
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
