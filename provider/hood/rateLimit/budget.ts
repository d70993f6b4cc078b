import type { Answer } from "../transport";
import { type Reported, reportedIn } from "./headers";
import { DRIFT, type Interval } from "./interval";
import { beyond, type Entry, type Request, SentInWindow } from "./sentInWindow";
import { Share } from "./share";
import type { Window } from "./window";
import { Roundings, WindowStart } from "./windowStart";

/** What an answer reported of the present window: the one that reported the fewest remaining. */
interface Report {
  readonly remaining: number;
  /** The answer came in that window, or another did as early as this. */
  readonly since: number;
  /** The window can't have ended before. */
  readonly lasting: number;
}

/** What is available in one window of the account, as far as it can be known from here. */
export class Budget {
  readonly start: WindowStart;
  readonly #share: Share;
  readonly #sent: SentInWindow;
  #report: Report | undefined;
  /** Requests that others are known to have sent in the present window. */
  #usedByOthers = 0;
  /** Which windows the account reported so far; once it was this one, what it reports of others adds nothing. */
  #reports: "none" | "others" | "this" = "none";

  constructor(
    readonly window: Window,
    roundings: Roundings,
  ) {
    this.start = new WindowStart(window.length, roundings);
    this.#sent = new SentInWindow(this.start, window.limit);
    this.#share = new Share(window.limit);
  }

  /** How many requests may be sent now, beside those on their way. */
  get available(): number {
    const own = this.#share.most - this.#sent.length - this.#usedByOthers;
    // The account may have counted those on their way or not.
    return this.#report ? Math.min(own, this.#report.remaining - this.#sent.inFlight) : own;
  }

  /** Whether an answer reported the present window. */
  get isReported(): boolean {
    return this.#report !== undefined;
  }

  /** Whether the account reports other windows, and has reported nothing of this one. */
  get isHidden(): boolean {
    return this.#reports === "others";
  }

  /** Whether only our own count says that this hidden window is full: another one may have started, and only the next answer tells. */
  get isFullByCount(): boolean {
    return this.isHidden && this.available <= 0;
  }

  /** Whether the next request may use this hidden window up, so that no later one could make the account report it in time. */
  get mayBeUsedUp(): boolean {
    return this.isHidden && this.#sent.mayUseUp;
  }

  /** Whether only the next answer tells if anything is available: the window was full with no more sent, or is hidden. */
  get needsProbe(): boolean {
    return this.#share.mayBeFull(this.#sent.length) || this.isFullByCount;
  }

  /** Whether a request that was certainly sent in the present window has come back. */
  isProbed(now: number): boolean {
    const began = this.start.began(now);
    const probes = this.#sent.filter(({ request }) => request.answered <= now && request.sent >= began);
    return this.isReported || probes.length > 0;
  }

