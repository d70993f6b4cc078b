import type { Action } from "./hood/endpoints";

/**
 * The life of a campaign: its statuses, and the one table of what leads from each to the next. No other file knows what
 * leads where, what can't be undone, or what can't be edited.
 *
 * The set of statuses is open: Hood may add one. One that isn't listed is never taken for cancelable, and never for ended.
 *
 * doctor/assumptions.ts: statuses, life
 *
 * API pages: docs.ocamba.com/api/hood/v1.0/reference/create-campaigns-by_id-cancel, -pause, -resume, update-campaigns-by_id
 */
interface Meaning {
  /** What the status means, as the continuation of "it is …". */
  readonly meaning: string;
  /** Hood takes edits in this status. */
  readonly editable?: true;
  /** A cancel call led here, and nothing else can have: nothing ever leaves it. */
  readonly canceled?: true;
}

const documented = {
  draft: { meaning: "a draft that was never launched", editable: true },
  manual: { meaning: "sent by hand only, so Hood has no run to end", editable: true },
  scheduled: { meaning: "waiting for its time", editable: true },
  running: { meaning: "being delivered" },
  paused: { meaning: "suspended", editable: true },
  canceled: { meaning: "canceled for good", canceled: true },
  sent: { meaning: "delivered already, so there is nothing left to stop" },
  needs_decision: { meaning: "waiting for someone to choose its A/B winner" },
} as const satisfies Record<string, Meaning>;
type Status = keyof typeof documented;
const meanings: ReadonlyMap<string, Meaning> = new Map(Object.entries(documented));

export interface Transition {
  readonly from: Status;
  /**
   * - an {@link Action}, which a resource may take;
   * - `launch`: an edit takes a draft's draft mark away;
   * - `send`, `set-winner`: a person does it by hand;
   * - `time`: it happens by itself.
   */
  readonly by: Action | "launch" | "send" | "set-winner" | "time";
  readonly to: Status;
}

/** Every transition from one status to the next. `resume` leads to `running` at once, or to `scheduled` with a time. */
export const transitions: readonly Transition[] = [
  { from: "draft", by: "launch", to: "running" },
  { from: "draft", by: "launch", to: "scheduled" },
  { from: "draft", by: "launch", to: "manual" },
  { from: "manual", by: "send", to: "running" },
  { from: "scheduled", by: "pause", to: "paused" },
  { from: "running", by: "pause", to: "paused" },
  { from: "paused", by: "resume", to: "running" },
  { from: "paused", by: "resume", to: "scheduled" },
  { from: "scheduled", by: "cancel", to: "canceled" },
  { from: "running", by: "cancel", to: "canceled" },
  { from: "paused", by: "cancel", to: "canceled" },
  { from: "scheduled", by: "time", to: "running" },
  { from: "running", by: "time", to: "sent" },
  { from: "running", by: "time", to: "scheduled" },
  { from: "running", by: "time", to: "needs_decision" },
  { from: "needs_decision", by: "set-winner", to: "running" },
];

/** One step of a path: a call, and the status that it leads to. */
export interface Step {
  readonly action: Action;
  readonly to: string;
}

/** True if Hood accepts the cancel call. An unknown status is not cancelable. */
export function isCancelable(status: string): boolean {
  return accepts(status, "cancel");
}

/** True if Hood accepts a call. An unknown status accepts none. */
export function accepts(status: string, action: Action): boolean {
  return transitions.some(({ from, by }) => from === status && by === action);
}

/** True for a campaign that was canceled: by a cancel call, and for good. */
export function isCanceled(status: string): boolean {
  return meanings.get(status)?.canceled ?? false;
}

/** True for a documented status that nothing leaves, neither a call nor time nor a person. */
export function isTerminal(status: string): boolean {
  return meanings.has(status) && transitions.every(({ from }) => from !== status);
}

export function isEditable(status: string): boolean {
  return meanings.get(status)?.editable ?? false;
}

/** The status in the state of a campaign that Hood no longer shows, or that isn't known to be canceled yet. No status of Hood's. */
export const UNKNOWN_STATUS = "unknown";

export function isKnownStatus(status: string): boolean {
  return meanings.has(status);
}

/** Every status that Hood documents, in the order of a campaign's life. */
export const knownStatuses: readonly string[] = [...meanings.keys()];

/** What a status means, as the continuation of "it is …". */
export function meaningOf(status: string): string {
  return meanings.get(status)?.meaning ?? "in a status that this version of pulumi-ocamba-hood doesn't know";
}

/** Statuses from which Hood accepts the cancel call, in the order of a campaign's life. */
export const cancelableStatuses: readonly string[] = knownStatuses.filter(isCancelable);

/** The shortest path of calls from one status to another; empty if they are the same, undefined if there is none. */
export function pathBetween(from: string, to: string): readonly Step[] | undefined {
  const paths = new Map<string, readonly Step[]>([[from, []]]);
  // A map is walked in the order of insertion, those that are added meanwhile included: the nearest come first.
  for (const [reached, path] of paths) {
    if (reached === to) return path;
    for (const step of stepsFrom(reached)) {
      if (!paths.has(step.to)) paths.set(step.to, [...path, step]);
    }
  }
  return undefined;
}

/** A path of calls that leaves a status and comes back to it, as a new time to start needs; undefined if there is none. */
export function pathAround(status: string): readonly Step[] | undefined {
  for (const step of stepsFrom(status)) {
    const back = pathBetween(step.to, status);
    if (back) return [step, ...back];
  }
  return undefined;
}

/** Every other status that calls can lead to, in the order of a campaign's life. */
export function reachableFrom(status: string): string[] {
  return knownStatuses.filter((to) => to !== status && pathBetween(status, to) !== undefined);
}

/** True if a campaign that was brought to the desired status may be in this one by now without anybody's doing. */
export function isExplainedByTime(desired: string, status: string): boolean {
  const reached = new Set([desired]);
  for (const from of reached) {
    for (const { by, to } of transitions.filter((transition) => transition.from === from)) {
      if (by === "time" || by === "set-winner") reached.add(to);
    }
  }
  return reached.has(status);
}

function stepsFrom(status: string): Step[] {
  return transitions.flatMap(({ from, by, to }) => (from === status && isAction(by) ? [{ action: by, to }] : []));
}

function isAction(by: Transition["by"]): by is Action {
  return by === "pause" || by === "resume" || by === "cancel";
}
