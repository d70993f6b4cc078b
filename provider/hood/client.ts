import { count, harmlessValue } from "../text";
import { isObject } from "./campaign";
import type { Clock } from "./clock";
import type { Endpoint } from "./endpoints";
import { describeAnswer, type FailureKind, HoodError, traceIdIn } from "./errors";
import type { Limiter } from "./limiter";
import { type Answer, type Transport, TransportError } from "./transport";

/**
 * How often a call that may be repeated is sent, at the most, by how it failed. A server that stumbles gets more time than
 * an address that nobody answers at, or that something else answers at: those are rarely gone a second later.
 */
const MOST_ATTEMPTS: Partial<Record<FailureKind, number>> = { lost: 6, unreachable: 4, notHood: 4 };
/** How long after the first failure another attempt may begin, in milliseconds. */
const LONGEST = 120_000;
/** Pause before the second attempt, in milliseconds; it doubles with each, and up to half of it is chance. */
const FIRST_PAUSE = 250;

/** An answer that Hood gave, parsed. A 204 has no body. */
export interface Reply {
  readonly status: number;
  readonly body: unknown;
}

export interface ClientOptions {
  readonly transport: Transport;
  readonly limiter: Limiter;
  readonly clock: Clock;
  /** Aborted when the operation is stopped: what waits is given up, what is on its way ends. */
  readonly giveUp?: AbortSignal;
}

/** Calls Hood: paced, repeated where that is safe, and with every failure told apart. */
export class Client {
  readonly #options: ClientOptions;
  /** What the account's clock is ahead of ours; undefined before its first answer. */
  #ahead: number | undefined;

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  /** The account's clock, in milliseconds since 1970, by the `Date` of its answers; this machine's as long as it shows none. */
  accountTime(): number {
    return this.#ahead === undefined ? Date.now() : this.#options.clock.now() + this.#ahead;
  }

  /**
   * @param ready is asked when the request's turn has come; what it throws keeps the request from being sent.
   * @throws HoodError for everything but an answer of 2xx that is Hood's.
   */
  async call(endpoint: Endpoint, body?: object, ready?: () => Promise<void>): Promise<Reply> {
    const { clock } = this.#options;
    let firstFailure: number | undefined;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#once(endpoint, body, ready);
      } catch (error) {
        if (!(error instanceof HoodError) || !isRepeatable(error)) throw error;
        // Waiting for the rate limit, before the first attempt, is no failing.
        firstFailure ??= clock.now();
        const elapsed = clock.now() - firstFailure;
        if (attempt >= (MOST_ATTEMPTS[error.kind] ?? 1) || elapsed > LONGEST) throw gaveUp(error, attempt, elapsed);
        await this.#pause(attempt);
      }
    }
  }

  /** Waits before attempt `attempt + 1`. */
  async #pause(attempt: number): Promise<void> {
    const { clock, giveUp } = this.#options;
    await clock.sleep(FIRST_PAUSE * 2 ** (attempt - 1) * (1 + clock.random() / 2), giveUp);
  }

  async #once(endpoint: Endpoint, body?: object, ready?: () => Promise<void>): Promise<Reply> {
    const { transport, limiter, giveUp } = this.#options;
    const send = async () => {
      await ready?.();
      const answer = await transport(endpoint, body);
      this.#noteTime(answer);
      return answer;
    };
    try {
      return replyFrom(endpoint, await limiter.run(send, giveUp));
    } catch (error) {
      if (giveUp?.aborted && error === giveUp.reason) {
        throw new HoodError("givenUp", endpoint, "the operation was stopped before its turn came");
      }
      if (!(error instanceof TransportError)) throw error;
      throw new HoodError(error.sent ? "lost" : "unreachable", endpoint, error.message);
    }
  }

  #noteTime({ header }: Answer): void {
    const time = Date.parse(header("date") ?? "");
    if (!Number.isNaN(time)) this.#ahead = time - this.#options.clock.now();
  }
}

function gaveUp({ kind, endpoint, detail, status, traceId }: HoodError, attempts: number, elapsed: number): HoodError {
  const bound = `after ${count(attempts, "attempt")} in ${(elapsed / 1_000).toFixed(1)} s`;
  return new HoodError(kind, endpoint, `${detail}, ${bound}`, status, traceId);
}

// What never left may always be sent again; what may have arrived, only where the endpoint says so.
function isRepeatable({ kind, endpoint }: HoodError): boolean {
  return kind === "unreachable" || (endpoint.replay === "freely" && kind in MOST_ATTEMPTS);
}

function replyFrom(endpoint: Endpoint, answer: Answer): Reply {
  const { status, text } = answer;
  if (status === 204) return { status, body: undefined };
  const body = parse(text);
  const fail = (kind: FailureKind, detail = describeAnswer(status, body)) =>
    new HoodError(kind, endpoint, detail, status, traceIdIn(body));

  if (status === 401) throw fail("unauthorized");
  if (status >= 500 || status === 408) throw fail("lost");
  if (status >= 300 && status < 400) throw fail("notHood", `HTTP ${status}, a redirect, which is never followed`);
  // An error without a body is still an answer; a page of HTML comes from something in between.
  if (!isObject(body) && !(status >= 400 && text.trim() === "")) {
    if (text.startsWith("{")) throw fail("lost", `HTTP ${status} with JSON that is cut off`);
    throw fail("notHood", `HTTP ${status} with something that isn't JSON`);
  }
  if (status >= 400) throw fail("refused");
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
