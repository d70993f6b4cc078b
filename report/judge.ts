import { isDeepStrictEqual } from "node:util";
import { hoodTime } from "../provider/hood/fields";
import type { Properties } from "../provider/hosts/hosted";
import { isCancelable, isCanceled, isEditable, isKnownStatus, isTerminal, meaningOf } from "../provider/lifecycle";
import { argumentNames, campaignArguments } from "../provider/resources/campaign/args";
import { isDraft } from "../provider/resources/campaign/fields";
import { isDesired, isEdited, mayEnd } from "../provider/resources/campaignStatus";
import { hasDrifted } from "../provider/resources/statusPath";
import { type Message, say } from "../provider/text";
import { type HoodType, ownerOf } from "./owner";
import { holdsHidden, hoodType, SECRET, type Step, textOf } from "./preview";

/** What becomes of one Hood resource, and of its campaign. */
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
  /** What happens, or what is special about it. */
  readonly note?: Message;
  /** The cancellation in the state that this one takes the place of. */
  readonly replaces?: { readonly campaignId?: string; readonly campaignName?: string };
}

/**
 * The lists of a report that hold entries:
 * - `irreversible`: campaigns that would end for good. What isn't certain counts as an end.
 * - `launches`: campaigns that would start, at once or at a time, or at another one, or may do so.
 * - `reversible`: steps that neither end nor start a campaign: a pause, a draft, an edit.
 * - `removed`: resources that go, without an end for their campaign.
 * - `recorded`: resources of which only the state changes. Nothing is sent to Hood.
 */
export type ListName = "irreversible" | "launches" | "reversible" | "removed" | "recorded";

/** An entry, and the list that it belongs to; `unchanged` belongs to none. */
export interface Judgement {
  readonly list: ListName | "unchanged";
  readonly entry: Entry;
}

type Rule = (step: Step) => Judgement;

/** What the steps of the engine mean for one type of resource. */
interface Rules {
  readonly create: Rule;
  readonly update: Rule;
  readonly remove: Rule;
  /** True if a state is that of a cancellation, or may be. */
  isCancellation(state: Properties): boolean;
}

const rules = {
  CampaignCancellation: {
    create: (step) => endFrom(step, step.inputs.previousStatus, []),
    update: changedCancellation,
    remove: (step) => judged("removed", step, step.state, NOTHING_SENT),
    isCancellation: () => true,
  },
  CampaignStatus: {
    create: (step) => towards(step, step.inputs.previousStatus, step.inputs.plannedActions),
    update: changedStatus,
    remove: (step) => judged("removed", step, { ...step.state, status: step.state.currentStatus }, NOTHING_SENT),
    isCancellation: ({ status }) => mayEnd(status),
  },
  Campaign: {
    create: newCampaign,
    update: changedCampaign,
    remove: removedCampaign,
    isCancellation: () => false,
  },
} satisfies Record<HoodType, Rules>;

/** True for a step that may change something somewhere. */
export function isChange({ effect }: Step): boolean {
  return effect !== "nothing";
}

const RETYPED = say`The preview shows its old state under another type, so it counts as an end.`;

/**
 * What a step means for the campaigns of Hood: a replacement may mean two things. Nothing for what isn't Hood's; whatever isn't
 * known for certain to be less counts as an end.
 */
export function judge(step: Step): Judgement[] {
  const { effect, old, new: next, type } = step;
  const isRetyped = old?.type !== undefined && old.type !== type;
  if (effect === "replace" && (isRetyped || ownerOf(step).kind === "hood")) {
    // Of a replacement, only what both states say holds, whichever the engine goes by.
    const before = old && { ...old, retained: old.retained && next?.retained === true };
    const made = next?.external ? [] : judge({ ...step, effect: "create" });
    // That of a cancellation is one thing; any other one is two.
    const isOne = made.some(({ entry }) => entry.replaces);
    return isOne ? made : [...judge({ ...step, effect: "remove", old: before }), ...made];
  }
  if (!isRetyped) return judgeAs(step);
  // An alias can give a resource another type: what is removed is judged by its own type, what is made by the new one.
  const made = { ...step, old: undefined, state: {} };
  const removed = { ...step, type: old.type ?? type, new: undefined, inputs: {} };
  if (effect === "remove") return judgeAs(removed);
  if (effect === "create" || effect === "adopt") return judgeAs(made);
  if ([made, removed].every((part) => ownerOf(part).kind === "other")) return [];
  return [judged(isChange(step) ? "irreversible" : "unchanged", step, next ? step.inputs : step.state, RETYPED)];
}

