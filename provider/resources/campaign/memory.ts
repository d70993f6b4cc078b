import type { Account } from "../../hood/account";
import type { RecentCampaign } from "../../hood/lists";

/** How far back a campaign is looked for that an interrupted update may have left, in milliseconds. */
export const LOOK_BACK = 24 * 3_600_000;

/** How long a list that nothing is created on may be relied on, in milliseconds. */
const A_MINUTE = 60_000;

/** True for an account that gives a mark back beside so many keys if it did so beside others. A mark alone has a form of its own. */
export function showsAsMuch(shown: number, keys: number): boolean {
  return keys === 0 ? shown === 0 : shown >= keys;
}

/** The status that a call has brought a campaign to. */
export interface Move {
  /** The status that shows that a page is from before it; if it is left out, every status but the one that it led to. */
  readonly from?: string;
  readonly status: string;
  /** When the call went out, in milliseconds since 1970 by the account's clock. */
  readonly at: number;
}

/** How a resource of the program manages a campaign. */
interface Managed {
  /** What tells its state from every other one. */
  readonly record: string | undefined;
  /** An update is to launch its draft. */
  readonly isLaunching?: boolean;
  readonly createdAt: number | undefined;
  /** If the host is told. */
  readonly urn: string | undefined;
}

/** What one operation remembers of campaigns, so that none is made twice, and none ends that another resource manages. */
export class CampaignMemory {
  readonly #owned = new Set<string>();
  readonly #recorded = new Set<string>();
  readonly #managers = new Map<string, Set<string | undefined>>();
  /** The campaign of each resource of the program, by its URN. */
  readonly #declared = new Map<string, string>();
  readonly #launching = new Set<string>();
  readonly #createdAt = new Map<string, number>();
  /** What calls have brought campaigns to, a short time ago. */
  readonly #moves = new Map<string, Move>();
  /** Owners of creates whose effect isn't known. */
  readonly unresolved = new Set<string | undefined>();
  /** The account rejects a mark beside so many other keys, by their number. */
  readonly rejectedMarks = new Set<number>();
  /** The account was seen to give a mark back beside so many other keys. */
  readonly #shown = new Set<number>();
  /** What lists of this operation have shown. */
  readonly #seen = new Map<string, RecentCampaign>();
  readonly #before = new Map<number, Promise<readonly RecentCampaign[]>>();
  #recent: { readonly since: number; readonly list: Promise<readonly RecentCampaign[]> } | undefined;
  #running: Promise<readonly RecentCampaign[]> | undefined;
  #next: Promise<readonly RecentCampaign[]> | undefined;

  /** Remembers that a state from before this operation has a campaign, whichever state. */
  own(id: string): void {
    this.#recorded.add(id);
    this.#owned.add(id);
  }

  isOwned(id: string): boolean {
    return this.#owned.has(id);
  }

  /** True if a state from before this operation has one of these campaigns. What it has made itself tells nothing of their account. */
  hasOneOf(ids: ReadonlySet<string>): boolean {
    return [...this.#recorded].some((id) => ids.has(id));
  }

  /** Remembers that a resource of the program manages a campaign. */
  manage(id: string, { record, isLaunching, createdAt, urn }: Managed): void {
    this.#owned.add(id);
    if (urn !== undefined) this.#declared.set(urn, id);
    if (isLaunching) this.#launching.add(id);
    if (createdAt !== undefined) this.#createdAt.set(id, createdAt);
    this.#managers.set(id, (this.#managers.get(id) ?? new Set()).add(record));
  }

  /** True if a resource of the program manages a campaign. */
  isManaged(id: string): boolean {
    return this.#managers.has(id);
  }

  /** True if a resource of the program manages a campaign that has another state than this one, as far as can be told. */
  isManagedByAnother(id: string, record: string | undefined): boolean {
    return [...(this.#managers.get(id) ?? [])].some((other) => record === undefined || other !== record);
  }

  /** True if a resource of the program has another campaign by now than a state of it. */
  isReplaced(id: string, urn = ""): boolean {
    return (this.#declared.get(urn) ?? id) !== id;
  }

  /** True for a draft that this operation is to launch. */
  isLaunching(id: string): boolean {
    return this.#launching.has(id);
  }

  /** When a campaign was created that a resource of the program manages, in milliseconds since 1970, if that is known. */
  createdAt(id: string): number | undefined {
    return this.#createdAt.get(id);
  }

  /** Remembers what a call has brought a campaign to. */
  move(id: string, move: Move): void {
    this.#moves.set(id, move);
  }

  moveOf(id: string): Move | undefined {
    return this.#moves.get(id);
  }

  /** Remembers that a mark was given back. @param keys how many stood beside it. */
  shown(keys: number): void {
    this.#shown.add(keys);
  }

  /** True if the account is known to give a mark back that stands beside so many other keys. */
  shows(keys: number): boolean {
    return [...this.#shown].some((shown) => showsAsMuch(shown, keys));
  }

  /** The newest campaigns, up to an age, as they were before the first create of this operation. @throws HoodError */
  before(account: Account, age: number): Promise<readonly RecentCampaign[]> {
    const before =
      this.#before.get(age) ??
      this.#list(account, age).catch((error) => {
        this.#before.delete(age);
        throw error;
      });
    this.#before.set(age, before);
    return account.shared(before);
  }

  /** The newest campaigns as they were within the last minute or so: enough to tell of them, too old to create beside them. @throws HoodError */
  recent(account: Account): Promise<readonly RecentCampaign[]> {
    if (!this.#recent || account.time() - this.#recent.since > A_MINUTE) {
      this.#recent = { since: account.time(), list: this.now(account) };
      this.#recent.list.catch(() => {
        this.#recent = undefined;
      });
    }
    return account.shared(this.#recent.list);
  }

  /** The newest campaigns as they are from now on: all that wait for them share one list. @throws HoodError */
  now(account: Account): Promise<readonly RecentCampaign[]> {
    if (!this.#running) {
      this.#running = this.#list(account, LOOK_BACK).finally(() => {
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

  /** Campaigns that a list lacks, and another one of this operation has shown: the two may come from different servers. */
  missingIn(listed: readonly RecentCampaign[]): readonly RecentCampaign[] {
    const ids = new Set(listed.map(({ campaign }) => campaign.id));
    return [...this.#seen.values()].filter(({ campaign }) => !ids.has(campaign.id));
  }

  async #list(account: Account, age: number): Promise<readonly RecentCampaign[]> {
    const listed = await account.recentCampaigns(age);
    for (const recent of listed) this.#seen.set(recent.campaign.id, recent);
    return listed;
  }
}
