import { isObject } from "../text";

type Values = Record<string, unknown>;

/**
 * The fields of a campaign that Hood's pages show, as the API names them. Programs use the same names in camelCase. What a
 * field holds that isn't listed below is passed on as it is, since nobody documents it.
 *
 * - `time`: a date-time, ISO 8601 in programs, `2026-05-01 12:00:00` (GMT) in the API.
 * - `nested`: its own fields are documented, and so renamed too.
 *
 * doctor/assumptions.ts: fieldNames, labels
 *
 * API pages: docs.ocamba.com/api/hood/v1.0/reference/view-campaigns, create-campaigns, update-campaigns-by_id
 */
const kinds = {
  id: "plain",
  company_id: "plain",
  creator_id: "plain",
  creator: "nested",
  name: "plain",
  description: "plain",
  labels: "labels",
  metadata: "plain",
  status: "plain",
  was_launched: "plain",
  scheduled_time: "time",
  next_run_time: "time",
  run_counter: "plain",
  run_immediately: "plain",
  recurrence: "plain",
  end_time: "time",
  ab_test: "nested",
  messages: "nested",
  utm_tracking: "plain",
  quiet_hours: "plain",
  targeting: "plain",
  send_in_profile_time_zone: "plain",
  send_if_profile_time_passed: "plain",
  deal_id: "plain",
  financial_performance: "plain",
  create_time: "time",
  update_time: "time",
} as const;

type Field = keyof typeof kinds;

export const campaignFields = Object.keys(kinds) as Field[];

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
] as const satisfies readonly Field[];

/** What kind of field it is; undefined if nobody documented it. */
const kindOf = (name: string) => (Object.hasOwn(kinds, name) ? kinds[name as Field] : undefined);

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
  return mapped(campaign, (name, value) => {
    const kind = kindOf(name);
    if (kind === undefined) return [name, value];
    if (kind === "labels") return [name, labelsFrom(value)];
    if (kind === "time") return [camelCase(name), isoFromHood(value) ?? value];
    return [camelCase(name), kind === "nested" ? renamed(value, camelCase) : value];
  });
}

/** A campaign, or a part of one, as the API takes it. */
export function toHood(campaign: Values): Values {
  return mapped(campaign, (name, value) => {
    const field = snakeCase(name);
    const kind = kindOf(field);
    if (kind === "time") return [field, hoodTime(value) ?? value];
    return [field, kind === "nested" ? renamed(value, snakeCase) : value];
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

/** Hood writes date-times in GMT, without a zone: `2026-05-01 12:00:00`. doctor/assumptions.ts: times */
const HOOD = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)$/;
/** ISO 8601 with a zone; without one, it wouldn't say which moment is meant. Parts of a second are cut off. */
const ISO = /^\d{4}-\d\d-\d\dT(?!24)\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;

/** Hood's date-time as ISO 8601 in UTC; undefined if it is no such date-time. */
export function isoFromHood(time: unknown): string | undefined {
  const match = typeof time === "string" ? HOOD.exec(time) : null;
  return match ? `${match[1]}T${match[2]}Z` : undefined;
}

/** A moment, written in ISO 8601 or as Hood does, as Hood writes it; undefined if it is neither, or no date there is. */
export function hoodTime(time: unknown): string | undefined {
  if (typeof time !== "string") return undefined;
  const iso = isoFromHood(time) ?? (ISO.test(time) ? time : undefined);
  const moment = iso === undefined ? Number.NaN : Date.parse(iso);
  if (Number.isNaN(moment)) return undefined;
  if (!isDay(time.slice(0, 10))) return undefined;
  const written = new Date(moment).toISOString().slice(0, 19).replace("T", " ");
  return HOOD.test(time) && written !== time ? undefined : written;
}

/** Date.parse takes a 30 February for the 2 March. */
function isDay(date: string): boolean {
  return new Date(`${date}T00:00:00Z`).toISOString().startsWith(date);
}

/** A date-time, as Hood writes it or in ISO 8601, as milliseconds since 1970; NaN if it is none. */
export function momentOf(time: string): number {
  return Date.parse(isoFromHood(hoodTime(time)) ?? "");
}
