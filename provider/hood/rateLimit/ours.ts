import type { Boundary } from "./boundary";
import type { Request } from "./request";

/** A request of ours in one window. */
export interface Entry {
  readonly request: Request;
  /** When its window ends at the latest, where its answer told. */
  endsBy: number;
  /** How many remained after it, where its answer told. */
  remaining?: number;
  refused?: true;
  /** Its answer showed that the account had counted it. */
  counted?: true;
}

/** Requests of ours that may lie in the same window as one that is sent now, in the order in which they were sent. */
export class Ours {
  #entries: Entry[] = [];

  constructor(readonly boundary: Boundary) {}

  get length(): number {
    return this.#entries.length;
  }

  get first(): Request | undefined {
    return this.#entries[0]?.request;
  }

  get inFlight(): number {
    return this.where(({ request }) => request.answered === Number.POSITIVE_INFINITY).length;
  }

  /** Those that the account has certainly counted. */
  get counted(): readonly Entry[] {
    return this.where(({ counted }) => counted === true);
  }

  where(which: (entry: Entry) => boolean): readonly Entry[] {
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

  /** From when on each certainly lies in an earlier window, the first to do so first. */
  get clears(): readonly number[] {
    return this.#entries.map((entry) => this.#clears(entry)).sort((a, b) => a - b);
  }

  #clears({ request, endsBy }: Entry): number {
    return this.boundary.clears(request.answered, endsBy);
  }
}
