import type { Clock } from "./clock";
import type { Answer } from "./transport";
import type { Window } from "./window";

/** How long a 429 without a usable `Retry-After` is waited for, in milliseconds: the length of the shortest window. */
const UNTOLD_WAIT = 1_000;

export interface LimiterOptions {
  readonly windows: readonly Window[];
  readonly maxParallel: number;
  readonly clock: Clock;
}

/**
 * Holds requests back so that no window of the account is overrun by them, first come first served, and obeys 429
 * until the request is let through. A request that was answered 429 did nothing, so sending it again is safe.
 *
 * Where the account's windows begin isn't known here: no more than `limit` requests go out in any stretch of a window's
 * length, counted from the answer of the oldest, which holds for every place where a window can begin.
 */
export class Limiter {
  readonly #options: LimiterOptions;
  readonly #answered: number[] = [];
  #parallel: number;
  #inFlight = 0;
  #notBefore = 0;
  #queue: Promise<void> = Promise.resolve();
  #ended: (() => void)[] = [];

  constructor(options: LimiterOptions) {
    this.#options = options;
    this.#parallel = options.maxParallel;
  }

  async run(exchange: () => Promise<Answer>): Promise<Answer> {
    for (;;) {
      await this.#turn();
      const answer = await this.#through(exchange);
      if (answer.status !== 429) return answer;
      this.#obey(answer.header("retry-after"));
    }
  }

  #turn(): Promise<void> {
    const turn = this.#queue.then(() => this.#room());
    this.#queue = turn;
    return turn;
  }

  async #room(): Promise<void> {
    for (;;) {
      if (this.#inFlight >= this.#parallel) {
        await new Promise<void>((resolve) => this.#ended.push(resolve));
        continue;
      }
      const wait = this.wait();
      if (wait <= 0) break;
      await this.#options.clock.sleep(wait);
    }
    this.#inFlight++;
  }

  /** Milliseconds until a request may go out, as far as time alone decides it. */
  wait(): number {
    const now = this.#options.clock.now();
    const waits = this.#options.windows.map(({ limit, length }) => {
      // Those in flight count as answered now: their windows can't have begun to pass.
      const oldest = this.#answered[this.#answered.length + this.#inFlight - limit] ?? now;
      return this.#answered.length + this.#inFlight < limit ? 0 : oldest + length - now;
    });
    return Math.max(this.#notBefore - now, ...waits);
  }

  async #through(exchange: () => Promise<Answer>): Promise<Answer> {
    try {
      return await exchange();
    } finally {
      this.#inFlight--;
      this.#answered.push(this.#options.clock.now());
      const most = Math.max(...this.#options.windows.map(({ limit }) => limit));
      if (this.#answered.length > most) this.#answered.shift();
      for (const resolve of this.#ended.splice(0)) resolve();
    }
  }

  #obey(retryAfter: string | null): void {
    const seconds = retryAfter === null ? Number.NaN : Number(retryAfter);
    if (seconds < 0) {
      // Too many at once: no time can be told, so fewer from here on, and the next as soon as one has ended.
      this.#parallel = Math.max(1, this.#inFlight);
      if (this.#inFlight > 0) return;
    }
    const wait = seconds > 0 ? seconds * 1_000 : UNTOLD_WAIT;
    this.#notBefore = Math.max(this.#notBefore, this.#options.clock.now() + wait);
  }
}
