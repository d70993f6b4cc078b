import { LONGEST_PAUSE } from "./answers";
import type { Exchange } from "./state";

/** Good answers after which one more at once is tried. */
const RAISE_AFTER = 24;
/** The first pause of one that is too many at once although little else is on its way; doubled each time. */
const FIRST_PAUSE = 250;

/** What "too many at once" means for requests of one kind: an account may let reads through, and no changes. */
interface Kind {
  inFlight: number;
  /** "Too many at once" in a row, when it was said last, and until when the next one waits for that. */
  times: number;
  rejected: number;
  notBefore: number;
}

/** How many requests may be on their way at once: a number that is halved by each `Retry-After: -1`, and raised by good answers. */
export class Parallel {
  readonly #most: number;
  readonly #kinds = new Map<string, Kind>();
  #inFlight = 0;
  #limit: number;
  /** Since when it is so many, and good answers since then. */
  #since = Number.NEGATIVE_INFINITY;
  #good = 0;

  constructor(most: number) {
    this.#most = most;
    this.#limit = most;
  }

  get isFull(): boolean {
    return this.#inFlight >= this.#limit;
  }

  /** When one of this kind may go out; Infinity for after the next answer. After a rejection, they go one at a time. */
  opens(kind: string): number {
    const { times, inFlight, notBefore } = this.#kind(kind);
    return times > 0 && inFlight > 0 ? Number.POSITIVE_INFINITY : notBefore;
  }

  sent(kind: string): void {
    this.#inFlight++;
    this.#kind(kind).inFlight++;
  }

  ended(kind: string): void {
    this.#inFlight--;
    this.#kind(kind).inFlight--;
  }

  accepted(kind: string, sent: number): void {
    this.#kind(kind).times = 0;
    if (sent < this.#since || ++this.#good < RAISE_AFTER) return;
    this.#good = 0;
    this.#limit = Math.min(this.#most, this.#limit + 1);
  }

  /**
   * Too many at once: fewer from here on. While others of this process are on their way, it goes on when one of them ends; if that
   * doesn't help, or none is, after a pause that grows.
   *
   * @param times how often in a row this request was.
   * @returns the milliseconds until it may ask again.
   */
  rejected(name: string, { sent, answered }: Exchange, times: number): number {
    if (sent >= this.#since) {
      this.#limit = Math.max(1, Math.floor(Math.min(this.#limit, this.#inFlight + 1) / 2));
      this.#since = answered;
      this.#good = 0;
    }
    const pause = (count: number) =>
      this.#inFlight > 0 && count === 1 ? 0 : Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (count - 1));
    const kind = this.#kind(name);
    // Those sent together are rejected together: that is once.
    if (sent >= kind.rejected) kind.times++;
    kind.rejected = answered;
    kind.notBefore = answered + pause(kind.times);
    return pause(times);
  }

  #kind(name: string): Kind {
    const never = Number.NEGATIVE_INFINITY;
    const kind = this.#kinds.get(name) ?? { inFlight: 0, times: 0, rejected: never, notBefore: never };
    this.#kinds.set(name, kind);
    return kind;
  }
}
