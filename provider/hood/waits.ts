import type { Clock } from "./clock";
import type { Endpoint } from "./endpoints";

/** How often somebody is told what is waited for, in milliseconds. */
const INTERVAL = 1_000;

/** A request that isn't done yet. Times are in milliseconds of the clock's `now`. */
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

/** Watches the requests that are under way. */
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
