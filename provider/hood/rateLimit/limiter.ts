import type { Clock } from "../clock";
import type { Answer } from "../transport";
import { Backoff } from "./backoff";
import { Budgets } from "./budget";
import { ConcurrencyLimit } from "./concurrency";
import { retryAfter } from "./headers";
import { heldUntil } from "./hold";
import { Queue } from "./queue";
import type { Request } from "./sentInWindow";
import { newTurn, type Turn } from "./turn";
import type { Window } from "./window";

export interface LimiterOptions {
  /** The account's windows, the shortest first. */
  readonly windows: readonly Window[];
  readonly maxParallel: number;
  readonly clock: Clock;
  /** Milliseconds that the account may make a request wait by answers of 429, asked for at once or added up. */
  readonly maxWait?: number;
}

/** How a request is to be sent. */
export interface RunOptions {
  /** Ends the waiting, not a request that is on its way; rejects with the signal's reason. */
  readonly abort?: AbortSignal | undefined;
  /** True once what the request stands on is too old. Asked when its turn has come: then it isn't sent, and rejects with StaleError. */
  readonly outdated?: (() => boolean) | undefined;
  /** Requests that an account may treat in one way; the method, mostly. */
  readonly kind?: string;
  /** The same one for all requests of one intention. */
  readonly turn?: Turn | undefined;
}

/** The account asks for more time than a request may wait. It was answered 429, so it did nothing. */
export class TooLongWait extends Error {
  override name = "TooLongWait";

  /**
   * @param answer the last 429.
   * @param left milliseconds from now until a request may be let through.
   * @param waited milliseconds of waiting that it would come to by then.
   */
  constructor(
    readonly answer: Answer,
    readonly left: number,
    readonly waited: number,
  ) {
    super();
  }
}

/**
 * Holds requests back so that no window of the account is overrun by them, first come first served, and obeys 429
 * until the request is let through. A request that was answered 429 did nothing, so sending it again is safe.
 *
 * Where the account's windows start and what others use of them is learnt from the `X-RateLimit-…` headers. What isn't known counts
 * at its worst, so no more than a window's limit goes out in it, wherever it starts. The exception is a longer window that the account
 * hides while it reports a shorter one: once our own count of it is full, single probes go out, until a 429 tells.
 */
export class Limiter {
  readonly #clock: Clock;
  readonly #budgets: Budgets;
  readonly #concurrency: ConcurrencyLimit;
  readonly #backoff: Backoff;
  readonly #queue = new Queue();
  #places = 0;
  #inFlight = 0;
  #lastSent = 0;
  #lastAnswered = 0;
  #roundTrip = 0;
  readonly #maxWait: number;
  #rejection: Answer | undefined;
  /** When the next may go out; Infinity if an answer must come first. */
  #until = Number.NEGATIVE_INFINITY;
  #timer = new AbortController();

  constructor({ windows, maxParallel, clock, maxWait = Number.POSITIVE_INFINITY }: LimiterOptions) {
    this.#clock = clock;
    this.#maxWait = maxWait;
    this.#budgets = new Budgets(windows);
    this.#backoff = new Backoff(windows);
    this.#concurrency = new ConcurrencyLimit(maxParallel);
  }

  /**
   * Sends a request when its turn has come, again after each 429, and resolves to the first other answer.
   *
   * @throws TooLongWait, StaleError
   */
  async run(
    exchange: () => Promise<Answer>,
    { abort, outdated, kind = "", turn = newTurn() }: RunOptions = {},
  ): Promise<Answer> {
    turn.place ??= this.#places++;
    const waiting = { place: turn.place, kind, outdated };
    for (;;) {
      const request = await this.#queue.wait(waiting, abort, () => this.#pump());
      const answer = await this.#through(request, exchange);
      if (answer.status !== 429) {
        this.#accepted(request, answer, kind);
        this.#pump();
        return answer;
      }
      // Pumped by its next turn, when it is back in the queue: nobody gets ahead of it.
      turn.waited += this.#rejected(request, answer, kind);
      if (turn.waited <= this.#maxWait) continue;
      this.#pump();
      throw this.#tooLong(answer, turn.waited);
    }
  }

  /** Milliseconds until the next of those that wait may go out; 0 if none waits, or for an answer rather than for time. */
  wait(): number {
    const wait = this.#until - this.#clock.now();
    return this.#queue.length > 0 && wait < Number.POSITIVE_INFINITY ? Math.max(0, wait) : 0;
  }

  async #through(request: Request, exchange: () => Promise<Answer>): Promise<Answer> {
    try {
      return await exchange();
    } catch (error) {
      // Whether it arrived or not isn't known, so it counts.
      this.#ended(request);
      this.#pump();
      throw error;
    }
  }

