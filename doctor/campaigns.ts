import { randomBytes } from "node:crypto";
import { viewCampaign } from "../provider/hood/endpoints";
import { HoodError } from "../provider/hood/errors";
import { campaignFields, momentOf } from "../provider/hood/fields";
import { markIn, withoutMark } from "../provider/hood/mark";
import { idFrom } from "../provider/hood/model";
import { isKnownStatus, knownStatuses } from "../provider/lifecycle";
import { count, isObject, joined, type Message, say } from "../provider/text";
import { type Account, type Fields, type ListPage, NEWEST, textOf } from "./account";
import { type Check, differs, type Finding, ok, unknown } from "./assumptions";

/** How lists of campaigns behave, the form of all that was read of campaigns, and what a single one looks like. */
export const campaigns = {
  total: { judge: ({ newest }) => total(newest) },
  pageSize: { ask: pageSize },
  fullPages: { ask: fullPages },
  pastTheEnd: { ask: pastTheEnd, rejected: ok },
  filter: { ask: filter, rejected: differs },
  search: { ask: search },
  fields: { judge: fields },
  sort: { ask: sort, rejected: differs },
  ids: { judge: ofAll(ids) },
  statuses: { ask: everyPage, judge: statuses },
  fieldNames: { judge: ofAll((_, { newest }) => fieldNames(newest.campaigns)) },
  labels: { judge: ofAll((all) => labels(valuesOf(all, "labels"))) },
  times: {
    judge: ofAll((all, account) => times([...valuesOf(all, "create_time"), ...valuesOf(all, "update_time")], account)),
  },
  metadata: { judge: ofAll((all) => metadata(valuesOf(all, "metadata"))) },
  mark: { judge: ofAll((all) => mark(valuesOf(all, "metadata"))) },
  view: { ask: view },
  unknownId: { ask: unknownId },
  errors: { judge: ({ unknownIdError: error }) => error && errors(error) },
} satisfies Record<string, Check>;

const NO_CAMPAIGNS = unknown(say`the account has no campaigns`);
const TOO_FEW = unknown(say`the account has too few campaigns`);
/** What is asked of many campaigns. */
const FEW_FIELDS = ["id", "name", "status", "create_time", "update_time", "labels", "metadata"];
const OLDEST = { sort: "create_time", fields: FEW_FIELDS };
/** Times that lie ahead of the account's clock by more than this aren't GMT, in milliseconds. */
const AHEAD = 60_000;
/** Pages of a list that are read for the statuses in it, at the most. */
const MOST_PAGES = 3;
/** No account has come so far by counting. */
const NO_ID = "999999999999999999";

/** A judgement of all campaigns that were read, if there are any. */
function ofAll(judge: (all: readonly Fields[], account: Account) => Finding) {
  return (account: Account) =>
    account.campaigns.size > 0 ? judge([...account.campaigns.values()], account) : undefined;
}

function valuesOf(all: readonly Fields[], field: string): unknown[] {
  return all.map((one) => one[field]).filter((value) => value !== undefined && value !== null);
}

function ids(all: readonly Fields[]): Finding {
  const unusable = all.filter(({ id }) => idFrom(id) === undefined).length;
  if (unusable > 0) return differs(say`${unusable} of another form`);
  return all.some(({ id }) => typeof id === "number") ? differs(say`numbers`) : ok(say`all ${all.length}`);
}

/** Reads on, so that few statuses stay unseen. */
async function everyPage(account: Account): Promise<undefined> {
  const { oldest, query, size } = account;
  for (let page = 2; query && page <= MOST_PAGES && (page - 1) * size < (oldest.length ?? 0); page++) {
    await account.read(query, page, size);
  }
}

/** A status is the only word of the account's that is ever shown, unless it is what no output may hold: the token, or a name. */
function statuses({ campaigns, newest, settings }: Account): Finding | undefined {
  const all = [...campaigns.values()];
  if (all.length === 0) return undefined;
  const secrets = [settings.token ?? "", ...valuesOf(all, "name").map(textOf)].map((text) => text.toLowerCase());
  const others = all.flatMap(({ status }) => {
    const word = textOf(status);
    if (isKnownStatus(word)) return [];
    const isHarmless = /^[a-z_]{1,40}$/.test(word) && !secrets.some((secret) => secret.includes(word));
    return [isHarmless ? say`${word}` : say`a word of another form`];
  });
  if (others.length > 0) return differs(joined([...new Set(others)].slice(0, 10), ", "));
  const isWhole = newest.length !== undefined && newest.length <= all.length;
  const some = say`true for the ${all.length} that were read, which aren't all`;
  return isWhole ? ok(say`in all ${all.length}`) : unknown(some);
}

function fieldNames(whole: readonly Fields[]): Finding {
  if (whole.length === 0) return unknown(say`no campaign was read with all its fields`);
  const known: ReadonlySet<string> = new Set(campaignFields);
  const others = new Set(whole.flatMap((one) => Object.keys(one).filter((key) => !known.has(key))));
  return others.size > 0 ? differs(say`${count(others.size, "other field")} too`) : ok(say`no others`);
}

