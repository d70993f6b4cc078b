import { unseenDifference } from "../difference";
import { describeCampaign, ImpossibleError } from "../errors";
import type { Account } from "../hood/account";
import type { Campaign, Observed } from "../hood/model";
import { newTurn, type Turn } from "../hood/rateLimit/limiter";
import { cancelableStatuses, isCancelable, isCanceled, isKnownStatus, isTerminal, meaningOf } from "../lifecycle";
import { concat, lines, type Message, quoted, say, sentence } from "../text";
import type { Guards } from "./arguments";
import { countCancellation, nameFailures, statusFailures } from "./guards";
import { certain, isSameName, readMade } from "./observe";
import { type Failure, type Planned, unknown } from "./resource";
import { afterCall, MOST_CALLS, UnknownEffectError, type Writing, write } from "./write";

/** The reason in the state of a campaign that was canceled by somebody else: Hood doesn't tell it. */
export const IMPORTED_REASON = "Not known: it was canceled outside Pulumi";

/** How a campaign came to its end, as far as this resource had a part in it. */
export type Outcome = "canceled" | "alreadyCanceled" | "notNeeded";

export interface CancelArgs extends Guards {
  readonly campaignId: string;
  readonly reason: string;
}

export interface CancelResult {
  readonly outcome: Outcome;
  readonly campaign: Campaign;
  /** The status before anything was done. */
  readonly previousStatus: string;
  /** ISO 8601 in UTC. If this resource's call didn't do it, the last change that Hood shows: a canceled campaign takes none. */
  readonly canceledAt?: string | undefined;
}

export interface Before {
  /** A call for this cancellation has already gone out, in this operation or an earlier one. */
  readonly sent: boolean;
  /** Reads a campaign again that was seen too long ago, and judges what only the caller can. */
  readonly renew?: () => Promise<Observed>;
}

/** What is to be done about a campaign, by its name and status: nothing if there are failures, no call if there is an outcome. */
export interface Decision {
  readonly failures: readonly Failure[];
  readonly outcome?: "alreadyCanceled" | "notNeeded";
}

/** The one rule of what a live campaign means for a cancellation. Guards that aren't known yet are left for later. */
export function decide(campaign: Campaign, { expectedName, whenNotCancelable }: Planned<Guards>): Decision {
  const { status } = campaign;
  const failures = [...nameFailures(campaign, expectedName), ...statusFailures(campaign)];
  if (isCancelable(status)) return { failures };
  if (isCanceled(status)) return { failures, outcome: "alreadyCanceled" };
  const accepted = whenNotCancelable === "accept" || whenNotCancelable === unknown;
  if (isKnownStatus(status) && !accepted) {
    failures.push({ property: "campaignId", reason: describeNotCancelable(campaign) });
  }
  return { failures, outcome: "notNeeded" };
}

/**
 * Cancels one campaign: observe, decide, act, verify. At most one call has an effect, whatever gets lost on the way: a call
 * whose effect isn't known is followed by a read before anything else is sent.
 *
 * @throws UserError, HoodError if nothing was done; UnknownEffectError if that can't be told.
 */
export async function cancelCampaign(operation: Writing, args: CancelArgs, before: Before): Promise<CancelResult> {
  const account = operation.account();
  let { sent } = before;
  const turn = newTurn();
  const { renew = readingFor(account, args, turn) } = before;
  const own = before.renew ?? (() => account.get(args.campaignId));
  let campaign = await readMade(operation, args.campaignId, () => firstRead(account, args, { sent, renew }));
  let previousStatus: string | undefined;
  const isDue = (seen: Campaign) => {
    const { failures, outcome } = decide(seen, args);
    return failures.length === 0 && outcome === undefined;
  };

  for (let calls = 0; ; ) {
    campaign = await afterCall(sent, () => certain(operation, campaign, isDue, own));
    const { status, updateTime: canceledAt } = campaign;
    previousStatus ??= status;
    if (sent && isCanceled(status)) return { outcome: "canceled", campaign, previousStatus, canceledAt };
    const {
      failures: [failure],
      outcome,
    } = decide(campaign, args);
    if (failure) {
      // The call may still come true, except for a campaign that nothing moves any more. An earlier operation's is in the state.
      if (sent && calls > 0 && !isTerminal(status)) throw new UnknownEffectError(describeKeptBack(campaign));
      throw new ImpossibleError(failure.reason, status, failure.property);
    }
    if (outcome) {
      return { outcome, campaign, previousStatus, ...(outcome === "alreadyCanceled" && { canceledAt }) };
    }
    // It may have become one since the check.
    await countCancellation(operation, campaign.id, { name: campaign.name });
    const call = { action: "cancel", to: "canceled", body: { reason: args.reason } } as const;
    const last = calls + 1 === MOST_CALLS;
    const written = await write(operation, campaign, call, { sent, last, turn, renew });
    ({ campaign, sent } = written);
    if (!written.stale) calls++;
    if (written.accepted) {
      return {
        outcome: "canceled",
        campaign,
        previousStatus,
        canceledAt: new Date(account.time()).toISOString(),
      };
    }
  }
}