function judgeAs(step: Step): Judgement[] {
  const { effect } = step;
  const owner = ownerOf(step);
  if (owner.kind === "other") return [];
  if (effect === "nothing") return [judged("unchanged", step, {})];
  if (owner.kind === "unclear" || effect === undefined || effect === "replace") {
    const why = owner.kind === "unclear" ? owner.why : say`This version of hood-plan doesn't know the engine's step`;
    return [judged("irreversible", step, step.new ? step.inputs : step.state, say`${why}, so it counts as an end.`)];
  }
  if (effect === "adopt") return [judged("recorded", step, step.inputs, say`Imported as it is. Nothing is sent.`)];
  const { [effect]: rule, isCancellation }: Rules = rules[owner.type];
  const { list, entry } = rule(step);
  if (effect !== "create" || !step.old || !isCancellation(step.state)) return [{ list, entry }];
  const { campaignId, campaignName } = judged(list, step, step.state).entry;
  return [{ list, entry: { ...entry, replaces: { campaignId, campaignName } } }];
}

/** An entry for a step, in its list. Values that aren't known are left out. */
function judged(list: Judgement["list"], step: Step, seen: Properties, note?: Message): Judgement {
  const { campaignId, campaignName, status, reason } = seen;
  const names = { resource: step.resource, type: hoodType(step.type) ?? step.type, urn: step.urn };
  const values = Object.entries({ campaignId, campaignName, status, reason, note });
  return { list, entry: { ...names, ...Object.fromEntries(values.filter(([, value]) => typeof value === "string")) } };
}

/** True unless an entry shows which campaign it means, and in which status: two hidden values say nothing about each other. */
export function isAnonymous({ campaignId, campaignName, status }: Entry): boolean {
  // A new campaign has no id yet.
  const identity = campaignId || campaignName;
  return identity === undefined || identity === SECRET || status === SECRET;
}

const NOTHING_SENT = say`Nothing is sent: the campaign stays as it is.`;
const STATE_ONLY = say`Only the state changes. Nothing is sent.`;
const ADOPTED = say`Canceled already. Nothing is sent.`;
const REOPENED = say`An earlier update was done with it, but a refresh found that the campaign goes on.`;
const UNDOCUMENTED = say`Nobody documents what the fields in extra do, so it counts as an end.`;
const SECRET_CHANGE = say`What changes is a secret.`;
const NOT_YET = say`Not cancelable now, but it can still become so, so it counts as an end.`;
const STATUS_NOT_SHOWN = say`The preview doesn't show its status, so it counts as an end.`;
const DESIRED_NOT_SHOWN = say`The preview doesn't show which status it is brought to, so it counts as an end.`;
const ID_NOT_SHOWN = say`Which campaign it is, only the update will know, so it counts as an end.`;
const UNFINISHED = say`It is unknown whether an earlier update canceled it; this one finishes it.`;
const HALF_WAY = say`An earlier update left it half-way; this one sends what is missing.`;

/**
 * A declared end: it is one, unless what the preview saw of the campaign says that nothing is left to end. What is in doubt counts.
 *
 * @param calls the planned ones; undefined if they aren't known.
 */
function endFrom(step: Step, from: unknown, calls: readonly unknown[] | undefined, note?: Message): Judgement {
  const as = (list: ListName, why?: Message) => judged(list, step, { ...step.inputs, status: from }, note ?? why);
  const status = textOf(from);
  const doubt = doubtOf(step.inputs.campaignId, status);
  if (doubt !== undefined || status === undefined) return as("irreversible", doubt);
  if (!isOver(status)) return as("irreversible", isKnownStatus(status) && !isCancelable(status) ? NOT_YET : undefined);
  if (calls?.length !== 0) return as("irreversible");
  return as("recorded", isCanceled(status) ? ADOPTED : say`Nothing left to cancel: it is ${meaningOf(status)}.`);
}

/** True for a status in which nothing can be ended any more. What takes edits can still be sent. */
function isOver(status: string): boolean {
  return isTerminal(status) && !isEditable(status);
}

/** Why the preview can't tell what becomes of a campaign; undefined if it can. */
function doubtOf(campaignId: unknown, status: string | undefined): Message | undefined {
  // The check has read a secret one too.
  if (typeof campaignId !== "string" || campaignId === "") return ID_NOT_SHOWN;
  return status === undefined ? STATUS_NOT_SHOWN : undefined;
}

