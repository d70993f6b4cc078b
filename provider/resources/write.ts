import { randomUUID } from "node:crypto";
import type { AuditedCall } from "../auditLog";
import { describeCampaign, explain, labelOf, shownStatus, UserError } from "../errors";
import type { Account, WriteResult } from "../hood/account";
import { type Action, actOnCampaign, type Endpoint } from "../hood/endpoints";
import { HoodError } from "../hood/errors";
import type { Observed } from "../hood/model";
import type { Turn } from "../hood/rateLimit/limiter";
import { accepts, isCanceled } from "../lifecycle";
import type { Operation } from "../operation";
import { concat, firstLine, lines, type Message, oneLine, say } from "../text";
import { isUntouched, LOOKED, lookFor, whyNotAgain } from "./observe";

/** How often one intention is sent, at the most. Only one call can have an effect: Hood rejects the rest. */
export const MOST_CALLS = 6;
/** How often a read after a call is begun again, each time with the attempts that any request has. */
const MOST_ROUNDS = 3;
/**
 * Pauses before the reads that follow a call which wasn't plainly accepted, in milliseconds. What Hood shows may lag
 * behind what it did, so a campaign that looks as before is read once more before that is believed.
 *
 * doctor/assumptions.ts: lag
 */
const FIRST_READ = 250;
const SECOND_READ = 3_500;

/** A call went out, and nobody can tell what became of it: no read has shown it since. */
export class UnknownEffectError extends Error {
  override name = "UnknownEffectError";
  declare readonly message: Message;

  constructor(message: Message) {
    super(message);
  }
}

/** What a write needs of its operation. */
export type Writing = Pick<
  Operation,
  "account" | "audit" | "memory" | "settings" | "urn" | "progress" | "engineIsGone"
>;

/** A call that moves a campaign, with what it says to Hood. */
export interface Call {
  readonly action: Action;
  /** The status that the call leads to. */
  readonly to: string;
  readonly body: { readonly reason?: string; readonly run_immediately?: 1; readonly scheduled_time?: string };
}

/** What is known after a call and the reads that it needed. */
export interface Written {
  /** Hood said that it did it. */
  readonly accepted: boolean;
  /** A call has gone out, this one or an earlier one, whose effect isn't known. */
  readonly sent: boolean;
  /** The campaign as it is now. */
  readonly campaign: Observed;
  /** Nothing was sent, since the campaign had been seen too long ago when its turn had come. It was read again. */
  readonly stale: boolean;
}

/** What a call is part of. */
export interface Attempt {
  /** An earlier call for the same intention went out, and its effect isn't known. */
  readonly sent: boolean;
  /** No further call may follow. */
  readonly last: boolean;
  /** The same one for all calls of one intention. */
  readonly turn: Turn;
  /** Reads the campaign again, if it was seen too long ago. */
  readonly renew: () => Promise<Observed>;
}

/**
 * Sends one call, and finds out what became of it before anybody may send another. It comes back without success only
 * if a read shows that the call isn't due any more, or may be sent again.
 *
 * @throws UserError, HoodError if nothing was done; UnknownEffectError if that can't be told.
 */
export async function write(
  operation: Writing,
  campaign: Observed,
  { action, to, body }: Call,
  { sent: sentBefore, last, turn, renew }: Attempt,
): Promise<Written> {
  const account = operation.account();
  const { id, name } = campaign;
  const sentAt = account.time();
  const call = { action, campaignId: id, campaignName: name, reason: body.reason };
  const result = await audited(operation, call, (ready) =>
    account.write(campaign, actOnCampaign(id, action), body, { turn, ready }),
  );
  if (result.kind === "stale") {
    return { accepted: false, sent: sentBefore, campaign: await afterCall(sentBefore, renew), stale: true };
  }
  if (result.kind === "accepted") {
    const { scheduled_time: scheduledTime = campaign.scheduledTime } = body;
    const { isListed: _, ...before } = campaign;
    const moved = { ...before, status: to, scheduledTime, seenAt: result.sentAt };
    operation.memory.campaigns.move(id, { status: to, at: sentAt });
    return { accepted: true, sent: sentBefore, campaign: moved, stale: false };
  }
  const sent = sentBefore || result.kind === "unknown";
  if (result.kind === "notDone") throw sent ? new UnknownEffectError(result.error.message) : result.error;
  // A cancellation that is done twice is done once. Another call could undo what somebody did after the first one came true.
  const isCancel = isCanceled(to);
  const seen = await afterCall(sent, () =>
    result.kind === "unknown" && !isCancel
      ? lookForEffect(operation, campaign, action, sentAt)
      : readAfterCall(account, id, action),
  );
  if (accepts(seen.status, action)) {
    if (result.kind === "rejected" || last) throw stillOpen(seen, result.error, sent);
    const why = isCancel ? undefined : await whyNotAgain(operation, seen, { sentAt, sentBefore });
    if (why) {
      const shown = say`; ${LOOKED} s later Hood still shows it as ${oneLine(seen.status)}. The call isn't sent again, because ${why}`;
      throw new UnknownEffectError(concat(result.error.message, shown));
    }
  }
  return { accepted: false, sent, campaign: seen, stale: false };
}

