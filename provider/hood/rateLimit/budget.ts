import { Boundary } from "./boundary";
import type { Shown } from "./headers";
import { Look } from "./look";
import { type Entry, Ours } from "./ours";
import { Pace } from "./pace";
import type { Request } from "./request";
import type { Roundings } from "./rounding";
import type { Span } from "./span";
import { beyond, learnFromCounted, mayUseUp } from "./unshown";
import type { Window } from "./window";

/** What is left of one window of the account, as far as it can be known from here. */
export class Budget {
  readonly boundary: Boundary;
  readonly #pace: Pace;
  readonly #ours: Ours;
  #look: Look | undefined;
  /** Requests that others are known to have sent in the present window. */
  #others = 0;
  /** Which windows the account told something of so far; once it was this one, what it tells of others adds nothing. */
  #told: "none" | "others" | "this" = "none";

  constructor(
    readonly window: Window,
    roundings: Roundings,
  ) {
    this.boundary = new Boundary(window.length, roundings);
    this.#ours = new Ours(this.boundary);
    this.#pace = new Pace(window.limit);
  }

  /** How many requests may be sent now, beside those on their way. */
  get room(): number {
    const own = this.#pace.most - this.#ours.length - this.#others;
    // The account may have counted those on their way or not.
    return this.#look ? Math.min(own, this.#look.remaining - this.#ours.inFlight) : own;
  }

  /** Whether an answer showed the present window. */
  get seen(): boolean {
    return this.#look !== undefined;
  }

  /** Whether the account shows other windows, and has told nothing of this one. */
  get unshown(): boolean {
    return this.#told === "others";
  }

  /**
   * Whether only our own count says that the window is full, while it isn't shown: it may have ended unseen, and only
   * the next answer tells.
   */
  get ahead(): boolean {
    return this.unshown && this.room <= 0;
  }

  /** Whether the next may be the last that there is room for, so that no later one could show this window in time. */
  get blind(): boolean {
    return this.unshown && mayUseUp(this.#ours, this.window.limit);
  }

  /** Whether only the next answer tells if there is room: the account was full with no more of ours, or isn't shown. */
  get uncharted(): boolean {
    return this.#pace.uncharted(this.#ours.length) || this.ahead;
  }

  /** Whether a request that was certainly sent in the present window has come back. */
  scouted(now: number): boolean {
    const began = this.boundary.began(now);
    return this.seen || this.#ours.where(({ request }) => request.answered <= now && request.sent >= began).length > 0;
  }

  /** Forgets what lies in earlier windows by now. */
  advance(now: number): void {
    this.#ours.advance(now);
    if (!this.#look || this.#look.ends(this.boundary) > now) return;
    this.#look = undefined;
    this.#others = 0;
  }

  /** From when on there is room if nothing more is learnt; Infinity where only an answer can make room. */
  opens(now: number): number {
    if (this.room > 0 || this.ahead) return now;
    const over = this.#ours.length - this.#pace.most;
    const own = this.#ours.clears[over] ?? now;
    if (!this.#look || (over >= 0 && this.#look.remaining > this.#ours.inFlight)) return own;
    if (this.#look.remaining > 0 && this.#ours.inFlight > 0) return Number.POSITIVE_INFINITY;
    return Math.max(own, this.#look.ends(this.boundary));
  }

  /** From when on none of ours lies in the present window. */
  fresh(now: number): number {
    return Math.max(now, ...this.#ours.clears);
  }

  /** Where the present window ends. */
  endsWithin(now: number): Span {
    const first = this.#ours.first ?? { sent: now, answered: now };
    return this.boundary.first("to", now) ?? { from: first.sent, to: first.answered + this.window.length };
  }

  sent(request: Request): void {
    this.#ours.add(request);
  }

  accepted(): void {
    this.#pace.accepted(this.#ours.length);
  }

  /**
   * The account had no room for this request in this window.
   *
   * @param left the milliseconds until it ends, where the 429 told.
   * @param lasting whether the next windows will hardly have more room.
   */
  refused(request: Request, left: number | undefined, lasting: boolean): void {
    const own = this.#ours.of(request);
    if (own) own.refused = true;
    this.#pace.full(this.#ours.where(({ refused }) => !refused).length);
    if (lasting) this.#pace.lower(request);
    if (left !== undefined) this.#endsIn(request, left);
    this.#told = "this";
  }

  /** A 429 tells it in whole seconds, rounded one way or another. */
  #endsIn({ sent, answered }: Request, left: number): void {
    if (this.#told === "this" && this.boundary.span) return;
    const span = { from: sent + left - 1_000, to: answered + left + 1_000 };
    if (this.boundary.mayLieIn(span)) this.boundary.learnBetween(span);
  }

  /** An answer showed another window. */
  passedOver(request: Request): void {
    if (this.#told === "this") return;
    this.#told = "others";
    const own = this.#ours.of(request);
    if (own) own.counted = true;
    learnFromCounted(this.#ours, this.window.limit);
  }

  /** An answer showed this window. */
  shown(request: Request, { remaining, left }: Shown): void {
    const { sent, answered } = request;
    const own = this.#ours.of(request);
    if (own) own.remaining = remaining;
    let lasting = sent;
    if (left) {
      this.boundary.learnLeft(sent, answered, left);
      lasting += Math.max(0, left.value - left.unit);
      if (own) own.endsBy = answered + left.value + left.unit;
    }
    const earlier = this.#earlier(request, remaining);
    this.#told = "this";
    const from = Math.max(...earlier.map((entry) => entry.request.sent));
    // Hood calls it an estimate, so it is no proof where the boundary is known to lie elsewhere.
    if (earlier.length > 0 && this.boundary.mayLieIn({ from, to: answered })) {
      this.boundary.learnBetween({ from, to: answered });
      this.#ours.forget(earlier, from);
      this.#others = 0;
      lasting = Math.max(lasting, from + this.window.length);
    } else if (this.#look && remaining >= this.#look.remaining) return;
    const counted = this.#ours.where((entry) => entry.request.sent <= answered);
    const others = this.window.limit - remaining - counted.length;
    this.#others = Math.max(this.#others, others);
    // As many are used as all of ours and more: then all of ours are in this window, and it ends with the first.
    const since = others < 0 ? answered : Math.min(answered, ...counted.map((entry) => entry.request.answered));
    this.#look = new Look(remaining, since, lasting);
  }

  /** Those in an earlier window than this request, which left so many. */
  #earlier(request: Request, remaining: number): readonly Entry[] {
    const before = this.#ours.where((entry) => entry.request !== request && entry.request.answered <= request.sent);
    // What remains of a window never grows.
    const noFewer = before.filter((entry) => (entry.remaining ?? this.window.limit) <= remaining);
    return this.#told === "this" ? noFewer : [...noFewer, ...beyond(before, this.window.limit - remaining - 1)];
  }
}
