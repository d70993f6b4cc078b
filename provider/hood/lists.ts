import { isObject } from "../json";
import { say } from "../text";
import type { Client } from "./client";
import { type Endpoint, type ListQuery, listCampaigns } from "./endpoints";
import { HoodError } from "./errors";
import { withoutMark } from "./mark";
import { type CampaignDetails, campaignDetailsIn, campaignsIn, idFrom, type Observed } from "./model";
import { momentOf } from "./time";

/** Page sizes to ask for, the largest first. How many the server grants isn't documented; ten is its default. */
const PAGE_SIZES = [500, 100, 10];

/** The call for one page of a list, from 1 on, in a size. */
export type PageOf = (page: number, size: number) => Endpoint;

export interface Page {
  /** As Hood writes them. */
  readonly items: readonly unknown[];
  /** How many the whole list has; undefined where Hood doesn't say. */
  readonly total: number | undefined;
  /** When it was asked for, by the client's clock. */
  readonly sentAt: number;
}

/** @throws HoodError also for an answer without a list: taken for an empty one, it would say that nothing is there. */
export async function readPage(client: Client, endpoint: Endpoint): Promise<Page> {
  const { status, body, sentAt } = await client.call(endpoint);
  if (isObject(body) && Array.isArray(body.items)) return { items: body.items, total: totalFrom(body.total), sentAt };
  throw new HoodError("unexpectedResponse", endpoint, say`HTTP ${status} without a list of campaigns in it`, status);
}

/**
 * The first page in the largest size that the server grants, and that size.
 *
 * @param most how many are wanted: no larger page is asked for.
 */
export async function firstPage(
  client: Client,
  pageOf: PageOf,
  most = Number.POSITIVE_INFINITY,
): Promise<{ first: Page; size: number }> {
  const sizes = PAGE_SIZES.map((size) => Math.min(size, most)).filter((size, index, all) => size !== all[index - 1]);
  for (const size of sizes) {
    try {
      const first = await readPage(client, pageOf(1, size));
      const { length } = first.items;
      // A server that grants less than was asked for says so by giving less.
      return { first, size: length < Math.min(size, first.total ?? length) ? Math.max(1, length) : size };
    } catch (error) {
      const tooLarge = error instanceof HoodError && error.kind === "rejected" && size !== sizes.at(-1);
      if (!tooLarge) throw error;
    }
  }
  throw new Error("no page size is left to ask for");
}

// A number, and elsewhere in Hood's API a text of digits.
function totalFrom(value: unknown): number | undefined {
  const total = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
  return Number.isSafeInteger(total) ? (total as number) : undefined;
}

/** What a pass over the list's pages found. */
export interface Scan {
  readonly campaigns: ReadonlyMap<string, Observed>;
  /** Every page was read. Even so, a campaign can have slipped between two pages while the list shifted. */
  readonly complete: boolean;
  /** Pages that the list has, as far as is known; Infinity where the account refuses to list. */
  readonly pages: number;
  /** When its first page was asked for, in milliseconds of this process's clock; long ago where there is none. */
  readonly seenAt: number;
}

/**
 * Reads the list of campaigns in some statuses, or in any: all of it where that takes at most `affordable` pages, else the first
 * page, which tells how many there are. A list that can't be read is an empty one: single looks then say what is wrong.
 */
export async function scan(client: Client, statuses: readonly string[] | undefined, affordable: number): Promise<Scan> {
  const campaigns = new Map<string, Observed>();
  const take = (page: Page) => {
    for (const campaign of campaignsIn(page)) campaigns.set(campaign.id, { ...campaign, seenAt: page.sentAt });
  };
  const pageOf: PageOf = (page, size) => listCampaigns(queryFor(statuses), page, size);
  try {
    const { first, size } = await firstPage(client, pageOf);
    const pages = Math.max(1, Math.ceil((first.total ?? 0) / size));
    take(first);
    const complete = pages <= affordable;
    const rest = complete ? Array.from({ length: pages - 1 }, (_, index) => index + 2) : [];
    await Promise.all(rest.map(async (page) => take(await readPage(client, pageOf(page, size)))));
    return { campaigns, complete, pages, seenAt: first.sentAt };
  } catch (error) {
    if (!(error instanceof HoodError)) throw error;
    const pages = error.kind === "rejected" ? Number.POSITIVE_INFINITY : 1;
    return { campaigns, complete: false, pages, seenAt: Number.NEGATIVE_INFINITY };
  }
}

/** The oldest first: campaigns that join or leave while pages are read then shift as few others as can be. */
function queryFor(status: readonly string[] | undefined): ListQuery {
  return { status, fields: ["id", "name", "status", "scheduled_time", "update_time"], sort: "create_time" };
}

/** A campaign with what tells it from others of its age. */
export interface RecentCampaign extends CampaignDetails {
  /** Milliseconds since 1970, by the account's clock; NaN if it gives none that can be read. */
  readonly createdAt: number;
}

const FIELDS = ["id", "name", "status", "create_time", "metadata"];

/**
 * What is asked for, and what is asked for where the account refuses that. The name settles the order within a second, so that
 * two pages don't each leave a campaign to the other.
 */
const QUERIES: readonly ListQuery[] = [{ fields: FIELDS, sort: "-create_time,name" }, { sort: "-create_time" }];

/**
 * The newest campaigns of the account: all that are no older than an age, and maybe some that are. Campaigns that are created
 * meanwhile move others to later pages, which are still to come: none is missed.
 *
 * @param age milliseconds, by the account's clock. @throws HoodError
 */
