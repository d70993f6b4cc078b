/** Answers after which what was seen before counts for little: what others do changes. */
const MEMORY = 200;
/** So many complaints come for no reason of ours, as long as it isn't known better: one in so many answers. */
const USUAL = 20;
/** A level that gets so many times the complaints of lower ones is too high. */
const TOO_MANY = 2.5;

/** How many answers came at each level of something, and how many of them were complaints. */
export class Complaints {
  readonly #answers: number[] = [];
  readonly #complaints: number[] = [];

  add(level: number, complained: boolean): void {
    const fade = 1 - 1 / MEMORY;
    this.#answers[level] = (this.#answers[level] ?? 0) * fade + 1;
    this.#complaints[level] = (this.#complaints[level] ?? 0) * fade + Number(complained);
  }

  /** Whether the level is to blame. Complaints that come no less often at lower levels have other reasons. */
  blame(level: number): boolean {
    const here = sum(this.#complaints.slice(level)) / sum(this.#answers.slice(level));
    const below = (sum(this.#complaints.slice(0, level)) + 1) / (sum(this.#answers.slice(0, level)) + USUAL);
    return here > TOO_MANY * below;
  }
}

/** Levels that were never used are missing. */
function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
