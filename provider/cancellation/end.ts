import type { Context } from "../context";
import { UserError } from "../errors";
import type { Account } from "../hood/account";
import type { Campaign, Observed } from "../hood/campaign";
import { newTurn } from "../hood/limiter/turn";
import { cancelableStatuses, isCancelable, isFinal } from "../lifecycle";
import { certainly, MOST_CALLS, sendCall } from "../send";
import type { CancellationArguments } from "./arguments";
import { objectionsTo } from "./objections";

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
  /** Looks again at a campaign that was seen too long ago, and judges what only the caller can. */
  readonly renew?: () => Promise<Observed>;
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
  let called = attempt.calledBefore;
  let campaign = await firstLook(context.account(), args.campaignId, attempt);
  const previousStatus = campaign.status;
  const turn = newTurn();

  for (let call = 1; ; ) {
    const outcome = outcomeOf(campaign, args, called);
    if (outcome === "notNeeded") return { outcome, campaign, previousStatus };
    if (outcome) return { outcome, campaign, previousStatus, canceledAt: campaign.updateTime };
    const cancel = { action: "cancel", to: "canceled", body: { reason: args.reason } } as const;
    const { renew } = attempt;
    const sent = await sendCall(context, campaign, cancel, { called, last: call === MOST_CALLS, turn, renew });
    ({ campaign, called } = sent);
    if (!sent.outdated) call++;
    if (sent.accepted) {
      return { outcome: "canceled", campaign, previousStatus, canceledAt: new Date().toISOString() };
    }
  }
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
async function firstLook(account: Account, id: string, { calledBefore, renew }: Attempt): Promise<Observed> {
  if (calledBefore) return certainly(calledBefore, () => account.look(id));
  return account.recall(id) ?? (renew ? renew() : account.observe(id, cancelableStatuses));
}
