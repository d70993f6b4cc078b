import { randomBytes } from "node:crypto";
import { type ListQuery, viewCampaign } from "../provider/hood/endpoints";
import { HoodError } from "../provider/hood/errors";
import { isObject } from "../provider/json";
import { knownStatuses } from "../provider/lifecycle";
import { count, say } from "../provider/text";
import type { AssumptionName } from "./assumptions";
import { differs, type Finding, type Findings, ok, unknown } from "./findings";
import { idsOf, isRejected, type Listing, list } from "./lists";
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
      const id = String(campaign.id);
      this.campaigns.set(id, { ...this.campaigns.get(id), ...campaign });
    }
  }
}

/** One check: what it decides, and how. What it doesn't come to decide is unknown. */
export interface Check {
  readonly about: readonly AssumptionName[];
  readonly run: (probe: Probe, notes: Notebook) => Promise<Findings>;
}

/** In the order of what matters most: --quick has time for the first of them. */
export const checks: readonly Check[] = [
  { about: ["path", "total", "fieldNames"], run: newest },
  { about: ["pageSize", "fields"], run: largestPage },
  { about: ["filter"], run: filter },
  { about: ["unknownId", "errors"], run: unknownId },
  { about: ["view"], run: view },
  { about: ["sort"], run: sort },
  { about: ["search"], run: search },
  { about: ["fullPages"], run: fullPages },
  { about: ["pastTheEnd"], run: pastTheEnd },
  { about: ["statuses"], run: everyPage },
];

async function newest(probe: Probe, notes: Notebook): Promise<Findings> {
  notes.newest = await list(probe, NEWEST, 1, 10);
  notes.note(notes.newest);
  const { total, length } = notes.newest;
  const form = typeof total === "string" ? differs(say`a text of digits`) : ok(say`a number`);
  return { ...reached(probe), total: length === undefined ? differs(say`there is none`) : form };
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
      const isLess = campaigns.length < Math.min(size, length);
      notes.size = isLess ? Math.max(1, campaigns.length) : size;
      return { pageSize: pageSize(notes.size, length, isLess), fields: fieldsShown(notes.oldest, query !== OLDEST) };
    } catch (error) {
      if (!isRejected(error) && !(error instanceof HoodError && error.kind === "tooLarge")) throw error;
    }
  }
  return { pageSize: differs(say`none of 10 either`) };
}

function pageSize(size: number, length: number, isLess: boolean): Finding {
  if (isLess) return size < 100 ? differs(say`${size} are granted`) : ok(say`${size} are granted`);
  if (length === 0) return NO_CAMPAIGNS;
  if (!(length >= Math.min(size, 100))) return unknown(say`all ${count(length, "campaign")} fit on one`);
  return size < 100 ? differs(say`${size} are granted`) : ok(say`${size} are granted`);
}

function fieldsShown({ campaigns }: Listing, isRejected: boolean): Finding {
  if (isRejected) return differs(say`rejected`);
  if (campaigns.length === 0) return NO_CAMPAIGNS;
  const others = new Set(campaigns.flatMap((one) => Object.keys(one).filter((key) => !FEW_FIELDS.includes(key))));
  const missing = ["id", "name", "status"].filter((field) => campaigns.some((one) => !(field in one)));
  if (missing.length > 0) return differs(say`${missing.join(", ")} ${missing.length > 1 ? "are" : "is"} missing`);
  return others.size > 0 ? differs(say`${count(others.size, "other field")} too`) : ok(say`obeyed`);
}

