import type { Request } from "./request";
import type { Window } from "./window";

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
  /** By kind of request: since when nothing but refusals came. An account may let looks through, and no changes. */
  readonly #since = new Map<string, number>();

  constructor(readonly windows: readonly Window[]) {}

  accepted(kind: string): void {
    this.alone = false;
    this.#count = 0;
    this.#since.delete(kind);
  }

  /** Milliseconds from the first refusal since one of the kind was let through to the end of what the last one asks for. */
  asked(kind: string): number {
    return this.notBefore - (this.#since.get(kind) ?? this.notBefore);
  }

  /** Kinds of which nothing is let through at present, and won't be for longer than a time in all. */
  blocked(now: number, most: number): string[] {
    return this.notBefore > now ? [...this.#since.keys()].filter((kind) => this.asked(kind) > most) : [];
  }

  /** Too many at once, although none of ours is on its way. */
  busy(now: number, kind: string): void {
    this.#begin(now, kind);
    this.notBefore = Math.max(this.notBefore, now + OTHERS_BUSY);
  }

  /** @param told the milliseconds that it asks to wait for, where it does. */
  refused({ sent, answered }: Request, told: number | undefined, kind: string): void {
    this.alone = true;
    this.#begin(answered, kind);
    // Those sent together are refused together: that is one refusal, not many in a row.
    if (sent >= this.#last) this.#count++;
    this.#last = answered;
    this.notBefore = Math.max(this.notBefore, answered + (told ?? this.#untold()));
  }

  #begin(now: number, kind: string): void {
    if (!this.#since.has(kind)) this.#since.set(kind, now);
  }

  /** How long a 429 is obeyed that doesn't say it: the shortest window, and twice as long each time it wasn't enough. */
  #untold(): number {
    const lengths = this.windows.map(({ length }) => length);
    return Math.min(Math.min(...lengths) * 2 ** (this.#count - 1), Math.max(...lengths) / 4);
  }
}
