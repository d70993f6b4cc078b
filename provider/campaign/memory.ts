import type { Context } from "../context";
import type { Account } from "../hood/account";
import type { Place } from "../hood/mark";
import type { Recent } from "../hood/newest";

/** How far back a campaign is looked for that an interrupted update may have left, in milliseconds. */
export const LOOK_BACK = 24 * 3_600_000;

/** What one operation has to remember of its campaigns, so that nothing is made twice, and nothing ends that another resource stands for. */
export class Memory {
  readonly #owned = new Set<string>();
  readonly #records = new Map<string, Set<string>>();
  readonly #checked = new Set<string>();
  /** Owners of creates that may have been carried out, or not. */
  readonly unresolved = new Set<string>();
  /** Campaigns that were there before the first create of this operation, as far as they were looked at. */
  readonly seenBefore = new Set<string>();
  /** The places of marks that the account refuses. */
  readonly refusedMarks = new Set<Place>();
  /** The places from which the account was seen to give marks back. */
  readonly shownMarks = new Set<Place>();
  readonly #before = new Map<number, Promise<readonly Recent[]>>();
  #running: Promise<readonly Recent[]> | undefined;
  #next: Promise<readonly Recent[]> | undefined;

  /** Remembers that a resource has a campaign, whichever. */
  own(id: string): void {
    this.#owned.add(id);
  }

  isOwned(id: string): boolean {
    return this.#owned.has(id);
  }

  /** Remembers that a record of the program that is being applied stands for a campaign. */
  standFor(id: string, record: string): void {
    this.own(id);
    this.#records.set(id, (this.#records.get(id) ?? new Set()).add(record));
  }

  /** True if a record of the program stands for a campaign. */
  isInProgram(id: string): boolean {
    return this.#records.has(id);
  }

  /** True if a record of the program stands for a campaign that isn't this one, as far as can be told. */
  isAnothers(id: string, record: string | undefined): boolean {
    return [...(this.#records.get(id) ?? [])].some((other) => record === undefined || other !== record);
  }

  /** Remembers the arguments that a check let through. */
  check(args: object): void {
    this.#checked.add(canonical(args));
  }

  /** True if a check let these arguments through: a refresh compares without any. */
  wasChecked(args: object): boolean {
    return this.#checked.has(canonical(args));
  }

  /** The newest campaigns, up to an age, as they were before the first create of this operation. @throws HoodError */
  before(account: Account, age: number): Promise<readonly Recent[]> {
    const before = this.#before.get(age) ?? this.#lookBack(account, age);
    this.#before.set(age, before);
    return before;
  }

  async #lookBack(account: Account, age: number): Promise<readonly Recent[]> {
    try {
      const listed = await account.newest(age);
      for (const { campaign } of listed) this.seenBefore.add(campaign.id);
      return listed;
    } catch (error) {
      this.#before.delete(age);
      throw error;
    }
  }

  /** The newest campaigns as they are from now on: all that wait for them share one list. @throws HoodError */
  now(account: Account): Promise<readonly Recent[]> {
    if (!this.#running) {
      this.#running = account.newest(LOOK_BACK).finally(() => {
        this.#running = undefined;
      });
      return this.#running;
    }
    // The one that is under way may have begun too early.
    this.#next ??= this.#running
      .catch(() => undefined)
      .then(() => {
        this.#next = undefined;
        return this.now(account);
      });
    return this.#next;
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
export function canonical(values: object): string {
  return JSON.stringify(values, (_, value) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}
