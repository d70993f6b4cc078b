import type { Account } from "./account";
import { invalidRequest } from "./answers";
import type { SimulatedCampaign } from "./campaigns";
import { BadQuery, type FieldType, parseFilter } from "./query";
import { readSort, sorted } from "./sort";

const DEFAULT_PAGE_SIZE = 10;
const searchable = ["name", "description"];
const views = ["default", "full"];
const controls = ["page", "sort", "q", "q_fields", "fields", "view"];
const types: Record<string, FieldType> = {
  is_draft: "boolean",
  run_counter: "number",
  create_time: "date",
  update_time: "date",
  next_run_time: "date",
  scheduled_time: "date",
};
/** Names that only filters know, with the field they stand for. */
const aliases: Record<string, string> = { created_at: "create_time" };

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
const everything: Test = () => true;

/** Answers `GET /campaigns`: filter, search, sort, page, then only the fields asked for. */
export function list(account: Account, query: URLSearchParams): object {
  const tests = readTests(account, query);
  const shown = [...account.campaigns.all().values()].flatMap((campaign) => account.lag.seen("lists", campaign) ?? []);
  const matching = shown.filter((campaign) => tests.every((test) => test(campaign)));
  const keys = orIgnore(account, () => readSort(query.get("sort")), []);
  const fields = orIgnore(account, () => readFields(account, query), undefined);
  const { start, size } = readPage(account, query);
  if (start > 0 && start >= matching.length && account.settings.pastTheEnd === "refuse") throw invalidRequest();
  const page = sorted(account, matching, keys).slice(start, start + size);
  const items = page.map((campaign) => account.view(campaign, fields));
  return account.envelope(matching.length, items);
}

/** `fields` wins over `view`; nothing says what `view=full` adds, so both views show everything. */
export function readFields(account: Account, query: URLSearchParams): string[] | undefined {
  const view = query.get("view");
  if (view !== null && !views.includes(view)) throw new BadQuery();
  const fields = query.get("fields")?.split(",");
  const known = (field: string) => knownFields.has(field) || (field === "reason" && account.settings.exposeReason);
  if (fields && !fields.every(known)) throw new BadQuery();
  return fields;
}

/** Reads a part of the query, or does what the account does with a part that it cannot follow. */
export function orIgnore<T>(account: Account, read: () => T, fallback: T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof BadQuery)) throw error;
    if (account.settings.badQuery === "refuse") throw invalidRequest();
    return fallback;
  }
}

function readTests(account: Account, query: URLSearchParams): Test[] {
  const names = [...new Set(query.keys())].filter((name) => !controls.includes(name));
  const reads = names.map((name) => () => filter(account, name, query.getAll(name)));
  return [...reads, () => search(query)].map((read) => orIgnore(account, read, everything));
}

function filter(account: Account, name: string, texts: string[]): Test {
  if (!account.settings.filterable.includes(name)) throw new BadQuery();
  const field = aliases[name] ?? name;
  const tests = texts.map((text) => parseFilter(text, types[field] ?? "text"));
  return (campaign) => {
    const value = account.value(campaign, field);
    return tests.every((test) => test(value));
  };
}

function search(query: URLSearchParams): Test {
  const text = query.get("q")?.toLowerCase();
  const fields = query.get("q_fields")?.split(",") ?? ["name"];
  if (fields.some((field) => !searchable.includes(field))) throw new BadQuery();
  if (text === undefined) return everything;
  const holds = (value: unknown) => typeof value === "string" && value.toLowerCase().includes(text);
  return (campaign) => fields.some((field) => holds(campaign[field]));
}

function readPage(account: Account, query: URLSearchParams): { start: number; size: number } {
  const { maxPageSize, overMaxPageSize } = account.settings;
  const asked = orIgnore(account, () => parsePage(query.get("page")), { number: 1, size: DEFAULT_PAGE_SIZE });
  if (asked.size > maxPageSize && overMaxPageSize === "refuse") throw invalidRequest();
  const size = Math.min(asked.size, maxPageSize);
  return { start: (asked.number - 1) * size, size };
}

function parsePage(text: string | null): { number: number; size: number } {
  const [, number, size] = /^([1-9]\d*)(?:,([1-9]\d*))?$/.exec(text ?? "1") ?? [];
  if (number === undefined) throw new BadQuery();
  return { number: Number(number), size: Number(size ?? DEFAULT_PAGE_SIZE) };
}
