/** The statuses that Hood's pages name. */
export const knownStatuses = [
  "draft",
  "manual",
  "scheduled",
  "running",
  "paused",
  "canceled",
  "sent",
  "needs_decision",
] as const;

const [, ...afterDraft] = knownStatuses;

/** What leads where. Nothing else changes a status, except a test or a person in Hood's pages. */
const moves = {
  // By request. An edit keeps the status, unless it launches a draft.
  edit: { from: ["draft", "manual", "scheduled", "paused"], to: [] },
  launch: { from: ["draft"], to: afterDraft },
  pause: { from: ["scheduled", "running"], to: ["paused"] },
  resume: { from: ["paused"], to: ["scheduled", "running"] },
  cancel: { from: ["scheduled", "running", "paused"], to: ["canceled"] },
  "set-winner": { from: ["needs_decision"], to: ["running"] },
  // By time.
  start: { from: ["scheduled"], to: ["running"] },
  expire: { from: ["scheduled"], to: ["sent"] },
  finish: { from: ["running"], to: ["scheduled", "needs_decision", "sent"] },
} as const;

export type Move = keyof typeof moves;

/** Where a move can lead. */
export type End<M extends Move> = (typeof moves)[M]["to"][number];

/** Whether a move is possible from a status. */
export function startsFrom(move: Move, status: string): boolean {
  return (moves[move].from as readonly string[]).includes(status);
}

/** Whether a move can lead from one status to another. */
export function leads(move: Move, from: string, to: unknown): boolean {
  return startsFrom(move, from) && (moves[move].to as readonly unknown[]).includes(to);
}

/**
 * The status to which a move leads, with what follows from it: only a scheduled campaign has a next run, and one that
 * runs was launched.
 *
 * @example arrival<"cancel">("canceled")
 */
export function arrival<M extends Move>(status: End<M>, nextRun: string | null = null) {
  const next_run_time = status === "scheduled" ? nextRun : null;
  return status === "running" ? { status, next_run_time, was_launched: true } : { status, next_run_time };
}
