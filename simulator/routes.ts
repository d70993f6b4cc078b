import type { Account } from "./account";
import { type Answer, failure, invalidBody, invalidRequest, json, noContent, Rejection } from "./answers";
import { isObject, type JsonObject } from "./campaigns";
import { type Action, act, create, edit } from "./changes";
import type { Effect, SimulatedCampaign } from "./types";

/** A request as the routes see it. */
export interface Request {
  readonly method: string;
  readonly url: URL;
  readonly body: string;
  readonly authorized: boolean;
}

export interface Outcome {
  readonly answer: Answer;
  readonly effect?: Effect;
}

const CAMPAIGNS = /^\/v1\/hood\/campaigns(?:\/([^/]+)(?:\/(pause|resume|cancel))?)?$/;

/** The campaign's id in a path, whether the account has it or not. */
export function campaignIdIn({ pathname }: URL): string | undefined {
  return CAMPAIGNS.exec(pathname)?.[1];
}

/** Processes one request. Every rejection becomes Hood's error envelope. */
export function process(account: Account, request: Request): Outcome {
  try {
    account.catchUp();
    if (!request.authorized) throw new Rejection(401, "Unauthorized.");
    return route(account, request);
  } catch (error) {
    if (error instanceof Rejection) return { answer: failure(error.status, error.message) };
    throw error;
  }
}

function route(account: Account, { method, url, body }: Request): Outcome {
  const [path, id, action] = CAMPAIGNS.exec(url.pathname) ?? [];
  if (path !== undefined && id === undefined) {
    if (method === "GET") return { answer: json(200, list(account, url.searchParams)) };
    if (method === "POST") return created(account, body);
  } else if (id !== undefined && action === undefined) {
    if (method === "GET") return view(account, id, url.searchParams);
    if (method === "PATCH") return { answer: noContent, effect: edit(account, known(account, id), required(body)) };
  } else if (id !== undefined && method === "POST") {
    return { answer: noContent, effect: act(account, known(account, id), action as Action, parsed(body)) };
  }
  throw new Rejection(404, "There is no such endpoint.");
}

function view(account: Account, id: string, query: URLSearchParams): Outcome {
  const seen = account.lag.seen("pages", known(account, id));
  if (!seen) throw unknownId(account);
  const fields = orIgnore(account, () => readFields(query), undefined);
  return { answer: json(200, account.envelope(1, [account.view(seen, fields)])) };
}

function created(account: Account, body: string): Outcome {
  const { campaign, effect } = create(account, required(body));
  return { answer: json(account.settings.createStatus, account.view(campaign)), effect };
}

function known(account: Account, id: string): SimulatedCampaign {
  const campaign = account.campaigns.get(id);
  if (!campaign) throw unknownId(account);
  return campaign;
}

function unknownId({ settings }: Account): Rejection {
  return new Rejection(settings.unknownId, "The request is not valid.");
}

/** The body as an object; undefined if there is none. */
function parsed(body: string): JsonObject | undefined {
  if (body === "") return undefined;
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw invalidBody();
  }
  if (!isObject(value)) throw invalidBody();
  return value;
}

function required(body: string): JsonObject {
  const value = parsed(body);
  if (!value) throw invalidBody();
  return value;
}

const DEFAULT_PAGE_SIZE = 10;
const searchable = ["name", "description"];
const sortable = ["name", "status", "next_run_time", "run_counter", "create_time", "update_time"];
const controls = ["page", "sort", "q", "q_fields", "fields"];

/** The fields that Hood's pages show somewhere; a request can ask for any of them. */
const knownFields = new Set(
  (
    "id company_id creator_id creator name description labels metadata status send_strategy was_launched " +
    "scheduled_time next_run_time run_counter recurrence end_time ab_test messages utm_tracking quiet_hours targeting " +
    "send_in_profile_time_zone send_if_profile_time_passed deal_id financial_performance archived create_time " +
    "update_time adex email push"
  ).split(" "),
);

type Test = (campaign: SimulatedCampaign) => boolean;

interface SortKey {
  readonly field: string;
  readonly direction: 1 | -1;
}

/** Hood's default. */
const newestFirst: SortKey[] = [{ field: "create_time", direction: -1 }];

/** A part of a query that the account can't follow. */
class BadQuery extends Error {}

