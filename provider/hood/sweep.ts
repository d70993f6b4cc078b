import { type Campaign, campaignsIn, isObject } from "./campaign";
import type { Client } from "./client";
import { type ListQuery, listCampaigns } from "./endpoints";
import { HoodError } from "./errors";

/** Page sizes to ask for, the largest first. How many the server grants isn't documented; ten is its default. */
const PAGE_SIZES = [500, 100, 10];

/** What a pass over the list's pages found. */
export interface Sweep {
  readonly campaigns: ReadonlyMap<string, Campaign>;
  /** Every page was read. Even so, a campaign can have slipped between two pages while the list shifted. */
  readonly complete: boolean;
  /** Pages that the list has, as far as is known; Infinity where the account refuses to list. */
  readonly pages: number;
}

interface Page {
  readonly campaigns: readonly Campaign[];
  readonly items: number;
  readonly total: number;
}

/**
 * Reads the list of campaigns in some statuses: all of it where that takes at most `affordable` pages, else the first
 * page, which tells how many there are. A list that can't be read is an empty one: single looks then say what is wrong.
 */
export async function sweep(client: Client, statuses: readonly string[], affordable: number): Promise<Sweep> {
  const campaigns = new Map<string, Campaign>();
  const take = (page: Page) => {
    for (const campaign of page.campaigns) campaigns.set(campaign.id, campaign);
  };
  try {
    const { first, size } = await firstPage(client, statuses);
    const pages = Math.max(1, Math.ceil(first.total / size));
    take(first);
    const complete = pages <= affordable;
    const rest = complete ? Array.from({ length: pages - 1 }, (_, index) => index + 2) : [];
    await Promise.all(rest.map(async (page) => take(await readPage(client, statuses, page, size))));
    return { campaigns, complete, pages };
  } catch (error) {
    if (!(error instanceof HoodError)) throw error;
    return { campaigns, complete: false, pages: error.kind === "refused" ? Number.POSITIVE_INFINITY : 1 };
  }
}

/** The first page in the largest size that the server grants, and that size. */
async function firstPage(client: Client, statuses: readonly string[]): Promise<{ first: Page; size: number }> {
  for (const size of PAGE_SIZES) {
    try {
      const first = await readPage(client, statuses, 1, size);
      // A server that grants less than was asked for says so by giving less.
      return { first, size: first.items < first.total ? Math.max(1, first.items) : size };
    } catch (error) {
      const tooLarge = error instanceof HoodError && error.kind === "refused" && size !== PAGE_SIZES.at(-1);
      if (!tooLarge) throw error;
    }
  }
  throw new Error("no page size is left to ask for");
}

/** The oldest first: campaigns that join or leave while pages are read then shift as few others as can be. */
function queryFor(status: readonly string[]): ListQuery {
  return { status, fields: ["id", "name", "status", "scheduled_time", "update_time"], sort: "create_time" };
}

async function readPage(client: Client, statuses: readonly string[], page: number, size: number): Promise<Page> {
  const { body } = await client.call(listCampaigns(queryFor(statuses), page, size));
  const items = isObject(body) && Array.isArray(body.items) ? body.items.length : 0;
  const total = isObject(body) ? Number(body.total) : 0;
  return { campaigns: campaignsIn(body), items, total: Number.isSafeInteger(total) ? total : items };
}