  /** Forgets what lies in earlier windows by now. */
  advance(now: number): void {
    this.#sent.advance(now);
    if (!this.#report || this.#endsBy(this.#report) > now) return;
    this.#report = undefined;
    this.#usedByOthers = 0;
  }

  /** From when on a request is available if nothing more is learnt; Infinity if only an answer can change that. */
  opens(now: number): number {
    if (this.available > 0 || this.isFullByCount) return now;
    const over = this.#sent.length - this.#share.most;
    const own = this.#sent.clears[over] ?? now;
    if (!this.#report || (over >= 0 && this.#report.remaining > this.#sent.inFlight)) return own;
    if (this.#report.remaining > 0 && this.#sent.inFlight > 0) return Number.POSITIVE_INFINITY;
    return Math.max(own, this.#endsBy(this.#report));
  }

  /** When the window that an answer reported has certainly ended. */
  #endsBy({ since, lasting }: Report): number {
    const slid = since + this.window.length * (1 + DRIFT);
    return Math.min(slid, this.start.first("to", lasting)?.to ?? slid);
  }

  /** From when on none of this process's requests lies in the present window. */
  emptyFrom(now: number): number {
    return Math.max(now, ...this.#sent.clears);
  }

  /** Where the present window ends. */
  endsWithin(now: number): Interval {
    const first = this.#sent.first ?? { sent: now, answered: now };
    return this.start.first("to", now) ?? { from: first.sent, to: first.answered + this.window.length };
  }

  sent(request: Request): void {
    this.#sent.add(request);
  }

  accepted(): void {
    this.#share.accepted(this.#sent.length);
  }

  /**
   * The account answered 429 because of this window.
   *
   * @param left the milliseconds until it ends, if the 429 says that.
   * @param lasting whether the next windows will hardly have more available.
   */
  rejected(request: Request, left: number | undefined, lasting: boolean): void {
    const own = this.#sent.of(request);
    if (own) own.rejected = true;
    this.#share.full(this.#sent.filter(({ rejected }) => !rejected).length);
    if (lasting) this.#share.lower(request);
    if (left !== undefined) this.#endsIn(request, left);
    this.#reports = "this";
  }

  /** A 429 says it in whole seconds, rounded one way or another. */
  #endsIn({ sent, answered }: Request, left: number): void {
    if (this.#reports === "this" && this.start.interval) return;
    const interval = { from: sent + left - 1_000, to: answered + left + 1_000 };
    if (this.start.mayLieIn(interval)) this.start.learnBetween(interval);
  }

  /** An answer reported another window. */
  reportedOther(request: Request): void {
    if (this.#reports === "this") return;
    this.#reports = "others";
    const own = this.#sent.of(request);
    if (own) own.counted = true;
    this.#sent.learnFromCounted();
  }

  /** An answer reported this window. */
  reported(request: Request, { remaining, left }: Reported): void {
    const { sent, answered } = request;
    const own = this.#sent.of(request);
    if (own) own.remaining = remaining;
    let lasting = sent;
    if (left) {
      this.start.learnLeft(sent, answered, left);
      lasting += Math.max(0, left.value - left.unit);
      if (own) own.endsBy = answered + left.value + left.unit;
    }
    const earlier = this.#earlier(request, remaining);
    this.#reports = "this";
    const from = Math.max(...earlier.map((entry) => entry.request.sent));
    // Hood calls it an estimate, so it is no proof if the start is known to lie elsewhere.
    if (earlier.length > 0 && this.start.mayLieIn({ from, to: answered })) {
      this.start.learnBetween({ from, to: answered });
      this.#sent.forget(earlier, from);
      this.#usedByOthers = 0;
      lasting = Math.max(lasting, from + this.window.length);
    } else if (this.#report && remaining >= this.#report.remaining) return;
    const counted = this.#sent.filter((entry) => entry.request.sent <= answered);
    const usedByOthers = this.window.limit - remaining - counted.length;
    this.#usedByOthers = Math.max(this.#usedByOthers, usedByOthers);
    // As many are used as all that were sent, or more: then all of those are in this window, and it ends with the first.
    const first = Math.min(answered, ...counted.map((entry) => entry.request.answered));
    this.#report = { remaining, since: usedByOthers < 0 ? answered : first, lasting };
  }

  /** Those in an earlier window than this request, which left so many. */
  #earlier(request: Request, remaining: number): readonly Entry[] {
    const before = this.#sent.filter((entry) => entry.request !== request && entry.request.answered <= request.sent);
    // What remains of a window never grows.
    const noFewer = before.filter((entry) => (entry.remaining ?? this.window.limit) <= remaining);
    return this.#reports === "this" ? noFewer : [...noFewer, ...beyond(before, this.window.limit - remaining - 1)];
  }
}

/** What is available in all windows of the account. */
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

  /** From when on a request is available in each window if nothing more is learnt; Infinity if only an answer can change that. */
  opens(now: number): number {
    for (const budget of this.all) budget.advance(now);
    return Math.max(...this.all.map((budget) => budget.opens(now)));
  }

  accepted(request: Request, answer: Answer): void {
    for (const budget of this.all) budget.accepted();
    const reported = reportedIn(answer);
    if (!reported) return;
    const { limit, left } = reported;
    const fitting = this.all.filter(({ window }) => window.limit === limit && (left?.value ?? 0) <= window.length);
    const [budget] = fitting;
    // A limit that isn't configured, or that two windows share, says nothing that could be relied on.
    if (!budget || fitting.length > 1) return;
    budget.reported(request, reported);
    for (const other of this.all) if (other !== budget && other !== this.shortest) other.reportedOther(request);
  }

  /** @param asked the milliseconds that the 429 asks to wait, if it does. */
  rejected(request: Request, asked: number | undefined): void {
    // Whoever goes on beyond a hidden window asks for it.
    const probed = asked === undefined ? this.all.find(({ isFullByCount }) => isFullByCount) : undefined;
    const full = probed ?? this.all.find(({ window }) => (asked ?? 0) <= window.length);
    // A second is full again and again if others use it; how full a minute is, shows each time.
    if (full === this.shortest) full?.rejected(request, undefined, true);
    else full?.rejected(request, asked, false);
  }
}
