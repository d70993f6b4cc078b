import type { Clock } from "../clock";
import type { Answer } from "../transport";
import { type OtherWindow, retryAfter, type Window } from "./headers";
import { AFTER_NEXT_ANSWER, opens } from "./policy";
import { begin, ended, found, LONGEST_PAUSE, type State, sent } from "./state";
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
  /** It doesn't go out before, and is in nobody's way until then. */
  readonly after: number;
  readonly go: (sent: number) => void;
  readonly end: (reason: unknown) => void;
}

/** What came of requests of a kind that got nothing but 429: an account may let reads through, and no changes. */
interface Rejection {
  readonly since: number;
  /** The last of them. */
  readonly answer: Answer;
  /** Until when it made the request wait. */
  readonly until: number;
}

/** The first pause of a request that is one too many at once; doubled each time. */
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
  #wakesAt = AFTER_NEXT_ANSWER;
  #timer = new AbortController();

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
    let after = Number.NEGATIVE_INFINITY;
    for (let times = 0; ; ) {
      const sent = await this.#turn({ place: turn.place, kind, outdated, after }, abort);
      const answer = await this.#exchange(sent, send);
      if (answer.status !== 429) {
        this.#rejections.delete(kind);
        this.#pump();
        return answer;
      }
      const now = clock.now();
      const isTooMany = retryAfter(answer, clock.date()) === "parallel";
      times = isTooMany ? times + 1 : 0;
      const wait = isTooMany
        ? Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (times - 1))
        : Math.max(0, this.#state.blocked - now);
      const until = now + wait;
      after = isTooMany ? until : now;
      turn.waited += wait;
      this.#rejections.set(kind, { since: now, ...this.#rejections.get(kind), answer, until });
      // Otherwise pumped by its next turn, when it is back in the queue: nobody gets ahead of it.
      if (turn.waited <= maxWait) continue;
      this.#pump();
      throw new TooLongWait(answer, wait, turn.waited);
    }
  }

  /** What those that wait for time, rather than for an answer, wait for: the next of them goes out in so many milliseconds. */
  wait(): { readonly left: number; readonly reason: "turn" | "parallel" } {
    const now = this.#options.clock.now();
    const reason = this.#queue.some(({ after }) => after <= now) ? "turn" : "parallel";
    return { left: this.#wakesAt < AFTER_NEXT_ANSWER ? Math.max(0, this.#wakesAt - now) : 0, reason };
  }

  /** Resolves to the moment at which it is to be sent; rejects when it is ended, or with the signal's reason. */
  async #turn(how: Omit<Waiting, "go" | "end">, abort: AbortSignal | undefined): Promise<number> {
    let stop = () => {};
    const turn = new Promise<number>((go, end) => {
      const waiting = { ...how, go, end };
      const before = this.#queue.findLastIndex(({ place }) => place < how.place);
      this.#queue.splice(before + 1, 0, waiting);
      stop = () => {
        this.#queue = this.#queue.filter((each) => each !== waiting);
        end(abort?.reason);
        this.#pump();
      };
    });
    abort?.addEventListener("abort", stop);
    if (abort?.aborted) stop();
    else this.#pump();
    return turn.finally(() => abort?.removeEventListener("abort", stop));
  }

  /** Sends it, and takes account of what its answer tells. */
  async #exchange(sent: number, send: () => Promise<Answer>): Promise<Answer> {
    const { clock, differs } = this.#options;
    const end = (answer?: Answer) => {
      const exchange = { sent, answered: clock.now() };
      this.#state = ended(this.#state, exchange, clock.random(), answer, clock.date());
    };
    const answer = await send().catch((error) => {
      end();
      this.#pump();
      throw error;
    });
    const before = found(this.#state);
    end(answer);
    for (const other of found(this.#state).slice(before.length)) differs?.(other);
    return answer;
  }

  /** Sends what may go out now, and comes back when time alone lets more of them out. Answers come back by themselves. */
  #pump(): void {
    const { clock } = this.#options;
    this.#endBlocked();
    for (;;) {
      const now = clock.now();
      const at = this.#queue.findIndex(({ after }) => after <= now);
      const first = this.#queue[at];
      const until = first
        ? opens(this.#state, now, this.#queue.length)
        : Math.min(AFTER_NEXT_ANSWER, ...this.#queue.map(({ after }) => after));
      if (!first || until > now) {
        this.#wake(until);
        return;
      }
      this.#queue.splice(at, 1);
      if (first.outdated?.()) {
        first.end(new StaleError());
      } else {
        this.#state = sent(this.#state, now, clock.random());
        first.go(now);
      }
    }
  }

  /** Ends what the account lets nothing of through for too long, what hasn't asked yet too. */
  #endBlocked(): void {
    const { clock, maxWait } = this.#options;
    const now = clock.now();
    for (const [kind, { since, answer, until }] of this.#rejections) {
      const open = Math.max(this.#state.blocked, until);
      if (open <= now || open - since <= maxWait) continue;
      const ended = this.#queue.filter((waiting) => waiting.kind === kind);
      this.#queue = this.#queue.filter((waiting) => waiting.kind !== kind);
      for (const { end } of ended) end(new TooLongWait(answer, open - now, open - since));
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