const OUTCOMES = ["canceled", "alreadyCanceled", "notNeeded"];

/** An update acts only if the end isn't certain, or if a refresh found that there is something to end. */
function changedCancellation(step: Step): Judgement {
  const { status, outcome } = step.state;
  const as = (list: ListName, note: Message) => judged(list, step, { ...step.state, ...step.inputs, status }, note);
  const current = textOf(status);
  if (outcome === undefined) return as("irreversible", UNFINISHED);
  if (current === undefined || !OUTCOMES.some((one) => one === outcome)) return as("irreversible", STATUS_NOT_SHOWN);
  return isCancelable(current) ? as("irreversible", REOPENED) : as("recorded", STATE_ONLY);
}

/** An update takes steps only for an edited status, for one that the campaign has left, or to finish what was begun. */
function changedStatus(step: Step): Judgement {
  const { inputs, state, old } = step;
  const { previousStatus, plannedActions } = inputs;
  // What an unfinished update has sent may still arrive, so a campaign that needs no call now may need one then.
  const isOpen = old?.outputs?.currentStatus === undefined && isDeepStrictEqual(plannedActions, []);
  const actions = isOpen ? undefined : plannedActions;
  if (isEdited(state, inputs)) return towards(step, previousStatus, actions);
  // The path stays the one that was found for the new declaration, unless a refresh found another status, and left its mark.
  if (old && "currentStatus" in old.inputs) return towards(step, previousStatus, actions, REOPENED);
  const { currentStatus: from } = state;
  const current = textOf(from);
  const isShown = isDesired(inputs.status) && !holdsHidden([state.scheduledTime, inputs.scheduledTime]);
  if (current === undefined || !isShown || hasDrifted(state.status, current)) {
    return towards(step, from, undefined, from === undefined ? HALF_WAY : undefined);
  }
  if (isDeepStrictEqual(old?.inputs, inputs)) return towards(step, from, undefined, SECRET_CHANGE);
  return judged("recorded", step, { ...inputs, status: from }, STATE_ONLY);
}

/** @param actions the calls that lead to the declared status; anything but a list means that they aren't known. */
function towards(step: Step, from: unknown, actions: unknown, note?: Message): Judgement {
  const { campaignId, status: desired, scheduledTime } = step.inputs;
  const as = (list: ListName, why?: Message) => judged(list, step, { ...step.inputs, status: from }, note ?? why);
  const calls: readonly unknown[] | undefined = Array.isArray(actions) ? actions : undefined;
  const doubt = doubtOf(campaignId, textOf(from));
  // Whatever calls are planned, they can't be trusted to lead to a status that nobody has seen.
  if (!isDesired(desired)) return as("irreversible", doubt ?? DESIRED_NOT_SHOWN);
  if (isCanceled(desired)) return endFrom(step, from, calls, note);
  if (calls?.some((call) => call === "cancel" || holdsHidden(call))) return as("irreversible");
  const isThere = doubt === undefined && from === desired && !holdsHidden(scheduledTime);
  if (calls?.length === 0 && isThere) return as("recorded", say`It is ${desired} already. Nothing is sent.`);
  // Nothing but a resume leads to these two, and nothing but a pause to the third.
  const list = desired !== "paused" || calls?.includes("resume") ? "launches" : "reversible";
  const path = note ?? pathNote(calls, from, desired);
  const time = timeOf(scheduledTime);
  return judged(list, step, { ...step.inputs, status: from }, time ? say`${path} Scheduled for ${time}.` : path);
}

/** Undefined if no time is declared. */
function timeOf(scheduledTime: unknown): Message | undefined {
  if (!isSet(scheduledTime)) return undefined;
  const time = hoodTime(scheduledTime);
  return time === undefined ? say`a time that the preview doesn't show` : say`${time} GMT`;
}

/** "Pause, then resume: running to scheduled." Only words of our own get into a note. */
function pathNote(calls: readonly unknown[] | undefined, from: unknown, desired: string): Message {
  if (!calls || calls.length === 0) return say`To ${desired}; the steps aren't known yet.`;
  const words = calls.map((call) => (call === "pause" || call === "resume" ? call : "another step")).join(", then ");
  const before = typeof from === "string" && isKnownStatus(from) ? from : "another status";
  return say`${words.charAt(0).toUpperCase() + words.slice(1)}: ${before} to ${desired}.`;
}

