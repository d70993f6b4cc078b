/** How often the live line is renewed, in milliseconds. */
const INTERVAL = 1_000;

export interface ProgressOptions {
  /** Cancellations that the operation has come to know of so far. */
  readonly total: () => number;
  /** Milliseconds until the account lets the next request through; 0 while it does. */
  readonly wait: () => number;
  /** Shows a line, on the row of a resource where one is given. */
  readonly show: (line: string, urn?: string) => void;
}

/** A live line that says how far the cancellations of an operation are, while they wait for the account's rate limit. */
export class Progress {
  #begun = 0;
  /** The rows of those that wait, the first come first. */
  readonly #rows: string[] = [];
  #done = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: ProgressOptions) {}

  /** Counts one cancellation in, and out when it has ended, whichever way. */
  async count<T>(act: () => Promise<T>, row?: string): Promise<T> {
    this.#begun++;
    if (row !== undefined) this.#rows.push(row);
    this.#timer ??= setInterval(() => this.#show(), INTERVAL).unref();
    try {
      return await act();
    } finally {
      this.#done++;
      if (row !== undefined) this.#rows.splice(this.#rows.indexOf(row), 1);
      if (this.#done === this.#begun) this.#stop();
    }
  }

  #show(): void {
    const wait = this.options.wait();
    if (wait <= 0) return;
    const until = new Date(Date.now() + wait).toISOString().slice(11, 19);
    const waiting = Math.max(this.#begun, this.options.total()) - this.#done;
    const line = `${this.#done} done, ${waiting} waiting for the account's rate limit until ${until} UTC (${Math.ceil(wait / 1_000)} s)`;
    this.options.show(line, this.#rows[0]);
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
