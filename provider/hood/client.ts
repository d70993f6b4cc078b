import { concat, count, say } from "../text";
import { bodyOf } from "./body";
import type { Clock } from "./clock";
import type { Endpoint } from "./endpoints";
import { describeAnswer, HoodError, isLast, mayRepeat, pauseAfter, readAnswer, traceIdIn } from "./errors";
import { RefusedByProxy } from "./proxy";
import { retryAfter } from "./rateLimit/headers";
import { type FailedCall, type Limiter, newTurn, TooLongWait, type Turn } from "./rateLimit/limiter";
import { type Answer, TooLargeError, type Transport, TransportError } from "./transport";

/** An answer that Hood gave, parsed. A 204 has no body. */
export interface Reply {
  readonly status: number;
  readonly body: unknown;
  /** Characters of its text, or as many as its values have if they are very short. */
  readonly size: number;
  /** When its request went out, by the client's clock: it shows the account as it was then, or later. */
  readonly sentAt: number;
}

/** Is asked when a call's turn has come; what it throws keeps the call from being sent. */
export type Ready = (endpoint: Endpoint) => Promise<void>;

export interface Call {
  readonly body?: object;
  readonly ready?: Ready | undefined;
  /** True once what the call stands on is too old. Asked when its turn has come, for each attempt: then it rejects with StaleError. */
  readonly outdated?: (() => boolean) | undefined;
  /** The same one for all calls of one intention. */
  readonly turn?: Turn | undefined;
  /** In place of the client's own. */
  readonly abort?: AbortSignal | undefined;
  readonly budget?: Budget | undefined;
}

/**
 * The time that an account may take for requests that belong together: that in which at least one of them waits for an answer, or for
 * another attempt after a bad one. What they wait for in our own queue, or because the account asks for it, doesn't count.
 */
export class Budget {
  #left: number;
  #underWay = 0;
  #since = 0;

  constructor(
    private readonly clock: Clock,
    readonly milliseconds: number,
  ) {
    this.#left = milliseconds;
  }

  get left(): number {
    return this.#left - (this.#underWay > 0 ? this.clock.now() - this.#since : 0);
  }

  async spend<T>(act: () => Promise<T>): Promise<T> {
    this.#settle(1);
    return act().finally(() => this.#settle(-1));
  }

  #settle(more: number): void {
    this.#left = this.left;
    this.#since = this.clock.now();
    this.#underWay += more;
  }
}

export interface ClientOptions {
  readonly transport: Transport;
  readonly limiter: Limiter;
  readonly clock: Clock;
  /** Aborted with the words for why, when the operation is stopped: what waits is given up, what is on its way ends. */
  readonly abort?: AbortSignal | undefined;
  /** Milliseconds that the account may make one request wait, asked for at once or added up. */
  readonly maxWait?: number;
  /** Is told each second what is waited for. */
  readonly tell?: Tell | undefined;
}

/** Calls Hood: paced, repeated as the retry policy allows, and with every failure told apart. */
export class Client {
  readonly #options: ClientOptions;
  readonly #waits: Waits;
  /** What the account's clock is ahead of ours; undefined before its first answer. */
  #ahead: number | undefined;

  constructor(options: ClientOptions) {
    this.#options = options;
    const { clock, limiter, tell } = options;
    this.#waits = new Waits({ clock, turn: () => limiter.wait(), tell });
  }

  /** The account's clock, in milliseconds since 1970, by the `Date` of its answers; this machine's as long as it shows none. */
  accountTime(): number {
    const { clock } = this.#options;
    return this.#ahead === undefined ? clock.date() : clock.now() + this.#ahead;
  }

