import { concat, count, isObject, type Message, say } from "../text";
import type { Budget, Client } from "./client";
import { type Endpoint, type ListQuery, listCampaigns } from "./endpoints";
import { type FailureKind, HoodError } from "./errors";
import { newTurn } from "./rateLimit/limiter";

/** Page sizes to ask for, the largest first. How many the server grants isn't documented; ten is its default. */
const PAGE_SIZES = [500, 100, 10];
/** The smallest page: one campaign can be as large as ten others. */
const SMALLEST = 1;
/** Pages that are read at the same time: each may be large. */
const AT_ONCE = 3;
/**
 * No list has more pages than these, nor more characters, nor takes more of the account's time, in milliseconds: whatever it says of
 * itself, reading it has an end. In pages of a hundred, that is 20,000 campaigns; within the usual rate limit, it takes a minute.
 */
export const MOST_PAGES = 200;
const LARGEST_LIST = 20 * 1024 * 1024;
const LONGEST = 60_000;
/** Answers of one list that are too large to be read. Even if each was asked for again in smaller pages, more of them are a larger list. */
const MOST_TOO_LARGE = 10;

export interface Page {
  readonly endpoint: Endpoint;
  readonly items: readonly unknown[];
  /** How many the whole list has; undefined if Hood doesn't say. */
  readonly total: number | undefined;
  /** When it was asked for, by the client's clock. */
  readonly sentAt: number;
}

/** Is given each page with its number, from 1 on. @returns the number of the last page to read; STOP if no other is to be asked for. */
export type Take = (page: Page, number: number, size: number) => number;
export const STOP = 0;

/** @param mayShrink Hood may reject a page that the list had a moment ago: it counts as empty. */
type Ask = (endpoint: Endpoint, mayShrink?: boolean) => Promise<Page>;

/** What one list may take, however often it is read, and the most campaigns that a reading of it has shown. */
export interface Allowance {
  readonly budget: Budget;
  /** Milliseconds that the account has made it wait by answers of 429: as long as it may let one request wait. */
  waited: number;
  shown: number;
}

export function allowanceOf(client: Client): Allowance {
  return { budget: client.budget(LONGEST), waited: 0, shown: 0 };
}

/**
 * The one loop over a list's pages: several at the same time, if several are wanted.
 *
 * doctor/assumptions.ts: total, pageSize, fullPages, pastTheEnd
 *
 * @param queries each is asked for only if Hood rejects the one before it.
 * @param most how many campaigns are wanted: no larger page is asked for.
 * @param mayShrink as {@link Ask} has it, for all pages but the first. @throws HoodError
 */
export async function readPages(
  client: Client,
  queries: readonly ListQuery[],
  take: Take,
  { most = Number.POSITIVE_INFINITY, mayShrink = false, allowance = allowanceOf(client) } = {},
): Promise<void> {
  const ask = asking(client, allowance);
  const { first, query, size } = await readFirstPage(ask, queries, most);
  let [next, last, ended] = [1, 1, false];
  const taken = (page: Page, number: number) => {
    const wanted = take(page, number, size);
    ended ||= wanted === STOP;
    last = Math.max(last, wanted);
    if (last > MOST_PAGES) throw tooManyPages(page, last);
  };
  const readOn = async () => {
    while (!ended && next < last) {
      const number = ++next;
      try {
        const isPastTheEnd = (number - 1) * size === first.total;
        taken(await readWholePage(ask, query, number, size, mayShrink || isPastTheEnd), number);
      } catch (error) {
        ended = true;
        throw error;
      }
    }
  };
  taken(first, 1);
  await Promise.all(Array.from({ length: AT_ONCE }, readOn));
}

/** Asks for the pages of one reading. It throws HoodError also for an answer without a list: read as an empty one, it would say that nothing is there. */
function asking(client: Client, allowance: Allowance): Ask {
  let [unread, received, shown] = [0, 0, 0];
  return async (endpoint, mayShrink) => {
    if (unread >= MOST_TOO_LARGE || received > LARGEST_LIST) throw listTooLarge(endpoint);
    // A turn of its own: with one for all, its pages would get ahead of every other request.
    const turn = { ...newTurn(), waited: allowance.waited };
    try {
      const { status, body, size, sentAt } = await client.call(endpoint, { budget: allowance.budget, turn });
      received += size;
      if (received > LARGEST_LIST) throw listTooLarge(endpoint);
      if (!isObject(body) || !Array.isArray(body.items)) {
        throw unexpected(endpoint, say`without a list of campaigns in it`, status);
      }
      shown += body.items.length;
      allowance.shown = Math.max(allowance.shown, shown);
      return { endpoint, items: body.items, total: totalFrom(body.total), sentAt };
    } catch (error) {
      if (failedBy(error, "tooLarge")) unread++;
      if (failedBy(error, "tooSlow")) {
        const seen = say`, and had shown ${count(allowance.shown, "campaign")} by then`;
        throw new HoodError("tooSlow", endpoint, concat(error.detail, seen));
      }
      if (mayShrink && failedBy(error, "rejected"))
        return { endpoint, items: [], total: undefined, sentAt: Number.NaN };
      throw error;
    } finally {
      allowance.waited = Math.max(allowance.waited, turn.waited);
    }
  };
}

