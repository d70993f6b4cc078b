import type { Request } from "./sentInWindow";
import type { Window } from "./window";

/** Wait in milliseconds before the next attempt if the account is busy with requests of others. */
const OTHERS_BUSY = 250;

/** What 429s ask for: to wait, and to go on carefully. */
export class Backoff {
  /** Nothing goes out before. */
  notBefore = Number.NEGATIVE_INFINITY;
  /** One at a time until one is accepted: at the beginning and after a 429. */
  alone = true;
  /** 429s in a row. */
  #count = 0;
  #last = 0;
  /** By kind of request: since when nothing but 429s came. An account may let reads through, and no changes. */
  readonly #since = new Map<string, number>();

  constructor(readonly windows: readonly Window[]) {}

  accepted(kind: string): void {
    this.alone = false;
    this.#count = 0;
    this.#since.delete(kind);
  }

  /** Milliseconds from the first 429 since one of the kind was let through to the end of what the last one asks for. */
  asked(kind: string): number {
    return this.notBefore - (this.#since.get(kind) ?? this.notBefore);
  }

  /** Kinds of which nothing is let through at present, and won't be for longer than a time in all. */
  blocked(now: number, most: number): string[] {
    return this.notBefore > now ? [...this.#since.keys()].filter((kind) => this.asked(kind) > most) : [];
  }

  /** Too many at once, although none from here is on its way. */
  busy(now: number, kind: string): void {
    this.#begin(now, kind);
    this.notBefore = Math.max(this.notBefore, now + OTHERS_BUSY);
  }

  /** @param asked the milliseconds that the 429 asks to wait, if it does. */
  rejected({ sent, answered }: Request, asked: number | undefined, kind: string): void {
    this.alone = true;
    this.#begin(answered, kind);
    // Those sent together are rejected together: that is one 429, not many in a row.
    if (sent >= this.#last) this.#count++;
    this.#last = answered;
    this.notBefore = Math.max(this.notBefore, answered + (asked ?? this.#guess()));
  }

  #begin(now: number, kind: string): void {
    if (!this.#since.has(kind)) this.#since.set(kind, now);
  }

  /** How long to wait after a 429 that doesn't say it: the shortest window, and twice as long each time it wasn't enough. */
  #guess(): number {
    const lengths = this.windows.map(({ length }) => length);
    return Math.min(Math.min(...lengths) * 2 ** (this.#count - 1), Math.max(...lengths) / 4);
  }
}