async function filter(probe: Probe, { campaigns }: Notebook): Promise<Findings> {
  const seen = new Set([...campaigns.values()].map(({ status }) => String(status)));
  const present = knownStatuses.find((status) => seen.has(status));
  if (present === undefined) return { filter: unknown(say`no campaign in a status that is known was read`) };
  // If all have the same status, that alone would show nothing.
  const absent = knownStatuses.filter((status) => !seen.has(status)).slice(0, 2);
  try {
    for (const status of seen.size === 1 ? [absent, [present]] : [[present]]) {
      const found = await list(probe, { ...NEWEST, status }, 1, 10);
      const isObeyed = found.campaigns.every((one) => status.includes(String(one.status)));
      if (!isObeyed) return { filter: differs(say`other statuses too: it isn't obeyed`) };
      const isMissing = status.includes(present) && found.campaigns.length === 0;
      if (isMissing) return { filter: differs(say`nothing, though there are some`) };
    }
    return { filter: ok(say`obeyed`) };
  } catch (error) {
    if (!isRejected(error)) throw error;
    return { filter: differs(say`rejected: HTTP ${error.status ?? ""}`) };
  }
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
  const shown = [...newest.campaigns, ...oldest.campaigns].find(({ id }) => /^\d+$/.test(String(id)));
  if (!shown) return { view: NO_CAMPAIGNS };
  const { body } = await probe.get(viewCampaign(String(shown.id)));
  const items: unknown[] = isObject(body) && Array.isArray(body.items) ? body.items : [];
  const same = items.filter(isObject).find(({ id }) => String(id) === String(shown.id));
  if (!same) return { view: differs(say`it isn't in the answer`) };
  const differ = ["name", "status"].filter((field) => field in shown && shown[field] !== same[field]);
  // It may have moved on between the two.
  if (differ.length > 0) return { view: unknown(say`${differ.join(" and ")} changed meanwhile, or differ`) };
  return { view: ok(say`the same name and status`) };
}

async function sort(probe: Probe, { oldest }: Notebook): Promise<Findings> {
  const fields = ["id", "name", "status", "create_time", "metadata"];
  try {
    const newest = await list(probe, { sort: "-create_time,name", fields }, 1, 10);
    const [down, up] = [timesOf(newest), timesOf(oldest)];
    const isSorted = isAscending(up) && isAscending([...down].reverse());
    if (!isSorted) return { sort: differs(say`in another order`) };
    // What has the same time everywhere is in every order.
    return { sort: [down, up].some((times) => new Set(times).size < 2) ? TOO_FEW : ok(say`obeyed`) };
  } catch (error) {
    if (!isRejected(error)) throw error;
    return { sort: differs(say`rejected: HTTP ${error.status ?? ""}`) };
  }
}

function timesOf({ campaigns }: Listing): string[] {
  return campaigns.map(({ create_time }) => String(create_time));
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
  const word = /[\p{L}\p{N}]{2,30}/u.exec(String(first.name))?.[0];
  if (word === undefined) return { search: unknown(say`the newest campaign's name has no word to search for`) };
  const found = await list(probe, { ...NEWEST, q: word }, 1, 10);
  // It was the newest of all, so it is among the newest that have the word.
  return {
    search: idsOf(found).includes(String(first.id))
      ? ok(say`obeyed`)
      : differs(say`a campaign isn't found by its name`),
  };
}

async function fullPages(probe: Probe, { oldest, query }: Notebook): Promise<Findings> {
  const half = Math.min(10, Math.floor(oldest.campaigns.length / 2));
  if (half === 0) return { fullPages: TOO_FEW };
  const [one, other] = [await list(probe, query, 1, half), await list(probe, query, 2, half)];
  const expected = idsOf(oldest).slice(0, 2 * half);
  if ([...idsOf(one), ...idsOf(other)].join() === expected.join())
    return { fullPages: ok(say`without gap or overlap`) };
  const moved = one.length !== oldest.length || other.length !== oldest.length;
  return { fullPages: moved ? unknown(say`the list moved meanwhile`) : differs(say`two pages show another order`) };
}

async function pastTheEnd(probe: Probe, { newest }: Notebook): Promise<Findings> {
  if (newest.length === undefined) return {};
  try {
    const page = await list(probe, NEWEST, Math.ceil(newest.length / 10) + 10, 10);
    const isEmpty = page.campaigns.length === 0;
    return { pastTheEnd: isEmpty ? ok(say`empty`) : differs(say`${count(page.campaigns.length, "campaign")}`) };
  } catch (error) {
    if (!isRejected(error)) throw error;
    return { pastTheEnd: ok(say`HTTP ${error.status ?? ""}`) };
  }
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