/** Answers `GET /campaigns`: filter, search, sort, page, then only the fields asked for. */
function list(account: Account, query: URLSearchParams): object {
  const tests = readTests(account, query);
  const shown = [...account.campaigns.all().values()].flatMap((campaign) => account.lag.seen("lists", campaign) ?? []);
  const matching = shown.filter((campaign) => tests.every((test) => test(campaign)));
  const keys = orIgnore(account, () => readSort(query.get("sort")), newestFirst);
  const fields = orIgnore(account, () => readFields(query), undefined);
  const { start, size } = readPage(account, query);
  if (start > 0 && start >= matching.length && account.settings.pastTheEnd === "reject") throw invalidRequest();
  const page = matching.sort(byKeys(keys)).slice(start, start + size);
  return account.envelope(
    matching.length,
    page.map((campaign) => account.view(campaign, fields)),
  );
}

function readFields(query: URLSearchParams): string[] | undefined {
  const fields = query.get("fields")?.split(",");
  if (fields?.some((field) => !knownFields.has(field))) throw new BadQuery();
  return fields;
}

/** Reads a part of the query, or does what the account does with a part that it can't follow. */
function orIgnore<T>({ settings }: Account, read: () => T, fallback: T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof BadQuery)) throw error;
    if (settings.badQuery === "reject") throw invalidRequest();
    return fallback;
  }
}

function readTests(account: Account, query: URLSearchParams): Test[] {
  const names = [...new Set(query.keys())].filter((name) => !controls.includes(name));
  const reads = names.map((name) => () => filter(account, name, query.getAll(name)));
  return [...reads, () => search(query)].map((read) => orIgnore<Test>(account, read, () => true));
}

/** Of Hood's operators only those that somebody sends: `eq`, which may be left out, and `in`. */
function filter({ settings }: Account, name: string, texts: readonly string[]): Test {
  if (!settings.filterable.includes(name)) throw new BadQuery();
  const accepted = texts.map((text) => {
    const [, operator = "eq", operand = text] = /^([a-z]+):(.*)$/s.exec(text) ?? [];
    if (operator !== "eq" && operator !== "in") throw new BadQuery();
    return new Set(operator === "in" ? operand.split(",") : [operand]);
  });
  return (campaign) => accepted.every((values) => values.has(String(campaign[name])));
}

function search(query: URLSearchParams): Test {
  const text = query.get("q")?.toLowerCase();
  const fields = query.get("q_fields")?.split(",") ?? ["name"];
  if (fields.some((field) => !searchable.includes(field))) throw new BadQuery();
  if (text === undefined) return () => true;
  const holds = (value: unknown) => typeof value === "string" && value.toLowerCase().includes(text);
  return (campaign) => fields.some((field) => holds(campaign[field]));
}

/** Reads `sort=-create_time,name`; a minus sorts the other way round. */
function readSort(text: string | null): SortKey[] {
  if (text === null) return newestFirst;
  return text.split(",").map((part) => {
    const field = part.replace(/^-/, "");
    if (!sortable.includes(field)) throw new BadQuery();
    return { field, direction: part.startsWith("-") ? -1 : 1 };
  });
}

function byKeys(keys: readonly SortKey[]): (one: SimulatedCampaign, other: SimulatedCampaign) => number {
  return (one, other) => {
    for (const { field, direction } of keys) {
      const order = compare(one[field], other[field]);
      if (order !== 0) return order * direction;
    }
    // Ids rise, so that of two made in the same second the higher one is the newer. Of two ids the longer one is the higher.
    return (one.id.length - other.id.length || compare(one.id, other.id)) * (keys.at(-1)?.direction ?? 1);
  };
}

function compare(one: unknown, other: unknown): number {
  const [a, b] = [(one ?? "") as string, (other ?? "") as string];
  return a < b ? -1 : a > b ? 1 : 0;
}

function readPage(account: Account, query: URLSearchParams): { start: number; size: number } {
  const { maxPageSize, overMaxPageSize } = account.settings;
  const asked = orIgnore(account, () => parsePage(query.get("page")), { number: 1, size: DEFAULT_PAGE_SIZE });
  if (asked.size > maxPageSize && overMaxPageSize === "reject") throw invalidRequest();
  const size = Math.min(asked.size, maxPageSize);
  return { start: (asked.number - 1) * size, size };
}

function parsePage(text: string | null): { number: number; size: number } {
  const [, number, size] = /^([1-9]\d*)(?:,([1-9]\d*))?$/.exec(text ?? "1") ?? [];
  if (number === undefined) throw new BadQuery();
  return { number: Number(number), size: Number(size ?? DEFAULT_PAGE_SIZE) };
}
