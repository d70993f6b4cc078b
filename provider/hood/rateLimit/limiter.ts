import type { Clock } from "../clock";
import type { Answer } from "../transport";
import { type OtherWindow, reportedIn, retryAfter, type Window } from "./headers";
import { AFTER_NEXT_ANSWER, opens } from "./policy";
import { accepted, begin, ended, LONGEST_PAUSE, rejected, type State, sent, tooMany } from "./state";
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

/** The request's turn came, and what it stands on is too old by then. */
export class StaleError extends Error {
  override name = "StaleError";
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

/** Something that waits for its turn. */
interface Waiting extends Pick<RunOptions, "outdated"> {
  readonly place: number;
  readonly kind: string;
  readonly go: (sent: number) => void;
  readonly end: (reason: unknown) => void;
}

/** Nothing but 429s came for requests of one kind: an account may let reads through, and no changes. */
interface Rejection {
  readonly since: number;
  /** The last of them. */
  readonly answer: Answer;
  /** "Too many at once" in a row, and until when the next one waits for that. */
  readonly times: number;
  readonly until: number;
}

/** The first pause of one that is too many at once although little else is on its way; doubled each time. */
const FIRST_PAUSE = 250;

/**
 * Holds requests back so that the account's windows are used up and not overrun, first come first served, and obeys 429 until the
 * request is let through. A request that was answered 429 did nothing, so sending it again is safe.
 *
 * When to send is the policy's: what the `X-RateLimit-…` headers tell of the windows, and of others who share them. If they tell
 * nothing, no more than a window's limit goes out in any time of its length.
 */
export class Limiter {
  readonly #options: LimiterOptions & { readonly maxWait: number };
  /** Those that wait for their turn, in the order of their places. */
  #queue: Waiting[] = [];
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
    this.#state = begin(options.windows, options.maxParallel);
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
    for (let times = 0; ; ) {
      const sent = await this.#turn({ place: turn.place, kind, outdated }, abort);
      const answer = await this.#exchange(sent, send);
      if (answer.status !== 429) {
        this.#accepted(sent, answer, kind);
        return answer;
      }
      const isTooMany = retryAfter(answer, clock.date()) === "parallel";
      times = isTooMany ? times + 1 : 0;
      const wait = this.#rejected(sent, answer, kind, times);
      turn.waited += wait;
      if (turn.waited > maxWait) {
        this.#pump();
        throw new TooLongWait(answer, wait, turn.waited);
      }
      // Otherwise pumped by its next turn, when it is back in the queue: nobody gets ahead of it.
      if (!isTooMany || wait === 0) continue;
      this.#pump();
      await this.#pause(wait, abort);
    }
  }

