import { randomBytes } from "node:crypto";
import { HoodError } from "../provider/hood/errors";
import { knownStatuses } from "../provider/lifecycle";
import { count, type Message, say } from "../provider/text";
import { type Account, type Listing, NEWEST, textOf } from "./account";
import { type Check, differs, type Finding, ok, unknown } from "./check";

/** How lists of campaigns behave. */
export const lists = {
  total: { judge: ({ newest }) => total(newest) },
  pageSize: { ask: pageSize },
  fullPages: { ask: fullPages },
  pastTheEnd: { ask: pastTheEnd, rejected: ok },
  filter: { ask: filter, rejected: differs },
  search: { ask: search },
  fields: { judge: fields },
  sort: { ask: sort, rejected: differs },
} satisfies Record<string, Check>;

export const NO_CAMPAIGNS = unknown(say`the account has no campaigns`);
const TOO_FEW = unknown(say`the account has too few campaigns`);
/** What is asked of many campaigns. */
const FEW_FIELDS = ["id", "name", "status", "create_time", "update_time", "labels", "metadata"];
const OLDEST = { sort: "create_time", fields: FEW_FIELDS };

function total({ total, length, campaigns }: Listing): Finding {
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
  const isWhole =
    pages.flatMap(idsOf).join() ===
    idsOf(oldest)
      .slice(0, 2 * half)
      .join();
  return isWhole ? ok(say`without gap or overlap`) : unlessMoved(account, say`two pages show another order`);
}

async function pastTheEnd(account: Account): Promise<Finding | undefined> {
  const { length } = account.newest;
  if (length === undefined) return undefined;
  const { campaigns } = await account.list(NEWEST, Math.ceil(length / 10) + 10, 10);
  return campaigns.length === 0 ? ok(say`empty`) : differs(say`${count(campaigns.length, "campaign")}`);
}

function idsOf({ campaigns }: Listing): string[] {
  return campaigns.map(({ id }) => textOf(id));
}
