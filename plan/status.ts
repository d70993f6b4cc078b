import { isDeepStrictEqual } from "node:util";
import type { Properties } from "../provider/context";
import { isFinal, isKnownStatus, meaningOf } from "../provider/lifecycle";
import { isWish, mayEnd } from "../provider/status/arguments";
import { hasDrifted } from "../provider/status/plan";
import { isEdited } from "../provider/status/preflight";
import {
  ADOPTED,
  isOver,
  NOT_YET,
  NOTHING_SENT,
  RECORD_ONLY,
  REOPENED,
  SECRET_CHANGE,
  uncertainty,
  WISH_NOT_SHOWN,
} from "./notes";
import type { Verdict } from "./report";
import { entryOf, isHidden, type Step } from "./step";

export function newStatus(step: Step): Verdict {
  const { previousStatus, plannedActions } = step.inputs;
  return towards(step, { from: previousStatus, actions: plannedActions });
}

/** An update takes steps only for an edited wish, for one that isn't met any more, or to finish what was begun. */
export function changedStatus(step: Step): Verdict {
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

export function removedStatus(step: Step): Verdict {
  const record: Properties = step.old?.record ?? {};
  return { kind: "removed", entry: entryOf(step, { ...record, status: record.currentStatus }, NOTHING_SENT) };
}

interface Way {
  readonly from: unknown;
  /** The planned calls; anything but a list means that they aren't known. */
  readonly actions?: unknown;
  readonly note?: string;
}

function towards(step: Step, { from, actions, note }: Way): Verdict {
  const seen = { ...step.inputs, status: from };
  const end = (why?: string): Verdict => ({ kind: "irreversible", entry: entryOf(step, seen, note ?? why) });
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
