import type { Request } from "./sentInWindow";

interface Waiting {
  readonly place: number;
  readonly kind: string;
  /** True once it must not go out any more, although its turn has come. */
  readonly outdated: (() => boolean) | undefined;
  readonly go: (request: Request) => void;
  readonly end: (reason: unknown) => void;
}

/** The request's turn came, and what it stands on is too old by then. */
export class StaleError extends Error {
  override name = "StaleError";
}

/** Those that wait for their turn, in the order of the places that they were given. */
export class Queue {
  readonly #waiting: Waiting[] = [];

  get length(): number {
    return this.#waiting.length;
  }

  /** Resolves when `next` lets this one go; rejects when it is ended, or with the signal's reason when it is given up before. */
  wait(
    { place, kind, outdated }: Pick<Waiting, "place" | "kind" | "outdated">,
    abort: AbortSignal | undefined,
    changed: () => void,
  ): Promise<Request> {
    return new Promise((resolve, reject) => {
      const stop = () => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(abort?.reason);
        changed();
      };
      const go = (request: Request) => {
        abort?.removeEventListener("abort", stop);
        resolve(request);
      };
      const end = (reason: unknown) => {
        abort?.removeEventListener("abort", stop);
        reject(reason);
      };
      const waiting = { place, kind, outdated, go, end };
      const behind = this.#waiting.findIndex((other) => other.place > place);
      this.#waiting.splice(behind < 0 ? this.#waiting.length : behind, 0, waiting);
      abort?.addEventListener("abort", stop);
      if (abort?.aborted) stop();
      else changed();
    });
  }

  next(request: Request): void {
    this.#waiting.shift()?.go(request);
  }

  /** Ends the next one instead of letting it go, if it is outdated. */
  dropOutdated(): boolean {
    if (!this.#waiting[0]?.outdated?.()) return false;
    this.#waiting.shift()?.end(new StaleError());
    return true;
  }

  /** Ends all of a kind. */
  endAll(kind: string, reason: unknown): void {
    for (const waiting of this.#waiting.filter((each) => each.kind === kind)) {
      this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
      waiting.end(reason);
    }
  }
}
