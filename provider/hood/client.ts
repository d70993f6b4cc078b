import { isObject } from "../json";
import { count, harmlessValue, say } from "../text";
import type { Clock } from "./clock";
import type { Endpoint } from "./endpoints";
import { describeAnswer, type FailureKind, HoodError, traceIdIn } from "./errors";
import { retryAfter } from "./rateLimit/headers";
import { type Limiter, TooLongWait } from "./rateLimit/limiter";
import { newTurn, type Turn } from "./rateLimit/turn";
import { type Answer, type Transport, TransportError } from "./transport";
import { type Tell, type UnderWay, Waits } from "./waits";

/**
 * Failures after which a call is sent again: how often it is sent at the most, and whether every call may be, or only those
 * whose endpoint allows it. A server that stumbles gets more time than an address that nobody answers at, or that something
 * else answers at: those are rarely gone a second later.
 */
const RETRIES: Partial<Record<FailureKind, { readonly most: number; readonly nothingDone: boolean }>> = {
  noResponse: { most: 6, nothingDone: false },
  unexpectedResponse: { most: 4, nothingDone: false },
  unreachable: { most: 4, nothingDone: true },
  notYet: { most: 6, nothingDone: true },
};
/** What an answer means by its status alone; the others are told apart by their bodies. RFC 8470: who answers 425 hasn't processed it. */
const MEANINGS: Readonly<Record<number, FailureKind>> = { 401: "unauthorized", 408: "noResponse", 425: "notYet" };
/** How long after the first failure another attempt may begin, in milliseconds. */
const LONGEST = 120_000;
/** Pause before the second attempt, in milliseconds; it doubles with each, and up to half of it is chance. */
const FIRST_PAUSE = 250;

/** An answer that Hood gave, parsed. A 204 has no body. */
export interface Reply {
  readonly status: number;
  readonly body: unknown;
  /** When its request went out, by the client's clock: it shows the account as it was then, or later. */
  readonly sentAt: number;
}

/** What a call may come with. */
export interface Call {
  readonly body?: object;
  /** Asked when the request's turn has come; what it throws keeps the request from being sent. */
  readonly ready?: (() => Promise<void>) | undefined;
  /** True once what the call stands on is too old. Asked when its turn has come, again for each attempt: then it rejects with StaleError. */
  readonly outdated?: (() => boolean) | undefined;
  /** Kept where several calls are one intention. */
  readonly turn?: Turn | undefined;
}

export interface ClientOptions {
  readonly transport: Transport;
  readonly limiter: Limiter;
  readonly clock: Clock;
  /** Aborted when the operation is stopped: what waits is given up, what is on its way ends. */
  readonly abort?: AbortSignal | undefined;
  /** Milliseconds that the account may make one request wait, told at once or added up. */
  readonly maxWait?: number;
  /** Is told each second what is waited for. */
  readonly tell?: Tell | undefined;
}

/** Calls Hood: paced, repeated where that is safe, and with every failure told apart. */
export class Client {
  readonly #options: ClientOptions;
  /** What the account's clock is ahead of ours; undefined before its first answer. */
  #ahead: number | undefined;

  readonly #waits: Waits;

  constructor(options: ClientOptions) {
    this.#options = options;
    const { clock, limiter, tell } = options;
    this.#waits = new Waits({ clock, turn: () => limiter.wait(), tell });
  }

  /** The account's clock, in milliseconds since 1970, by the `Date` of its answers; this machine's as long as it shows none. */
  accountTime(): number {
    return this.#ahead === undefined ? Date.now() : this.#options.clock.now() + this.#ahead;
  }

