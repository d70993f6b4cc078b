import { say } from "../text";
import type { Call, Client } from "./client";
import type { Clock } from "./clock";
import { type ListQuery, viewCampaign } from "./endpoints";
import { HoodError } from "./errors";
import { type Scan, scan } from "./lists";
import { campaignDetailsIn, type Observed, type ObservedDetails } from "./model";
import { readPages } from "./pages";

/** So many campaigns are read singly before a scan is thought of: most programs cancel one or two. */
const SINGLE_READS = 2;
/**
 * How long what was read may be relied on, in milliseconds: a minute, less what a call takes to arrive. Nothing irreversible is done
 * on an older read.
 */
const FRESH = 59_000;
/** Pages that a list may have before a single read was spent on it; each of those allows two more. */
const FREE_PAGES = 4;
/** The list of all campaigns: if many have left the status that they were expected in, as campaigns do by themselves. */
const EVERY_STATUS = undefined;

/** What is known of the list of campaigns in some statuses. */
interface StatusList {
  /** Single reads since the last scan, which another scan might have spared. */
  singleReads: number;
  scan: Promise<Scan> | undefined;
}

/**
 * Reads live campaigns with few requests. What a scan doesn't show is read singly, so a campaign that slipped between two pages, or
 * is in another status than expected, is never missed, and never taken to be unknown.
 *
 * doctor/assumptions.ts: view, unknownId
 */
export class CampaignReader {
  readonly #client: Client;
  readonly #clock: Clock;
  readonly #currentLists: CurrentLists;
  #currentSince: number | undefined;
  readonly #seen = new Map<string, Observed>();
  readonly #lists = new Map<string, StatusList>();
  /** When a campaign was last changed from here: what was read before says nothing any more. */
  readonly #changed = new Map<string, number>();

  constructor(client: Client, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
    this.#currentLists = new CurrentLists(client, clock);
  }

  /** What was read of a campaign within the last minute; undefined if nothing was. */
  remembered(id: string): Observed | undefined {
    const seen = this.#seen.get(id);
    return seen && this.isFresh(seen) ? seen : undefined;
  }

  /** Whether what was read then may still be relied on. */
  isFresh({ seenAt }: { readonly seenAt: number }): boolean {
    return this.#clock.now() - seenAt < FRESH;
  }

  /** Lets nothing be relied on that was read of a campaign so far. */
  forget(id: string): void {
    this.#changed.set(id, this.#clock.now());
    this.#seen.delete(id);
  }

