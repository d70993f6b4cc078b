/** Answers after which what was seen before counts for little: what others do changes. */
const MEMORY = 200;
/** So many rejections have other reasons, as long as it isn't known better: one in so many answers. */
const USUAL = 20;
/** A level that gets so many times the rejections of lower ones is too high. */
const TOO_MANY = 2.5;

/** How many answers came at each level of concurrency, and how many of them were rejections. */
class RejectionRate {
  readonly #answers: number[] = [];
  readonly #rejections: number[] = [];

  add(level: number, rejected: boolean): void {
    const fade = 1 - 1 / MEMORY;
    this.#answers[level] = (this.#answers[level] ?? 0) * fade + 1;
    this.#rejections[level] = (this.#rejections[level] ?? 0) * fade + Number(rejected);
  }

  /** Whether the level is the reason. Rejections that come no less often at lower levels have other reasons. */
  isTooHigh(level: number): boolean {
    const here = sum(this.#rejections.slice(level)) / sum(this.#answers.slice(level));
    const below = (sum(this.#rejections.slice(0, level)) + 1) / (sum(this.#answers.slice(0, level)) + USUAL);
    return here > TOO_MANY * below;
  }
}

/** Levels that were never used are missing. */
function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}

/** Good answers after which one more is tried. */
const FIRST_RUN = 4;
/** The same if one more was too many: doubled each time, up to this. So about 1 % of all answers are rejections. */
const LONGEST_RUN = 96;
/** Good answers at a level that was too high before, after which it no longer is. */
const PROOF = 8;

/**
 * How many requests may be on their way at once: lowered as soon as Hood says that these are too many. It rises again soon if that had
 * other reasons, since others share the account, and ever later if one more turns out to be too many.
 */
export class ConcurrencyLimit {
  readonly #rate = new RejectionRate();
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

  /** A request that was sent at `sent` was accepted at `now`. */
  good(sent: number, now: number): void {
    // Those sent before the last change say nothing about what came of it.
    if (sent < this.#changedAt) return;
    this.#rate.add(this.#value, false);
    this.#good++;
    if (this.#value >= this.#tooHigh && this.#good >= PROOF) this.#judge(false);
    if (this.#value === this.most || this.#good < (this.#value + 1 < this.#tooHigh ? FIRST_RUN : this.#run)) return;
    this.#change(this.#value + 1, now);
  }

  /** A request that was sent at `sent` was rejected at `now`, as one too many beside so many others on their way. */
  lower(inFlight: number, sent: number, now: number): void {
    if (sent >= this.#changedAt) {
      this.#rate.add(this.#value, true);
      this.#judge(this.#rate.isTooHigh(this.#value));
    }
    this.#change(Math.max(1, Math.min(this.#value, inFlight)), now);
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
