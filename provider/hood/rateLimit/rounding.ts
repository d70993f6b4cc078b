/** How the account makes whole seconds of the time that is left. Nobody documents it, so it is found out. */
export type Rounding = "up" | "nearest" | "down";

export const ROUNDINGS: readonly Rounding[] = ["up", "nearest", "down"];

/** Which roundings the answers so far leave possible. One for all windows: they come from the same server. */
export class Roundings {
  #possible = new Set(ROUNDINGS);
  #refuted = 0;
  #resets = 0;

  get possible(): ReadonlySet<Rounding> {
    return this.#possible;
  }

  /** Grows with each change. */
  get version(): number {
    return this.#refuted;
  }

  /** Grows when all were refuted. What was learnt before is worth nothing then: a clock was set, or the windows moved. */
  get resets(): number {
    return this.#resets;
  }

  refute(rounding: Rounding): void {
    this.#refuted++;
    this.#possible.delete(rounding);
    if (this.#possible.size > 0) return;
    this.#possible = new Set(ROUNDINGS);
    this.#resets++;
  }
}