  /**
   * The live campaign with everything that Hood shows of it, read now and alone.
   *
   * @param how `turn`: that of the call which will stand on it. @throws HoodError; kind `unknownCampaign` if Hood doesn't know the id
   */
  async details(id: string, how: Pick<Call, "turn" | "abort">): Promise<ObservedDetails> {
    this.#seen.delete(id);
    const details = await readDetails(this.#client, id, how);
    if (this.#isUnchanged(details.campaign)) this.#seen.set(id, details.campaign);
    return details;
  }

  /** As {@link details}, without what the provider needn't know. */
  async get(id: string, how: Pick<Call, "abort">): Promise<Observed> {
    return (await this.details(id, how)).campaign;
  }

  /**
   * The live campaign as it was within the last minute; from a scan if many are asked for in a short time.
   *
   * @param statuses that the campaign is probably in: the list to scan. @param isOneOfMany others will be asked for. @throws as {@link get} does
   */
  async getRecent(
    id: string,
    statuses: readonly string[],
    { isOneOfMany = false, ...how }: Pick<Call, "abort"> & { readonly isOneOfMany?: boolean },
  ): Promise<Observed> {
    for (const list of [statuses, EVERY_STATUS]) {
      const present = await this.#scanOf(list, isOneOfMany);
      const campaign = present?.campaigns.get(id);
      // A list of many pages is read for so long that its first ones may be too old.
      if (campaign && this.isFresh(campaign) && this.#isUnchanged(campaign)) {
        const listed = { ...campaign, isListed: true } as const;
        this.#seen.set(id, listed);
        return listed;
      }
      // Another list is worth a thought only if the probable one was read to its end.
      if (campaign || !present?.complete) break;
    }
    return this.get(id, how);
  }

  /**
   * The same, by what can't lag behind the campaign: its own page, or a list that has shown what was changed from here.
   *
   * @param how with the turn of the call which will stand on it. @throws as {@link get} does
   */
  async getCertain(id: string, statuses: readonly string[], how: Pick<Call, "turn" | "abort">): Promise<Observed> {
    const since = await this.#currentLists.since();
    if (since === undefined) return (await this.details(id, how)).campaign;
    // Lists that were begun before may have lagged.
    if (since !== this.#currentSince) this.#lists.clear();
    this.#currentSince = since;
    const { isListed: _, ...campaign } = await this.getRecent(id, statuses, { abort: how.abort, isOneOfMany: true });
    this.#seen.set(id, campaign);
    return campaign;
  }

  /** Remembers that a campaign was changed from here. @param before as it was before */
  noteChange(before: Pick<Observed, "id" | "updateTime" | "isListed">): void {
    this.#currentLists.noteChange(before);
  }

  /** The present scan of a list, a new one if that is worth its requests; undefined if single reads are cheaper. */
  async #scanOf(statuses: readonly string[] | undefined, isOneOfMany: boolean): Promise<Scan | undefined> {
    const key = String(statuses);
    const list = this.#lists.get(key) ?? { singleReads: 0, scan: undefined };
    this.#lists.set(key, list);
    let awaited = list.scan;
    let last = await awaited;
    // Another read may have begun a scan meanwhile. From here to the decision nothing may be awaited.
    while (awaited !== list.scan) {
      awaited = list.scan;
      last = await awaited;
    }
    const fresh = last && this.isFresh(last) ? last : undefined;
    if (fresh?.complete) return fresh;
    list.singleReads++;
    // At most about twice the requests that foresight would have cost, however large the account.
    const affordable = FREE_PAGES + 2 * list.singleReads;
    const isFirst = list.singleReads <= SINGLE_READS && !isOneOfMany;
    if (isFirst || (last && last.pages > affordable)) return fresh;
    list.singleReads = 0;
    list.scan = scan(this.#client, statuses, affordable);
    return list.scan;
  }

  /** False if the campaign was changed from here since it was read. */
  #isUnchanged({ id, seenAt }: Observed): boolean {
    return (this.#changed.get(id) ?? Number.NEGATIVE_INFINITY) < seenAt;
  }
}

async function readDetails(client: Client, id: string, how: Call): Promise<ObservedDetails> {
  const endpoint = viewCampaign(id);
  try {
    const { status, body, sentAt } = await client.call(endpoint, how);
    const details = campaignDetailsIn(body).find(({ campaign }) => campaign.id === id);
    if (details) return { ...details, campaign: { ...details.campaign, seenAt: sentAt } };
    throw new HoodError("unknownCampaign", endpoint, say`HTTP ${status} without this campaign in it`, status);
  } catch (error) {
    // Hood answers an unknown id with 400, as it does elsewhere in its API; 404 is what others would answer.
    if (error instanceof HoodError && error.kind === "rejected" && (error.status === 400 || error.status === 404)) {
      throw new HoodError("unknownCampaign", endpoint, error.detail, error.status, error.traceId);
    }
    throw error;
  }
}

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
  #answer = { at: Number.NEGATIVE_INFINITY, isCurrent: false };
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
    const age = this.#clock.now() - this.#answer.at;
    if (age > HOLDS[this.#answer.isCurrent ? "current" : "lagging"]) this.#answer = await this.#ask();
    return this.#answer.isCurrent ? this.#answer.at : undefined;
  }

  async #ask() {
    const at = this.#clock.now();
    let isCurrent = false;
    try {
      const take = (page: { readonly items: readonly unknown[] }) => {
        isCurrent = campaignDetailsIn(page).some(
          ({ campaign: { id, updateTime = "" } }) => updateTime > (this.#changedSince.get(id) ?? updateTime),
        );
        return 1;
      };
      await readPages(this.#client, [NEWEST], take, { most: MOST });
    } catch (error) {
      if (!(error instanceof HoodError)) throw error;
    }
    return { at, isCurrent };
  }
}
