import { oneLine } from "../text";
import { isObject } from "./campaign";
import type { Endpoint } from "./endpoints";

/**
 * Why a call failed:
 * - `unauthorized`: Hood doesn't accept the token.
 * - `refused`: Hood said no, and did nothing.
 * - `unreachable`: the request never reached anybody.
 * - `lost`: the request went out, and no answer came that tells what became of it.
 * - `notHood`: what answered isn't Hood's API.
 * - `unknownCampaign`: Hood knows no campaign with this id.
 * - `notYet`: Hood didn't process it, and may do so a moment later.
 * - `tooLong`: the account asks for a longer wait than the settings allow; nothing was done.
 * - `noRoom`: the rate limit leaves no room for a call within a minute after the look that it stands on; nothing was sent.
 * - `givenUp`: the operation was stopped before the request went out.
 */
export type FailureKind =
  | "unauthorized"
  | "refused"
  | "unreachable"
  | "lost"
  | "notHood"
  | "unknownCampaign"
  | "notYet"
  | "tooLong"
  | "noRoom"
  | "givenUp";

/** A call that failed. The message is one line: what was tried, what came back, Hood's trace id. It never holds the token. */
export class HoodError extends Error {
  override name = "HoodError";

  constructor(
    readonly kind: FailureKind,
    readonly endpoint: Endpoint,
    /** What came back, as the continuation of "can't …: ". */
    readonly detail: string,
    /** The HTTP status, where there was an answer. */
    readonly status?: number,
    /** What Hood's support finds the request by. */
    readonly traceId?: string,
    /** The milliseconds that the answer asks to wait for before another attempt, if it does. */
    readonly wait?: number,
  ) {
    super(`Can't ${endpoint.purpose}: ${detail}`);
  }
}

/** Hood's own words for an error: `HTTP 400 Bad request. The request is not valid. (trace_id 6f1c…)`. */
export function describeAnswer(status: number, body: unknown): string {
  const envelope = isObject(body) ? body : {};
  const words = [envelope.title, envelope.message].filter((text) => typeof text === "string").map(oneLine);
  const traceId = traceIdIn(body);
  return [`HTTP ${status}`, ...new Set(words)].join(" ") + (traceId ? ` (trace_id ${traceId})` : "");
}

export function traceIdIn(body: unknown): string | undefined {
  return isObject(body) && typeof body.trace_id === "string" ? oneLine(body.trace_id) : undefined;
}
