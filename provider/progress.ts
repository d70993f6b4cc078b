/** How often the live line is renewed, in milliseconds. */
const INTERVAL = 1_000;

export interface ProgressOptions {
  /** Cancellations that the operation has come to know of so far. */
  readonly total: () => number;
  /** Milliseconds until the account lets the next request through; 0 while it does. */
  readonly wait: () => number;
  readonly show: (line: string) => void;
}

/** A live line that says how far the cancellations of an operation are, while they wait for the account's rate limit. */
export class Progress {
  #begun = 0;
  #done = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: ProgressOptions) {}

  /** Counts one cancellation in, and out when it has ended, whichever way. */
  async count<T>(act: () => Promise<T>): Promise<T> {
    this.#begun++;
    this.#timer ??= setInterval(() => this.#show(), INTERVAL).unref();
    try {
      return await act();
    } finally {
      this.#done++;
      if (this.#done === this.#begun) this.#stop();
    }
  }

  #show(): void {
    const wait = this.options.wait();
    if (wait <= 0) return;
    const until = new Date(Date.now() + wait).toISOString().slice(11, 19);
    const waiting = Math.max(this.#begun, this.options.total()) - this.#done;
    const line = `${this.#done} done, ${waiting} waiting for the account's rate limit until ${until} UTC (${Math.ceil(wait / 1_000)} s)`;
    this.options.show(line);
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
