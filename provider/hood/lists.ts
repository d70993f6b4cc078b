import { isObject } from "../json";
import { concat, type Message, say } from "../text";
import type { Client } from "./client";
import { type Endpoint, type ListQuery, listCampaigns } from "./endpoints";
import { HoodError } from "./errors";
import { withoutMark } from "./mark";
import { type CampaignDetails, campaignDetailsIn, campaignsIn, idFrom, type Observed } from "./model";
import { momentOf } from "./time";

/*
 * Pages are counted from a list's beginning, so whatever joins or leaves while they are read moves others from page to page, and one
 * can slip through. Each of the three readings below says what it does about that.
 */

/** Page sizes to ask for, the largest first. How many the server grants isn't documented; ten is its default. */
const PAGE_SIZES = [500, 100, 10];
/** Pages in a row without anything new that show a list to repeat itself. One or two can be full of what was created meanwhile. */
const MOST_REPEATS = 3;
/** How often a list is read until it has stood still. */
const MOST_READINGS = 5;

interface Page {
  readonly endpoint: Endpoint;
  /** As Hood writes them. */
  readonly items: readonly unknown[];
  /** How many the whole list has; undefined if Hood doesn't say. */
  readonly total: number | undefined;
  /** When it was asked for, by the client's clock. */
  readonly sentAt: number;
}

/** Is given each page with its number, from 1 on. @returns the number of the last page to read. */
type Take = (page: Page, number: number, size: number) => number;

/**
 * The one loop over a list's pages. Those that are wanted at the same time are read at the same time.
 *
 * @param queries each is asked for only if Hood rejects the one before it.
 * @param most how many campaigns are wanted: no larger page is asked for.
 * @param mayShrink Hood may reject a page that the list had a moment ago: it counts as empty. @throws HoodError
 */
async function readPages(
  client: Client,
  queries: readonly ListQuery[],
  take: Take,
  { most = Number.POSITIVE_INFINITY, mayShrink = false } = {},
): Promise<void> {
  const { first, query, size } = await readFirstPage(client, queries, most);
  let last = take(first, 1, size);
  for (let read = 1; read < last; ) {
    const next = Array.from({ length: last - read }, (_, index) => read + 1 + index);
    read = last;
    const readNext = async (number: number) => {
      const page = await readPage(client, listCampaigns(query, number, size), mayShrink);
      last = Math.max(last, take(page, number, size));
    };
    await Promise.all(next.map(readNext));
  }
}

/** The first page in the largest size that the server grants, and that size. */
async function readFirstPage(client: Client, queries: readonly ListQuery[], most: number) {
  const sizes = new Set(PAGE_SIZES.map((size) => Math.min(size, most)));
  let rejection: unknown;
  for (const { query, size } of queries.flatMap((query) => Array.from(sizes, (size) => ({ query, size })))) {
    try {
      const first = await readPage(client, listCampaigns(query, 1, size));
      const { length } = first.items;
      // A server that grants less than was asked for says so by giving less.
      const isLess = length < Math.min(size, first.total ?? length);
      return { first, query, size: isLess ? Math.max(1, length) : size };
    } catch (error) {
      if (!isRejected(error)) throw error;
      rejection = error;
    }
  }
  throw rejection;
}

/** @throws HoodError also for an answer without a list: read as an empty one, it would say that nothing is there. */
async function readPage(client: Client, endpoint: Endpoint, mayShrink = false): Promise<Page> {
  try {
    const { status, body, sentAt } = await client.call(endpoint);
    if (!isObject(body) || !Array.isArray(body.items)) {
      throw unexpected(endpoint, say`without a list of campaigns in it`, status);
    }
    return { endpoint, items: body.items, total: totalFrom(body.total), sentAt };
  } catch (error) {
    if (mayShrink && isRejected(error)) return { endpoint, items: [], total: undefined, sentAt: Number.NaN };
    throw error;
  }
}

