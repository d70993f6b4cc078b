import type { Mishap } from "./faults";
import type { Change, Death, Disturbance, Operation, RequestKind } from "./history";
import type { Stored } from "./provider";

/** What a resource asks for, as the program gives it to the engine. */
export interface Wanted {
  readonly campaignId: string;
  readonly reason: string;
  readonly expectedName?: string;
  readonly whenNotCancelable?: "fail" | "accept";
}

export type Program = ReadonlyMap<string, Wanted & { readonly unknownAtPreview?: boolean }>;

/** The process that did the work is gone: what it was about to say never comes. */
export class Died extends Error {
  override name = "Died";
}

/** What comes over one request. */
export interface Blow {
  readonly mishap?: Mishap;
  readonly changes: readonly Change[];
}

/** No text of ours may hold it. Each operation has a token of its own, which tells whose request it is. */
export const CANARY = "canary-token";

/** More requests than any operation needs: beyond, it would go on for ever, and is ended. */
export const MOST_REQUESTS = 500;

export function tokenOf(index: number): string {
  return `${CANARY}-${String(index).padStart(4, "0")}`;
}

/** One operation of a history while it runs, and what is known of it afterwards. */
export class Run {
  readonly token: string;
  /** Everything that the provider said: results, errors, warnings, progress. */
  readonly said: string[] = [];
  /** What was on record when it was over. */
  recorded: readonly Stored[] = [];
  readonly #calls: Promise<unknown>[] = [];
  readonly #counts = { look: 0, list: 0, cancel: 0, "any request": 0 };
  readonly #died: Promise<never>;
  #die: (reason: Died) => void = () => {};
  #over: Death["of"] | undefined;

  constructor(
    readonly number: number,
    readonly operation: Operation,
    /** The program as it stood when the operation began. */
    readonly program: Program,
  ) {
    this.token = tokenOf(number);
    this.#died = new Promise((_, reject) => {
      this.#die = reject;
    });
    this.#died.catch(() => {});
  }

  /** Whose death ended it early. */
  get over(): Death["of"] | undefined {
    return this.#over;
  }

  get requests(): number {
    return this.#counts["any request"];
  }

  get providerIsDead(): boolean {
    return this.#over === "provider";
  }

  /** Calls the provider as the engine does: not once it is dead, and without ever learning what came after. */
  async call<T>(act: () => Promise<T>): Promise<T> {
    if (this.#over) throw new Died();
    const call = act().then(this.#hear, this.#hearError);
    this.#calls.push(call.catch(() => {}));
    return Promise.race([call, this.#died]);
  }

  /** Once the calls that a dead CLI left behind have ended. */
  async settled(): Promise<void> {
    if (!this.providerIsDead) await Promise.all(this.#calls);
  }

  /** What the program asks of one campaign, by each resource that names it. */
  claims(campaignId: string | undefined): Wanted[] {
    return [...this.program.values()].filter((wanted) => wanted.campaignId === campaignId);
  }

  /** What comes over the next request of this kind. */
  meet(kind: RequestKind): Blow {
    if (this.providerIsDead) return { mishap: "its process died before", changes: [] };
    this.#counts[kind]++;
    const nth = ++this.#counts["any request"];
    const { death, tokenEndsAt = Number.POSITIVE_INFINITY, disturbances } = this.operation;
    const due = disturbances.filter((disturbance) => this.#isDue(disturbance, kind)).map(({ what }) => what);
    const changes = due.filter((what) => typeof what === "object");
    if (nth > MOST_REQUESTS) this.#end("provider");
    if (nth === death?.nth) {
      this.#end(death.of);
      const gone = death.processed ? "its process died after" : "its process died before";
      if (death.of === "provider") return { changes, mishap: gone };
    }
    if (nth >= tokenEndsAt) return { changes, mishap: "token refused" };
    return { changes, mishap: due.find((what) => typeof what === "string") };
  }

  #end(by: Death["of"]): void {
    this.#over = by;
    this.#die(new Died());
  }

  #isDue({ on, nth, times }: Disturbance, kind: RequestKind): boolean {
    const count = this.#counts[on];
    return (on === kind || on === "any request") && count >= nth && count < nth + times;
  }

  #hear = <T>(result: T): T => {
    this.said.push(JSON.stringify(result) ?? "");
    return result;
  };

  #hearError = (error: unknown): never => {
    const { message, stack } = error as Error;
    this.said.push(message, stack ?? "", JSON.stringify(error));
    throw error;
  };
}
