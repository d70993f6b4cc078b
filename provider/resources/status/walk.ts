import type { Context } from "../../context";
import { UnknownEffectError, UserError } from "../../errors";
import type { Campaign, Observed } from "../../hood/model";
import { newTurn, type Turn } from "../../hood/rateLimit/turn";
import { hoodTime } from "../../hood/time";
import { cancelableStatuses, isCanceled, type Step } from "../../lifecycle";
import { explain } from "../../messages";
import { firstLine, oneLine } from "../../text";
import { cancelCampaign } from "../cancellation/end";
import { type Call, certainly, MOST_CALLS, write } from "../write";
import type { StatusArguments } from "./arguments";
import { planFor } from "./plan";

/** What Hood shows for a pause whose reason nobody gave. */
const REASON = "Declared in a Pulumi program";

export interface Arrived {
  readonly campaign: Campaign;
  /** The status before anything was done. */
  readonly previousStatus: string;
}

type Walking = Pick<Context, "account" | "audit">;

/**
 * Brings a campaign to the wished status: observe, decide, act, verify, and again until it is there. Each step is chosen by
 * what was seen last, so that a campaign which somebody else moves meanwhile isn't moved by an outdated plan.
 *
 * @param calledBefore a call for this wish has gone out in an earlier operation.
 * @throws UserError, HoodError where nothing was done; UnknownEffectError where something was, and the end isn't certain.
 */
export async function walk(context: Walking, args: StatusArguments, calledBefore: boolean): Promise<Arrived> {
  if (isCanceled(args.status))
    return cancelCampaign(context, { ...args, reason: String(args.reason) }, { calledBefore });
  const first = await firstLook(context, args, calledBefore);
  let position: Position = { campaign: first, called: calledBefore, moved: false, calls: 0 };
  const turn = newTurn();
  while (position.calls < MOST_CALLS) {
    const next = await onward(context, args, position, turn);
    if (!next) return { campaign: position.campaign, previousStatus: first.status };
    position = next;
  }
  // Somebody else may be moving it just as busily.
  throw new UnknownEffectError(
    `After ${MOST_CALLS} calls it still isn't there, but ${oneLine(position.campaign.status)}`,
  );
}

interface Position {
  readonly campaign: Observed;
  /** A call has gone out whose fate wasn't told. */
  readonly called: boolean;
  /** A step has been taken. */
  readonly moved: boolean;
  /** So many have gone out. */
  readonly calls: number;
}

/** Takes the next step; undefined where none is left. Once something was done, no failure may read as if nothing was. */
async function onward(
  context: Walking,
  args: StatusArguments,
  position: Position,
  turn: Turn,
): Promise<Position | undefined> {
  const begun = position.called || position.moved;
  try {
    const { steps, failures } = planFor(position.campaign, args, { called: begun });
    if (failures[0]) throw new UserError(failures[0].reason);
    const step = steps?.[0];
    if (!step) return undefined;
    const calls = position.calls + 1;
    const { accepted, called, campaign, outdated } = await write(context, position.campaign, callFor(step, args), {
      called: position.called,
      last: calls === MOST_CALLS,
      turn,
    });
    if (outdated) return { ...position, campaign };
    return { campaign, called: called && !accepted, moved: position.moved || accepted, calls };
  } catch (error) {
    throw begun ? new UnknownEffectError(firstLine(explain(error))) : error;
  }
}

// What comes after it says that nothing was done, or what to do then: neither is true here.
function callFor({ action, to }: Step, { reason = REASON, scheduledTime }: StatusArguments): Call {
  if (action !== "resume") return { action, to, body: { reason } };
  return {
    action,
    to,
    body: to === "scheduled" ? { scheduled_time: hoodTime(scheduledTime) } : { run_immediately: 1 },
  };
}

/** A new wish was looked at a moment ago, by the check of this same operation; what may have been moved is looked at now. */
async function firstLook({ account }: Walking, { campaignId }: StatusArguments, called: boolean): Promise<Observed> {
  if (called) return certainly(called, () => account().get(campaignId));
  return account().remembered(campaignId) ?? account().getRecent(campaignId, cancelableStatuses);
}