/** Arguments whose edit changes what a campaign sends. Of any other one it counts as changing when people get that. */
const CONTENT: ReadonlySet<string> = new Set<keyof typeof campaignArguments>([
  ...(["name", "description", "labels", "metadata", "draft"] as const),
  ...(["abTest", "messages", "utmTracking", "targeting", "dealId"] as const),
]);

function newCampaign(step: Step): Judgement {
  const list = isDraft(step.inputs) || !startsByItself(step.inputs) ? "reversible" : "launches";
  return judged(list, step, named(step.inputs), say`New campaign: ${startOf(step.inputs)}.`);
}

function changedCampaign(step: Step): Judgement {
  const { inputs, state, old } = step;
  const as = (list: ListName, note: Message) => judged(list, step, named(state), note);
  const changed = argumentNames.filter((name) => !isDeepStrictEqual(state[name] ?? null, inputs[name] ?? null));
  const hidden = Object.keys(campaignArguments).filter((name) => holdsHidden([state[name], inputs[name]]));
  const touched = [...changed, ...hidden];
  const note = changed.length > 0 ? say`Changes ${changed.join(", ")}.` : SECRET_CHANGE;
  if (touched.includes("extra")) return as("irreversible", say`${UNDOCUMENTED} ${note}`);
  const mayBeDraft = isDraft(state) || state.status === "draft" || holdsHidden([state.draft, state.status]);
  if (!isDraft(inputs) && (mayBeDraft || !old?.outputs)) {
    return as("launches", say`Launches it, ${startOf(inputs)}. ${note}`);
  }
  if (hidden.length === 0 && changed.length > 0 && touched.every((name) => name === "deletionPolicy")) {
    const rest = inputs.deletionPolicy === "cancel" ? " From then on, removing the resource cancels the campaign." : "";
    return as("recorded", say`Only its deletionPolicy changes. Nothing is sent.${rest}`);
  }
  if (touched.every((name) => CONTENT.has(name) || name === "deletionPolicy")) return as("reversible", note);
  // What is declared as a draft may have been launched by somebody else.
  const when = isDraft(inputs) ? say`unless it is a draft still` : startOf(inputs);
  return as("launches", say`Changes when it is sent, ${when}. ${note}`);
}

/** What a removal does is up to the policy in the state. One that the preview doesn't show counts as an end. */
function removedCampaign(step: Step): Judgement {
  const { state, old } = step;
  const as = (list: ListName, note: Message) => judged(list, step, named(state), note);
  const { deletionPolicy: policy = old?.outputs ? "abandon" : undefined } = state;
  const isOver = typeof state.status === "string" && isCanceled(state.status);
  if (policy === "prevent" && !old?.retained) {
    return as("removed", say`The update rejects this removal: deletionPolicy is "prevent".`);
  }
  if (old?.retained || policy === "abandon" || isOver) return as("removed", NOTHING_SENT);
  const shown = policy === "cancel" ? `deletionPolicy is "cancel"` : "the preview doesn't show its deletionPolicy";
  return as("irreversible", say`Its resource is removed, and ${shown}.`);
}

/** A campaign's definition has a name, where the other resources have a campaignName. */
function named({ campaignId, name, status }: Properties): Properties {
  return { campaignId, campaignName: name, status };
}

/** True unless it is certain that nothing goes out before somebody sends it. */
function startsByItself({ runImmediately = false, scheduledTime, recurrence, extra }: Properties): boolean {
  return !(runImmediately === false || runImmediately === null) || [scheduledTime, recurrence, extra].some(isSet);
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function startOf(inputs: Properties): Message {
  const { draft = false, runImmediately, scheduledTime, recurrence } = inputs;
  if (isDraft(inputs)) return say`a draft, which sends nothing before it is launched`;
  const unless = draft === false ? say`` : say`, unless it turns out to be a draft`;
  const again = isSet(recurrence) ? say`, recurring` : say``;
  if (runImmediately === true) return say`starts at once${again}${unless}`;
  const time = timeOf(scheduledTime);
  if (time !== undefined) return say`starts ${isSet(hoodTime(scheduledTime)) ? "" : "at "}${time}${again}${unless}`;
  if (isSet(recurrence)) return say`runs again and again${unless}`;
  if (startsByItself({ ...inputs, extra: undefined })) return say`may start at once, which the preview doesn't show`;
  return isSet(inputs.extra)
    ? say`may start at once, by fields in extra that nobody documents`
    : say`sent by hand only`;
}
