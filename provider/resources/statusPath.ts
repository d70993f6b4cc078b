import { explain, ImpossibleError, shownStatus } from "../errors";
import { hoodTime, momentOf } from "../hood/fields";
import type { Campaign, Observed } from "../hood/model";
import { newTurn } from "../hood/rateLimit/limiter";
import { isCanceled, isExplainedByTime, isKnownStatus, pathAround, pathBetween, type Step } from "../lifecycle";
import { firstLine, say } from "../text";
import type { Guards } from "./arguments";
import { cancelCampaign, decide, firstRead, readingFor } from "./cancel";
import { nameFailures, statusFailures } from "./guards";
import { type Failure, isKnown, type Planned } from "./resource";
import { describeNoTime, describePast, describeUnreachable } from "./statusMessages";
import { type Attempt, type Call, MOST_CALLS, UnknownEffectError, type Writing, write } from "./write";

/** What Hood shows for a pause whose reason nobody gave. */
const REASON = "Declared in a Pulumi program";

/** The status that a campaign is to have, and what guards and explains the calls that lead there. */
export interface Target extends Guards {
  readonly campaignId: string;
  readonly status: string;
  readonly reason?: string | undefined;
  /** ISO 8601, or as Hood writes it. */
  readonly scheduledTime?: string | undefined;
}

/** What a campaign needs to get to the desired status, and what speaks against it. */
export interface Path {
  /**
   * The calls that lead there, in their order; empty if it is there, or if it can't get there; undefined if they depend
   * on a value that only the update will know.
   */
  readonly steps: readonly Step[] | undefined;
  readonly failures: readonly Failure[];
}

export interface Converged {
  readonly campaign: Campaign;
  /** The status before anything was done. */
  readonly previousStatus: string;
}

/**
 * The path from the live campaign to the desired status.
 *
 * @param now the account's clock.
 * @param begun a call for this target has gone out that may have done its work: time may have moved the campaign on since.
 */
export function findPath(campaign: Campaign, target: Planned<Target>, now: number, begun = false): Path {
  const { status, expectedName, scheduledTime } = target;
  if (!isKnown(status)) return { steps: undefined, failures: nameFailures(campaign, expectedName) };
  if (isCanceled(status)) return pathToCanceled(campaign, target, status);
  const failures = [...nameFailures(campaign, expectedName), ...statusFailures(campaign)];
  if (failures.length > 0) return { steps: [], failures };
  const isThere = campaign.status === status;
  // Another time takes calls, the same one takes none.
  if (isThere && !isKnown(scheduledTime)) return { steps: undefined, failures: [] };
  const isMoved =
    status === "scheduled" && scheduledTime !== undefined && hoodTime(scheduledTime) !== campaign.scheduledTime;
  const steps = isThere && isMoved ? pathAround(status) : pathBetween(campaign.status, status);
  if (steps) return { steps, failures: timeFailures(campaign, scheduledTime, steps, now) };
  const isDone = begun && isExplainedByTime(status, campaign.status);
  return { steps: [], failures: isDone ? [] : [{ property: "status", reason: describeUnreachable(campaign, status) }] };
}

function pathToCanceled(campaign: Campaign, target: Planned<Target>, status: string): Path {
  const { failures } = decide(campaign, target);
  return { steps: failures.length > 0 ? [] : (pathBetween(campaign.status, status) ?? []), failures };
}

function timeFailures(
  campaign: Campaign,
  scheduledTime: Planned<Target>["scheduledTime"],
  steps: readonly Step[],
  now: number,
): Failure[] {
  const isNeeded = steps.some(({ to }) => to === "scheduled");
  if (!isNeeded || !isKnown(scheduledTime)) return [];
  if (scheduledTime === undefined) return [{ property: "scheduledTime", reason: describeNoTime(campaign) }];
  if (momentOf(scheduledTime) > now) return [];
  return [{ property: "scheduledTime", reason: describePast(hoodTime(scheduledTime) ?? scheduledTime) }];
}

