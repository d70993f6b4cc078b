import { randomBytes } from "node:crypto";
import { type ListQuery, listCampaigns, viewCampaign } from "../provider/hood/endpoints";
import { HoodError } from "../provider/hood/errors";
import { isObject } from "../provider/json";
import { knownStatuses } from "../provider/lifecycle";
import { count, type Message, say } from "../provider/text";
import type { AssumptionName } from "./assumptions";
import { differs, type Finding, type Findings, ok, unknown } from "./findings";
import type { Probe } from "./probe";
import { reached } from "./reach";

type Fields = Readonly<Record<string, unknown>>;

const NO_CAMPAIGNS = unknown(say`the account has no campaigns`);
const TOO_FEW = unknown(say`the account has too few campaigns`);
/** What is asked of many campaigns. */
const FEW_FIELDS = ["id", "name", "status", "create_time", "update_time", "labels", "metadata"];
const NEWEST = { sort: "-create_time" };
const OLDEST = { sort: "create_time", fields: FEW_FIELDS };
/** Pages of a list that are read for the statuses in it, at the most. */
const MOST_PAGES = 3;

/** What the checks have read so far. */
export class Notebook {
  /** The newest campaigns, with all their fields, and the oldest, with few. */
  newest: Listing = { campaigns: [], total: undefined, length: undefined };
  oldest = this.newest;
  /** What the oldest were asked for with, and the largest page that was granted. */
  query: ListQuery = OLDEST;
  size = 10;
  readonly campaigns = new Map<string, Fields>();

  note({ campaigns }: Listing): void {
    for (const campaign of campaigns) {
      const id = textOf(campaign.id);
      this.campaigns.set(id, { ...this.campaigns.get(id), ...campaign });
    }
  }
}

/** One check: what it decides, and how. What it doesn't come to decide is unknown. */
export interface Check {
  readonly about: readonly AssumptionName[];
  readonly run: (probe: Probe, notes: Notebook) => Promise<Findings>;
  /** What it shows if the account rejects the request; nothing if it is left out. */
  readonly rejected?: (seen: Message) => Finding;
}

/** In the order of what matters most: --quick has time for the first of them. */
export const checks: readonly Check[] = [
  { about: ["path", "total", "fieldNames"], run: newest },
  { about: ["pageSize", "fields"], run: largestPage },
  { about: ["filter"], run: filter, rejected: differs },
  { about: ["unknownId", "errors"], run: unknownId },
  { about: ["view"], run: view },
  { about: ["sort"], run: sort, rejected: differs },
  { about: ["search"], run: search },
  { about: ["fullPages"], run: fullPages },
  { about: ["pastTheEnd"], run: pastTheEnd, rejected: ok },
  { about: ["statuses"], run: everyPage },
];

async function newest(probe: Probe, notes: Notebook): Promise<Findings> {
  notes.newest = await list(probe, NEWEST, 1, 10);
  notes.note(notes.newest);
  const { total, length, campaigns } = notes.newest;
  const form = typeof total === "string" ? differs(say`a text of digits`) : ok(say`a number`);
  const isLess = length !== undefined && length < campaigns.length;
  const right = isLess ? differs(say`fewer than it shows`) : form;
  return { ...reached(probe), total: length === undefined ? differs(say`there is none`) : right };
}

async function largestPage(probe: Probe, notes: Notebook): Promise<Findings> {
  const tries = [OLDEST, { sort: OLDEST.sort }].flatMap((query: ListQuery) =>
    [500, 100, 10].map((size) => ({ query, size })),
  );
  for (const { query, size } of tries) {
    try {
      notes.oldest = await list(probe, query, 1, size);
      notes.query = query;
      notes.note(notes.oldest);
      const { campaigns, length = Number.NaN } = notes.oldest;
      notes.size = campaigns.length < Math.min(size, length) ? Math.max(1, campaigns.length) : size;
      return { pageSize: pageSize(notes.oldest), fields: fieldsShown(notes.oldest, query !== OLDEST) };
    } catch (error) {
      if (!isRejected(error) && !(error instanceof HoodError && error.kind === "tooLarge")) throw error;
    }
  }
  return { pageSize: differs(say`none of 10 either`) };
}

function pageSize({ campaigns: { length: shown }, length }: Listing): Finding {
  if (shown >= 100) return ok(say`${shown} are granted`);
  if (length === undefined) return unknown(say`no total tells whether that was all`);
  if (shown < length) return differs(say`${shown} are granted`);
  return shown === 0 ? NO_CAMPAIGNS : unknown(say`all ${count(shown, "campaign")} fit on one`);
}

