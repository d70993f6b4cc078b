import type { Request } from "./request";

interface Waiting {
  readonly place: number;
  readonly go: (request: Request) => void;
}

/** Those that wait for their turn, in the order of the places that they were given. */
export class Queue {
  readonly #waiting: Waiting[] = [];

  get length(): number {
    return this.#waiting.length;
  }

  /** Resolves when `next` lets this one go; rejects with the signal's reason when it is given up before. */
  wait(place: number, giveUp: AbortSignal | undefined, changed: () => void): Promise<Request> {
    return new Promise((resolve, reject) => {
      const stop = () => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(giveUp?.reason);
        changed();
      };
      const go = (request: Request) => {
        giveUp?.removeEventListener("abort", stop);
        resolve(request);
      };
      const waiting = { place, go };
      const behind = this.#waiting.findIndex((other) => other.place > place);
      this.#waiting.splice(behind < 0 ? this.#waiting.length : behind, 0, waiting);
      giveUp?.addEventListener("abort", stop);
      if (giveUp?.aborted) stop();
      else changed();
    });
  }

  next(request: Request): void {
    this.#waiting.shift()?.go(request);
  }
}
