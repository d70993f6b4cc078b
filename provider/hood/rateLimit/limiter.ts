import type { Clock } from "../clock";
import type { HoodError } from "../errors";
import type { Answer } from "../transport";
import { type OtherWindow, retryAfter, type Window } from "./headers";
import { AFTER_NEXT_ANSWER, opens } from "./policy";
import { begin, ended, found, LONGEST_PAUSE, type State, sent } from "./state";

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

/** What is known of a call that failed. */
export type FailedCall = Pick<HoodError, "detail" | "status" | "traceId" | "wait">;

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
  /** Until when the last of them made its request wait. */
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
  readonly #kinds = new Set<string>();
  readonly #rejections = new Map<string, Rejection>();
  /** The last 429, and the place of its request. */
  #rejected: { readonly answer: Answer; readonly place: number } | undefined;
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
    this.#kinds.add(kind);
    const isOver = this.#rejections.has(kind) && this.#openFor(kind) <= clock.now();
    // Nobody has waited since.
    if (isOver && this.#queue.every((waiting) => waiting.kind !== kind)) this.#rejections.delete(kind);
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
      this.#rejections.set(kind, { since: now, ...this.#rejections.get(kind), until });
      this.#rejected = { answer, place: turn.place };
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
      this.#queue.splice(this.#indexOf(how.place), 0, waiting);
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
    let answer: Answer;
    try {
      answer = await send();
    } catch (error) {
      end();
      this.#pump();
      throw error;
    }
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
      const at = this.#nextAt(now);
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

  /** Which is the next: the first; but an account may reject one for long and no other, so after two 429s in a row each gets its try. */
  #nextAt(now: number): number {
    const { place } = (this.#state.rejections > 1 && this.#rejected) || { place: -1 };
    const after = this.#queue.findIndex((waiting) => waiting.place > place && waiting.after <= now);
    return after < 0 ? this.#queue.findIndex((waiting) => waiting.after <= now) : after;
  }

  /** Where one with this place belongs. */
  #indexOf(place: number): number {
    let [from, to] = [0, this.#queue.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((this.#queue[middle] as Waiting).place < place) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  /** Until when the account holds such requests back. */
  #openFor(kind: string): number {
    return Math.max(this.#state.blocked, this.#rejections.get(kind)?.until ?? this.#state.blocked);
  }

  /** Ends what the account lets nothing of through for too long, what hasn't asked yet too. */
  #endBlocked(): void {
    const now = this.#options.clock.now();
    const { answer } = this.#rejected ?? {};
    if (!answer) return;
    for (const kind of this.#kinds) {
      const open = this.#openFor(kind);
      const waited = open - (this.#rejections.get(kind)?.since ?? now);
      if (open <= now || waited <= this.#options.maxWait) continue;
      const ended = this.#queue.filter((waiting) => waiting.kind === kind);
      this.#queue = this.#queue.filter((waiting) => waiting.kind !== kind);
      for (const { end } of ended) end(new TooLongWait(answer, open - now, waited));
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

/**
 * What all requests of one intention share: its place in the queue, and how long the account has made it wait. A read, the call that
 * stands on it, and both of them again, are one intention.
 */
export interface Turn {
  place?: number;
  /** Milliseconds that the account's answers have asked it to wait. */
  waited: number;
  /** A measure that grows with each answer to a call, as it was when this intention's call last came too late for its read. */
  progress?: number;
  /** How often in a row it came too late for its read without any progress. */
  idle: number;
  /** Its last call, if that failed, and until when the answer asked to wait, by this process's clock. */
  asked?: { readonly by: FailedCall; readonly until: number } | undefined;
}

export function newTurn(): Turn {
  return { waited: 0, idle: 0 };
}
