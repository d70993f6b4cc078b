import type { Window } from "../window";
import type { Request } from "./request";

/** Wait in milliseconds before the next attempt where the account is busy with requests of others. */
const OTHERS_BUSY = 250;

/** What 429s ask for: to wait, and to go on carefully. */
export class Refusals {
  /** Nothing goes out before. */
  notBefore = Number.NEGATIVE_INFINITY;
  /** One at a time until one is answered well: at the start and after a 429. */
  alone = true;
  /** Refusals in a row. */
  #count = 0;
  #last = 0;
  /** Since when nothing but refusals came; undefined while requests are let through. */
  #since: number | undefined;

  constructor(readonly windows: readonly Window[]) {}

  accepted(): void {
    this.alone = false;
    this.#count = 0;
    this.#since = undefined;
  }

  /** Milliseconds from the first refusal since a request was let through to the end of what the last one asks for. */
  get asked(): number {
    return this.#since === undefined ? 0 : this.notBefore - this.#since;
  }

  /** Too many at once, although none of ours is on its way. */
  busy(now: number): void {
    this.#since ??= now;
    this.notBefore = Math.max(this.notBefore, now + OTHERS_BUSY);
  }

  /** @param told the milliseconds that it asks to wait for, where it does. */
  refused({ sent, answered }: Request, told: number | undefined): void {
    this.alone = true;
    this.#since ??= answered;
    // Those sent together are refused together: that is one refusal, not many in a row.
    if (sent >= this.#last) this.#count++;
    this.#last = answered;
    this.notBefore = Math.max(this.notBefore, answered + (told ?? this.#untold()));
  }

  /** How long a 429 is obeyed that doesn't say it: the shortest window, and twice as long each time it wasn't enough. */
  #untold(): number {
    const lengths = this.windows.map(({ length }) => length);
    return Math.min(Math.min(...lengths) * 2 ** (this.#count - 1), Math.max(...lengths) / 4);
  }
}
