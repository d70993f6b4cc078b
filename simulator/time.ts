/** In ms. */
export const DAY = 86_400_000;

const FORMAT = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/;

/** Writes a moment (ms since the epoch) as Hood does: `YYYY-MM-DD HH:MM:SS`, GMT. */
export function hoodTime(moment: number): string {
  return new Date(moment).toISOString().slice(0, 19).replace("T", " ");
}

/** Reads Hood's `YYYY-MM-DD HH:MM:SS` (GMT) into ms since the epoch; undefined if it is no such date-time. */
export function parseHoodTime(text: unknown): number | undefined {
  if (typeof text !== "string" || !FORMAT.test(text)) return undefined;
  const moment = Date.parse(`${text.replace(" ", "T")}Z`);
  // Date.parse rolls some times over to the next day (24:00:00), so only what reads back the same counts.
  return Number.isNaN(moment) || hoodTime(moment) !== text ? undefined : moment;
}

/** Up to four digits a unit, so that a moment plus a duration can still be written. */
const DURATION = /^(?:(\d{1,4})D)? ?(?:(\d{1,4})H)? ?(?:(\d{1,4})M)?$/;

/** Reads a duration as Hood writes them, `5D 20H 30M`, into ms; undefined if it is none or has no length. */
export function parseDuration(text: unknown): number | undefined {
  const [, days, hours, minutes] = DURATION.exec(String(text)) ?? [];
  const length = ((Number(days ?? 0) * 24 + Number(hours ?? 0)) * 60 + Number(minutes ?? 0)) * 60_000;
  return length > 0 ? length : undefined;
}
