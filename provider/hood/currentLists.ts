import type { Client } from "./client";
import type { Clock } from "./clock";
import type { ListQuery } from "./endpoints";
import { HoodError } from "./errors";
import { campaignsIn, type Observed } from "./model";
import { readPages } from "./pages";

/** How long the first one that asks may take to change a campaign, in milliseconds, before the others no longer wait for it. */
const PATIENCE = 5_000;
/** How long an answer holds, in milliseconds: lists that were current may begin to lag, and those that lag are asked again sooner. */
const HOLDS = { current: 59_000, lagging: 5_000 } as const;
/** So many of the campaigns that were changed last are looked at: others may be among them. */
const MOST = 100;
const NEWEST: ListQuery = { fields: ["id", "name", "status", "update_time"], sort: "-update_time" };

/**
 * Tells whether lists lag behind campaigns' own pages. A list that lags looks like any other, so nothing but a change from here can tell: a
 * list that shows it shows everything that was before.
 */
export class CurrentLists {
  readonly #client: Client;
  readonly #clock: Clock;
  /** When campaigns that were changed from here had last been changed before that, by id. */
  readonly #changedSince = new Map<string, string>();
  /** Is aborted once something was changed from here; undefined before anybody has asked. */
  #first: AbortController | undefined;
  #isPatient = true;
  #answer: { readonly at: number; readonly isCurrent: boolean } | undefined;
  #last: Promise<number | undefined> = Promise.resolve(undefined);

  constructor(client: Client, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  /** Remembers that a campaign was changed from here. @param before as its own page showed it */
  noteChange({ id, updateTime, isListed }: Pick<Observed, "id" | "updateTime" | "isListed">): void {
    // A list may have shown an older one, and another one that lags would seem to show the change.
    if (updateTime === undefined || isListed) return;
    this.#changedSince.set(id, updateTime);
    this.#first?.abort();
  }

  /** The moment from which on lists show everything that was before it, by this process's clock; undefined if nothing tells. */
  since(): Promise<number | undefined> {
    const next = this.#last.then(() => this.#find());
    this.#last = next.catch(() => undefined);
    return next;
  }

  async #find(): Promise<number | undefined> {
    if (!this.#first) {
      this.#first = new AbortController();
      return undefined;
    }
    if (this.#changedSince.size === 0 && this.#isPatient) {
      this.#isPatient = false;
      await this.#clock.sleep(PATIENCE, this.#first.signal);
    }
    if (this.#changedSince.size === 0) return undefined;
    const { at = Number.NEGATIVE_INFINITY, isCurrent = false } = this.#answer ?? {};
    const isOld = this.#clock.now() - at > HOLDS[isCurrent ? "current" : "lagging"];
    this.#answer = isOld ? await this.#ask() : this.#answer;
    return this.#answer?.isCurrent ? this.#answer.at : undefined;
  }

  async #ask() {
    const at = this.#clock.now();
    let isCurrent = false;
    try {
      const take = (page: { readonly items: readonly unknown[] }) => {
        isCurrent = campaignsIn(page).some(({ id, updateTime = "" }) => {
          const before = this.#changedSince.get(id);
          return before !== undefined && updateTime > before;
        });
        return 1;
      };
      await readPages(this.#client, [NEWEST], take, { most: MOST });
    } catch (error) {
      if (!(error instanceof HoodError)) throw error;
    }
    return { at, isCurrent };
  }
}
