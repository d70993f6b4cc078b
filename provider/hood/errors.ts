import { concat, isObject, type Message, oneLine, say } from "../text";
import { bodyOf, LARGEST_BODY } from "./body";
import type { Endpoint } from "./endpoints";
import { retryAfter } from "./rateLimit/headers";
import type { Answer } from "./transport";

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

interface Row {
  /** Which statuses; all if it is left out. */
  readonly status?: RegExp;
  /** Which kinds of body; all if it is left out. */
  readonly body?: readonly ("none" | "object" | "cut off" | "other")[];
  readonly means: "answer" | FailureKind;
  /** Our words for it, after the status. Hood's own if they are left out. */
  readonly says?: Message;
}

/**
 * What an answer means: the first row that fits it. `failures` says what follows from that: whether the call can have had an effect,
 * and how often it may be sent again. No 429 comes here, since the rate limiter repeats what was answered so.
 *
 * doctor/assumptions.ts: path, token, errors
 */
const ANSWERS: readonly Row[] = [
  { status: /204/, means: "answer" },
  { status: /401/, means: "unauthorized" },
  { status: /408/, means: "noResponse" },
  // RFC 8470: who answers 425 hasn't processed the request.
  { status: /425/, means: "notYet" },
  { status: /^[5-9]/, means: "noResponse" },
  { status: /^3/, means: "unexpectedResponse", says: say`, a redirect, which is never followed` },
  // An error without a body is still Hood's; a page of HTML comes from something in between.
  { status: /^4/, body: ["none", "object"], means: "rejected" },
  { body: ["object"], means: "answer" },
  { body: ["cut off"], means: "noResponse", says: say` with JSON that is cut off` },
];
const ANYTHING_ELSE: Row = { means: "unexpectedResponse", says: say` with something that isn't JSON` };

/** @param now milliseconds since 1970. @throws HoodError for all that isn't an answer of Hood's to a call that it carried out */
export function readAnswer(
  endpoint: Endpoint,
  answer: Answer,
  now: number,
): { status: number; body: unknown; size: number } {
  const { status, text } = answer;
  const read = bodyOf(answer);
  if (!read) {
    const detail = say`HTTP ${status} with more than ${LARGEST_BODY / 1024 / 1024} MB in it`;
    throw new HoodError("tooLarge", endpoint, detail, status);
  }
  const { body, size } = read;
  const kind = isObject(body) ? "object" : text.trim() === "" ? "none" : text.startsWith("{") ? "cut off" : "other";
  const asked = retryAfter(answer, now);
  const wait = typeof asked === "number" ? asked : undefined;
  const fits = (row: Row) => (row.status?.test(String(status)) ?? true) && (row.body?.includes(kind) ?? true);
  const { means, says } = ANSWERS.find(fits) ?? ANYTHING_ELSE;
  if (means === "answer") return { status, body, size };
  const detail = says ? concat(say`HTTP ${status}`, says) : describeAnswer(status, body);
  throw new HoodError(means, endpoint, detail, status, traceIdIn(body), wait);
}

/** How long after the first failure another attempt may begin, in milliseconds. Waits that the account asks for don't count. */
const LONGEST = 120_000;
/** Pause before the second attempt, in milliseconds; it doubles with each, and up to half of it is chance. */
const FIRST_PAUSE = 250;

/** True if the call may be sent again. If it may have had an effect, only its endpoint can allow that. */
export function mayRepeat({ kind, endpoint }: HoodError): boolean {
  const { attempts, effect } = failures[kind];
  return attempts > 1 && (effect !== "unknown" || endpoint.replay === "freely");
}

/** True if it has been sent often enough. @param elapsed milliseconds since the first attempt failed */
export function isLast({ kind }: HoodError, attempt: number, elapsed: number): boolean {
  return attempt >= failures[kind].attempts || elapsed > LONGEST;
}

/** Milliseconds until the next attempt. @param chance from 0 to 1 */
export function pauseAfter({ wait = 0 }: Pick<HoodError, "wait">, attempt: number, chance: number): number {
  return Math.max(wait, FIRST_PAUSE * 2 ** (attempt - 1) * (1 + chance / 2));
}