/** The first page in the largest size that the server grants and that isn't too large, and that size. */
async function readFirstPage(ask: Ask, queries: readonly ListQuery[], most: number) {
  const sizes = [...new Set(PAGE_SIZES.map((size) => Math.min(size, most)))];
  let rejection: unknown;
  for (const { query, size } of queries.flatMap((query) => sizes.map((size) => ({ query, size })))) {
    try {
      // The smallest that there is for all pages is read in parts if one of its campaigns is too large for it.
      const isSmallest = size === sizes.at(-1);
      const first = await (isSmallest ? readWholePage(ask, query, 1, size) : ask(listCampaigns(query, 1, size)));
      const { length } = first.items;
      // A server that grants less than was asked for says so by giving less.
      const isLess = length < Math.min(size, first.total ?? length) || isLikelyPage(first);
      return { first, query, size: isLess ? Math.max(1, Math.min(size, length)) : size };
    } catch (error) {
      if (!failedBy(error, "rejected") && !(failedBy(error, "tooLarge") && size !== sizes.at(-1))) throw error;
      rejection = error;
    }
  }
  throw rejection;
}

/** A page; one that is too large, in smaller ones that it consists of. */
async function readWholePage(
  ask: Ask,
  query: ListQuery,
  number: number,
  size: number,
  mayShrink = false,
): Promise<Page> {
  const endpoint = listCampaigns(query, number, size);
  try {
    return await ask(endpoint, mayShrink);
  } catch (error) {
    if (!failedBy(error, "tooLarge") || size === SMALLEST) throw error;
    const smaller = PAGE_SIZES.find((one) => one < size && size % one === 0) ?? SMALLEST;
    const parts: Page[] = [];
    for (let part = 1; part <= size / smaller; part++) {
      const place = ((number - 1) * size) / smaller + part;
      parts.push(await readWholePage(ask, query, place, smaller, mayShrink));
    }
    const [total, ...others] = new Set(parts.map((page) => page.total));
    return {
      endpoint,
      items: parts.flatMap(({ items }) => items),
      // A list that changed meanwhile has none that holds for the whole page.
      total: others.length === 0 ? total : undefined,
      sentAt: Math.min(...parts.map(({ sentAt }) => sentAt)),
    };
  }
}

/** @throws HoodError if there is no list of campaigns, which every account has: then what answers isn't the account. */
export async function expectList(client: Client): Promise<void> {
  try {
    await readPages(client, [{ sort: "create_time" }], () => STOP, { most: 1 });
  } catch (error) {
    // A 403 is Hood's own word about the token.
    if (!failedBy(error, "rejected") || error.status === 403) throw error;
    const detail = concat(error.detail, say`, though every account has a list of campaigns`);
    throw new HoodError("unexpectedResponse", error.endpoint, detail, error.status, error.traceId);
  }
}

// A number, and elsewhere in Hood's API a text of digits.
function totalFrom(value: unknown): number | undefined {
  const total = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
  return typeof total === "number" && Number.isSafeInteger(total) && total >= 0 ? total : undefined;
}

export function pagesFor(campaigns: number, size: number): number {
  return Math.max(1, Math.ceil(campaigns / size));
}

function failedBy(error: unknown, kind: FailureKind): error is HoodError {
  return error instanceof HoodError && error.kind === kind;
}

function listTooLarge(endpoint: Endpoint): HoodError {
  return new HoodError("tooLarge", endpoint, say`the list is larger than ${LARGEST_LIST / 1024 / 1024} MB`);
}

export function tooManyPages({ endpoint, total = 0 }: Page, pages: number): HoodError {
  const list = say`the list of ${count(total, "campaign")}`;
  const what = say`${list} would take ${pages} pages, and ${MOST_PAGES} are read at most`;
  return new HoodError("tooLarge", endpoint, what);
}

export function unexpected(endpoint: Endpoint, what: Message, status = 200): HoodError {
  return new HoodError("unexpectedResponse", endpoint, say`HTTP ${status} ${what}`, status);
}

/**
 * A page shows what its own total leaves for it, or the whole list at once. A part of a list must not pass for all of it.
 *
 * @throws HoodError
 */
export function expectFull(page: Page, number: number, size: number): void {
  const { items, total = items.length } = page;
  const left = Math.max(0, total - (number - 1) * size);
  if (items.length !== total && items.length !== Math.min(size, left)) {
    throw contradictory(page, number);
  }
}

/** True for a page that is full and has the whole total: what a total counts that knows its page alone. The next page tells. */
export function isWholeTotal({ items, total }: Page, size: number): boolean {
  return items.length === total && items.length === size;
}

/** The same while nobody knows what size the server grants: it is a round number, of whichever kind. */
function isLikelyPage({ items: { length }, total }: Page): boolean {
  return length > 0 && length === total && [10, 16, 25].some((round) => length % round === 0);
}

export function contradictory({ endpoint, items, total = 0 }: Page, number: number): HoodError {
  return unexpected(endpoint, say`with a total of ${total} and ${count(items.length, "campaign")} on page ${number}`);
}