export async function newestCampaigns(client: Client, age: number): Promise<RecentCampaign[]> {
  const found = new Map<string, RecentCampaign>();
  const { first, size, pageOf } = await opening(client);
  const since = client.accountTime() - age;
  let page = first;
  for (let number = 1; ; number++) {
    const campaigns = recentOn(page);
    for (const recent of campaigns) found.set(recent.campaign.id, recent);
    const { items, total = items.length } = page;
    const older = campaigns.some(({ createdAt }) => createdAt < since) && isInOrder(campaigns);
    if (older || items.length === 0 || number * size >= total) return [...found.values()];
    page = await readPage(client, pageOf(number + 1, size));
  }
}

async function opening(client: Client): Promise<{ first: Page; size: number; pageOf: PageOf }> {
  for (const query of QUERIES) {
    const pageOf: PageOf = (page, size) => listCampaigns(query, page, size);
    try {
      return { ...(await firstPage(client, pageOf)), pageOf };
    } catch (error) {
      const plainer = error instanceof HoodError && error.kind === "rejected" && query !== QUERIES.at(-1);
      if (!plainer) throw error;
    }
  }
  throw new Error("no query is left to ask with");
}

function recentOn({ items }: Page): RecentCampaign[] {
  return campaignDetailsIn({ items }).map((whole) => ({
    ...whole,
    createdAt: momentOf(String(whole.fields.create_time)),
  }));
}

/** A server that doesn't obey the order may have the newest on its last page. */
function isInOrder(campaigns: readonly RecentCampaign[]): boolean {
  return campaigns.every(({ createdAt }, index) => !(createdAt > (campaigns[index - 1]?.createdAt ?? createdAt)));
}

/** How often the list is read, at the most, until two readings agree. */
const MOST_READINGS = 5;

/** Fields of one campaign, as Hood writes them; the id is a text in any case. */
export type Fields = Readonly<Record<string, unknown>> & { readonly id: string };

/** The list's pages, each read once. */
interface Reading {
  readonly campaigns: ReadonlyMap<string, Fields>;
  readonly pages: number;
  /** All pages tell of a list of the same length, and together show as many campaigns. */
  readonly consistent: boolean;
}

/**
 * The campaigns that a query finds, in its order. Pages are counted from the list's beginning, so whatever joins or leaves
 * while they are read moves others from page to page, and one can slip through. A reading that is consistent although one
 * slipped through shows in its place one that joined meanwhile, which the reading before can't have shown. So a list of
 * several pages is read again until a consistent reading shows none that is new.
 *
 * @param most the first so many. @returns undefined where the list never stood still. @throws HoodError
 */
export async function search(client: Client, query: ListQuery, most?: number): Promise<Fields[] | undefined> {
  const pageOf: PageOf = (page, size) => listCampaigns(query, page, size);
  const opening = await firstPage(client, pageOf, most);
  const { size } = opening;
  let { first } = opening;
  let before: Reading | undefined;
  for (let readings = 1; ; readings++) {
    const reading = await read(client, pageOf, first, size, most);
    const { campaigns, pages, consistent } = reading;
    // One page is one answer: nothing can have moved.
    const settled = pages === 1 || (before && consistent && isWithin(campaigns, before.campaigns));
    if (settled) return [...campaigns.values()].slice(0, most);
    if (readings === MOST_READINGS) return undefined;
    before = reading;
    first = await readPage(client, pageOf(1, size));
  }
}

/** Everything that follows a first page. */
async function read(client: Client, pageOf: PageOf, first: Page, size: number, most = Infinity): Promise<Reading> {
  const total = totalOf(first, pageOf(1, size));
  const pages = Math.max(1, Math.ceil(Math.min(total, most) / size));
  const rest = Array.from({ length: pages - 1 }, (_, index) => laterPage(client, pageOf(index + 2, size)));
  const all = [first, ...(await Promise.all(rest))];
  const campaigns = new Map<string, Fields>();
  for (const [index, page] of all.entries()) {
    for (const campaign of campaignsOn(page, pageOf(index + 1, size))) {
      // The first mention has the better place in the order.
      if (!campaigns.has(campaign.id)) campaigns.set(campaign.id, campaign);
    }
  }
  const expected = Math.min(total, pages * size);
  const consistent = all.every((page) => page.total === total) && campaigns.size === expected;
  return { campaigns, pages, consistent };
}

/** A page that the list had a moment ago. Where it has become shorter meanwhile, Hood may refuse the page. */
async function laterPage(client: Client, endpoint: Endpoint): Promise<Page> {
  try {
    return await readPage(client, endpoint);
  } catch (error) {
    if (error instanceof HoodError && error.kind === "rejected")
      return { items: [], total: undefined, sentAt: Number.NaN };
    throw error;
  }
}

function totalOf({ items, total }: Page, endpoint: Endpoint): number {
  // Without it, nobody could tell whether a list ends here.
  if (total === undefined)
    throw new HoodError("unexpectedResponse", endpoint, say`HTTP 200 with a list that has no total`, 200);
  if (items.length > 0 || total === 0) return total;
  throw new HoodError(
    "unexpectedResponse",
    endpoint,
    say`HTTP 200 with a total of ${total} and no campaign in it`,
    200,
  );
}

function campaignsOn({ items }: Page, endpoint: Endpoint): Fields[] {
  return items.map((item) => {
    const id = isObject(item) ? idFrom(item.id) : undefined;
    if (id === undefined)
      throw new HoodError("unexpectedResponse", endpoint, say`HTTP 200 with a campaign that has no usable id`, 200);
    const fields: Record<string, unknown> = { ...(item as object), id };
    return { ...fields, id, ...("metadata" in fields && { metadata: withoutMark(fields.metadata) }) };
  });
}

function isWithin(some: ReadonlyMap<string, unknown>, all: ReadonlyMap<string, unknown>): boolean {
  return [...some.keys()].every((id) => all.has(id));
}