  /** What those that wait for time, rather than for an answer, wait for: the next of them goes out in so many milliseconds. */
  wait(): { readonly left: number; readonly reason: "turn" | "parallel" } {
    const now = this.#options.clock.now();
    const pause = Math.min(...this.#pauses.filter((end) => end > now), this.#pausedUntil(now));
    const isTurn = this.#queue.length > 0 && this.#until > now && this.#until < AFTER_NEXT_ANSWER;
    if (isTurn && this.#until !== pause) return { left: this.#until - now, reason: "turn" };
    return { left: pause < AFTER_NEXT_ANSWER ? pause - now : 0, reason: "parallel" };
  }

  /** Resolves to the moment at which it is to be sent; rejects when it is ended, or with the signal's reason. */
  #turn(how: Pick<Waiting, "place" | "kind" | "outdated">, abort: AbortSignal | undefined): Promise<number> {
    return new Promise((resolve, reject) => {
      if (abort?.aborted) {
        this.#pump();
        return reject(abort.reason);
      }
      const stop = () => {
        this.#queue.splice(this.#queue.indexOf(waiting), 1);
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
      const before = this.#queue.findLastIndex(({ place }) => place < how.place);
      this.#queue.splice(before + 1, 0, waiting);
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

  async #exchange(sent: number, send: () => Promise<Answer>): Promise<Answer> {
    const { clock } = this.#options;
    try {
      return await send();
    } catch (error) {
      // Whether it arrived or not isn't known, so it counts.
      this.#state = ended(this.#state, { sent, answered: clock.now() }, clock.random());
      this.#pump();
      throw error;
    }
  }

  #accepted(sent: number, answer: Answer, kind: string): void {
    const { clock, differs } = this.#options;
    this.#rejections.delete(kind);
    const { found } = this.#state;
    this.#state = accepted(this.#state, { sent, answered: clock.now() }, reportedIn(answer), clock.random());
    for (const other of this.#state.found.slice(found.length)) differs?.(other);
    this.#pump();
  }

  /**
   * @param times how often in a row this request was one too many at once.
   * @returns the milliseconds that the account makes it wait.
   */
  #rejected(sent: number, answer: Answer, kind: string, times: number): number {
    const { clock } = this.#options;
    const now = clock.now();
    const exchange = { sent, answered: now };
    const before = this.#rejections.get(kind) ?? { since: now, times: 0, until: now };
    const asked = retryAfter(answer, clock.date());
    if (asked !== "parallel") {
      this.#rejections.set(kind, { ...before, answer });
      this.#state = rejected(this.#state, exchange, asked, clock.random());
      return Math.max(0, this.#state.blocked - now);
    }
    // Those sent together are rejected together: that is once.
    const inRow = before.times + (sent >= this.#state.parallel.since ? 1 : 0);
    this.#state = tooMany(this.#state, exchange, clock.random());
    this.#rejections.set(kind, { ...before, answer, times: inRow, until: now + this.#pauseAfter(inRow) });
    return this.#pauseAfter(times);
  }

  /** Once, it goes on when another of this process ends; if that doesn't help, or none is on its way, after a pause that grows. */
  #pauseAfter(times: number): number {
    if (times === 1 && this.#state.inFlight.length > 0) return 0;
    return Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (times - 1));
  }

  #isPaused(kind: string, now: number): boolean {
    return (this.#rejections.get(kind)?.until ?? now) > now;
  }

  /** When the first kind may go on of those that are too many at once. */
  #pausedUntil(now: number): number {
    return Math.min(...[...this.#rejections.values()].flatMap(({ until }) => (until > now ? until : [])));
  }

  /** Sends what may go out now, and comes back when time alone lets more of them out. Answers come back by themselves. */
  #pump(): void {
    const { clock } = this.#options;
    this.#endBlocked();
    this.#until = AFTER_NEXT_ANSWER;
    while (this.#queue.length > 0) {
      const now = clock.now();
      const at = this.#queue.findIndex(({ kind }) => !this.#isPaused(kind, now));
      const first = this.#queue[at];
      if (first) this.#until = opens(this.#state, now, this.#queue.length);
      else this.#until = this.#pausedUntil(now);
      if (!first || this.#until > now) break;
      this.#queue.splice(at, 1);
      this.#until = AFTER_NEXT_ANSWER;
      if (first.outdated?.()) {
        first.end(new StaleError());
        continue;
      }
      this.#state = sent(this.#state, now, clock.random());
      first.go(now);
    }
    this.#wake(this.#until);
  }

  /** Ends what the account lets nothing of through for too long, what hasn't asked yet too. */
  #endBlocked(): void {
    const { clock, maxWait } = this.#options;
    const now = clock.now();
    for (const [kind, { since, answer, until }] of this.#rejections) {
      const open = Math.max(this.#state.blocked, until);
      if (open <= now || open - since <= maxWait) continue;
      for (const waiting of this.#queue.filter((waiting) => waiting.kind === kind)) {
        this.#queue.splice(this.#queue.indexOf(waiting), 1);
        waiting.end(new TooLongWait(answer, open - now, open - since));
      }
    }
  }

  #wake(at: number): void {
    if (at === this.#wakesAt) return;
    // Without a reason, an error with a stack trace would be made each time.
    this.#timer.abort("replaced");
    this.#wakesAt = at;
    if (at === AFTER_NEXT_ANSWER) return;
    const timer = new AbortController();
    this.#timer = timer;
    const { clock } = this.#options;
    void clock.sleep(at - clock.now(), timer.signal).then(() => {
      if (timer.signal.aborted) return;
      this.#wakesAt = AFTER_NEXT_ANSWER;
      this.#pump();
    });
  }
}
