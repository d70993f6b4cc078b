import type { Wait } from "./hood/waits";
import { type Message, say } from "./text";

/** A shorter wait than this isn't worth a line, in milliseconds. */
const FEW_SECONDS = 3_000;

export interface ProgressOptions {
  /** Cancellations that the operation has come to know of so far. */
  readonly total: () => number;
  /** Shows a line, on the row of a resource where one is given. */
  readonly show: (line: Message, urn?: string) => void | Promise<void>;
}

/** A live line that says what an operation waits for, and how far its cancellations are meanwhile. */
export class Progress {
  #begun = 0;
  /** The rows of those that wait, the first come first. */
  readonly #rows: string[] = [];
  #done = 0;

  constructor(private readonly options: ProgressOptions) {}

  /** Counts one cancellation in, and out when it has ended, whichever way. */
  async count<T>(act: () => Promise<T>, row?: string): Promise<T> {
    this.#begun++;
    if (row !== undefined) this.#rows.push(row);
    try {
      return await act();
    } finally {
      this.#done++;
      if (row !== undefined) this.#rows.splice(this.#rows.indexOf(row), 1);
    }
  }

  /** Tells what is waited for, each time that it is looked at. */
  async tell(wait: Wait): Promise<void> {
    const counts = wait.reason === "turn" && this.#begun > this.#done;
    const line = counts ? say`${this.#counts()} ${describeWait(wait)}` : describeLongWait(wait);
    if (line !== undefined) await this.options.show(line, this.#rows[0]);
  }

  #counts(): string {
    return `${this.#done} done, ${Math.max(this.#begun, this.options.total()) - this.#done}`;
  }
}

/** A wait in words for a live line, if it is worth one. */
export function describeLongWait(wait: Wait): Message | undefined {
  if (wait.reason !== "tooLong" && wait.waited + wait.left < FEW_SECONDS) return undefined;
  const words = describeWait(wait);
  return say`${words[0]?.toUpperCase() ?? ""}${words.slice(1)}`;
}

function describeWait({ purpose, reason, waited, left }: Wait): Message {
  const until = `until ${new Date(Date.now() + left).toISOString().slice(11, 19)} UTC (${Math.ceil(left / 1_000)} s)`;
  switch (reason) {
    case "turn":
      return say`waiting for the account's rate limit ${until}`;
    case "told":
      return say`waiting as the account asks ${until}, to ${purpose}`;
    case "answer":
      return say`waiting for an answer for ${Math.round(waited / 1_000)} s, to ${purpose}`;
    case "tooLong":
      return say`the account asks to wait ${until}, longer than hood:maxWait allows`;
  }
}