/** @throws HoodError if there is no list of campaigns, which every account has: then what answers isn't the account. */
export async function expectList(client: Client): Promise<void> {
  try {
    await readPage(client, listCampaigns({ sort: "create_time" }, 1, 1));
  } catch (error) {
    // A 403 is Hood's own word about the token.
    if (!(error instanceof HoodError) || error.kind !== "rejected" || error.status === 403) throw error;
    const detail = concat(error.detail, say`, though every account has a list of campaigns`);
    throw new HoodError("unexpectedResponse", error.endpoint, detail, error.status, error.traceId);
  }
}

// A number, and elsewhere in Hood's API a text of digits.
function totalFrom(value: unknown): number | undefined {
  const total = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
  return typeof total === "number" && Number.isSafeInteger(total) ? total : undefined;
}

function pagesFor(campaigns: number, size: number): number {
  return Math.max(1, Math.ceil(campaigns / size));
}

function isRejected(error: unknown): boolean {
  return error instanceof HoodError && error.kind === "rejected";
}

function unexpected(endpoint: Endpoint, what: Message, status = 200): HoodError {
  return new HoodError("unexpectedResponse", endpoint, say`HTTP ${status} ${what}`, status);
}

/** What a scan of a list has shown. */
export interface Scan {
  readonly campaigns: ReadonlyMap<string, Observed>;
  /** Every page was read. Even so, a campaign can have slipped through. */
  readonly complete: boolean;
  /** Pages that the list has, as far as is known; Infinity if Hood rejects the list. */
  readonly pages: number;
  /** When its first page was asked for, in milliseconds of this process's clock; long ago if there is none. */
  readonly seenAt: number;
}

/**
 * Scans the campaigns in some statuses, or in any: all of them if that takes at most `affordable` pages, else the first page, which
 * tells how many there are. It promises nothing about a campaign that it doesn't show, since a single read follows for that one. So
 * a list that can't be read counts as empty.
 */
export async function scan(client: Client, status: readonly string[] | undefined, affordable: number): Promise<Scan> {
  // The oldest first: what joins or leaves meanwhile then moves as few others as can be.
  const query = { status, fields: ["id", "name", "status", "scheduled_time", "update_time"], sort: "create_time" };
  const campaigns = new Map<string, Observed>();
  let [pages, seenAt] = [1, Number.NEGATIVE_INFINITY];
  try {
    await readPages(client, [query], (page, number, size) => {
      for (const campaign of campaignsIn(page)) campaigns.set(campaign.id, { ...campaign, seenAt: page.sentAt });
      if (number === 1) [pages, seenAt] = [pagesFor(page.total ?? 0, size), page.sentAt];
      return pages <= affordable ? pages : 1;
    });
    return { campaigns, complete: pages <= affordable, pages, seenAt };
  } catch (error) {
    if (!(error instanceof HoodError)) throw error;
    pages = isRejected(error) ? Number.POSITIVE_INFINITY : 1;
    return { campaigns, complete: false, pages, seenAt: Number.NEGATIVE_INFINITY };
  }
}

/** A campaign with what tells it from others of its age. */
export interface RecentCampaign extends CampaignDetails {
  /** Milliseconds since 1970, by the account's clock; NaN if it gives none that can be read. */
  readonly createdAt: number;
}

/** The second is for an account that rejects the first. By name within a second, or two pages could each leave a campaign to the other. */
const NEWEST_FIRST: readonly ListQuery[] = [
  { fields: ["id", "name", "status", "create_time", "metadata"], sort: "-create_time,name" },
  { sort: "-create_time" },
];

/**
 * The newest campaigns of the account: all that are no older than an age, and maybe some that are. Campaigns that are created
 * meanwhile move others to later pages, which are read after that: none is missed.
 *
 * @param age milliseconds, by the account's clock. @throws HoodError
 */
