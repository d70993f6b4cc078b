import type { Context } from "../context";
import type { Account } from "../hood/account";
import type { Newcomer } from "../hood/newest";

/** What one operation has to remember of its campaigns, so that no create takes or makes what another one has. */
export class Memory {
  readonly #owned = new Set<string>();
  readonly #adopted = new Set<string>();
  readonly #checked = new Set<string>();
  readonly #turns = new Map<string, Promise<unknown>>();
  #before: Promise<readonly Newcomer[]> | undefined;

  /** Remembers that a resource stands for a campaign. */
  own(id: string): void {
    this.#owned.add(id);
  }

  isOwned(id: string): boolean {
    return this.#owned.has(id);
  }

  /** As {@link own}, for a campaign that a create found and didn't make. */
  adopt(id: string): void {
    this.#owned.add(id);
    this.#adopted.add(id);
  }

  wasAdopted(id: string): boolean {
    return this.#adopted.has(id);
  }

  /** Remembers the arguments that a check let through. */
  check(args: object): void {
    this.#checked.add(canonical(args));
  }

  /** True where a check let these arguments through: a refresh compares without any. */
  wasChecked(args: object): boolean {
    return this.#checked.has(canonical(args));
  }

  /** Lets creates of one name go one after the other: otherwise, none could tell which campaign is its own. */
  inTurn<T>(name: string, create: () => Promise<T>): Promise<T> {
    const turn = (this.#turns.get(name) ?? Promise.resolve()).then(create);
    this.#turns.set(
      name,
      turn.catch(() => undefined),
    );
    return turn;
  }

  /** The newest campaigns as they were before the first create of this operation. @throws HoodError */
  before(account: Account, since: number): Promise<readonly Newcomer[]> {
    this.#before ??= account.newest(since).catch((error) => {
      this.#before = undefined;
      throw error;
    });
    return this.#before;
  }
}

const memories = new WeakMap<object, Memory>();

/** The memory of the operation that a context belongs to. Contexts may be many; the plans of an operation are one. */
export function memoryOf({ plans }: Pick<Context, "plans">): Memory {
  const memory = memories.get(plans) ?? new Memory();
  memories.set(plans, memory);
  return memory;
}

/** The engine hands objects on with their keys in an order of its own. */
function canonical(values: object): string {
  return JSON.stringify(values, (_, value) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}