function labels(values: readonly unknown[]): Finding {
  if (values.some((value) => typeof value === "string")) return differs(say`one text`);
  if (!values.every(Array.isArray)) return differs(say`of another form`);
  const all = values.flat();
  if (all.length === 0) return unknown(say`no campaign with labels was read`);
  return all.every((label) => typeof label === "string")
    ? ok(say`an array of texts`)
    : differs(say`an array, not of texts`);
}

function times(values: readonly unknown[], { samples, clock }: Account): Finding {
  if (values.length === 0) return unknown(say`no campaign with a time was read`);
  const moments = values.map((value) =>
    typeof value === "string" && !value.includes("T") ? momentOf(value) : Number.NaN,
  );
  const others = moments.filter(Number.isNaN).length;
  if (others > 0) return differs(say`${others} of ${values.length} have another form`);
  const { date = 0, machine = 0 } = samples.findLast((sample) => sample.date !== undefined) ?? {};
  const now = clock.date() + date - machine;
  const isAhead = moments.some((moment) => moment > now + AHEAD);
  return isAhead
    ? differs(say`some lie ahead of the account's clock: not GMT?`)
    : ok(say`of this form, and none lies ahead`);
}

function metadata(values: readonly unknown[]): Finding {
  const own = values.map(withoutMark).filter((value) => !isObject(value) || Object.keys(value).length > 0);
  if (own.length === 0) return unknown(say`no campaign with metadata of its own was read`);
  if (!own.every(isObject)) return differs(say`of another form`);
  const isFree = own.some((value) => Object.keys(value).some((key) => key !== "key" && key !== "value"));
  return isFree ? ok(say`free keys`) : differs(say`only pairs of key and value`);
}

function mark(values: readonly unknown[]): Finding {
  return values.some((value) => markIn(value)) ? ok(say`found`) : unknown(say`no campaign with one was read`);
}

async function itemsOf(account: Account, id: string): Promise<readonly unknown[] | undefined> {
  const { body } = await account.get(viewCampaign(id));
  return isObject(body) && Array.isArray(body.items) ? body.items : undefined;
}

async function view(account: Account): Promise<Finding> {
  const { newest, oldest } = account;
  const shown = [...newest.campaigns, ...oldest.campaigns].find(({ id }) => /^\d+$/.test(textOf(id)));
  if (!shown) return NO_CAMPAIGNS;
  const items = (await itemsOf(account, textOf(shown.id))) ?? [];
  const same = items.filter(isObject).find(({ id }) => textOf(id) === textOf(shown.id));
  if (!same) return differs(say`it isn't in the answer`);
  const differ = ["name", "status"].filter((field) => field in shown && shown[field] !== same[field]);
  // It may have moved on between the two.
  if (differ.length > 0) return unknown(say`${differ.join(" and ")} changed meanwhile, or differ`);
  return ok(say`the same name and status`);
}

async function unknownId(account: Account): Promise<Finding | undefined> {
  if (account.campaigns.has(NO_ID)) return undefined;
  try {
    const items = await itemsOf(account, NO_ID);
    return differs(items?.length === 0 ? say`HTTP 200, and no campaign` : say`HTTP 200, and something else`);
  } catch (error) {
    if (!(error instanceof HoodError && error.kind === "rejected")) throw error;
    account.unknownIdError = error;
    const { status } = error;
    return status === 400 || status === 404 ? ok(say`HTTP ${status}`) : differs(say`HTTP ${status ?? ""}`);
  }
}