/**
 * True if a campaign isn't, by what was last seen of it, where it was brought to, time alone doesn't explain that, and calls can bring it
 * back. A status that nobody documents says nothing, so nothing is done about it.
 */
export function hasDrifted(desired: unknown, current: unknown): boolean {
  return isElsewhere(String(desired), String(current)) && pathBetween(String(current), String(desired)) !== undefined;
}

/** True if a campaign left the status that it was brought to for one from which no call leads back. */
export function isOutOfReach(desired: string, current = ""): boolean {
  return !isCanceled(desired) && isElsewhere(desired, current) && pathBetween(current, desired) === undefined;
}

function isElsewhere(desired: string, current: string): boolean {
  return isKnownStatus(current) && !isExplainedByTime(desired, current);
}

/**
 * Brings a campaign to the desired status: observe, decide, act, verify, and again until it is there. Each step is chosen by
 * what was seen last, so a campaign that somebody else moves meanwhile isn't moved by an outdated path.
 *
 * @param sentBefore a call for this target has gone out in an earlier operation.
 * @throws UserError, HoodError if nothing was done; UnknownEffectError if something was, and it isn't known to have arrived.
 */
export async function converge(operation: Writing, target: Target, sentBefore: boolean): Promise<Converged> {
  const { status, reason = REASON } = target;
  if (isCanceled(status)) return cancelCampaign(operation, { ...target, reason }, { sent: sentBefore });
  const turn = newTurn();
  const renew = readingFor(operation.account(), target, turn);
  const first = await firstRead(operation.account(), target, { sent: sentBefore, renew });
  let progress: Progress = { campaign: first, sent: sentBefore, moved: false, calls: 0 };
  while (progress.calls < MOST_CALLS) {
    const next = await advance(operation, target, progress, { turn, renew });
    if (!next) return { campaign: progress.campaign, previousStatus: first.status };
    progress = next;
  }
  // Somebody else may be moving it just as busily.
  throw new UnknownEffectError(
    say`After ${MOST_CALLS} calls it still isn't there, but ${shownStatus(progress.campaign.status)}`,
  );
}

interface Progress {
  readonly campaign: Observed;
  /** A call has gone out whose effect isn't known. */
  readonly sent: boolean;
  /** A step has been taken. */
  readonly moved: boolean;
  /** So many have gone out. */
  readonly calls: number;
}

/** Takes the next step; undefined if none is left. Once something was done, no failure may read as if nothing was. */
async function advance(
  operation: Writing,
  target: Target,
  { campaign: seen, sent, moved, calls }: Progress,
  how: Pick<Attempt, "turn" | "renew">,
): Promise<Progress | undefined> {
  const begun = sent || moved;
  try {
    const { steps, failures } = findPath(seen, target, operation.account().time(), begun);
    if (failures[0]) throw new ImpossibleError(failures[0].reason, seen.status, failures[0].property);
    const step = steps?.[0];
    if (!step) return undefined;
    const last = calls + 1 === MOST_CALLS;
    const written = await write(operation, seen, callFor(step, target), { sent, last, ...how });
    const { accepted, campaign } = written;
    if (written.stale) return { campaign, sent, moved, calls };
    return { campaign, sent: written.sent && !accepted, moved: moved || accepted, calls: calls + 1 };
  } catch (error) {
    if (!begun || error instanceof UnknownEffectError) throw error;
    // What an earlier operation sent is in its state, and this one has sent nothing.
    if (calls === 0 && error instanceof ImpossibleError) throw error;
    // What comes after the first line says that nothing was done, or what to do then: neither is true here.
    throw new UnknownEffectError(firstLine(explain(error)));
  }
}

function callFor({ action, to }: Step, { reason = REASON, scheduledTime }: Target): Call {
  if (action !== "resume") return { action, to, body: { reason } };
  return {
    action,
    to,
    body: to === "scheduled" ? { scheduled_time: hoodTime(scheduledTime) } : { run_immediately: 1 },
  };
}