  /** @throws HoodError for everything but an answer of 2xx that is Hood's; StaleError */
  async call(endpoint: Endpoint, { turn = newTurn(), ...call }: Call = {}): Promise<Reply> {
    const underWay: UnderWay = { endpoint, since: this.#options.clock.now() };
    return this.#waits.during(underWay, () => this.#persist(underWay, { ...call, turn }));
  }

  async #persist(underWay: UnderWay, call: Call & { readonly turn: Turn }): Promise<Reply> {
    const { clock } = this.#options;
    let firstFailure: number | undefined;
    let told = 0;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#once(underWay, call);
      } catch (error) {
        if (!(error instanceof HoodError) || !isRepeatable(error)) throw error;
        // Waiting for the rate limit, before the first attempt, is no failing.
        firstFailure ??= clock.now();
        const elapsed = clock.now() - firstFailure;
        if (attempt >= (RETRIES[error.kind]?.most ?? 1) || elapsed - told > LONGEST)
          throw gaveUp(error, attempt, elapsed);
        told += await this.#pause(underWay, call.turn, error, attempt);
      }
    }
  }

  /** Waits before attempt `attempt + 1`. @returns the milliseconds that the account asked for. */
  async #pause(underWay: UnderWay, turn: Turn, error: HoodError, attempt: number): Promise<number> {
    const { clock, abort, maxWait = Number.POSITIVE_INFINITY } = this.#options;
    const { wait = 0 } = error;
    turn.waited += wait;
    if (turn.waited > maxWait) throw await this.#tooLong(underWay, error, wait, turn.waited);
    underWay.until = clock.now() + wait;
    await clock.sleep(Math.max(wait, FIRST_PAUSE * 2 ** (attempt - 1) * (1 + clock.random() / 2)), abort);
    return wait;
  }

  async #once(underWay: UnderWay, { body, ready, outdated, turn }: Call): Promise<Reply> {
    const { transport, limiter, abort, clock } = this.#options;
    const { endpoint } = underWay;
    let sentAt = 0;
    const send = async () => {
      await ready?.();
      sentAt = clock.now();
      const answer = await transport(endpoint, body);
      this.#noteTime(answer);
      return answer;
    };
    try {
      const answer = await limiter.run(send, { abort, outdated, turn, kind: endpoint.method });
      return { ...replyFrom(endpoint, answer), sentAt };
    } catch (error) {
      if (abort?.aborted && error === abort.reason) {
        throw new HoodError("aborted", endpoint, say`the operation was stopped before its turn came`);
      }
      if (error instanceof TooLongWait) {
        const { status, text } = error.answer;
        const body = parse(text);
        const refusal = new HoodError("tooLong", endpoint, describeAnswer(status, body), status, traceIdIn(body));
        throw await this.#tooLong(underWay, refusal, error.left, error.waited);
      }
      if (!(error instanceof TransportError)) throw error;
      throw new HoodError(error.sent ? "noResponse" : "unreachable", endpoint, say`${error.message}`);
    }
  }

  /** @param left milliseconds that the last answer asks for. @param waited milliseconds of waiting that it would come to by then. */
  async #tooLong(
    underWay: UnderWay,
    { endpoint, detail, status, traceId }: HoodError,
    left: number,
    waited: number,
  ): Promise<HoodError> {
    await this.#waits.tooLong(underWay, left);
    const seconds = (milliseconds: number) => `${Math.ceil(milliseconds / 1_000)} s`;
    const when = `${new Date(Date.now() + left).toISOString().slice(0, 19).replace("T", " ")} UTC`;
    const asks =
      waited > left
        ? `, again and again for ${seconds(Math.round((waited - left) / 1_000) * 1_000)}; the next attempt would be at ${when}`
        : `; the account asks to wait until ${when} (${seconds(left)})`;
    const words = say`${detail}${asks}, and hood:maxWait allows ${seconds(this.#options.maxWait ?? 0)}`;
    return new HoodError("tooLong", endpoint, words, status, traceId);
  }

  #noteTime({ header }: Answer): void {
    const time = Date.parse(header("date") ?? "");
    if (!Number.isNaN(time)) this.#ahead = time - this.#options.clock.now();
  }
}

function gaveUp({ kind, endpoint, detail, status, traceId }: HoodError, attempts: number, elapsed: number): HoodError {
  const bound = `after ${count(attempts, "attempt")} in ${(elapsed / 1_000).toFixed(1)} s`;
  return new HoodError(kind, endpoint, say`${detail}, ${bound}`, status, traceId);
}

// What certainly did nothing may always be sent again; what may have arrived, only where the endpoint says so.
function isRepeatable({ kind, endpoint }: HoodError): boolean {
  const retry = RETRIES[kind];
  return retry !== undefined && (retry.nothingDone || endpoint.replay === "freely");
}

function replyFrom(endpoint: Endpoint, answer: Answer): Omit<Reply, "sentAt"> {
  const { status, text } = answer;
  if (status === 204) return { status, body: undefined };
  const body = parse(text);
  const wait = retryAfter(answer);
  const fail = (kind: FailureKind, detail = describeAnswer(status, body)) =>
    new HoodError(kind, endpoint, detail, status, traceIdIn(body), typeof wait === "number" ? wait : undefined);

  const meaning = status >= 500 ? "noResponse" : MEANINGS[status];
  if (meaning) throw fail(meaning);
  if (status >= 300 && status < 400)
    throw fail("unexpectedResponse", say`HTTP ${status}, a redirect, which is never followed`);
  // An error without a body is still an answer; a page of HTML comes from something in between.
  if (!isObject(body) && !(status >= 400 && text.trim() === "")) {
    if (text.startsWith("{")) throw fail("noResponse", say`HTTP ${status} with JSON that is cut off`);
    throw fail("unexpectedResponse", say`HTTP ${status} with something that isn't JSON`);
  }
  if (status >= 400) throw fail("rejected");
  return { status, body };
}

/** An answer's values, with nothing in them that Pulumi would stop at. All that Hood says comes in here. */
function parse(text: string): unknown {
  try {
    return harmlessValue(JSON.parse(text));
  } catch {
    return undefined;
  }
}
