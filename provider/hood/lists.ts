import { concat, isObject, quoted, say } from "../text";
import { readable } from "./body";
import type { Client } from "./client";
import { type Endpoint, type ListQuery, listCampaigns } from "./endpoints";
import { type FailureKind, HoodError } from "./errors";
import { momentOf } from "./fields";
import { withoutMark } from "./mark";
import { type CampaignDetails, campaignDetailsIn, idFrom, type Observed } from "./model";
import {
  allowanceOf,
  contradictory,
  expectFull,
  isWholeTotal,
  MOST_PAGES,
  type Page,
  pagesFor,
  readPages,
  STOP,
  type Take,
  tooManyPages,
  unexpected,
} from "./pages";

/*
 * Pages are counted from a list's beginning, so whatever joins or leaves while they are read moves others from page to page, and one
 * can slip through. Each of the three readings below says what it does about that.
 *
 * doctor/assumptions.ts: movingList, filter, search, fields, sort
 */

/** Pages in a row without anything new that show a list to repeat itself. One or two can be full of what was created meanwhile. */
const MOST_REPEATS = 3;
/** Pages that the campaigns of a day may fill. */
const MOST_RECENT = 100;
/** Pages that a list may grow by while it is read. */
const MOST_NEW = 10;
/** How often a list is read until it has stood still, and how many pages that may take. */
const MOST_READINGS = 5;
const MOST_READ = 2 * MOST_PAGES;
/** Pages of a later reading that show it to be of another list, if none of their campaigns was there before. */
const MOST_STRANGE = 3;

/** What a list that fails in these ways will do again: in one operation, it isn't asked for any more. */
const LASTING: ReadonlySet<string> = new Set(["rejected", "tooLarge", "tooSlow"] satisfies FailureKind[]);

/** What a scan of a list has shown. */
export interface Scan {
  readonly campaigns: ReadonlyMap<string, Observed>;
  /** Every page was read. Even so, a campaign can have slipped through. */
  readonly complete: boolean;
  /** Pages that the list has, as far as is known; Infinity if it can't be read at all. */
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
  const most = Math.min(affordable, MOST_PAGES);
  // The oldest first: what joins or leaves meanwhile then moves as few others as can be.
  const query = { status, fields: ["id", "name", "status", "scheduled_time", "update_time"], sort: "create_time" };
  const campaigns = new Map<string, Observed>();
  let [pages, seenAt] = [1, Number.NEGATIVE_INFINITY];
  try {
    await readPages(client, [query], (page, number, size) => {
      for (const { campaign } of campaignDetailsIn(page))
        campaigns.set(campaign.id, { ...campaign, seenAt: page.sentAt });
      if (number === 1) [pages, seenAt] = [pagesFor(page.total ?? 0, size), page.sentAt];
      return pages <= most ? pages : 1;
    });
    return { campaigns, complete: pages <= most, pages, seenAt };
  } catch (error) {
    if (!(error instanceof HoodError)) throw error;
    pages = LASTING.has(error.kind) ? Number.POSITIVE_INFINITY : 1;
    return { campaigns, complete: false, pages, seenAt: Number.NEGATIVE_INFINITY };
  }
}

/** A campaign with what tells it from others of its age. */
export interface RecentCampaign extends CampaignDetails {
  /** Milliseconds since 1970, by the account's clock; NaN if it gives none that can be read. */
  readonly createdAt: number;
}