function fieldsShown({ campaigns }: Listing, isRejected: boolean): Finding {
  if (isRejected) return differs(say`rejected`);
  if (campaigns.length === 0) return NO_CAMPAIGNS;
  const others = new Set(campaigns.flatMap((one) => Object.keys(one).filter((key) => !FEW_FIELDS.includes(key))));
  const missing = ["id", "name", "status"].filter((field) => campaigns.some((one) => !(field in one)));
  if (missing.length > 0) return differs(say`${missing.join(", ")} ${missing.length > 1 ? "are" : "is"} missing`);
  return others.size > 0 ? differs(say`${count(others.size, "other field")} too`) : ok(say`obeyed`);
}

async function filter(probe: Probe, { campaigns, newest }: Notebook): Promise<Findings> {
  const seen = new Set([...campaigns.values()].map(({ status }) => textOf(status)));
  const present = knownStatuses.find((status) => newest.campaigns.some((one) => one.status === status));
  if (present === undefined) return { filter: unknown(say`no campaign in a status that is known was read`) };
  // If all have the same status, that alone would show nothing.
  const absent = knownStatuses.filter((status) => !seen.has(status)).slice(0, 2);
  for (const status of seen.size === 1 ? [absent, [present]] : [[present]]) {
    const found = await list(probe, { ...NEWEST, status }, 1, 10);
    const isObeyed = found.campaigns.every((one) => status.includes(textOf(one.status)));
    if (!isObeyed) return { filter: differs(say`other statuses too: it isn't obeyed`) };
    const isMissing = status.includes(present) && found.campaigns.length === 0;
    if (isMissing) return { filter: await unlessMoved(probe, newest, say`nothing, though there are some`) };
  }
  return { filter: ok(say`obeyed`) };
}

/** No account has come so far by counting. */
const NO_ID = "999999999999999999";

