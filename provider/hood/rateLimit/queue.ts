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

/** Those that wait for their turn, by kind, in the order of the places that they were given: each kind is a binary heap. */
export class Queue {
  readonly #heaps = new Map<string, Waiting[]>();
  /** Those that gave up, and are still in their heap. */
  readonly #gone = new Set<Waiting>();
  #length = 0;

  get length(): number {
    return this.#length;
  }

  get kinds(): readonly string[] {
    return [...this.#heaps.keys()];
  }

  add(waiting: Waiting): void {
    const heap = this.#heaps.get(waiting.kind) ?? [];
    this.#heaps.set(waiting.kind, heap);
    let at = heap.push(waiting) - 1;
    for (let parent = (at - 1) >> 1; at > 0 && placeAt(heap, parent) > waiting.place; parent = (at - 1) >> 1) {
      heap[at] = heap[parent] as Waiting;
      at = parent;
    }
    heap[at] = waiting;
    this.#length++;
  }

  /** The first one of those kinds that may go. */
  first(may: (kind: string) => boolean): Waiting | undefined {
    let first: Waiting | undefined;
    for (const [kind, heap] of this.#heaps) {
      if (!may(kind)) continue;
      while (heap[0] && this.#gone.delete(heap[0])) shift(heap);
      if (heap[0] && (!first || heap[0].place < first.place)) [first] = heap;
    }
    return first;
  }

  /** Takes out one that is the first of its kind. */
  take(waiting: Waiting): void {
    shift(this.#heaps.get(waiting.kind) ?? []);
    this.#length--;
  }

  leave(waiting: Waiting): void {
    this.#gone.add(waiting);
    this.#length--;
  }

  /** Ends all of a kind. */
  endAll(kind: string, reason: unknown): void {
    const heap = this.#heaps.get(kind) ?? [];
    this.#heaps.delete(kind);
    for (const waiting of heap) {
      if (this.#gone.delete(waiting)) continue;
      this.#length--;
      waiting.end(reason);
    }
  }
}

function placeAt(heap: readonly Waiting[], at: number): number {
  return heap[at]?.place ?? Number.POSITIVE_INFINITY;
}

function shift(heap: Waiting[]): void {
  const last = heap.pop();
  if (!last || heap.length === 0) return;
  let at = 0;
  for (;;) {
    const left = 2 * at + 1;
    const child = placeAt(heap, left + 1) < placeAt(heap, left) ? left + 1 : left;
    if (placeAt(heap, child) >= last.place) break;
    heap[at] = heap[child] as Waiting;
    at = child;
  }
  heap[at] = last;
}
