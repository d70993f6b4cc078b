import { DRIFT, hull, type Interval, intersect, repeated, width } from "./interval";

/** Time left as the account reports it: `value` and the unit of its last digit, both in milliseconds. */
export interface TimeLeft {
  readonly value: number;
  readonly unit: number;
}

/** How the account makes whole seconds of the time that is left. Nobody documents it, so it is found out. */
type Rounding = "up" | "nearest" | "down";
const ROUNDINGS: readonly Rounding[] = ["up", "nearest", "down"];

/** Which roundings the answers so far leave possible. One for all windows: they come from the same server. */
export class Roundings {
  #possible = new Set(ROUNDINGS);
  /** Grows with each change. */
  version = 0;
  /** Grows when all were refuted. What was learnt before is worth nothing then: a clock was set, or the windows moved. */
  resets = 0;

  get possible(): ReadonlySet<Rounding> {
    return this.#possible;
  }

  refute(rounding: Rounding): void {
    this.version++;
    this.#possible.delete(rounding);
    if (this.#possible.size > 0) return;
    this.#possible = new Set(ROUNDINGS);
    this.resets++;
  }
}

/** Server clocks count whole milliseconds. */
const TICK = 1;

/** What is known of the moments at which one fixed window of the account starts, and the one before it ends. */
export class WindowStart {
  /** What follows from each rounding, if that is the one. Missing: nothing follows yet. */
  readonly #follows = new Map<Rounding, Interval>();
  #intervals: readonly Interval[] = [];
  #interval: Interval | undefined;
  #version = -1;
  #resets = 0;

  constructor(
    readonly period: number,
    readonly roundings: Roundings,
  ) {}

  /** Where one start lies; the others are whole periods away from it. Undefined while nothing is known. */
  get interval(): Interval | undefined {
    this.#refresh();
    return this.#interval;
  }

  /** The same, told apart by rounding: one of these is it. */
  get intervals(): readonly Interval[] {
    this.#refresh();
    return this.#intervals;
  }

  /** The first start of which `edge` isn't before `moment`. */
  first(edge: keyof Interval, moment: number, interval = this.interval): Interval | undefined {
    return interval && repeated(interval, this.period, this.#times(interval, edge, moment));
  }

  /** Whether a start can lie in this interval, by what is known. */
  mayLieIn({ from, to }: Interval): boolean {
    const first = this.first("to", from);
    return !first || first.from <= to;
  }

  /** From when on the present window has certainly been there; -Infinity while nothing is known. */
  began(now: number): number {
    const { interval } = this;
    if (!interval) return Number.NEGATIVE_INFINITY;
    const times = this.#times(interval, "to", now);
    const next = repeated(interval, this.period, times).to;
    return next <= now ? next : repeated(interval, this.period, times - 1).to;
  }

  /**
   * From when on a request is certainly in a later window than one that was answered at `answered`, in a window that ends at `endsBy`
   * at the latest.
   */
  clears(answered: number, endsBy: number): number {
    const slid = answered + this.period * (1 + DRIFT);
    const { interval } = this;
    if (!interval || answered === Number.POSITIVE_INFINITY) return slid;
    const next = this.#times(interval, "from", answered);
    // The last of the starts that can lie before `endsBy`.
    const last = endsBy < slid ? this.#times(interval, "from", endsBy) - 1 : next;
    return Math.min(slid, repeated(interval, this.period, Math.min(next, last)).to);
  }

  /** Which of the starts is the first of which `edge` isn't before `moment`. */
  #times(interval: Interval, edge: keyof Interval, moment: number): number {
    const { period } = this;
    const drift = edge === "from" ? -DRIFT : DRIFT;
    let times = Math.ceil((moment - interval[edge]) / period) - 1;
    while (interval[edge] + (times + Math.abs(times) * drift) * period < moment) times++;
    return times;
  }

  /** The answer to a request that was on its way from `sent` to `answered` reported how long its window still lasts. */
  learnLeft(sent: number, answered: number, { value, unit }: TimeLeft): void {
    const most = { up: 0, nearest: unit / 2, down: unit };
    for (const rounding of ROUNDINGS) {
      const left = value + most[rounding];
      const from = sent + Math.max(0, left - unit) - TICK;
      const to = answered + Math.min(this.period, left) + TICK;
      this.#learn(rounding, { from, to });
    }
  }

  /** A start is certain to lie in this interval. */
  learnBetween(interval: Interval): void {
    for (const rounding of ROUNDINGS) this.#learn(rounding, interval);
  }

  #learn(rounding: Rounding, reported: Interval): void {
    this.#refresh();
    if (!this.roundings.possible.has(rounding) || width(reported) >= this.period) return;
    const known = this.#follows.get(rounding);
    const interval = known ? intersect(known, reported, this.period) : reported;
    if (interval) this.#follows.set(rounding, interval);
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
    this.#intervals = known.map((each) => repeated(each, this.period, Math.round((base - each.from) / this.period)));
    const all = known.length === possible.size ? hull(this.#intervals) : undefined;
    this.#interval = all && width(all) < this.period ? all : undefined;
  }
}
