import { isObject } from "../json";
import { hoodTime, isoFromHood } from "./time";

type Values = Record<string, unknown>;

/**
 * The fields of a campaign that Hood's pages show, as the API names them. Programs use the same names in camelCase. What a
 * field holds that isn't listed below is passed on as it is, since nobody documents it.
 *
 * doctor/assumptions.ts: fieldNames, labels
 *
 * API pages: docs.ocamba.com/api/hood/v1.0/reference/view-campaigns, create-campaigns, update-campaigns-by_id
 */
export const campaignFields = [
  "id",
  "company_id",
  "creator_id",
  "creator",
  "name",
  "description",
  "labels",
  "metadata",
  "status",
  "was_launched",
  "scheduled_time",
  "next_run_time",
  "run_counter",
  "run_immediately",
  "recurrence",
  "end_time",
  "ab_test",
  "messages",
  "utm_tracking",
  "quiet_hours",
  "targeting",
  "send_in_profile_time_zone",
  "send_if_profile_time_passed",
  "deal_id",
  "financial_performance",
  "create_time",
  "update_time",
] as const;

/** Those that can be asked for: `run_immediately` is an order that a create or an edit gives. */
export const readableFields = campaignFields.filter((field) => field !== "run_immediately");

/** Those that Hood can sort by. */
export const sortableFields = [
  "name",
  "status",
  "next_run_time",
  "run_counter",
  "create_time",
  "update_time",
] as const satisfies readonly (typeof campaignFields)[number][];

/** Fields that hold a date-time: ISO 8601 in programs, `2026-05-01 12:00:00` (GMT) in the API. */
const times: ReadonlySet<string> = new Set([
  "scheduled_time",
  "next_run_time",
  "end_time",
  "create_time",
  "update_time",
]);

/** Fields whose own fields are documented, and so renamed too. */
const nested: ReadonlySet<string> = new Set(["creator", "ab_test", "messages"]);

/** `scheduledTime` for `scheduled_time`. */
export function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** `scheduled_time` for `scheduledTime`; what is in this form already stays. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** A campaign, or a part of one, as programs write it. Fields that nobody documented keep their names. */
export function fromHood(campaign: Values): Values {
  const known: ReadonlySet<string> = new Set(campaignFields);
  return mapped(campaign, (name, value) => {
    if (!known.has(name)) return [name, value];
    if (name === "labels") return [name, labelsFrom(value)];
    if (times.has(name)) return [camelCase(name), isoFromHood(value) ?? value];
    return [camelCase(name), nested.has(name) ? renamed(value, camelCase) : value];
  });
}

/** A campaign, or a part of one, as the API takes it. */
export function toHood(campaign: Values): Values {
  return mapped(campaign, (name, value) => {
    const field = snakeCase(name);
    if (times.has(field)) return [field, hoodTime(value) ?? value];
    return [field, nested.has(field) ? renamed(value, snakeCase) : value];
  });
}

/** Hood writes labels as an array, and in older answers as one text with commas. */
function labelsFrom(value: unknown): unknown {
  if (typeof value !== "string") return value;
  return value === "" ? [] : value.split(",").map((label) => label.trim());
}

/** One level of names: what is inside, such as the content of a push message, isn't documented. */
function renamed(value: unknown, rename: (name: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => renamed(item, rename));
  return isObject(value) ? mapped(value, (name, inner) => [rename(name), inner]) : value;
}

function mapped(values: Values, map: (name: string, value: unknown) => [string, unknown]): Values {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => map(name, value)));
}
