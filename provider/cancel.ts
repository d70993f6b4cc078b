import type { CancellationArguments } from "./arguments";
import type { AuditedCall } from "./auditLog";
import type { Context } from "./context";
import { UncertainError, UserError } from "./errors";
import type { Account, CancelAnswer } from "./hood/account";
import type { Campaign } from "./hood/campaign";
import { HoodError } from "./hood/errors";
import { cancelableStatuses, isCancelable, isFinal } from "./lifecycle";
import { describeCampaign, explain } from "./messages";
import { objectionsTo } from "./objections";

/** How often one cancellation is sent, at the most. Only one can have an effect: Hood refuses the rest. */
const MOST_CALLS = 6;
/** How often the look after a call is begun anew, each time with the attempts that any look has. */
const MOST_ROUNDS = 3;
/**
 * Pauses before the looks that follow a call which wasn't plainly accepted, in milliseconds. What Hood shows may lag
 * behind what it did, so a campaign that still looks cancelable is looked at once more before that is believed.
 */
const FIRST_LOOK = 250;
const SECOND_LOOK = 3_500;

/** How a campaign came to its end, as far as this resource had a part in it. */
export type Outcome = "canceled" | "alreadyCanceled" | "notNeeded";

export interface Ended {
  readonly outcome: Outcome;
  readonly campaign: Campaign;
  /** The status before anything was done. */
  readonly previousStatus: string;
  /** ISO 8601 in UTC. For an end that wasn't ours, the last change that Hood shows, since a canceled campaign takes none. */
  readonly canceledAt?: string;
}

export interface Attempt {
  /** A call for this cancellation has already gone out, in this operation or an earlier one. */
  readonly calledBefore: boolean;
}

/**
 * Ends one campaign: observe, decide, act, verify. At most one call has an effect, whatever gets lost on the way: a call
 * whose fate isn't known is followed by a look before anything else is sent.
 *
 * @throws UserError, HoodError where nothing was done; UncertainError where that can't be told.
 */
export async function endCampaign(
  context: Pick<Context, "account" | "audit">,
  args: CancellationArguments,
  attempt: Attempt,
): Promise<Ended> {
  const account = context.account();
  let called = attempt.calledBefore;
  let campaign = await firstLook(account, args.campaignId, called);
  const previousStatus = campaign.status;

  for (let call = 1; ; call++) {
    const outcome = outcomeOf(campaign, args, called);
    if (outcome === "notNeeded") return { outcome, campaign, previousStatus };
    if (outcome) return { outcome, campaign, previousStatus, canceledAt: campaign.updateTime };
    const answer = await account.cancel(args.campaignId, args.reason);
    await context.audit(auditedCall(campaign, args, answer));
    if (answer.kind === "accepted") {
      const canceledAt = new Date().toISOString();
      return { outcome: "canceled", campaign: { ...campaign, status: "canceled" }, previousStatus, canceledAt };
    }
    called ||= answer.kind === "unsure";
    if (answer.kind === "failed") throw called ? new UncertainError(answer.error.message) : answer.error;
    campaign = await certainly(called, () => lookAfterCall(account, args.campaignId));
    if (isCancelable(campaign.status) && (answer.kind === "refused" || call === MOST_CALLS)) {
      throw stillThere(campaign, answer.error, called);
    }
  }
}

function stillThere(campaign: Campaign, error: HoodError, called: boolean): UserError {
  // What Hood shows may lag behind: after a call whose fate isn't known, a look like this proves nothing.
  if (called) return new UncertainError(`${error.message}; it still shows as ${campaign.status}`);
  return new UserError(`${explain(error)}\nNothing was done: it is still ${describeCampaign(campaign)}.`);
}

function auditedCall(
  { name }: Campaign,
  { campaignId, reason }: CancellationArguments,
  answer: CancelAnswer,
): AuditedCall {
  const { status: httpStatus, traceId } =
    answer.kind === "accepted" ? { status: 204, traceId: undefined } : answer.error;
  return { action: "cancel", campaignId, campaignName: name, reason, outcome: answer.kind, httpStatus, traceId };
}

/** How the campaign has ended already; undefined where it is still to be cancelled. */
function outcomeOf(campaign: Campaign, args: CancellationArguments, called: boolean): Outcome | undefined {
  if (called && isFinal(campaign.status)) return "canceled";
  const [objection] = objectionsTo(campaign, args);
  if (objection) throw new UserError(objection.reason);
  if (isFinal(campaign.status)) return "alreadyCanceled";
  return isCancelable(campaign.status) ? undefined : "notNeeded";
}

/** A new cancellation was looked at a moment ago, by the check of this same operation; one that may have been called is looked at now. */
async function firstLook(account: Account, id: string, called: boolean): Promise<Campaign> {
  if (called) return certainly(called, () => account.look(id));
  return account.recall(id) ?? account.observe(id, cancelableStatuses);
}

async function lookAfterCall(account: Account, id: string): Promise<Campaign> {
  await account.sleep(FIRST_LOOK);
  const campaign = await persistentLook(account, id);
  if (!isCancelable(campaign.status)) return campaign;
  await account.sleep(SECOND_LOOK);
  return persistentLook(account, id);
}

/** A look that is worth more patience than others: without it, nobody knows what a call has done. */
async function persistentLook(account: Account, id: string): Promise<Campaign> {
  for (let round = 1; ; round++) {
    try {
      return await account.look(id);
    } catch (error) {
      const passing = error instanceof HoodError && (error.kind === "lost" || error.kind === "notHood");
      if (!passing || round === MOST_ROUNDS) throw error;
    }
  }
}

/** Once a call has gone out whose fate isn't known, a failure of what follows leaves that open. */
async function certainly<T>(called: boolean, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (called && error instanceof HoodError) throw new UncertainError(error.message);
    throw error;
  }
}
