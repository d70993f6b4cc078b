import { Complaints } from "./complaints";

/** Good answers after which one more is tried. */
const FIRST_RUN = 4;
/** The same where one more was too many: doubled each time, up to this. So about 1 % of all answers are complaints. */
const LONGEST_RUN = 96;
/** Good answers at a level that was too high before, after which it no longer is. */
const PROOF = 8;

/**
 * A number that Hood may complain is too high: lowered at once when it does. It rises again soon where the complaint had
 * other reasons, since others share the account, and ever later where one more turns out to be too many.
 */
export class Ceiling {
  readonly #complaints = new Complaints();
  #value: number;
  #run = FIRST_RUN;
  #good = 0;
  /** The level that was too high. */
  #tooHigh = Number.POSITIVE_INFINITY;
  #changedAt = Number.NEGATIVE_INFINITY;

  constructor(readonly most: number) {
    this.#value = most;
  }

  get value(): number {
    return this.#value;
  }

  /** An answer without a complaint came at `now` to a request that was sent at `sent`. */
  good(sent: number, now: number): void {
    // Those sent before the last change say nothing about what came of it.
    if (sent < this.#changedAt) return;
    this.#complaints.add(this.#value, false);
    this.#good++;
    if (this.#value >= this.#tooHigh && this.#good >= PROOF) this.#judge(false);
    if (this.#value === this.most || this.#good < (this.#value + 1 < this.#tooHigh ? FIRST_RUN : this.#run)) return;
    this.#change(this.#value + 1, now);
  }

  /** Hood complained at `now` about a request that was sent at `sent`, while it bore `borne`. */
  lower(borne: number, sent: number, now: number): void {
    if (sent >= this.#changedAt) {
      this.#complaints.add(this.#value, true);
      this.#judge(this.#complaints.blame(this.#value));
    }
    this.#change(Math.max(1, Math.min(this.#value, borne)), now);
  }

  #judge(tooHigh: boolean): void {
    this.#run = tooHigh ? Math.min(this.#run * 2, LONGEST_RUN) : FIRST_RUN;
    this.#tooHigh = tooHigh ? this.#value : Number.POSITIVE_INFINITY;
  }

  #change(value: number, now: number): void {
    this.#good = 0;
    this.#value = value;
    this.#changedAt = now;
  }
}