/** The second is for an account that rejects the first. By name within a second, or two pages could each leave a campaign to the other. */
const RECENT_FIELDS = ["id", "name", "status", "create_time", "metadata"];
const NEWEST_FIRST: readonly ListQuery[] = [
  { fields: RECENT_FIELDS, sort: "-create_time,name" },
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
  let [since, repeats, most, least, isWhole] = [0, 0, 0, 0, false];
  const take: Take = (page, number, size) => {
    const { items, total } = page;
    if (number === 1) {
      least = total ?? 0;
      since = client.earliestTime() - age;
      const pages = total === undefined ? Number.POSITIVE_INFINITY : pagesFor(total, size);
      const isAll = age === Number.POSITIVE_INFINITY && total !== undefined;
      if (isAll && pages > MOST_PAGES) throw tooManyPages(page, pages);
      most = Math.min(pages + MOST_NEW, isAll ? MOST_PAGES : MOST_RECENT);
    }
    expectFull(page, number, size);
    const before = found.size;
    const campaigns = recentIn(page);
    for (const recent of campaigns) found.set(recent.campaign.id, recent);
    if (isWhole) expectCounted(page, found.size);
    repeats = found.size > before ? 0 : repeats + 1;
    // A server that doesn't obey the order may have the newest on its last page.
    const older = isNewestFirst(campaigns) && campaigns.some(({ createdAt }) => createdAt < since);
    // A list that says nothing of its length ends with a page that is empty.
    const isEnd = total === undefined ? items.length === 0 : number * size >= total || items.length === total;
    if (number === 1) isWhole = isWholeTotal(page, size);
    const last = isEnd && !(isWhole && number === 1);
    if (older) return number;
    // Nothing leaves this list. So a server that has shown fewer by its end has shown some page in place of another.
    if (last && found.size < least) throw contradictory(page, number);
    if (last) return number;
    const repeated = repeats === MOST_REPEATS;
    if (repeated || number >= most) throw withoutEnd(number, size, repeated);
    return number + 1;
  };
  await readPages(client, NEWEST_FIRST, take);
  return [...found.values()];
}

/** The campaigns on a page, with no more of each than is asked for. @throws HoodError if there is one that can't be told from others */
function recentIn({ endpoint, items }: Page): RecentCampaign[] {
  const details = campaignDetailsIn({ items });
  if (details.length < items.length) throw unexpected(endpoint, say`with a campaign that has no usable id or status`);
  if (new Set(details.map(({ campaign }) => campaign.id)).size < items.length) {
    throw unexpected(endpoint, say`with the same campaign twice on a page`);
  }
  return details.map(({ fields, ...rest }) => {
    const kept = Object.entries(fields).filter(([name]) => RECENT_FIELDS.includes(name));
    return { ...rest, fields: Object.fromEntries(kept), createdAt: momentOf(String(fields.create_time)) };
  });
}

function withoutEnd(pages: number, size: number, repeats: boolean): HoodError {
  const detail = repeats
    ? say`${MOST_REPEATS} of its pages showed no other campaigns than those before, and the list says that it goes on`
    : say`${pages} pages were read, and the list says that it goes on`;
  return new HoodError("unexpectedResponse", listCampaigns({ sort: "-create_time" }, pages, size), detail);
}

/** True for a page that shows the newest first. One whose campaigns are all of the same second shows no order. */
function isNewestFirst(campaigns: readonly RecentCampaign[]): boolean {
  const times = campaigns.map(({ createdAt }) => createdAt);
  const isFalling = times.every((time, index) => !(time > (times[index - 1] ?? time)));
  return isFalling && times.some((time) => time !== times[0]);
}

/** Fields of one campaign, as Hood writes them; the id is a text in any case. */
export type Fields = Readonly<Record<string, unknown>> & { readonly id: string };

/**
 * The campaigns that a query finds, in its order: each that was there throughout, once. A reading is consistent if all its pages tell
 * of a list of the same length, and together show as many campaigns. If one slipped through even so, it shows in its place one that
 * joined meanwhile, which the reading before can't have shown. So a list of several pages is read again until a consistent reading
 * shows none that is new. One that begins with none but new ones isn't read to its end.
 *
 * @param most the first so many. @returns undefined if the list never stood still. @throws HoodError
 */
