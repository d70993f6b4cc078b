import type { WindowStart } from "./windowStart";

/** A request that went out. The account counted it at some moment from `sent` to `answered`; nobody can tell when. */
export interface Request {
  readonly sent: number;
  /** Infinity while it is on its way. */
  answered: number;
}

/** A request that this process sent in one window. */
export interface Entry {
  readonly request: Request;
  /** When its window ends at the latest, if its answer reported that. */
  endsBy: number;
  /** How many remained after it, if its answer reported that. */
  remaining?: number;
  /** It was answered 429 because of this window. */
  rejected?: true;
  /** Its answer showed that the account had counted it. */
  counted?: true;
}

/** Requests sent within so many milliseconds reach the account at nearly the same time. */
const TOGETHER = 20;

/** Requests of this process that may lie in the same window as one that is sent now, in the order in which they were sent. */
export class SentInWindow {
  #entries: Entry[] = [];

  constructor(
    readonly start: WindowStart,
    readonly limit: number,
  ) {}

  get length(): number {
    return this.#entries.length;
  }

  get first(): Request | undefined {
    return this.#entries[0]?.request;
  }

  get inFlight(): number {
    return this.filter(({ request }) => request.answered === Number.POSITIVE_INFINITY).length;
  }

  /** From when on each certainly lies in an earlier window, the first to do so first. */
  get clears(): readonly number[] {
    return this.#entries.map((entry) => this.#clears(entry)).sort((a, b) => a - b);
  }

  filter(which: (entry: Entry) => boolean): readonly Entry[] {
    return this.#entries.filter(which);
  }

  of(request: Request): Entry | undefined {
    return this.#entries.find((entry) => entry.request === request);
  }

  add(request: Request): void {
    this.#entries.push({ request, endsBy: Number.POSITIVE_INFINITY });
  }

  /** These lie in an earlier window, and so does all that was answered before `moment`. */
  forget(earlier: readonly Entry[], moment: number): void {
    this.#entries = this.#entries.filter((entry) => !earlier.includes(entry) && entry.request.answered > moment);
  }

  /** Forgets what certainly lies in earlier windows by now. */
  advance(now: number): void {
    this.#entries = this.#entries.filter((entry) => this.#clears(entry) > now);
  }

  #clears({ request, endsBy }: Entry): number {
    return this.start.clears(request.answered, endsBy);
  }

  /*
   * What can be told of a window that the account doesn't report, from answers that report another one: each of them shows that a
   * request was counted, and no window holds more than its limit.
   */

  /** If more were counted than fit into one window, another one has started among them. */
  learnFromCounted(): void {
    const last = this.#counted.slice(-this.limit - 1);
    const [first] = last;
    if (!first || last.length <= this.limit) return;
    const between = { from: first.request.sent, to: Math.max(...last.map(({ request }) => request.answered)) };
    if (this.start.mayLieIn(between)) this.start.learnBetween(between);
  }

  /**
   * Whether the next request may use the window up. As long as all of these fit into it, nobody knows what others had used of it
   * before. After that, it can only be so if the window started between two certain ones of these, which is hardly the case if they
   * were sent together.
   */
  get mayUseUp(): boolean {
    const counted = this.#counted;
    const last = counted.length - this.limit;
    const [before, first] = [counted[last]?.request, counted[last + 1]?.request];
    if (!before || !first) return this.length >= this.limit / 2;
    return first.sent - before.sent > TOGETHER && this.start.mayLieIn({ from: before.sent, to: first.answered });
  }

  /** Those that the account has certainly counted. */
  get #counted(): readonly Entry[] {
    return this.filter(({ counted }) => counted === true);
  }
}

/** Those that can't lie in a window in which only so many are used. */
export function beyond(sent: readonly Entry[], used: number): readonly Entry[] {
  const counted = sent.filter((entry) => entry.counted);
  return counted.slice(0, Math.max(0, counted.length - used));
}
