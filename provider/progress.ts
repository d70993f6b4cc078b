import type { Wait } from "./hood/waits";
import { type Message, say } from "./text";

/** A shorter wait than this isn't worth a line, in milliseconds. */
const FEW_SECONDS = 3_000;

export interface ProgressOptions {
  /** Cancellations that the operation has come to know of so far. */
  readonly total: () => number;
  /** Shows a line, on the row of a resource if one is given. */
  readonly show: (line: Message, urn?: string) => void | Promise<void>;
}

/** A live line that says what an operation waits for, and how many of its cancellations are done meanwhile. */
export class Progress {
  #begun = 0;
  #done = 0;
  /** The rows of those that aren't done, the first that began first. */
  readonly #rows: string[] = [];

  constructor(private readonly options: ProgressOptions) {}

  /** Counts a cancellation as begun, and as done when it has ended, whichever way. */
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

  /** Shows what is waited for, each time that it is called. */
  async tell(wait: Wait): Promise<void> {
    const counts = wait.reason === "turn" && this.#begun > this.#done;
    const line = counts ? say`${this.#counts()} ${describeWait(wait)}` : describeLongWait(wait);
    if (line !== undefined) await this.options.show(line, this.#rows[0]);
  }

  #counts(): Message {
    return say`${this.#done} done, ${Math.max(this.#begun, this.options.total()) - this.#done}`;
  }
}

/** A wait in words for a live line, if it is worth one. */
export function describeLongWait(wait: Wait): Message | undefined {
  if (wait.reason !== "tooLong" && wait.waited + wait.left < FEW_SECONDS) return undefined;
  const words = describeWait(wait);
  return say`${words[0]?.toUpperCase() ?? ""}${words.slice(1)}`;
}

function describeWait({ purpose, reason, waited, left, until }: Wait): Message {
  const end = say`until ${new Date(until).toISOString().slice(11, 19)} UTC (${Math.ceil(left / 1_000)} s)`;
  switch (reason) {
    case "turn":
      return say`waiting for the account's rate limit ${end}`;
    case "parallel":
      return say`waiting ${end}: the account answers that too many requests are on their way at once`;
    case "asked":
      return say`waiting as the account asks ${end}, to ${purpose}`;
    case "answer":
      return say`waiting for an answer for ${Math.round(waited / 1_000)} s, to ${purpose}`;
    case "tooLong":
      return say`the account asks to wait ${end}, longer than hood:maxWait allows`;
  }
}