function errors({ status, traceId, detail }: HoodError): Finding {
  const hasWords = detail.replace(/ \(trace_id .*$/, "") !== `HTTP ${status}`;
  const missing = [hasWords ? [] : "title and message", traceId === undefined ? "trace_id" : []].flat();
  return missing.length > 0 ? differs(say`without ${missing.join(", ")}`) : ok(say`as expected`);
}

function total({ total, length, campaigns }: ListPage): Finding {
  if (length === undefined) return differs(say`there is none`);
  if (length < campaigns.length) return differs(say`fewer than it shows`);
  return typeof total === "string" ? differs(say`a text of digits`) : ok(say`a number`);
}

/** Reads the oldest campaigns, on the largest page that is granted. */
async function pageSize(account: Account): Promise<Finding> {
  const tries = [OLDEST, { sort: OLDEST.sort }].flatMap((query) => [500, 100, 10].map((size) => ({ query, size })));
  for (const { query, size } of tries) {
    try {
      account.oldest = await account.read(query, 1, size);
    } catch (error) {
      if (error instanceof HoodError && (error.kind === "rejected" || error.kind === "tooLarge")) continue;
      throw error;
    }
    const { length, campaigns } = account.oldest;
    const granted = campaigns.length;
    account.query = query;
    account.size = length !== undefined && granted < Math.min(size, length) ? Math.max(1, granted) : size;
    if (granted >= 100) return ok(say`${granted} are granted`);
    if (length === undefined) return unknown(say`no total tells whether that was all`);
    if (granted < length) return differs(say`${granted} are granted`);
    return granted === 0 ? NO_CAMPAIGNS : unknown(say`all ${count(granted, "campaign")} fit on one`);
  }
  return differs(say`none of 10 either`);
}

function fields({ query, oldest: { campaigns } }: Account): Finding | undefined {
  if (!query) return undefined;
  if (query !== OLDEST) return differs(say`rejected`);
  if (campaigns.length === 0) return NO_CAMPAIGNS;
  const others = new Set(campaigns.flatMap((one) => Object.keys(one).filter((key) => !FEW_FIELDS.includes(key))));
  const missing = ["id", "name", "status"].filter((field) => campaigns.some((one) => !(field in one)));
  if (missing.length > 0) return differs(say`${missing.join(", ")} ${missing.length > 1 ? "are" : "is"} missing`);
  return others.size > 0 ? differs(say`${count(others.size, "other field")} too`) : ok(say`obeyed`);
}

async function filter(account: Account): Promise<Finding> {
  const { campaigns, newest } = account;
  const seen = new Set([...campaigns.values()].map(({ status }) => textOf(status)));
  const present = knownStatuses.find((status) => newest.campaigns.some((one) => one.status === status));
  if (present === undefined) return unknown(say`no campaign in a status that is known was read`);
  // If all have the same status, that alone would show nothing.
  const absent = knownStatuses.filter((status) => !seen.has(status)).slice(0, 2);
  for (const status of seen.size === 1 ? [absent, [present]] : [[present]]) {
    const found = await account.list({ ...NEWEST, status }, 1, 10);
    const isObeyed = found.campaigns.every((one) => status.includes(textOf(one.status)));
    if (!isObeyed) return differs(say`other statuses too: it isn't obeyed`);
    const isMissing = status.includes(present) && found.campaigns.length === 0;
    if (isMissing) return unlessMoved(account, say`nothing, though there are some`);
  }
  return ok(say`obeyed`);
}

async function sort(account: Account): Promise<Finding> {
  const query = { sort: "-create_time,name", fields: ["id", "name", "status", "create_time", "metadata"] };
  const newest = await account.list(query, 1, 10);
  const [down, up] = [newest, account.oldest].map(({ campaigns }) => campaigns.map((one) => textOf(one.create_time)));
  const orders = [down?.reverse() ?? [], up ?? []];
  if (orders.some((times) => times.join() !== times.toSorted().join())) return differs(say`in another order`);
  // What has the same time everywhere is in every order.
  return orders.some((times) => new Set(times).size < 2) ? TOO_FEW : ok(say`obeyed`);
}

async function search(account: Account): Promise<Finding> {
  const [first] = account.newest.campaigns;
  if (!first) return NO_CAMPAIGNS;
  const nobody = await account.list({ ...NEWEST, q: randomBytes(12).toString("hex") }, 1, 10);
  if (nobody.campaigns.length > 0) return differs(say`campaigns that don't have the text`);
  // A word of it, since a long name may be too long to search for.
  const word = /[\p{L}\p{N}]{2,30}/u.exec(textOf(first.name))?.[0];
  if (word === undefined) return unknown(say`the newest campaign's name has no word to search for`);
  const found = await account.list({ ...NEWEST, q: word }, 1, 10);
  // It was the newest of all, so it is among the newest that have the word.
  const isFound = idsOf(found).includes(textOf(first.id));
  return isFound ? ok(say`obeyed`) : unlessMoved(account, say`a campaign isn't found by its name`);
}

/** What one answer contradicts may have changed meanwhile. */
async function unlessMoved(account: Account, seen: Message): Promise<Finding> {
  const again = await account.list(NEWEST, 1, 10);
  const [one, other] = [account.newest, again].map(({ length, campaigns }) =>
    JSON.stringify([length, campaigns.map(({ id, status }) => [id, status])]),
  );
  return one === other ? differs(seen) : unknown(say`the list moved meanwhile`);
}

async function fullPages(account: Account): Promise<Finding> {
  const { oldest, query = OLDEST } = account;
  const half = Math.min(10, Math.floor(oldest.campaigns.length / 2));
  if (half === 0) return TOO_FEW;
  const pages = [await account.list(query, 1, half), await account.list(query, 2, half)];
  const first = idsOf(oldest).slice(0, 2 * half);
  const isWhole = pages.flatMap(idsOf).join() === first.join();
  return isWhole ? ok(say`without gap or overlap`) : unlessMoved(account, say`two pages show another order`);
}

async function pastTheEnd(account: Account): Promise<Finding | undefined> {
  const { length } = account.newest;
  if (length === undefined) return undefined;
  const { campaigns } = await account.list(NEWEST, Math.ceil(length / 10) + 10, 10);
  return campaigns.length === 0 ? ok(say`empty`) : differs(say`${count(campaigns.length, "campaign")}`);
}

function idsOf({ campaigns }: ListPage): string[] {
  return campaigns.map(({ id }) => textOf(id));
}