export async function search(client: Client, query: ListQuery, most = Infinity): Promise<Fields[] | undefined> {
  let before: ReadonlySet<string> | undefined;
  const allowance = allowanceOf(client);
  let [size, read] = [0, 0];
  for (let readings = 0; readings < MOST_READINGS; readings++) {
    const pages: (readonly Fields[])[] = [];
    const shown = new Set<string>();
    let [total, repeats, strange, consistent, isWhole] = [0, 0, 0, true, false];
    const take: Take = (page, number, granted) => {
      if (number === 1) [total, size] = [totalOf(page), granted];
      expectFull(page, number, size);
      const campaigns = campaignsOn(page, query);
      expectStatus(page.endpoint, campaigns, query.status);
      pages[number - 1] = campaigns;
      const known = shown.size;
      for (const { id } of campaigns) shown.add(id);
      if (number === 1) isWhole = isWholeTotal(page, size) && total < most;
      const isRecount = isWhole && number > 1;
      if (isRecount) expectCounted(page, shown.size);
      consistent &&= isRecount ? shown.size === known : page.total === total;
      if (campaigns.length > 0 && shown.size === known && ++repeats === MOST_REPEATS)
        throw withoutEnd(number, granted, true);
      const isKnown = !before || campaigns.some(({ id }) => before?.has(id));
      strange = isKnown ? Number.NEGATIVE_INFINITY : strange + 1;
      if (strange === MOST_STRANGE) return STOP;
      return pagesFor(Math.min(total, most), size) + Number(isWhole);
    };
    await readPages(client, [query], take, { most: size || most, mayShrink: true, allowance });
    const campaigns = new Map<string, Fields>();
    // The first mention has the better place in the order.
    for (const each of pages.flat()) campaigns.set(each.id, campaigns.get(each.id) ?? each);
    consistent &&= campaigns.size === Math.min(total, pages.length * size);
    const stoodStill = before && [...campaigns.keys()].every((id) => before?.has(id));
    // One page is one answer: nothing can have moved.
    if (consistent && (stoodStill || isWhole || pages.length === 1)) return [...campaigns.values()].slice(0, most);
    read += pages.length;
    if (strange >= MOST_STRANGE || read + pages.length > MOST_READ) break;
    before = new Set(campaigns.keys());
  }
  return undefined;
}

/**
 * A list that has grown meanwhile counts what it has.
 *
 * @throws HoodError for a total that counts its page alone.
 */
function expectCounted(page: Page, shown: number): void {
  const { total = shown } = page;
  if (total < shown) throw contradictory(page, 2);
}

/** @throws HoodError for a campaign that the filter should have kept out: a program might cancel all that it is shown. */
function expectStatus(endpoint: Endpoint, campaigns: readonly Fields[], status: ListQuery["status"]): void {
  const asked = status?.map((one) => one.toLowerCase());
  const other = asked && campaigns.find((one) => !asked.includes(String(one.status).toLowerCase()));
  if (!other) return;
  const what = say`with campaign ${other.id} of the status ${quoted(String(other.status))}`;
  throw unexpected(endpoint, concat(what, say`: the account doesn't obey the filter by status`));
}

function totalOf({ endpoint, total }: Page): number {
  // Without it, nobody could tell whether a list ends here.
  if (total === undefined) throw unexpected(endpoint, say`with a list that has no total`);
  return total;
}

/** What is too large stays in a whole campaign as what {@link readable} takes out. @throws HoodError for it if it was asked for */
function campaignsOn({ endpoint, items }: Page, { fields: asked }: ListQuery): Fields[] {
  return items.map((item) => {
    const id = isObject(item) ? idFrom(item.id) : undefined;
    if (!isObject(item) || id === undefined) throw unexpected(endpoint, say`with a campaign that has no usable id`);
    const { fields, tooLarge } = readable(item);
    const missing = tooLarge.find((name) => asked?.includes(name));
    if (missing) throw new HoodError("tooLarge", endpoint, say`the ${missing} of campaign ${id} can't be read`);
    return { ...item, id, ...("metadata" in fields && { metadata: withoutMark(fields.metadata) }) };
  });
}
