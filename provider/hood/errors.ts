import { isObject } from "../json";
import { type Message, oneLine, say } from "../text";
import type { Endpoint } from "./endpoints";

/**
 * Why a call failed:
 * - `unauthorized`: Hood doesn't accept the token.
 * - `rejected`: Hood said no, and did nothing.
 * - `unreachable`: the request never reached anybody.
 * - `noResponse`: the request went out, and no answer came that tells what became of it.
 * - `unexpectedResponse`: what answered isn't Hood's API.
 * - `unknownCampaign`: Hood knows no campaign with this id.
 * - `notYet`: Hood didn't process it, and may do so a moment later.
 * - `tooLong`: the account asks for a longer wait than the settings allow; nothing was done.
 * - `noRoom`: the rate limit leaves no room for a call within a minute after the look that it stands on; nothing was sent.
 * - `aborted`: the operation was stopped before the request went out.
 */
export type FailureKind =
  | "unauthorized"
  | "rejected"
  | "unreachable"
  | "noResponse"
  | "unexpectedResponse"
  | "unknownCampaign"
  | "notYet"
  | "tooLong"
  | "noRoom"
  | "aborted";

/** A call that failed. The message is one line: what was tried, what came back, Hood's trace id. It never holds the token. */
export class HoodError extends Error {
  override name = "HoodError";
  declare readonly message: Message;

  constructor(
    readonly kind: FailureKind,
    readonly endpoint: Endpoint,
    /** What came back, as the continuation of "can't …: ". */
    readonly detail: Message,
    /** The HTTP status, where there was an answer. */
    readonly status?: number,
    /** What Hood's support finds the request by. */
    readonly traceId?: string,
    /** The milliseconds that the answer asks to wait for before another attempt, if it does. */
    readonly wait?: number,
  ) {
    super(say`Can't ${endpoint.purpose}: ${detail}`);
  }
}

/** Hood's own words for an error: `HTTP 400 Bad request. The request is not valid. (trace_id 6f1c…)`. */
export function describeAnswer(status: number, body: unknown): Message {
  const envelope = isObject(body) ? body : {};
  const words = [envelope.title, envelope.message].filter((text) => typeof text === "string").map(oneLine);
  const traceId = traceIdIn(body);
  const shown = [`HTTP ${status}`, ...new Set(words)].join(" ");
  return traceId ? say`${shown} (trace_id ${traceId})` : say`${shown}`;
}

export function traceIdIn(body: unknown): Message | undefined {
  return isObject(body) && typeof body.trace_id === "string" ? oneLine(body.trace_id) : undefined;
}
