import { say } from "../text";
import type { Client } from "./client";
import type { Clock } from "./clock";
import { viewCampaign } from "./endpoints";
import { HoodError } from "./errors";
import { type Scan, scan } from "./lists";
import { campaignDetailsIn, type Observed, type ObservedDetails } from "./model";
import type { Turn } from "./rateLimit/turn";

/** So many looks are single before a list is thought of: most programs end one or two campaigns. */
const SINGLE_LOOKS = 2;
/** How long what was seen may be relied on, in milliseconds: a minute, less what a call takes to arrive. Nothing irreversible is done on an older look. */
const FRESH = 59_000;
/** Pages that a list may have before single looks were spent on it; each of those allows two more. */
const FREE_PAGES = 4;
/** The whole list: where many have moved on from where they were expected, as campaigns do by themselves. */
const EVERY_STATUS = undefined;

/** What is known of the list of campaigns in some statuses. */
interface Listing {
  /** Single looks since the last scan, which a list might have spared. */
  misses: number;
  scan: Promise<Scan> | undefined;
}

/**
 * Looks at live campaigns with few requests. What isn't found in a list is looked at singly, so a campaign that slipped
 * between two pages, or is in another status than expected, is never missed and never taken for unknown.
 */
export class CampaignReader {
  readonly #client: Client;
  readonly #clock: Clock;
  readonly #seen = new Map<string, Observed>();
  readonly #listings = new Map<string, Listing>();
  /** When a campaign was last changed from here: what was seen before says nothing any more. */
  readonly #changed = new Map<string, number>();

  constructor(client: Client, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  /** What was seen of a campaign within the last minute; undefined where nothing was. */
  remembered(id: string): Observed | undefined {
    const seen = this.#seen.get(id);
    return seen && this.isFresh(seen) ? seen : undefined;
  }

  /** Whether what was seen then may still be relied on. */
  isFresh({ seenAt }: { readonly seenAt: number }): boolean {
    return this.#clock.now() - seenAt < FRESH;
  }

  /** Lets nothing be relied on that was seen of a campaign so far. */
  forget(id: string): void {
    this.#changed.set(id, this.#clock.now());
    this.#seen.delete(id);
  }

  /** The live campaign, asked for now and alone. @throws HoodError; kind `unknownCampaign` where Hood doesn't know the id. */
  async get(id: string): Promise<Observed> {
    return (await this.details(id)).campaign;
  }

  /** As {@link get}, with everything that Hood shows. @param turn that of the call which will stand on it. */
  async details(id: string, turn?: Turn): Promise<ObservedDetails> {
    this.#seen.delete(id);
    const whole = await readDetails(this.#client, id, turn);
    if (this.#isValid(whole.campaign)) this.#seen.set(id, whole.campaign);
    return whole;
  }

  /**
   * The live campaign, as it was within the last minute; from a list where many are asked for in a short time.
   *
   * @param statuses where the campaign probably is: the list to look in. @throws as {@link get} does.
   */
  async getRecent(id: string, statuses: readonly string[]): Promise<Observed> {
    for (const list of [statuses, EVERY_STATUS]) {
      const present = await this.#present(this.#listing(list), list);
      const campaign = present?.campaigns.get(id);
      // A list of many pages is read for so long that its first ones may be too old.
      if (campaign && this.isFresh(campaign) && this.#isValid(campaign)) {
        this.#seen.set(id, campaign);
        return campaign;
      }
      // Elsewhere is worth a thought only where the probable place was looked through.
      if (campaign || !present?.complete) break;
    }
    return this.get(id);
  }

  #listing(statuses: readonly string[] | undefined): Listing {
    const key = statuses?.join() ?? "";
    const listing = this.#listings.get(key) ?? { misses: 0, scan: undefined };
    this.#listings.set(key, listing);
    return listing;
  }

  /** The list as it stands, taken anew where that is worth its requests; undefined where single looks are cheaper. */
  async #present(listing: Listing, statuses: readonly string[] | undefined): Promise<Scan | undefined> {
    let { scan: awaited } = listing;
    let last = await awaited;
    // Another look may have started a scan meanwhile. From here to the decision nothing may be awaited.
    while (awaited !== listing.scan) {
      awaited = listing.scan;
      last = await awaited;
    }
    const fresh = last && this.isFresh(last);
    if (fresh && last?.complete) return last;
    listing.misses++;
    // At most about twice the requests that foresight would have cost, however large the account.
    const affordable = FREE_PAGES + 2 * listing.misses;
    if (listing.misses <= SINGLE_LOOKS || (last && last.pages > affordable)) return fresh ? last : undefined;
    listing.misses = 0;
    listing.scan = scan(this.#client, statuses, affordable);
    return listing.scan;
  }

  /** False where the campaign was changed from here since it was seen. */
  #isValid({ id, seenAt }: Observed): boolean {
    return (this.#changed.get(id) ?? Number.NEGATIVE_INFINITY) < seenAt;
  }
}

/** @throws HoodError; kind `unknownCampaign` where Hood doesn't know the id. */
async function readDetails(client: Client, id: string, turn?: Turn): Promise<ObservedDetails> {
  const endpoint = viewCampaign(id);
  try {
    const { status, body, sentAt } = await client.call(endpoint, { turn });
    const whole = campaignDetailsIn(body).find(({ campaign }) => campaign.id === id);
    if (whole) return { ...whole, campaign: { ...whole.campaign, seenAt: sentAt } };
    throw new HoodError("unknownCampaign", endpoint, say`HTTP ${status} without this campaign in it`, status);
  } catch (error) {
    // Hood answers an unknown id with 400, as it does elsewhere in its API; 404 is what others would answer.
    if (error instanceof HoodError && error.kind === "rejected" && (error.status === 400 || error.status === 404)) {
      throw new HoodError("unknownCampaign", endpoint, error.detail, error.status, error.traceId);
    }
    throw error;
  }
}
