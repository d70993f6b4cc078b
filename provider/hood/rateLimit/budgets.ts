import type { Answer } from "../transport";
import { Budget } from "./budget";
import { shownIn } from "./headers";
import type { Request } from "./request";
import { Roundings } from "./rounding";
import type { Window } from "./window";

/** What is left of all windows of the account. */
export class Budgets {
  /** The shortest window first. */
  readonly all: readonly Budget[];
  readonly shortest: Budget | undefined;

  constructor(windows: readonly Window[]) {
    const roundings = new Roundings();
    this.all = windows.map((window) => new Budget(window, roundings));
    this.shortest = this.all[0];
  }

  sent(request: Request): void {
    for (const budget of this.all) budget.sent(request);
  }

  /** From when on there is room in each window if nothing more is learnt; Infinity where only an answer can make room. */
  opens(now: number): number {
    for (const budget of this.all) budget.advance(now);
    return Math.max(...this.all.map((budget) => budget.opens(now)));
  }

  accepted(request: Request, answer: Answer): void {
    for (const budget of this.all) budget.accepted();
    const shown = shownIn(answer);
    if (!shown) return;
    const { limit, left } = shown;
    const fitting = this.all.filter(({ window }) => window.limit === limit && (left?.value ?? 0) <= window.length);
    const [told] = fitting;
    // A limit that isn't configured, or that two windows share, tells nothing that could be relied on.
    if (!told || fitting.length > 1) return;
    told.shown(request, shown);
    for (const budget of this.all) if (budget !== told && budget !== this.shortest) budget.passedOver(request);
  }

  /** @param told the milliseconds that the 429 asks to wait for, where it does. */
  refused(request: Request, told: number | undefined): void {
    // Who goes on beyond a window that isn't shown asks for it.
    const asked = told === undefined ? this.all.find(({ ahead }) => ahead) : undefined;
    const full = asked ?? this.all.find(({ window }) => (told ?? 0) <= window.length);
    // A second is full again and again where others use it; how full a minute is, is seen anew each time.
    if (full === this.shortest) full?.refused(request, undefined, true);
    else full?.refused(request, told, false);
  }
}
