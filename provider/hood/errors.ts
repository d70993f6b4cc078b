import { isObject } from "../json";
import { type Message, oneLine, say } from "../text";
import type { Endpoint } from "./endpoints";

interface Failure {
  /** What a call that fails in this way has changed: `rejected` and `notDone`: nothing; `unknown`: only a read can tell. */
  readonly effect: "rejected" | "notDone" | "unknown";
  /**
   * How often a call is sent, at the most, if it fails in this way; one whose effect is unknown only if its endpoint allows that. A
   * server that stumbles gets more time than an address that nobody answers at, or that something else answers at: those are rarely
   * gone a second later.
   */
  readonly attempts: number;
}

/** Every way in which a call can fail. */
export const failures = {
  /** Hood doesn't accept the token. */
  unauthorized: { effect: "notDone", attempts: 1 },
  /** Hood said no, and did nothing. */
  rejected: { effect: "rejected", attempts: 1 },
  /** Hood knows no campaign with this id. */
  unknownCampaign: { effect: "rejected", attempts: 1 },
  /** The request never reached anybody. */
  unreachable: { effect: "notDone", attempts: 4 },
  /** A proxy doesn't connect anybody to the account. */
  refusedByProxy: { effect: "notDone", attempts: 1 },
  /** Hood didn't process it, and may do so a moment later. */
  notYet: { effect: "notDone", attempts: 6 },
  /** The request went out, and no answer came that tells what became of it. */
  noResponse: { effect: "unknown", attempts: 6 },
  /** What answered isn't Hood's API. */
  unexpectedResponse: { effect: "unknown", attempts: 4 },
  /** The answer is too large, or would be with all that follows. */
  tooLarge: { effect: "unknown", attempts: 1 },
  /** The account takes too long for a whole list. */
  tooSlow: { effect: "unknown", attempts: 1 },
  /** The account asks for a longer wait than the settings allow. */
  tooLong: { effect: "notDone", attempts: 1 },
  /** The rate limit lets no call through within a minute after the read that it stands on. */
  noRoom: { effect: "notDone", attempts: 1 },
  /** The operation was stopped before the request went out. */
  aborted: { effect: "notDone", attempts: 1 },
} as const satisfies Readonly<Record<string, Failure>>;

export type FailureKind = keyof typeof failures;

/** A call that failed. The message is one line: what was tried, what came back, Hood's trace id. It never holds the token. */
export class HoodError extends Error {
  override name = "HoodError";
  declare readonly message: Message;

  constructor(
    readonly kind: FailureKind,
    readonly endpoint: Endpoint,
    /** What came back, as the continuation of "can't …: ". */
    readonly detail: Message,
    /** The HTTP status, if there was an answer. */
    readonly status?: number,
    /** What Hood's support finds the request by. */
    readonly traceId?: string,
    /** The milliseconds that the answer asks to wait before another attempt, if it does. */
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
