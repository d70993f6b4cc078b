import type { Request } from "./sentInWindow";

/** Answers in a row other than 429 after which more is tried; doubled by each new 429. */
const FIRST_RUN = 32;
const LONGEST_RUN = 1_024;

/** How many requests of this process a window takes beside those of others: lowered at once when it was full, then raised slowly. */
export class Allowance {
  #value: number;
  #run = FIRST_RUN;
  #good = 0;
  #loweredAt = Number.NEGATIVE_INFINITY;

  constructor(readonly most: number) {
    this.#value = most;
  }

  get value(): number {
    return this.#value;
  }

  good(): void {
    if (this.#value === this.most || ++this.#good < this.#run) return;
    this.#good = 0;
    // A tenth at a time: a large window would take for ever otherwise.
    this.#value = Math.min(this.most, this.#value + Math.ceil(this.most / 10));
  }

  /** A request that was sent at `sent` was answered 429 at `now`, when the window had taken so many. */
  lower(taken: number, sent: number, now: number): void {
    // Those sent before the last lowering say nothing about what came of it.
    if (sent >= this.#loweredAt) this.#run = Math.min(this.#run * 2, LONGEST_RUN);
    this.#good = 0;
    this.#loweredAt = now;
    // Others who take more than half for long are rare, 429s that have nothing to do with windows less so.
    this.#value = Math.max(Math.ceil(this.most / 2), Math.min(this.#value, taken));
  }
}

/** How much of a window is left by others whom no header shows: learnt from 429s. */
export class Share {
  readonly #allowance: Allowance;
  /** How many of this process's requests went well when the window was last found full. */
  #expected: number;
  #lowered = 0;
  /** The allowance before the 429s to requests that were sent together. */
  #before = 0;

  constructor(readonly limit: number) {
    this.#allowance = new Allowance(limit);
    this.#expected = limit;
  }

  /** So many requests of this process in one window at the most. */
  get most(): number {
    return this.#allowance.value;
  }

  /** Whether the window was found full when it had taken no more of this process's requests than these. */
  mayBeFull(sent: number): boolean {
    return this.#expected < this.limit && sent >= this.#expected;
  }

  accepted(sent: number): void {
    this.#allowance.good();
    if (this.mayBeFull(sent)) this.#expected = sent;
  }

  /** The window was full with so many of this process's requests. */
  full(sent: number): void {
    this.#expected = Math.max(1, sent);
  }

  /** Fewer in each window from here on; by a quarter at most, since one 429 can have other reasons. */
  lower({ sent, answered }: Request): void {
    if (sent >= this.#lowered) this.#before = this.#allowance.value;
    this.#lowered = answered;
    this.#allowance.lower(Math.max(this.#expected, Math.floor(this.#before * 0.75)), sent, answered);
  }
}