  /** The same, or this machine's if that is earlier by days at the most. */
  earliestTime(): number {
    const time = this.accountTime();
    return Math.max(time - MOST_APART, Math.min(time, this.#options.clock.date()));
  }

  /** Time for requests that belong together. */
  budget(milliseconds: number): Budget {
    return new Budget(this.#options.clock, milliseconds);
  }

  /** @throws HoodError for everything but an answer of 2xx that is Hood's; StaleError */
  async call(
    endpoint: Endpoint,
    { turn = newTurn(), abort = this.#options.abort, ...call }: Call = {},
  ): Promise<Reply> {
    const underWay: UnderWay = { endpoint, since: this.#options.clock.now() };
    return this.#waits.during(underWay, () => this.#repeat(underWay, { ...call, turn, abort }));
  }

  async #repeat(underWay: UnderWay, call: Call & { readonly turn: Turn }): Promise<Reply> {
    const { clock } = this.#options;
    let failedAt: number | undefined;
    let asked = 0;
    await this.#waitAsAsked(underWay, call);
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#once(underWay, call);
      } catch (error) {
        if (!(error instanceof HoodError)) throw error;
        if (!mayRepeat(error)) {
          call.turn.asked = { by: error, until: clock.now() + (error.wait ?? 0) };
          throw error;
        }
        // Waiting for the rate limit, before the first attempt, is no failing.
        failedAt ??= clock.now();
        const elapsed = clock.now() - failedAt;
        if (isLast(error, attempt, elapsed - asked)) throw gaveUp(error, attempt, elapsed);
        await this.#pause(underWay, call, error, attempt);
        asked += error.wait ?? 0;
      }
    }
  }

  async #once(underWay: UnderWay, { body, ready, outdated, turn, abort, budget }: Call): Promise<Reply> {
    const { transport, limiter, clock } = this.#options;
    const { endpoint } = underWay;
    let sentAt = Number.NaN;
    const send = async () => {
      await ready?.(endpoint);
      sentAt = clock.now();
      if (budget && budget.left <= 0) throw tooSlow(endpoint, budget);
      const exchange = () => transport(endpoint, body, budget?.left);
      const answer = await (budget ? budget.spend(exchange) : exchange());
      this.#noteTime(answer);
      return answer;
    };
    try {
      const answer = await limiter.run(send, { abort, outdated, turn, kind: endpoint.method });
      return { ...readAnswer(endpoint, answer, clock.date()), sentAt };
    } catch (error) {
      if (abort?.aborted && error === abort.reason) {
        throw new HoodError("aborted", endpoint, say`${String(error)}`);
      }
      if (error instanceof TooLongWait) {
        const { status } = error.answer;
        const body = bodyOf(error.answer)?.body;
        const tooMany = retryAfter(error.answer, clock.date()) === "parallel";
        const why = tooMany ? say` (Retry-After: -1: too many requests on their way at once)` : say``;
        const own = Number.isNaN(sentAt) ? say`not sent, since another request was answered ` : say``;
        const rejection = { detail: concat(own, describeAnswer(status, body), why), status, traceId: traceIdIn(body) };
        throw await this.#tooLong(underWay, rejection, error);
      }
      if (error instanceof RefusedByProxy) throw new HoodError("refusedByProxy", endpoint, say`${error.message}`);
      if (!(error instanceof TransportError)) throw error;
      const kind = error instanceof TooLargeError ? "tooLarge" : error.sent ? "noResponse" : "unreachable";
      throw new HoodError(kind, endpoint, say`${error.message}`);
    }
  }

  /** The next call of an intention waits as the answer to the one before has asked, if that one couldn't be repeated here. */
  async #waitAsAsked(underWay: UnderWay, call: Call & { readonly turn: Turn }): Promise<void> {
    const { by, until = 0 } = call.turn.asked ?? {};
    call.turn.asked = undefined;
    const wait = until - this.#options.clock.now();
    if (by && wait > 0) await this.#pause(underWay, call, { ...by, wait }, 1);
  }

  async #pause(
    underWay: UnderWay,
    { turn, abort, budget }: Call & { readonly turn: Turn },
    error: FailedCall,
    attempt: number,
  ): Promise<void> {
    const { clock, maxWait = Number.POSITIVE_INFINITY } = this.#options;
    const { wait: left = 0 } = error;
    turn.waited += left;
    if (turn.waited > maxWait) throw await this.#tooLong(underWay, error, { left, waited: turn.waited });
    underWay.until = clock.now() + left;
    const pause = pauseAfter(error, attempt, clock.random());
    if (!budget || left > 0) return clock.sleep(pause, abort);
    await budget.spend(() => clock.sleep(Math.min(pause, budget.left), abort));
  }

  /** @param left milliseconds that the last answer asks for. @param waited milliseconds of waiting that it would come to by then. */
  async #tooLong(
    underWay: UnderWay,
    { detail, status, traceId }: FailedCall,
    { left, waited }: Pick<TooLongWait, "left" | "waited">,
  ): Promise<HoodError> {
    const { clock, maxWait = 0 } = this.#options;
    await this.#waits.tooLong(underWay, left);
    const at = `${new Date(clock.date() + left).toISOString().slice(0, 19).replace("T", " ")} UTC`;
    const asks =
      waited > left
        ? say`, again and again for ${Math.round((waited - left) / 1_000)} s; the next attempt would be at ${at}`
        : say`; the account asks to wait until ${at} (${seconds(left)})`;
    const words = concat(detail, asks, say`, and hood:maxWait allows ${seconds(maxWait)}`);
    return new HoodError("tooLong", underWay.endpoint, words, status, traceId);
  }

  /** doctor/assumptions.ts: clock */
  #noteTime({ header }: Answer): void {
    const time = Date.parse(header("date") ?? "");
    if (time < LAST_TIME) this.#ahead = time - this.#options.clock.now();
  }
}