export async function recentCampaigns(client: Client, age: number): Promise<RecentCampaign[]> {
  const found = new Map<string, RecentCampaign>();
  let [since, repeats] = [0, 0];
  const take: Take = ({ items, total = items.length }, number, size) => {
    if (number === 1) since = client.accountTime() - age;
    const before = found.size;
    const campaigns = campaignDetailsIn({ items }).map((details) => {
      return { ...details, createdAt: momentOf(String(details.fields.create_time)) };
    });
    for (const recent of campaigns) found.set(recent.campaign.id, recent);
    repeats = found.size > before ? 0 : repeats + 1;
    // A server that doesn't obey the order may have the newest on its last page.
    const older = isNewestFirst(campaigns) && campaigns.some(({ createdAt }) => createdAt < since);
    const last = items.length === 0 || number * size >= total;
    if (!older && !last && repeats === MOST_REPEATS) throw withoutEnd(number, size);
    return older || last ? number : number + 1;
  };
  await readPages(client, NEWEST_FIRST, take);
  return [...found.values()];
}

/** A part of a list must not pass for all of it. */
function withoutEnd(pages: number, size: number): HoodError {
  const detail = say`the last ${MOST_REPEATS} of ${pages} pages showed no other campaigns than those before, and the list says that it goes on`;
  return new HoodError("unexpectedResponse", listCampaigns({ sort: "-create_time" }, pages, size), detail);
}

function isNewestFirst(campaigns: readonly RecentCampaign[]): boolean {
  return campaigns.every(({ createdAt }, index) => !(createdAt > (campaigns[index - 1]?.createdAt ?? createdAt)));
}

/** Fields of one campaign, as Hood writes them; the id is a text in any case. */
export type Fields = Readonly<Record<string, unknown>> & { readonly id: string };

/**
 * The campaigns that a query finds, in its order: each that was there throughout, once. A reading is consistent if all its pages tell
 * of a list of the same length, and together show as many campaigns. If one slipped through even so, it shows in its place one that
 * joined meanwhile, which the reading before can't have shown. So a list of several pages is read again until a consistent reading
 * shows none that is new.
 *
 * @param most the first so many. @returns undefined if the list never stood still. @throws HoodError
 */
export async function search(client: Client, query: ListQuery, most = Infinity): Promise<Fields[] | undefined> {
  let before: ReadonlyMap<string, Fields> | undefined;
  let size = 0;
  for (let readings = 0; readings < MOST_READINGS; readings++) {
    const pages: Page[] = [];
    let total = 0;
    const take: Take = (page, number, granted) => {
      pages[number - 1] = page;
      if (number === 1) [total, size] = [totalOf(page), granted];
      return pagesFor(Math.min(total, most), size);
    };
    await readPages(client, [query], take, { most: size || most, mayShrink: true });
    const campaigns = new Map<string, Fields>();
    // The first mention has the better place in the order.
    for (const each of pages.flatMap(campaignsOn)) campaigns.set(each.id, campaigns.get(each.id) ?? each);
    const expected = Math.min(total, pages.length * size);
    const consistent = campaigns.size === expected && pages.every((page) => page.total === total);
    const stoodStill = consistent && before && [...campaigns.keys()].every((id) => before?.has(id));
    // One page is one answer: nothing can have moved.
    if (stoodStill || pages.length === 1) return [...campaigns.values()].slice(0, most);
    before = campaigns;
  }
  return undefined;
}

function totalOf({ endpoint, items, total }: Page): number {
  // Without it, nobody could tell whether a list ends here.
  if (total === undefined) throw unexpected(endpoint, say`with a list that has no total`);
  if (items.length > 0 || total === 0) return total;
  throw unexpected(endpoint, say`with a total of ${total} and no campaign in it`);
}

function campaignsOn({ endpoint, items }: Page): Fields[] {
  return items.map((item) => {
    const id = isObject(item) ? idFrom(item.id) : undefined;
    if (!isObject(item) || id === undefined) throw unexpected(endpoint, say`with a campaign that has no usable id`);
    return { ...item, id, ...("metadata" in item && { metadata: withoutMark(item.metadata) }) };
  });
}
