import { ROUNDINGS, type Rounding, type Roundings } from "./rounding";
import { DRIFT, hull, intersect, repeated, type Span, width } from "./span";

/** Time left as the account told it: `value` and the unit of its last digit, both in milliseconds. */
export interface TimeLeft {
  readonly value: number;
  readonly unit: number;
}

/** Server clocks count whole milliseconds. */
const TICK = 1;

/** What is known of the moments at which one fixed window of the account ends and the next begins. */
export class Boundary {
  /** What follows from each rounding, if that is the one. Missing: nothing follows yet. */
  readonly #follows = new Map<Rounding, Span>();
  #spans: readonly Span[] = [];
  #span: Span | undefined;
  #version = -1;
  #resets = 0;

  constructor(
    readonly period: number,
    readonly roundings: Roundings,
  ) {}

  /** Where one boundary lies; the others are whole periods away from it. Undefined while nothing is known. */
  get span(): Span | undefined {
    this.#refresh();
    return this.#span;
  }

  /** The same, told apart by rounding: one of these is it. */
  get spans(): readonly Span[] {
    this.#refresh();
    return this.#spans;
  }

  /** The first boundary of which `edge` isn't before `moment`. */
  first(edge: keyof Span, moment: number, span = this.span): Span | undefined {
    return span && repeated(span, this.period, this.#times(span, edge, moment));
  }

  /** Whether a boundary can lie in this span, by what is known. */
  mayLieIn({ from, to }: Span): boolean {
    const first = this.first("to", from);
    return !first || first.from <= to;
  }

  /** From when on the present window has certainly been there; -Infinity while nothing is known. */
  began(now: number): number {
    const { span } = this;
    if (!span) return Number.NEGATIVE_INFINITY;
    const times = this.#times(span, "to", now);
    const next = repeated(span, this.period, times).to;
    return next <= now ? next : repeated(span, this.period, times - 1).to;
  }

  /**
   * From when on a request is certainly in a later window than one that was answered at `answered`, in a window that
   * ends at `endsBy` at the latest.
   */
  clears(answered: number, endsBy: number): number {
    const slid = answered + this.period * (1 + DRIFT);
    const { span } = this;
    if (!span || answered === Number.POSITIVE_INFINITY) return slid;
    const next = this.#times(span, "from", answered);
    // The last of the boundaries that can lie before `endsBy`.
    const last = endsBy < slid ? this.#times(span, "from", endsBy) - 1 : next;
    return Math.min(slid, repeated(span, this.period, Math.min(next, last)).to);
  }

  /** Which of the boundaries is the first of which `edge` isn't before `moment`. */
  #times(span: Span, edge: keyof Span, moment: number): number {
    const { period } = this;
    const drift = edge === "from" ? -DRIFT : DRIFT;
    let times = Math.ceil((moment - span[edge]) / period) - 1;
    while (span[edge] + (times + Math.abs(times) * drift) * period < moment) times++;
    return times;
  }

  /** An answer to a request that was on its way from `sent` to `answered` told how long its window still lasts. */
  learnLeft(sent: number, answered: number, { value, unit }: TimeLeft): void {
    const most = { up: 0, nearest: unit / 2, down: unit };
    for (const rounding of ROUNDINGS) {
      const left = value + most[rounding];
      const from = sent + Math.max(0, left - unit) - TICK;
      const to = answered + Math.min(this.period, left) + TICK;
      this.#learn(rounding, { from, to });
    }
  }

  /** A boundary is certain to lie in this span. */
  learnBetween(span: Span): void {
    for (const rounding of ROUNDINGS) this.#learn(rounding, span);
  }

  #learn(rounding: Rounding, told: Span): void {
    this.#refresh();
    if (!this.roundings.possible.has(rounding) || width(told) >= this.period) return;
    const known = this.#follows.get(rounding);
    const span = known ? intersect(known, told, this.period) : told;
    if (span) this.#follows.set(rounding, span);
    else this.roundings.refute(rounding);
    this.#version = -1;
  }

  #refresh(): void {
    const { possible, version, resets } = this.roundings;
    if (this.#version === version) return;
    if (this.#resets !== resets) this.#follows.clear();
    this.#version = version;
    this.#resets = resets;
    const known = [...possible].flatMap((rounding) => this.#follows.get(rounding) ?? []);
    const base = known[0]?.from ?? 0;
    this.#spans = known.map((span) => repeated(span, this.period, Math.round((base - span.from) / this.period)));
    const all = known.length === possible.size ? hull(this.#spans) : undefined;
    this.#span = all && width(all) < this.period ? all : undefined;
  }
}
