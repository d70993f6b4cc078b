import type { Clock } from "./clock";
import type { Endpoint } from "./endpoints";

/** How often it is looked at what is waited for, in milliseconds. */
const INTERVAL = 1_000;

/** A request that isn't done yet. */
export interface UnderWay {
  readonly endpoint: Endpoint;
  readonly since: number;
  /** When it is tried again, where the account told. */
  until?: number;
}

/** What the request that has waited longest waits for. */
export interface Wait {
  /** What it is for, as the continuation of "can't …". */
  readonly purpose: string;
  /** - `turn`: the rate limit. - `told`: a time that the account asked for. - `answer`: an answer. - `tooLong`: nothing any more. */
  readonly reason: "turn" | "told" | "answer" | "tooLong";
  /** Milliseconds that it has waited. */
  readonly waited: number;
  /** Milliseconds until it goes on, as far as that is known. */
  readonly left: number;
}

/** Shows what is waited for; never fails. */
export type Tell = (wait: Wait) => void | Promise<void>;

export interface WaitsOptions {
  readonly clock: Clock;
  /** Milliseconds until the rate limit lets the next request through. */
  readonly turn: () => number;
  /** Is told each second, while anything waits. Nobody watches where it is left out. */
  readonly tell: Tell | undefined;
}

/** Watches the requests that are under way. */
export class Waits {
  readonly #underWay = new Set<UnderWay>();
  #toldAt = Number.NEGATIVE_INFINITY;
  #ended = new AbortController();

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
      if (this.#underWay.size === 0) this.#ended.abort("done");
    }
  }

  /** The account asks for too long a wait. Told once where many requests end by that, before they do. */
  async tooLong({ endpoint, since }: UnderWay, left: number): Promise<void> {
    const { clock, tell } = this.options;
    const now = clock.now();
    if (now - this.#toldAt < INTERVAL) return;
    this.#toldAt = now;
    await tell?.({ purpose: endpoint.purpose, reason: "tooLong", waited: now - since, left });
  }

  async #watch(): Promise<void> {
    const ended = new AbortController();
    this.#ended = ended;
    for (;;) {
      await this.options.clock.sleep(INTERVAL, ended.signal);
      const [longest] = this.#underWay;
      if (ended.signal.aborted || !longest) return;
      this.#toldAt = this.options.clock.now();
      void this.options.tell?.(this.#waitOf(longest));
    }
  }

  #waitOf({ endpoint: { purpose }, since, until = 0 }: UnderWay): Wait {
    const now = this.options.clock.now();
    const turn = this.options.turn();
    const left = turn > 0 ? turn : Math.max(0, until - now);
    const reason = turn > 0 ? "turn" : left > 0 ? "told" : "answer";
    return { purpose, reason, waited: now - since, left };
  }
}
