/** The request's turn came, and what it stands on is too old by then. */
export class StaleError extends Error {
  override name = "StaleError";
}

/** Something that waits for its turn. */
export interface Waiting {
  readonly place: number;
  /** Requests that an account may treat in one way; the method, mostly. */
  readonly kind: string;
  /** True once it must not go out any more, although its turn has come. */
  readonly outdated: (() => boolean) | undefined;
  readonly go: (sent: number) => void;
  readonly end: (reason: unknown) => void;
}

/** So many may have left a line before it is copied without them: else each that leaves would cost as much as all that wait. */
const MOST_LEFT = 1_000;

/** Those of one kind that wait, in the order of the places that they were given. */
class Line {
  #waiting: Waiting[] = [];
  /** Where the first one stands: those before it have left. */
  #head = 0;

  get first(): Waiting | undefined {
    return this.#waiting[this.#head];
  }

  get all(): readonly Waiting[] {
    return this.#waiting.slice(this.#head);
  }

  add(waiting: Waiting): void {
    this.#waiting.splice(this.#indexOf(waiting.place), 0, waiting);
  }

  remove(waiting: Waiting): void {
    if (waiting !== this.first) this.#waiting.splice(this.#indexOf(waiting.place), 1);
    else if (++this.#head > MOST_LEFT) {
      this.#waiting = this.#waiting.slice(this.#head);
      this.#head = 0;
    }
  }

  /** Where the first one stands that has this place or a later one. */
  #indexOf(place: number): number {
    let [from, to] = [this.#head, this.#waiting.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((this.#waiting[middle] as Waiting).place < place) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}

/** Those that wait for their turn. */
export class Queue {
  readonly #lines = new Map<string, Line>();
  #length = 0;

  get length(): number {
    return this.#length;
  }

  get kinds(): readonly string[] {
    return [...this.#lines.keys()];
  }

  add(waiting: Waiting): void {
    const line = this.#lines.get(waiting.kind) ?? new Line();
    this.#lines.set(waiting.kind, line);
    line.add(waiting);
    this.#length++;
  }

  /** The first one of those kinds that may go. */
  first(may: (kind: string) => boolean): Waiting | undefined {
    const firsts = [...this.#lines].flatMap(([kind, { first }]) => (first && may(kind) ? first : []));
    return firsts.sort((a, b) => a.place - b.place)[0];
  }

  remove(waiting: Waiting): void {
    this.#lines.get(waiting.kind)?.remove(waiting);
    this.#length--;
  }

  /** Ends all of a kind. */
  endAll(kind: string, reason: unknown): void {
    for (const waiting of this.#lines.get(kind)?.all ?? []) {
      this.remove(waiting);
      waiting.end(reason);
    }
  }
}
