import { ArgumentRules, isText } from "../arguments";
import type { Properties } from "../context";
import type { ListQuery } from "../hood/endpoints";
import { camelCase, readableFields, snakeCase, sortableFields } from "../hood/fields";
import { quote } from "../text";

const readable = readableFields.map(camelCase);
const sortable = sortableFields.map(camelCase);

/** What `getCampaigns` takes. */
export const campaignsRules = new ArgumentRules("getCampaigns", {
  status: statusRule,
  search: (value) =>
    value === undefined || isText(value) ? undefined : "must be a text that isn't blank; leave it out to find all",
  sort: sortRule,
  fields: fieldsRule,
  limit: (value) =>
    value === undefined || (Number.isSafeInteger(value) && (value as number) > 0)
      ? undefined
      : "must be a whole number from 1 on, such as 20; leave it out to find all",
});

/** What Hood is asked for, and what it takes to turn its answer into ours. */
export interface CampaignsQuery {
  readonly query: ListQuery;
  readonly limit: number | undefined;
  /** Hood's answer begins with what is wanted last. */
  readonly reversed: boolean;
}

interface Arguments {
  readonly status?: string | readonly string[];
  readonly search?: string;
  readonly sort?: string;
  readonly fields?: readonly string[];
  readonly limit?: number;
}

/** @param args as {@link campaignsRules} let them through. */
export function campaignsQuery(args: Properties): CampaignsQuery {
  const { status, search, sort, fields, limit }: Arguments = campaignsRules.pick(args);
  // Where all are wanted, they are read with the oldest first: what is created meanwhile then moves no other.
  const reversed = sort === undefined && limit === undefined;
  const query = {
    sort: sortKeys(sort ?? (reversed ? "createTime" : "-createTime")),
    ...(status !== undefined && { status: [status].flat() }),
    ...(search !== undefined && { q: search }),
    ...(fields && { fields: [...new Set(["id", ...fields.map(snakeCase)])] }),
  };
  return { query, limit, reversed };
}

/** In Hood's notation, with an order among equals: without one, each page could take them in another. */
function sortKeys(sort: string): string {
  const keys = sort.split(",").map((key) => snakeCase(key.trim()));
  const given = keys.map((key) => key.replace(/^-/, ""));
  return [...keys, ...["create_time", "name"].filter((key) => !given.includes(key))].join();
}

function statusRule(value: unknown): string | undefined {
  const all = [value].flat();
  if (value === undefined || (all.length > 0 && all.every(isStatus))) return undefined;
  return 'must be a status such as "running", or a list of at least one; leave it out to find campaigns in any';
}

// A comma would make two of one, and the set is open: Hood's pages don't say that they name them all.
function isStatus(value: unknown): boolean {
  return typeof value === "string" && /^[\w-]+$/.test(value);
}

function sortRule(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (!isText(value)) return `must be a text such as "-createTime,name", of ${sortable.join(", ")}`;
  const names = (value as string).split(",").map((key) => key.trim().replace(/^-/, ""));
  return named(names, sortable, "which Hood can't sort by");
}

function fieldsRule(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value) || value.length === 0) return 'must be a list of at least one, such as ["name", "labels"]';
  return named(value, readable, "which isn't a field that Hood shows");
}

/** Says which name isn't one of those that there are; in camelCase or as Hood writes it. */
function named(names: readonly unknown[], all: readonly string[], wrong: string): string | undefined {
  const stranger = names.find((name) => typeof name !== "string" || !all.includes(camelCase(name)));
  return stranger === undefined ? undefined : `has ${quote(stranger)}, ${wrong}: write ${all.join(", ")}`;
}