/** How far the two clocks may be from each other, in milliseconds, before this machine's is taken for wrong. */
const MOST_APART = 48 * 3_600_000;
/** The last moment that a date-time of four digits' years can say, in milliseconds since 1970: no account's clock is there. */
const LAST_TIME = Date.parse("9999-12-31T00:00:00Z");

function seconds(milliseconds: number): string {
  return `${Math.ceil(milliseconds / 1_000)} s`;
}

function tooSlow(endpoint: Endpoint, { milliseconds }: Budget): HoodError {
  return new HoodError("tooSlow", endpoint, say`the account took more than ${seconds(milliseconds)} for its answers`);
}

function gaveUp({ kind, endpoint, detail, status, traceId }: HoodError, attempts: number, elapsed: number): HoodError {
  const bound = say`, after ${count(attempts, "attempt")} in ${(elapsed / 1_000).toFixed(1)} s`;
  return new HoodError(kind, endpoint, concat(detail, bound), status, traceId);
}

/** How often somebody is told what is waited for, in milliseconds. */
const INTERVAL = 1_000;

export interface UnderWay {
  readonly endpoint: Endpoint;
  readonly since: number;
  /** When it is sent again, if the account asked to wait. */
  until?: number;
}

/** What the request that has waited longest waits for. */
export interface Wait {
  /** What it is for, as the continuation of "can't …". */
  readonly purpose: string;
  /**
   * `turn`: the rate limit; `parallel`: the account answered that too many requests are on their way at once; `asked`: a time that it
   * asked for; `answer`: an answer; `tooLong`: nothing any more.
   */
  readonly reason: "turn" | "parallel" | "asked" | "answer" | "tooLong";
  /** Milliseconds that it has waited. */
  readonly waited: number;
  /** Milliseconds until it goes on, as far as that is known. */
  readonly left: number;
  /** The same as a moment, in milliseconds since 1970. */
  readonly until: number;
}

/** Shows what is waited for; never fails. */
export type Tell = (wait: Wait) => void | Promise<void>;

export interface WaitsOptions {
  readonly clock: Clock;
  /** Milliseconds until the rate limit lets the next request through, 0 if it holds none back, and why not now. */
  readonly turn: () => { readonly left: number; readonly reason: "turn" | "parallel" };
  /** Is told each second, while anything waits. Nobody watches if it is left out. */
  readonly tell: Tell | undefined;
}

export class Waits {
  readonly #underWay = new Set<UnderWay>();
  #toldAt = Number.NEGATIVE_INFINITY;
  #done = new AbortController();

  constructor(private readonly options: WaitsOptions) {}

  async during<T>(request: UnderWay, act: () => Promise<T>): Promise<T> {
    if (!this.options.tell) return act();
    this.#underWay.add(request);
    if (this.#underWay.size === 1) void this.#watch();
    try {
      return await act();
    } finally {
      this.#underWay.delete(request);
      // Without a reason, an error with a stack trace would be made each time.
      if (this.#underWay.size === 0) this.#done.abort("done");
    }
  }

  /** The account asks for too long a wait. If many requests end by that, it is told once, before they do. */
  async tooLong(request: UnderWay, left: number): Promise<void> {
    if (this.options.clock.now() - this.#toldAt >= INTERVAL) await this.#tell(request, "tooLong", left);
  }

  async #watch(): Promise<void> {
    const done = new AbortController();
    this.#done = done;
    for (;;) {
      await this.options.clock.sleep(INTERVAL, done.signal);
      const [longest] = this.#underWay;
      if (done.signal.aborted || !longest) return;
      const turn = this.options.turn();
      const asked = Math.max(0, (longest.until ?? 0) - this.options.clock.now());
      const reason = turn.left > 0 ? turn.reason : asked > 0 ? "asked" : "answer";
      void this.#tell(longest, reason, turn.left || asked);
    }
  }

  async #tell({ endpoint: { purpose }, since }: UnderWay, reason: Wait["reason"], left: number): Promise<void> {
    const { clock, tell } = this.options;
    this.#toldAt = clock.now();
    await tell?.({ purpose, reason, waited: this.#toldAt - since, left, until: clock.date() + left });
  }
}
