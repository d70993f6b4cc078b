import type { Window } from "../window";
import { Boundary } from "./boundary";
import type { Shown } from "./headers";
import { Pace } from "./pace";
import type { Request } from "./request";
import type { Roundings } from "./rounding";
import { DRIFT, type Span } from "./span";

/** A request of ours in one window. */
interface Entry {
  readonly request: Request;
  /** When its window ends at the latest, where its answer told. */
  endsBy: number;
  /** How many remained after it, where its answer told. */
  remaining?: number;
  refused?: true;
}

/** The answer that showed the fewest remaining in the present window. */
interface Look {
  /** Answered in that window, as early as known. */
  readonly since: number;
  readonly remaining: number;
  /** The window that it shows can't have ended before. */
  readonly lasting: number;
}

/** What is left of one window of the account, as far as it can be known from here. */
export class Budget {
  readonly boundary: Boundary;
  readonly #pace: Pace;
  /** Requests of ours that may lie in the same window as one that is sent now. */
  #ours: Entry[] = [];
  #look: Look | undefined;
  /** Requests that others are known to have sent in the present window. */
  #others = 0;
  /** When the first of ours was sent while none lay in the present window. */
  #begun = 0;

  constructor(
    readonly window: Window,
    roundings: Roundings,
  ) {
    this.boundary = new Boundary(window.length, roundings);
    this.#pace = new Pace(window.limit);
  }

  /** How many requests may be sent now, beside those on their way. */
  get room(): number {
    const own = this.#pace.most - this.#ours.length - this.#others;
    // The account may have counted those on their way or not.
    return this.#look ? Math.min(own, this.#look.remaining - this.#inFlight) : own;
  }

  /** Whether an answer showed the present window. */
  get seen(): boolean {
    return this.#look !== undefined;
  }

  /** Whether the account was found full when it had taken no more of ours than now. */
  get uncharted(): boolean {
    return this.#pace.uncharted(this.#ours.length);
  }

  get #inFlight(): number {
    return this.#ours.filter(({ request }) => request.answered === Number.POSITIVE_INFINITY).length;
  }

  /** Whether much of the window is used, and others may have used more of it before we came: nothing tells. */
  blind(now: number): boolean {
    const unknown = !this.seen && !this.boundary.span && now < this.#begun + this.window.length;
    return unknown && this.#ours.length >= this.window.limit / 2;
  }

  /** Whether a request that was certainly sent in the present window has come back. */
  scouted(now: number): boolean {
    const began = this.boundary.began(now);
    return this.seen || this.#ours.some(({ request }) => request.answered <= now && request.sent >= began);
  }

  /** Forgets what lies in earlier windows by now. */
  advance(now: number): void {
    this.#ours = this.#ours.filter((entry) => this.#clears(entry) > now);
    if (!this.#look || this.#ends(this.#look) > now) return;
    this.#look = undefined;
    this.#others = 0;
  }

  /** From when on there is room if nothing more is learnt; Infinity where only an answer can make room. */
  opens(now: number): number {
    if (this.room > 0) return now;
    const over = this.#ours.length - this.#pace.most;
    const clears = this.#ours.map((entry) => this.#clears(entry)).sort((a, b) => a - b);
    const own = clears[over] ?? now;
    if (!this.#look || (over >= 0 && this.#look.remaining > this.#inFlight)) return own;
    if (this.#look.remaining > 0 && this.#inFlight > 0) return Number.POSITIVE_INFINITY;
    return Math.max(own, this.#ends(this.#look));
  }

  /** From when on none of ours lies in the present window. */
  fresh(now: number): number {
    return Math.max(now, ...this.#ours.map((entry) => this.#clears(entry)));
  }

  /** Where the present window ends. */
  endsWithin(now: number): Span {
    const first = this.#ours[0]?.request ?? { sent: now, answered: now };
    return this.boundary.first("to", now) ?? { from: first.sent, to: first.answered + this.window.length };
  }

  sent(request: Request): void {
    if (this.#ours.length === 0) this.#begun = request.sent;
    this.#ours.push({ request, endsBy: Number.POSITIVE_INFINITY });
  }

  accepted(): void {
    this.#pace.accepted(this.#ours.length);
  }

  /** The account had no room for this request in this window. `lasting`: the next windows will hardly have more. */
  refused(request: Request, lasting: boolean): void {
    for (const entry of this.#ours) if (entry.request === request) entry.refused = true;
    this.#pace.full(this.#ours.filter(({ refused }) => !refused).length);
    if (lasting) this.#pace.lower(request);
  }

  /** A 429 told in whole seconds, rounded one way or another, when the window ends. */
  ends({ sent, answered }: Request, left: number): void {
    if (!this.boundary.span) this.boundary.learnBetween({ from: sent + left - 1_000, to: answered + left + 1_000 });
  }

  /** An answer showed this window. */
  shown(request: Request, { remaining, left }: Shown): void {
    const { sent, answered } = request;
    const own = this.#ours.find((entry) => entry.request === request);
    if (own) own.remaining = remaining;
    let lasting = sent;
    if (left) {
      this.boundary.learnLeft(sent, answered, left);
      lasting += Math.max(0, left.value - left.unit);
      if (own) own.endsBy = answered + left.value + left.unit;
    }
    // What remains of a window never grows: those that left no more than this are in an earlier window.
    const earlier = this.#ours.filter(
      (entry) => entry !== own && entry.request.answered <= sent && (entry.remaining ?? this.window.limit) <= remaining,
    );
    const from = Math.max(...earlier.map((entry) => entry.request.sent));
    // Hood calls it an estimate, so it is no proof where the boundary is known to lie elsewhere.
    if (earlier.length > 0 && this.boundary.mayLieIn({ from, to: answered })) {
      this.boundary.learnBetween({ from, to: answered });
      this.#ours = this.#ours.filter((entry) => !earlier.includes(entry) && entry.request.answered > from);
      this.#others = 0;
      lasting = Math.max(lasting, from + this.window.length);
    } else if (this.#look && remaining >= this.#look.remaining) return;
    const counted = this.#ours.filter((entry) => entry.request.sent <= answered);
    const others = this.window.limit - remaining - counted.length;
    this.#others = Math.max(this.#others, others);
    // As many are used as all of ours and more: then all of ours are in this window, and it ends with the first.
    const since = others < 0 ? answered : Math.min(answered, ...counted.map((entry) => entry.request.answered));
    this.#look = { since, remaining, lasting };
  }

  #clears({ request, endsBy }: Entry): number {
    return this.boundary.clears(request.answered, endsBy);
  }

  #ends({ since, lasting }: Look): number {
    const slid = since + this.window.length * (1 + DRIFT);
    return Math.min(slid, this.boundary.first("to", lasting)?.to ?? slid);
  }
}