  /** Sends what may go out now, and comes back when time alone lets more of them out. Answers come back by themselves. */
  #pump(): void {
    // Without a reason, an error with a stack trace would be made each time.
    this.#timer.abort("replaced");
    this.#endBlocked();
    while (this.#queue.length > 0) {
      const now = this.#clock.now();
      const opens = this.#opens(now);
      this.#until = opens;
      if (opens > now) {
        this.#sleep(opens - now);
        break;
      }
      if (this.#queue.dropOutdated()) continue;
      const request = { sent: now, answered: Number.POSITIVE_INFINITY };
      this.#budgets.sent(request);
      this.#inFlight++;
      this.#lastSent = now;
      this.#queue.next(request);
    }
  }

  /** Ends what the account lets nothing of through for too long, what hasn't asked yet too. */
  #endBlocked(): void {
    for (const kind of this.#backoff.blocked(this.#clock.now(), this.#maxWait)) {
      if (this.#rejection) this.#queue.endAll(kind, this.#tooLong(this.#rejection, this.#backoff.asked(kind)));
    }
  }

  #sleep(milliseconds: number): void {
    if (milliseconds === Number.POSITIVE_INFINITY) return;
    const timer = new AbortController();
    this.#timer = timer;
    void this.#clock.sleep(milliseconds, timer.signal).then(() => {
      if (!timer.signal.aborted) this.#pump();
    });
  }

  /** From when on the next request may go out if nothing more is learnt; Infinity if an answer must come first. */
  #opens(now: number): number {
    const opens = this.#budgets.opens(now);
    if (this.#inFlight >= this.#concurrency.value) return Number.POSITIVE_INFINITY;
    const open = Math.max(this.#backoff.notBefore, this.#afterProbe(now), opens);
    if (open > now) return open;
    return heldUntil(this.#budgets.all, {
      now,
      waiting: this.#queue.length,
      inFlight: this.#inFlight,
      lastAnswered: this.#lastAnswered,
      roundTrip: this.#roundTrip,
    });
  }

  /** One goes out before the others to see what is available; a slow one isn't waited for longer than it can save. */
  #afterProbe(now: number): number {
    const { all, shortest } = this.#budgets;
    if (!shortest || this.#inFlight === 0) return now;
    const { length } = shortest.window;
    if (this.#backoff.alone || all.some(({ needsProbe }) => needsProbe)) return this.#lastSent + length;
    return shortest.isProbed(now) ? now : this.#lastSent + length / 4;
  }

  #ended(request: Request): void {
    request.answered = this.#clock.now();
    this.#lastAnswered = request.answered;
    this.#inFlight--;
  }

  #accepted(request: Request, answer: Answer, kind: string): void {
    this.#ended(request);
    this.#backoff.accepted(kind);
    const roundTrip = request.answered - request.sent;
    this.#roundTrip += (roundTrip - this.#roundTrip) / (this.#roundTrip === 0 ? 1 : 5);
    this.#concurrency.good(request.sent, request.answered);
    this.#budgets.accepted(request, answer);
  }

  #tooLong(answer: Answer, waited: number): TooLongWait {
    return new TooLongWait(answer, Math.max(0, this.#backoff.notBefore - this.#clock.now()), waited);
  }

  /** @returns the milliseconds that the account asks for by that; too many requests at once count as long as nothing gets through. */
  #rejected(request: Request, answer: Answer, kind: string): number {
    this.#ended(request);
    this.#rejection = answer;
    const { sent, answered } = request;
    const asked = retryAfter(answer, this.#clock.date());
    if (asked === "parallel") {
      this.#concurrency.lower(this.#inFlight, sent, answered);
      if (this.#inFlight === 0) this.#backoff.busy(answered, kind);
      return 0;
    }
    this.#backoff.rejected(request, asked, kind);
    this.#budgets.rejected(request, asked);
    return this.#backoff.notBefore - answered;
  }
}
