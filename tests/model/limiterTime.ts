import type { Clock } from "../../provider/hood/clock";

interface Event {
  readonly at: number;
  readonly number: number;
  readonly act: () => void;
}

/** Chance with a fixed seed (mulberry32). */
export function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Time that jumps from one event to the next. Promises settle between two events, so every run is the same. */
export class VirtualTime {
  now = 0;
  /** Sleeps that began, that lasted to their end, and that were cut. */
  timers = 0;
  woken = 0;
  cut = 0;
  #events: Event[] = [];
  #number = 0;

  at(at: number, act: () => void): void {
    const event = { at: Math.max(at, this.now), number: this.#number++, act };
    // A binary heap: the parent of each event is due before it.
    let index = this.#events.push(event) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (before(this.#events[parent] as Event, event)) break;
      this.#events[index] = this.#events[parent] as Event;
      index = parent;
    }
    this.#events[index] = event;
  }

  /**
   * A clock that runs `drift` faster than the account's. Its timers are as Node has them: whole milliseconds, so up to
   * one early by the finer clock, and up to one late.
   */
  clock(random: () => number, drift = 0): Clock {
    return {
      now: () => this.now * (1 + drift),
      date: () => this.now,
      random,
      sleep: (milliseconds, cut) =>
        new Promise((resolve) => {
          this.timers++;
          const wake = () => {
            if (cut?.aborted) return;
            this.woken++;
            resolve();
          };
          cut?.addEventListener("abort", () => {
            this.cut++;
            resolve();
          });
          this.at(this.now + Math.max(1, Math.floor(milliseconds)) / (1 + drift) + random(), wake);
        }),
    };
  }

  /** Runs until `done`; an hour without it is a failure. */
  async run(done: () => boolean): Promise<void> {
    for (await settled(); !done(); await settled()) {
      const event = this.#next();
      if (!event || event.at > 3_600_000) throw new Error(`Nothing more happens, ${this.now} ms after the beginning.`);
      this.now = event.at;
      event.act();
    }
  }

  /** Runs all that is due until `moment`. */
  async until(moment: number): Promise<void> {
    this.at(moment, () => {});
    await this.run(() => this.now >= moment);
  }

  #next(): Event | undefined {
    const first = this.#events[0];
    const last = this.#events.pop();
    if (!first || !last || first === last) return first;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      const right = this.#events[child + 1];
      if (right && before(right, this.#events[child] as Event)) child++;
      if (child >= this.#events.length || before(last, this.#events[child] as Event)) break;
      this.#events[index] = this.#events[child] as Event;
      index = child;
    }
    this.#events[index] = last;
    return first;
  }
}

// More turns than the longest chain of promises between an answer and what it sets going.
async function settled(): Promise<void> {
  for (let turn = 0; turn < 12; turn++) await undefined;
}

function before(a: Event, b: Event): boolean {
  return a.at < b.at || (a.at === b.at && a.number < b.number);
}
