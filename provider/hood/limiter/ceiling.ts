/** Answers in a row without a complaint after which one more is tried; doubled by each new complaint. */
const FIRST_RUN = 32;
const LONGEST_RUN = 1_024;

/** A number that Hood may complain is too high: lowered at once when it does, raised slowly after that. */
export class Ceiling {
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

  /** An answer without a complaint. */
  good(): void {
    if (this.#value === this.most || ++this.#good < this.#run) return;
    this.#good = 0;
    this.#value++;
  }

  /** Hood complained at `now` about a request that was sent at `sent`, while it bore `borne`. */
  lower(borne: number, sent: number, now: number): void {
    // Those sent before the last lowering say nothing about what came of it.
    if (sent >= this.#loweredAt) this.#run = Math.min(this.#run * 2, LONGEST_RUN);
    this.#good = 0;
    this.#loweredAt = now;
    this.#value = Math.max(1, Math.min(this.#value, borne));
  }
}
