import { explain, ImpossibleError, labelOf, shownStatus } from "../errors";
import { hoodTime, momentOf } from "../hood/fields";
import type { Campaign, Observed } from "../hood/model";
import { newTurn } from "../hood/rateLimit/limiter";
import {
  isCanceled,
  isExplainedByTime,
  isKnownStatus,
  isTerminal,
  meaningOf,
  pathAround,
  pathBetween,
  type Step,
  UNKNOWN_STATUS,
} from "../lifecycle";
import { firstLine, lines, type Message, oneLine, quoted, say, sentence } from "../text";
import type { Guards } from "./arguments";
import { cancelCampaign, decide, describeNoReturn, firstRead, readingFor } from "./cancel";
import { nameFailures, statusFailures } from "./guards";
import { certain, readMade } from "./observe";
import { type Failure, isKnown, type Planned } from "./resource";
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
  // Another time takes calls, the same one takes none.
  const isTimed = status === "scheduled" && campaign.status === status && scheduledTime !== undefined;
  if (isTimed && !isKnown(scheduledTime)) return { steps: undefined, failures: [] };
  const isMoved = isTimed && hoodTime(scheduledTime) !== campaign.scheduledTime;
  const steps = isMoved ? pathAround(status) : pathBetween(campaign.status, status);
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
export function isOutOfReach(desired: string, current = UNKNOWN_STATUS): boolean {
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
  const first = await readMade(operation, target.campaignId, () =>
    firstRead(operation.account(), target, { sent: sentBefore, renew }),
  );
  let progress: Progress = { campaign: first, sent: sentBefore, moved: false, calls: 0 };
  while (progress.calls < MOST_CALLS) {
    const next = await advance(operation, target, progress, { turn, renew });
    if (!next) return { campaign: progress.campaign, previousStatus: first.status };
    progress = next;
  }
  // Somebody else may be moving it just as busily.
  throw new UnknownEffectError(say`After ${MOST_CALLS} calls it is still ${shownStatus(progress.campaign.status)}`);
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
  { campaign: before, sent, moved, calls }: Progress,
  how: Pick<Attempt, "turn" | "renew">,
): Promise<Progress | undefined> {
  const begun = sent || moved;
  try {
    const account = operation.account();
    const next = (campaign: Campaign) => {
      const { steps, failures } = findPath(campaign, target, account.time(), begun);
      return { step: steps?.[0], failure: failures[0] };
    };
    const isDue = (campaign: Campaign) => next(campaign).step !== undefined;
    const seen = await certain(operation, before, isDue, () => account.get(before.id));
    const { step, failure } = next(seen);
    if (failure) throw new ImpossibleError(failure.reason, seen.status, failure.property);
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

// What a CampaignStatus says: of a path that can't be taken, of an edit that can't be made, and of what an update would do.

function describeUnreachable(campaign: Campaign, desired: string): Message {
  const { id, name, status } = campaign;
  if (isCanceled(status)) return describeNoReturn(labelOf(id, name), desired);
  const who = isTerminal(status) ? "No action" : "No call of this resource";
  return lines(
    say`Campaign ${id} ${quoted(name)} can't become ${quoted(desired)}: its status is ${quoted(status)}, it is ${meaningOf(status)}.`,
    say`${who} can change this status: remove the resource, which sends nothing.`,
  );
}

function describeNoTime({ id, name, status }: Campaign): Message {
  return say`scheduledTime is missing: campaign ${id} ${quoted(name)} is ${shownStatus(status)}, and needs a time to be scheduled for, such as "2026-12-01T09:00:00Z".`;
}

export function describePast(time: string): Message {
  return say`scheduledTime ${time} (GMT) has passed: give a time in the future.`;
}

/** @param permanent this resource canceled the campaign. */
export function describeOtherCampaign(campaign: Message, id: string, wanted: string, permanent: boolean): Message {
  const other = oneLine(wanted);
  const stands = permanent
    ? say`Cancellation is permanent: this resource canceled ${campaign} and can't be changed to campaign ${other}.`
    : say`This resource manages the status of ${campaign} and can't be changed to campaign ${other}.`;
  return lines(
    stands,
    say`Declare another CampaignStatus for campaign ${other}, and put campaignId: ${quoted(id)} back here or remove this resource: nothing is sent then.`,
  );
}

/** For an import, which records what is there, and never acts. */
export function describeNotImportable({ id, name, status }: Campaign): Message {
  return lines(
    say`Campaign ${id} ${quoted(name)} can't be imported as a CampaignStatus: its status is ${quoted(status)}, it is ${meaningOf(status)}.`,
    say`Only a status that can be declared can be imported: running, paused, scheduled or canceled.`,
  );
}

/** For a path that was begun and isn't known to have come to its end. */
export function describeUnfinished(campaign: Message, desired: string, detail: Message): Message {
  return lines(
    say`It is unknown whether ${campaign} became ${quoted(desired)}, or got only part of the way.`,
    sentence(detail),
    say`Run \`pulumi up\` again: it reads the campaign first, and sends only what is missing. To be sure at once, look at it in Hood; if somebody has moved it on purpose meanwhile, declare that first.`,
  );
}

interface Desired {
  readonly campaignId: string;
  readonly campaignName?: string;
  readonly status: string;
  readonly currentStatus?: string;
}

/** Says what an update of an existing resource would do to the live campaign, which the engine's own display doesn't show. */
export function describeNextSteps({ campaignId, campaignName, status, currentStatus }: Desired): Message {
  const campaign = labelOf(campaignId, campaignName);
  if (currentStatus !== undefined) {
    const step = isCanceled(status) ? say`cancels it for good` : say`brings it back to ${quoted(status)}`;
    return say`A refresh found ${campaign} ${shownStatus(currentStatus)}: \`pulumi up\` ${step}.`;
  }
  const rest = isCanceled(status) ? "cancels it for good if that is still to be done" : "sends only what is missing";
  return say`It is unknown whether ${campaign} became ${quoted(status)}: \`pulumi up\` reads it, and ${rest}.`;
}

/** For a campaign that left the desired status, and can't come back to it. Nobody edited the program, so it is no failure. */
export function describeOutOfReach({ campaignId, campaignName, status, currentStatus }: Desired): Message {
  return lines(
    say`The status ${quoted(status)} of ${labelOf(campaignId, campaignName)} is out of reach: it is ${shownStatus(String(currentStatus))} by now, so nothing is sent.`,
    say`Remove this resource, which sends nothing, or declare another status that the campaign can have.`,
  );
}

/** What removing a resource leaves behind. */
export function describeRemoval(campaign: Message): Message {
  return say`Removed the status of ${campaign} from the Pulumi state. Nothing was sent to Hood: the campaign stays as it is.`;
}
