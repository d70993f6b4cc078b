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