async function unknownId(probe: Probe, notes: Notebook): Promise<Findings> {
  if (notes.campaigns.has(NO_ID)) return {};
  try {
    const { body } = await probe.get(viewCampaign(NO_ID));
    const empty = isObject(body) && Array.isArray(body.items) && body.items.length === 0;
    const what = empty ? say`HTTP 200, and no campaign` : say`HTTP 200, and something else`;
    return { unknownId: differs(what), errors: unknown(say`no error was seen`) };
  } catch (error) {
    if (!isRejected(error)) throw error;
    const { status, traceId, detail } = error;
    const said = status === 400 || status === 404 ? ok(say`HTTP ${status}`) : differs(say`HTTP ${status ?? ""}`);
    const hasWords = detail.replace(/ \(trace_id .*$/, "") !== `HTTP ${status}`;
    const missing = [hasWords ? [] : "title and message", traceId === undefined ? "trace_id" : []].flat();
    return {
      unknownId: said,
      errors: missing.length > 0 ? differs(say`without ${missing.join(", ")}`) : ok(say`as expected`),
    };
  }
}

async function view(probe: Probe, { newest, oldest }: Notebook): Promise<Findings> {
  const shown = [...newest.campaigns, ...oldest.campaigns].find(({ id }) => /^\d+$/.test(textOf(id)));
  if (!shown) return { view: NO_CAMPAIGNS };
  const { body } = await probe.get(viewCampaign(textOf(shown.id)));
  const items: unknown[] = isObject(body) && Array.isArray(body.items) ? body.items : [];
  const same = items.filter(isObject).find(({ id }) => textOf(id) === textOf(shown.id));
  if (!same) return { view: differs(say`it isn't in the answer`) };
  const differ = ["name", "status"].filter((field) => field in shown && shown[field] !== same[field]);
  // It may have moved on between the two.
  if (differ.length > 0) return { view: unknown(say`${differ.join(" and ")} changed meanwhile, or differ`) };
  return { view: ok(say`the same name and status`) };
}

async function sort(probe: Probe, { oldest }: Notebook): Promise<Findings> {
  const fields = ["id", "name", "status", "create_time", "metadata"];
  const newest = await list(probe, { sort: "-create_time,name", fields }, 1, 10);
  const [down, up] = [timesOf(newest).reverse(), timesOf(oldest)];
  if (![down, up].every(isAscending)) return { sort: differs(say`in another order`) };
  // What has the same time everywhere is in every order.
  return { sort: [down, up].some((times) => new Set(times).size < 2) ? TOO_FEW : ok(say`obeyed`) };
}

function timesOf({ campaigns }: Listing): string[] {
  return campaigns.map(({ create_time }) => textOf(create_time));
}

function isAscending(texts: readonly string[]): boolean {
  return texts.every((text, index) => index === 0 || (texts[index - 1] ?? "") <= text);
}

async function search(probe: Probe, { newest }: Notebook): Promise<Findings> {
  const [first] = newest.campaigns;
  if (!first) return { search: NO_CAMPAIGNS };
  const nobody = await list(probe, { ...NEWEST, q: randomBytes(12).toString("hex") }, 1, 10);
  if (nobody.campaigns.length > 0) return { search: differs(say`campaigns that don't have the text`) };
  // A word of it, since a long name may be too long to search for.
  const word = /[\p{L}\p{N}]{2,30}/u.exec(textOf(first.name))?.[0];
  if (word === undefined) return { search: unknown(say`the newest campaign's name has no word to search for`) };
  const found = await list(probe, { ...NEWEST, q: word }, 1, 10);
  // It was the newest of all, so it is among the newest that have the word.
  return {
    search: idsOf(found).includes(textOf(first.id))
      ? ok(say`obeyed`)
      : await unlessMoved(probe, newest, say`a campaign isn't found by its name`),
  };
}

/** What one answer contradicts may have changed meanwhile. */
async function unlessMoved(probe: Probe, newest: Listing, seen: Message): Promise<Finding> {
  const again = await list(probe, NEWEST, 1, 10);
  const states = [newest, again].map(({ length, campaigns }) =>
    JSON.stringify([length, campaigns.map(({ id, status }) => [id, status])]),
  );
  return states[0] === states[1] ? differs(seen) : unknown(say`the list moved meanwhile`);
}

async function fullPages(probe: Probe, { oldest, newest, query }: Notebook): Promise<Findings> {
  const half = Math.min(10, Math.floor(oldest.campaigns.length / 2));
  if (half === 0) return { fullPages: TOO_FEW };
  const [one, other] = [await list(probe, query, 1, half), await list(probe, query, 2, half)];
  const expected = idsOf(oldest).slice(0, 2 * half);
  if ([...idsOf(one), ...idsOf(other)].join() === expected.join())
    return { fullPages: ok(say`without gap or overlap`) };
  return { fullPages: await unlessMoved(probe, newest, say`two pages show another order`) };
}

async function pastTheEnd(probe: Probe, { newest }: Notebook): Promise<Findings> {
  if (newest.length === undefined) return {};
  const { campaigns } = await list(probe, NEWEST, Math.ceil(newest.length / 10) + 10, 10);
  return { pastTheEnd: campaigns.length === 0 ? ok(say`empty`) : differs(say`${count(campaigns.length, "campaign")}`) };
}

/** Reads on, so that few statuses stay unseen. */
async function everyPage(probe: Probe, notes: Notebook): Promise<Findings> {
  const { length = 0 } = notes.oldest;
  for (let page = 2; page <= MOST_PAGES && (page - 1) * notes.size < length; page++) {
    notes.note(await list(probe, notes.query, page, notes.size));
  }
  return {};
}

/** Asked again at the end: whether the newest campaigns have moved, and how. */
export const moving: Check = {
  about: ["movingList"],
  run: async (probe, { newest }) => {
    const [before, after] = [idsOf(newest), idsOf(await list(probe, NEWEST, 1, 10))];
    const moved = after.indexOf(before[0] ?? "");
    if (moved === 0 || before.length === 0) return { movingList: unknown(say`no campaign was created meanwhile`) };
    if (moved < 0) return { movingList: unknown(say`too much has changed meanwhile`) };
    const goesOn = after.slice(moved).join() === before.slice(0, after.length - moved).join();
    return { movingList: goesOn ? ok(say`moved by ${moved}, and nothing else`) : differs(say`in another order now`) };
  },
};

/** A page of a list as the account gives it. */
export interface Listing {
  readonly campaigns: readonly Fields[];
  /** In whatever form. */
  readonly total: unknown;
  /** Undefined if it is no number, nor a text of digits. */
  readonly length: number | undefined;
}

/** A value of the account's as a text; empty if it is none. Not every object can be made one. */
export function textOf(value: unknown): string {
  return typeof value === "object" || value === undefined ? "" : String(value);
}

/** @throws HoodError also for an answer without a list */
export async function list(probe: Probe, query: ListQuery, page: number, size: number): Promise<Listing> {
  const endpoint = listCampaigns(query, page, size);
  const { body, status } = await probe.get(endpoint);
  if (!isObject(body) || !Array.isArray(body.items)) {
    throw new HoodError("unexpectedResponse", endpoint, say`HTTP ${status} without a list`, status);
  }
  const { total } = body;
  const length = Number(/^\d{1,9}$/.test(textOf(total)) ? total : Number.NaN);
  return { campaigns: body.items.filter(isObject), total, length: Number.isNaN(length) ? undefined : length };
}

export function idsOf({ campaigns }: Pick<Listing, "campaigns">): string[] {
  return campaigns.map(({ id }) => textOf(id));
}

function isRejected(error: unknown): error is HoodError {
  return error instanceof HoodError && error.kind === "rejected";
}
