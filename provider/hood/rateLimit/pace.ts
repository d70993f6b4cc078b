import { Allowance } from "./allowance";
import type { Request } from "./request";

/** How much of a window is left to us by others whom no header shows: learnt from refusals. */
export class Pace {
  readonly #allowance: Allowance;
  /** How many of ours went well when the account was last found full. */
  #expected: number;
  #lowered = 0;
  /** The allowance before the refusals of those that were sent together. */
  #before = 0;

  constructor(readonly limit: number) {
    this.#allowance = new Allowance(limit);
    this.#expected = limit;
  }

  /** So many of ours in one window at the most. */
  get most(): number {
    return this.#allowance.value;
  }

  /** Whether the account was found full when it had taken no more of ours than these. */
  uncharted(ours: number): boolean {
    return this.#expected < this.limit && ours >= this.#expected;
  }

  accepted(ours: number): void {
    this.#allowance.good();
    if (this.uncharted(ours)) this.#expected = ours;
  }

  /** The account was full with so many of ours. */
  full(ours: number): void {
    this.#expected = Math.max(1, ours);
  }

  /** Fewer in each window from here on; by a quarter at most, since one refusal can have other reasons. */
  lower({ sent, answered }: Request): void {
    if (sent >= this.#lowered) this.#before = this.#allowance.value;
    this.#lowered = answered;
    this.#allowance.lower(Math.max(this.#expected, Math.floor(this.#before * 0.75)), sent, answered);
  }
}
