import { audited } from "./audited";
import type { Context } from "./context";
import { UncertainError, UserError } from "./errors";
import type { Account, CallAnswer } from "./hood/account";
import type { Observed } from "./hood/campaign";
import { type Action, actOnCampaign } from "./hood/endpoints";
import { HoodError } from "./hood/errors";
import type { Turn } from "./hood/limiter/turn";
import { accepts, cancelableStatuses } from "./lifecycle";
import { describeCampaign, explain } from "./messages";
import { oneLine } from "./text";

/** How often one intention is sent, at the most. Only one call can have an effect: Hood refuses the rest. */
export const MOST_CALLS = 6;
/** How often the look after a call is begun anew, each time with the attempts that any look has. */
const MOST_ROUNDS = 3;
/**
 * Pauses before the looks that follow a call which wasn't plainly accepted, in milliseconds. What Hood shows may lag
 * behind what it did, so a campaign that looks as before is looked at once more before that is believed.
 */
const FIRST_LOOK = 250;
const SECOND_LOOK = 3_500;

/** A call that moves a campaign, with what it says to Hood. */
export interface Call {
  readonly action: Action;
  /** The status that the call leads to. */
  readonly to: string;
  readonly body: { readonly reason?: string; readonly run_immediately?: 1; readonly scheduled_time?: string };
}

/** What is known after a call and the looks that it needed. */
export interface Sent {
  /** Hood said that it did it. */
  readonly accepted: boolean;
  /** A call has gone out, this one or an earlier one, whose fate wasn't told. */
  readonly called: boolean;
  /** The campaign as it is now. */
  readonly campaign: Observed;
  /** Nothing was sent, since the campaign had been seen too long ago when its turn had come. It was looked at again. */
  readonly outdated: boolean;
}

/** What a call is part of. */
export interface Sending {
  /** An earlier call for the same intention went out without an answer. */
  readonly called: boolean;
  /** No further call may follow. */
  readonly last: boolean;
  /** The same one for all calls of one intention. */
  readonly turn: Turn;
  /** Looks at the campaign again, if it was seen too long ago; as many look at once, from a list if that is left out. */
  readonly renew?: (() => Promise<Observed>) | undefined;
}

/**
 * Sends one call, and finds out what became of it before anybody may send another. It comes back without success only
 * where the look shows that the call isn't due any more, or may be sent again.
 *
 * @throws UserError, HoodError where nothing was done; UncertainError where that can't be told.
 */
export async function sendCall(
  context: Pick<Context, "account" | "audit">,
  campaign: Observed,
  { action, to, body }: Call,
  { called: calledBefore, last, turn, renew }: Sending,
): Promise<Sent> {
  const account = context.account();
  const { id, name } = campaign;
  const call = audited(context, { action, campaignId: id, campaignName: name, reason: body.reason });
  const answer = await account.change(campaign, actOnCampaign(id, action), body, { turn, ready: call.start });
  if (answer.kind === "outdated") {
    await call.drop();
    const again = renew ?? (() => account.observe(id, cancelableStatuses));
    const renewed = await certainly(calledBefore, again);
    return { accepted: false, called: calledBefore, campaign: renewed, outdated: true };
  }
  await call.end({ outcome: answer.kind, ...tracesOf(answer) });
  if (answer.kind === "accepted") {
    const { scheduled_time: scheduledTime = campaign.scheduledTime } = body;
    const moved = { ...campaign, status: to, scheduledTime, seenAt: answer.sentAt };
    return { accepted: true, called: calledBefore, campaign: moved, outdated: false };
  }
  const called = calledBefore || answer.kind === "unsure";
  if (answer.kind === "failed") throw called ? new UncertainError(answer.error.message) : answer.error;
  const seen = await certainly(called, () => lookAfterCall(account, id, action));
  if (accepts(seen.status, action) && (answer.kind === "refused" || last)) {
    throw stillThere(seen, answer.error, called);
  }
  return { accepted: false, called, campaign: seen, outdated: false };
}

/** What an answer leaves to be found by later: the HTTP status and Hood's trace id. */
export function tracesOf(answer: CallAnswer): { httpStatus?: number; traceId?: string } {
  if (answer.kind === "accepted") return { httpStatus: answer.status };
  return { httpStatus: answer.error.status, traceId: answer.error.traceId };
}

function stillThere(campaign: Observed, error: HoodError, called: boolean): UserError {
  // What Hood shows may lag behind: after a call whose fate isn't known, a look like this proves nothing.
  if (called) return new UncertainError(`${error.message}; it still shows as ${oneLine(campaign.status)}`);
  return new UserError(`${explain(error)}\nThat call did nothing: it is still ${describeCampaign(campaign)}.`);
}

async function lookAfterCall(account: Account, id: string, action: Action): Promise<Observed> {
  await account.sleep(FIRST_LOOK);
  const campaign = await persistently(() => account.look(id));
  if (!accepts(campaign.status, action)) return campaign;
  await account.sleep(SECOND_LOOK);
  return persistently(() => account.look(id));
}

/** A look that is worth more patience than others: without it, nobody knows what a call has done. */
export async function persistently<T>(look: () => Promise<T>): Promise<T> {
  for (let round = 1; ; round++) {
    try {
      return await look();
    } catch (error) {
      const passing = error instanceof HoodError && (error.kind === "lost" || error.kind === "notHood");
      if (!passing || round === MOST_ROUNDS) throw error;
    }
  }
}

/** Once a call has gone out whose fate isn't known, a failure of what follows leaves that open. */
export async function certainly<T>(called: boolean, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (called && error instanceof HoodError) throw new UncertainError(error.message);
    throw error;
  }
}
