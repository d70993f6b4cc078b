import type { Clock } from "../clock";
import type { Answer } from "../transport";
import { accepted, ended, rejected, sent } from "./answers";
import { reportedIn, retryAfter, type Window } from "./headers";
import type { OtherWindow } from "./otherWindow";
import { Parallel } from "./parallel";
import { opens } from "./policy";
import { Queue, StaleError, type Waiting } from "./queue";
import { begin, type Exchange, type State } from "./state";
import { newTurn, type Turn } from "./turn";

export interface LimiterOptions {
  /** The account's windows, the shortest first. */
  readonly windows: readonly Window[];
  readonly maxParallel: number;
  readonly clock: Clock;
  /** Milliseconds that the account may make a request wait by answers of 429, asked for at once or added up. */
  readonly maxWait?: number;
  /** Is told once of each window of the account that isn't as configured. */
  readonly differs?: ((other: OtherWindow) => void) | undefined;
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

/** Nothing but 429s came for requests of one kind: since when, and the last of them. */
interface Rejection {
  readonly since: number;
  readonly answer: Answer;
}

/**
 * Holds requests back so that the account's windows are used up and not overrun, first come first served, and obeys 429 until the
 * request is let through. A request that was answered 429 did nothing, so sending it again is safe.
 *
 * When to send is the policy's: what the `X-RateLimit-…` headers tell of the windows, and of others who share them. If they tell
 * nothing, no more than a window's limit goes out in any time of its length.
 */
export class Limiter {
  readonly #options: LimiterOptions & { readonly maxWait: number };
  readonly #queue = new Queue();
  readonly #parallel: Parallel;
  /** By kind: an account may let reads through, and no changes. */
  readonly #rejections = new Map<string, Rejection>();
  #state: State;
  #places = 0;
  /** When the next may go out; Infinity if an answer must come first. */
  #until = Number.NEGATIVE_INFINITY;
  #wakesAt = Number.POSITIVE_INFINITY;
  #timer = new AbortController();
  /** Until when those pause that were too many at once. */
  readonly #pauses: number[] = [];

  constructor({ maxWait = Number.POSITIVE_INFINITY, ...options }: LimiterOptions) {
    this.#options = { ...options, maxWait };
    this.#parallel = new Parallel(options.maxParallel);
    this.#state = begin(options.windows);
  }

  /**
   * Sends a request when its turn has come, again after each 429, and resolves to the first other answer.
   *
   * @throws TooLongWait, StaleError
   */
  async run(
    send: () => Promise<Answer>,
    { abort, outdated, kind = "", turn = newTurn() }: RunOptions = {},
  ): Promise<Answer> {
    const { clock, maxWait } = this.#options;
    turn.place ??= this.#places++;
    for (let tooMany = 0; ; ) {
      const sent = await this.#turn({ place: turn.place, kind, outdated }, abort);
      const answer = await this.#exchange(sent, send, kind);
      const exchange = { sent, answered: clock.now() };
      if (answer.status !== 429) {
        this.#accepted(exchange, answer, kind);
        this.#pump();
        return answer;
      }
      const asked = retryAfter(answer, clock.date());
      tooMany = asked === "parallel" ? tooMany + 1 : 0;
      const wait = this.#rejected(exchange, kind, asked, tooMany);
      this.#rejections.set(kind, { since: exchange.answered, ...this.#rejections.get(kind), answer });
      turn.waited += wait;
      if (turn.waited > maxWait) {
        this.#pump();
        throw new TooLongWait(answer, wait, turn.waited);
      }
      // Otherwise pumped by its next turn, when it is back in the queue: nobody gets ahead of it.
      if (asked !== "parallel" || wait === 0) continue;
      this.#pump();
      await this.#pause(wait, abort);
    }
  }

  /** What those that wait for time, rather than for an answer, wait for: the next of them goes out in so many milliseconds. */
  wait(): { readonly left: number; readonly reason: "turn" | "parallel" } {
    const now = this.#options.clock.now();
    const until = this.#queue.length > 0 && this.#until < Number.POSITIVE_INFINITY ? this.#until : now;
    const pauses = [...this.#pauses, ...this.#queue.kinds.map((kind) => this.#parallel.opens(kind))];
    const pause = Math.min(...pauses.filter((end) => end > now));
    if (until > now && until !== pause) return { left: until - now, reason: "turn" };
    return { left: pause < Number.POSITIVE_INFINITY ? pause - now : 0, reason: "parallel" };
  }

  /** Resolves to the moment at which it is to be sent; rejects when it is ended, or with the signal's reason. */
  #turn(how: Pick<Waiting, "place" | "kind" | "outdated">, abort: AbortSignal | undefined): Promise<number> {
    return new Promise((resolve, reject) => {
      if (abort?.aborted) {
        this.#pump();
        return reject(abort.reason);
      }
      const stop = () => {
        this.#queue.remove(waiting);
        reject(abort?.reason);
        this.#pump();
      };
      const settle =
        <T>(how: (value: T) => void) =>
        (value: T) => {
          abort?.removeEventListener("abort", stop);
          how(value);
        };
      const waiting: Waiting = { ...how, go: settle(resolve), end: settle(reject) };
      abort?.addEventListener("abort", stop);
      this.#queue.add(waiting);
      this.#pump();
    });
  }

