import type { Clock } from "../clock";
import type { Answer } from "../transport";
import { accepted, ended, rejected, sent } from "./events";
import { reportedIn, retryAfter, type Window } from "./headers";
import type { OtherWindow } from "./otherWindow";
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

/** Good answers after which one more at once is tried, at first; doubled each time that it was too many. */
const RAISE_AFTER = 12;
const RAISE_LATEST = 96;
/** The first pause of a request that is one too many at once although little else is on its way; doubled each time. */
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 30_000;

/** What 429s mean for requests of one kind: an account may let reads through, and no changes. */
interface Kind {
  inFlight: number;
  /** Since when nothing but 429s came. */
  since?: number | undefined;
  /** "Too many at once" in a row, and until when the next one waits for that. */
  crowded: number;
  crowdedAt: number;
  notBefore: number;
  /** The last 429. */
  rejection?: Answer;
}

const NEW_KIND = {
  inFlight: 0,
  crowded: 0,
  crowdedAt: Number.NEGATIVE_INFINITY,
  notBefore: Number.NEGATIVE_INFINITY,
} satisfies Kind;

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
  readonly #kinds = new Map<string, Kind>();
  #state: State;
  #places = 0;
  #inFlight = 0;
  /** So many at once, and since when. */
  #parallel: number;
  #parallelSince = Number.NEGATIVE_INFINITY;
  #raiseAfter = RAISE_AFTER;
  #good = 0;
  /** When the next may go out; Infinity if an answer must come first. */
  #until = Number.NEGATIVE_INFINITY;
  #wakesAt = Number.POSITIVE_INFINITY;
  #timer = new AbortController();
  /** Until when those pause that were too many at once. */
  readonly #pauses: number[] = [];

  constructor({ maxWait = Number.POSITIVE_INFINITY, ...options }: LimiterOptions) {
    this.#options = { ...options, maxWait };
    this.#parallel = options.maxParallel;
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
    for (let crowded = 0; ; ) {
      const sent = await this.#turn({ place: turn.place, kind, outdated }, abort);
      const answer = await this.#exchange(sent, send, kind);
      const exchange = { sent, answered: clock.now() };
      if (answer.status !== 429) {
        this.#accepted(exchange, answer, kind);
        this.#pump();
        return answer;
      }
      const asked = retryAfter(answer, clock.date());
      crowded = asked === "parallel" ? crowded + 1 : 0;
      const wait =
        asked === "parallel" ? this.#crowded(exchange, kind, crowded) : this.#rejected(exchange, kind, asked);
      this.#kind(kind).rejection = answer;
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
  wait(): { readonly left: number; readonly reason: "turn" | "crowded" } {
    const now = this.#options.clock.now();
    const until = this.#queue.length > 0 && this.#until < Number.POSITIVE_INFINITY ? this.#until : now;
    const pauses = [...this.#pauses, ...this.#queue.kinds.map((kind) => this.#kind(kind).notBefore)];
    const crowded = Math.min(...pauses.filter((end) => end > now));
    if (until > now && until !== crowded) return { left: until - now, reason: "turn" };
    return { left: crowded < Number.POSITIVE_INFINITY ? crowded - now : 0, reason: "crowded" };
  }

  /** Resolves to the moment at which it is to be sent; rejects when it is ended, or with the signal's reason. */
  #turn(how: Pick<Waiting, "place" | "kind" | "outdated">, abort: AbortSignal | undefined): Promise<number> {
    return new Promise((resolve, reject) => {
      if (abort?.aborted) {
        this.#pump();
        return reject(abort.reason);
      }
      const stop = () => {
        this.#queue.leave(waiting);
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
      this.#ended(kind);
      this.#pump();
      throw error;
    }
  }

  #ended(kind: string): void {
    this.#inFlight--;
    this.#kind(kind).inFlight--;
  }

  #kind(kind: string): Kind {
    const known: Kind = this.#kinds.get(kind) ?? { ...NEW_KIND };
    this.#kinds.set(kind, known);
    return known;
  }

  /** Sends what may go out now, and comes back when time alone lets more of them out. Answers come back by themselves. */
  #pump(): void {
    const { clock } = this.#options;
    this.#endBlocked();
    this.#until = Number.NEGATIVE_INFINITY;
    while (this.#queue.length > 0) {
      const now = clock.now();
      const may = (kind: string) => this.#kindOpens(kind) <= now;
      const first = this.#queue.first(may);
      this.#until = first ? this.#opens(now) : Math.min(...this.#queue.kinds.map((kind) => this.#kindOpens(kind)));
      if (!first || this.#until > now) break;
      this.#queue.take(first);
      if (first.outdated?.()) {
        first.end(new StaleError());
        continue;
      }
      this.#state = sent(this.#state, now, clock.random());
      this.#inFlight++;
      this.#kind(first.kind).inFlight++;
      first.go(now);
    }
    this.#wake(this.#queue.length > 0 ? this.#until : Number.POSITIVE_INFINITY);
  }

  #opens(now: number): number {
    if (this.#inFlight >= this.#parallel) return Number.POSITIVE_INFINITY;
    return opens(this.#state, now, this.#queue.length);
  }

  /** One at a time of a kind that is too many at once. */
  #kindOpens(kind: string): number {
    const { crowded, inFlight, notBefore } = this.#kind(kind);
    return crowded > 0 && inFlight > 0 ? Number.POSITIVE_INFINITY : notBefore;
  }

  /** Ends what the account lets nothing of through for too long, what hasn't asked yet too. */
  #endBlocked(): void {
    const now = this.#options.clock.now();
    for (const [name, kind] of this.#kinds) {
      const open = Math.max(this.#state.blocked, kind.notBefore);
      const asked = open - (kind.since ?? open);
      if (open <= now || asked <= this.#options.maxWait || !kind.rejection) continue;
      this.#queue.endAll(name, new TooLongWait(kind.rejection, open - now, asked));
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

  #accepted(exchange: Exchange, answer: Answer, name: string): void {
    this.#ended(name);
    const kind = this.#kind(name);
    kind.since = undefined;
    kind.crowded = 0;
    const { found } = this.#state;
    this.#state = accepted(this.#state, exchange, reportedIn(answer), this.#options.clock.random());
    for (const other of this.#state.found.slice(found.length)) this.#options.differs?.(other);
    if (exchange.sent < this.#parallelSince || ++this.#good < this.#raiseAfter) return;
    this.#good = 0;
    this.#parallel = Math.min(this.#options.maxParallel, this.#parallel + 1);
  }

  /** @returns the milliseconds that the account makes it wait. */
  #rejected(exchange: Exchange, name: string, asked: number | undefined): number {
    this.#ended(name);
    this.#kind(name).since ??= exchange.answered;
    this.#state = rejected(this.#state, exchange, asked, this.#options.clock.random());
    return Math.max(0, this.#state.blocked - exchange.answered);
  }

  /**
   * Too many at once: fewer from here on. While others of this process are on their way, it goes on when one of them ends; if that
   * doesn't help, or none is, after a pause that grows.
   *
   * @param times how often in a row this one was.
   * @returns the milliseconds until it asks again.
   */
  #crowded({ sent, answered }: Exchange, name: string, times: number): number {
    const { clock } = this.#options;
    const beside = this.#inFlight - 1;
    this.#ended(name);
    this.#state = ended(this.#state, { sent, answered }, clock.random());
    if (sent >= this.#parallelSince) {
      this.#parallel = Math.max(1, Math.floor(Math.min(this.#parallel, beside + 1) / 2));
      this.#parallelSince = answered;
      this.#raiseAfter = Math.min(RAISE_LATEST, this.#raiseAfter * 2);
      this.#good = 0;
    }
    const kind = this.#kind(name);
    kind.since ??= answered;
    // Those sent together are rejected together: that is once.
    if (sent >= kind.crowdedAt) kind.crowded++;
    kind.crowdedAt = answered;
    const pause = (count: number) =>
      beside > 0 && count === 1 ? 0 : Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (count - 1));
    kind.notBefore = answered + pause(kind.crowded);
    return pause(times);
  }
}