/** The words for what an action brings a campaign to. */
const DONE = { pause: "paused", resume: "resumed", cancel: "canceled" } as const;

/** The campaign once it shows what a call has done; else as it was seen last. @param sentAt the account's clock, when the call hadn't gone out yet. */
async function lookForEffect(
  operation: Writing,
  campaign: Observed,
  action: Action,
  sentAt: number,
): Promise<Observed> {
  const account = operation.account();
  const question = concat(labelOf(campaign.id, campaign.name), say` was ${DONE[action]}`);
  let seen: Observed | undefined;
  const found = await lookFor(operation, question, async () => {
    seen = await account.get(campaign.id);
    // What Hood shows may lag behind an earlier call too: what was before that isn't what came of this one.
    return accepts(seen.status, action) || isUntouched(seen, sentAt) ? undefined : seen;
  });
  return found ?? seen ?? withPatience(() => account.get(campaign.id));
}

function stillOpen(campaign: Observed, error: HoodError, sent: boolean): Error {
  // What Hood shows may lag behind: after a call whose effect isn't known, a read like this proves nothing.
  if (sent)
    return new UnknownEffectError(say`${error.message}; Hood still shows it as ${shownStatus(campaign.status)}`);
  const shown = say`Hood rejected the call, and still shows ${describeCampaign(campaign)}. That may lag: look at it in Hood before you rely on it.`;
  return new UserError(lines(explain(error), shown));
}

async function readAfterCall(account: Account, id: string, action: Action): Promise<Observed> {
  await account.sleep(FIRST_READ);
  const campaign = await withPatience(() => account.get(id));
  if (!accepts(campaign.status, action)) return campaign;
  await account.sleep(SECOND_READ);
  return withPatience(() => account.get(id));
}

/** A read that is worth more attempts than others: without it, nobody knows what a call has done. */
export async function withPatience<T>(read: () => Promise<T>): Promise<T> {
  for (let round = 1; ; round++) {
    try {
      return await read();
    } catch (error) {
      const passing =
        error instanceof HoodError && (error.kind === "noResponse" || error.kind === "unexpectedResponse");
      if (!passing || round === MOST_ROUNDS) throw error;
    }
  }
}

/** Once a call has gone out whose effect isn't known, a failure of what follows leaves that open. */
export async function afterCall<T>(sent: boolean, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (sent && error instanceof HoodError) throw new UnknownEffectError(concat(error.message, hintFor(error)));
    if (sent && error instanceof UserError) throw new UnknownEffectError(firstLine(error.message));
    throw error;
  }
}

/** What has to be done before the next update can find out more. */
function hintFor({ kind }: HoodError): Message {
  return kind === "unauthorized" ? say`; put a valid token into HOOD_TOKEN (or hood:token) first` : say``;
}

/** The audit log's words for what became of a call. */
const OUTCOMES = { accepted: "accepted", rejected: "refused", unknown: "unsure", notDone: "failed" } as const;

/**
 * Sends one call with its two lines in the audit log: one before it goes out, so that a process which is ended then leaves one, and
 * one after it.
 *
 * @param send is given what it has to ask when the call's turn has come: a HoodError keeps the call from being sent.
 * @param learnt what the result says beside its kind.
 */
export async function audited<R extends WriteResult>(
  { audit }: Pick<Operation, "audit">,
  call: Pick<AuditedCall, "action" | "campaignId" | "campaignName" | "reason">,
  send: (ready: (endpoint: Endpoint) => Promise<void>) => Promise<R>,
  learnt?: (result: R) => Partial<AuditedCall>,
): Promise<R> {
  const callId = randomUUID();
  let started: Promise<void> | undefined;
  let unwritten = false;
  const ready = async (endpoint: Endpoint) => {
    // Asked again if the call is repeated.
    started ??= audit({ ...call, callId, outcome: "started" });
    try {
      await started;
    } catch (error) {
      unwritten = true;
      throw new HoodError(
        "aborted",
        endpoint,
        say`${(error as Error).message}. Correct that first, or hood:auditLog (or HOOD_AUDIT_LOG)`,
      );
    }
  };
  const result = await send(ready);
  if (unwritten) return result;
  if (result.kind === "stale") {
    // It was answered 429, and then came too late for what it stands on.
    if (started) await audit({ ...call, callId, outcome: "failed", httpStatus: 429 });
    return result;
  }
  await audit({ ...call, callId, outcome: OUTCOMES[result.kind], ...tracesOf(result), ...learnt?.(result) });
  return result;
}

/** What an answer leaves to be found by later: the HTTP status and Hood's trace id. */
function tracesOf(result: Exclude<WriteResult, { kind: "stale" }>): { httpStatus?: number; traceId?: string } {
  if (result.kind === "accepted") return { httpStatus: result.status };
  return { httpStatus: result.error.status, traceId: result.error.traceId };
}