  /** One that is too many at once waits outside of the queue, in nobody's way. */
  async #pause(milliseconds: number, abort: AbortSignal | undefined): Promise<void> {
    const end = this.#options.clock.now() + milliseconds;
    this.#pauses.push(end);
    await this.#options.clock.sleep(milliseconds, abort);
    this.#pauses.splice(this.#pauses.indexOf(end), 1);
  }

  async #exchange(sent: number, send: () => Promise<Answer>, kind: string): Promise<Answer> {
    const { clock } = this.#options;
    try {
      return await send();
    } catch (error) {
      // Whether it arrived or not isn't known, so it counts.
      this.#state = ended(this.#state, { sent, answered: clock.now() }, clock.random());
      this.#parallel.ended(kind);
      this.#pump();
      throw error;
    }
  }

  /** Sends what may go out now, and comes back when time alone lets more of them out. Answers come back by themselves. */
  #pump(): void {
    const { clock } = this.#options;
    this.#endBlocked();
    this.#until = Number.NEGATIVE_INFINITY;
    while (this.#queue.length > 0) {
      const now = clock.now();
      const may = (kind: string) => this.#parallel.opens(kind) <= now;
      const first = this.#queue.first(may);
      this.#until = first ? this.#opens(now) : Math.min(...this.#queue.kinds.map((kind) => this.#parallel.opens(kind)));
      if (!first || this.#until > now) break;
      this.#queue.remove(first);
      if (first.outdated?.()) {
        first.end(new StaleError());
        continue;
      }
      this.#state = sent(this.#state, now, clock.random());
      this.#parallel.sent(first.kind);
      first.go(now);
    }
    this.#wake(this.#queue.length > 0 ? this.#until : Number.POSITIVE_INFINITY);
  }

  #opens(now: number): number {
    return this.#parallel.isFull ? Number.POSITIVE_INFINITY : opens(this.#state, now, this.#queue.length);
  }

  /** Ends what the account lets nothing of through for too long, what hasn't asked yet too. */
  #endBlocked(): void {
    const now = this.#options.clock.now();
    for (const [kind, { since, answer }] of this.#rejections) {
      const pause = this.#parallel.opens(kind);
      const open = Math.max(this.#state.blocked, pause < Number.POSITIVE_INFINITY ? pause : now);
      if (open > now && open - since > this.#options.maxWait) {
        this.#queue.endAll(kind, new TooLongWait(answer, open - now, open - since));
      }
    }
  }

  #wake(at: number): void {
    if (at === this.#wakesAt) return;
    // Without a reason, an error with a stack trace would be made each time.
    this.#timer.abort("replaced");
    this.#wakesAt = at;
    if (at === Number.POSITIVE_INFINITY) return;
    const timer = new AbortController();
    this.#timer = timer;
    const { clock } = this.#options;
    void clock.sleep(at - clock.now(), timer.signal).then(() => {
      if (timer.signal.aborted) return;
      this.#wakesAt = Number.POSITIVE_INFINITY;
      this.#pump();
    });
  }

  #accepted(exchange: Exchange, answer: Answer, kind: string): void {
    this.#parallel.ended(kind);
    this.#parallel.accepted(kind, exchange.sent);
    this.#rejections.delete(kind);
    const { found } = this.#state;
    this.#state = accepted(this.#state, exchange, reportedIn(answer), this.#options.clock.random());
    for (const other of this.#state.found.slice(found.length)) this.#options.differs?.(other);
  }

  /**
   * @param tooMany how often in a row it was one too many at once.
   * @returns the milliseconds that the account makes it wait.
   */
  #rejected(exchange: Exchange, kind: string, asked: number | "parallel" | undefined, tooMany: number): number {
    const chance = this.#options.clock.random();
    this.#parallel.ended(kind);
    if (asked === "parallel") {
      this.#state = ended(this.#state, exchange, chance);
      return this.#parallel.rejected(kind, exchange, tooMany);
    }
    this.#state = rejected(this.#state, exchange, asked, chance);
    return Math.max(0, this.#state.blocked - exchange.answered);
  }
}
