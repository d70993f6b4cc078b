/** The statuses that Hood's pages name. */
export const statuses = [
  "draft",
  "manual",
  "scheduled",
  "running",
  "paused",
  "canceled",
  "sent",
  "needs_decision",
] as const;

/** From which statuses a request is possible. Anything else changes a status only by time, or by a person in Hood's pages. */
export const startsFrom = {
  edit: ["draft", "manual", "scheduled", "paused"],
  pause: ["scheduled", "running"],
  resume: ["paused"],
  cancel: ["scheduled", "running", "paused"],
} as const satisfies Record<string, readonly (typeof statuses)[number][]>;

const launched = new Set(["running", "paused", "sent", "needs_decision"]);

/** Whether a campaign with this status has ever been running. */
export function wasLaunched(status: string): boolean {
  return launched.has(status);
}

/** A status with what follows from it: only a scheduled campaign has a next run, and one that runs was launched. */
export function arrival(status: string, nextRun: string | null = null) {
  const next_run_time = status === "scheduled" ? nextRun : null;
  return status === "running" ? { status, next_run_time, was_launched: true } : { status, next_run_time };
}