/** A campaign with the name that it must have. */
type Named = Pick<CancelArgs, "campaignId" | "expectedName">;

/**
 * How a campaign is read again that a call stands on. A list serves all that wait, but it may lag behind a new name: where the name must
 * be right, only what can't lag will do.
 */
export function readingFor(account: Account, { campaignId, expectedName }: Named, turn: Turn): () => Promise<Observed> {
  return expectedName === undefined
    ? () => account.getRecent(campaignId, cancelableStatuses)
    : () => account.getCertain(campaignId, cancelableStatuses, turn);
}

/** A new cancellation was seen a moment ago, by the check of this same operation; one that may have been sent is read now. */
export async function firstRead(
  account: Account,
  { campaignId, expectedName }: Named,
  { sent, renew }: { readonly sent: boolean; readonly renew: () => Promise<Observed> },
): Promise<Observed> {
  if (sent) return afterCall(sent, () => account.get(campaignId));
  const seen = account.remembered(campaignId);
  // From any other status, no call goes out.
  const mayBeRenamed = seen?.isListed && expectedName !== undefined && isCancelable(seen.status);
  return seen && !mayBeRenamed ? seen : renew();
}

function describeNotCancelable({ id, name, status }: Campaign): Message {
  return lines(
    say`Campaign ${id} ${quoted(name)} can't be canceled: its status is ${quoted(status)}, it is ${meaningOf(status)}.`,
    say`Remove this resource, or set whenNotCancelable: "accept" to record that nothing is left to cancel.`,
  );
}

/** True for a campaign that can't be the one that was canceled: it goes on, and has another name. */
export function isAnother({ campaignName }: { readonly campaignName?: string }, { name, status }: Campaign): boolean {
  return campaignName !== undefined && isCancelable(status) && !isSameName(name, campaignName);
}

/** For a refresh. @param canceled as messages name it */
export function describeAnother(canceled: Message, shown: Campaign): Message {
  return lines(
    say`${canceled} was canceled, which nothing undoes, and now Hood shows ${describeCampaign(shown)}. That is another campaign, so the Pulumi state keeps what it had.`,
    say`Check that HOOD_ENDPOINT and HOOD_TOKEN are those of the campaign's account. If they are, remove this resource, which sends nothing.`,
  );
}

/** What keeps a second call back from a campaign that changed after a first one. */
function describeKeptBack(campaign: Campaign): Message {
  return say`Hood now shows ${describeCampaign(campaign)}, to which no further call is sent`;
}

/** For a call whose effect isn't known. @param campaign as messages name it */
export function describeUnknownEffect(campaign: Message, detail: Message): Message {
  return lines(
    say`It is unknown whether ${campaign} was canceled: the call went out, and its effect couldn't be seen.`,
    sentence(detail),
    say`Run \`pulumi up\` again: it reads the campaign first, and cancels it only if that is still to be done. Until then the campaign may go on: to be sure at once, look at it in Hood.`,
  );
}

/** The words against every attempt to bring a canceled campaign back, whichever resource it comes from. @param campaign as messages name it */
export function describeNoReturn(campaign: Message, status: unknown): Message {
  return lines(
    say`Cancellation is permanent: ${campaign} is canceled, and can't become ${quoted(status)}.`,
    say`Remove what asks for that, or the whole resource: nothing is sent, the campaign stays canceled. To send again, create a new campaign.`,
  );
}

/** @param campaign as messages name it */
export function describeOtherReason(campaign: Message, old: unknown, wanted: unknown): Message {
  const before = { text: String(old), where: "in the state" };
  const after = { text: String(wanted), where: "in the program" };
  // It may be a secret.
  const difference = unseenDifference(before, after, { secret: true, subject: "The two reasons" });
  return lines(
    concat(
      say`Cancellation is permanent: the reason was sent with the end of ${campaign}, and can't be changed afterwards.`,
      difference,
    ),
    say`Put the old reason back (${REASON_SHOWN}), or remove this resource: nothing is sent, the campaign stays as it is.`,
  );
}

/** For a resource whose call went out, and was never answered. @param what the continuation of "so … can't be changed" */
export function describeTooEarly(campaign: Message, what: Message): Message {
  return lines(
    say`It is unknown whether ${campaign} was canceled, so ${what} can't be changed now: the call may have gone out.`,
    say`Put back what the state has (${REASON_SHOWN}), and run \`pulumi up\`, which reads the campaign and sends only what is missing.`,
    say`Or remove this resource: nothing is sent then. Look in Hood whether the campaign was canceled.`,
  );
}

const REASON_SHOWN = "`pulumi stack export` shows it, a secret with `--show-secrets`";
