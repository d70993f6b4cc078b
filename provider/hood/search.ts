import { idFrom, isObject } from "./campaign";
import type { Client } from "./client";
import { type Endpoint, type ListQuery, listCampaigns } from "./endpoints";
import { HoodError } from "./errors";
import { withoutMark } from "./mark";
import { firstPage, type Page, type PageOf, readPage } from "./pages";

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
    if (error instanceof HoodError && error.kind === "refused")
      return { items: [], total: undefined, sentAt: Number.NaN };
    throw error;
  }
}

function totalOf({ items, total }: Page, endpoint: Endpoint): number {
  // Without it, nobody could tell whether a list ends here.
  if (total === undefined) throw new HoodError("notHood", endpoint, "HTTP 200 with a list that has no total", 200);
  if (items.length > 0 || total === 0) return total;
  throw new HoodError("notHood", endpoint, `HTTP 200 with a total of ${total} and no campaign in it`, 200);
}

function campaignsOn({ items }: Page, endpoint: Endpoint): Fields[] {
  return items.map((item) => {
    const id = isObject(item) ? idFrom(item.id) : undefined;
    if (id === undefined)
      throw new HoodError("notHood", endpoint, "HTTP 200 with a campaign that has no usable id", 200);
    const fields: Record<string, unknown> = { ...(item as object), id };
    return { ...fields, id, ...("metadata" in fields && { metadata: withoutMark(fields.metadata) }) };
  });
}

function isWithin(some: ReadonlyMap<string, unknown>, all: ReadonlyMap<string, unknown>): boolean {
  return [...some.keys()].every((id) => all.has(id));
}
