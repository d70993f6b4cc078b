/** Answers in a row without a refusal after which more is tried; doubled by each new refusal. */
const FIRST_RUN = 32;
const LONGEST_RUN = 1_024;

/** How many of ours a window takes beside those of others: lowered at once when it was full, raised slowly after that. */
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

  /** The account refused at `now` a request that was sent at `sent`, while it bore `borne`. */
  lower(borne: number, sent: number, now: number): void {
    // Those sent before the last lowering say nothing about what came of it.
    if (sent >= this.#loweredAt) this.#run = Math.min(this.#run * 2, LONGEST_RUN);
    this.#good = 0;
    this.#loweredAt = now;
    // Others who take more than half for long are rare, refusals that have nothing to do with windows less so.
    this.#value = Math.max(Math.ceil(this.most / 2), Math.min(this.#value, borne));
  }
}
