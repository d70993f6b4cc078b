export type JsonObject = Record<string, unknown>;

/** In ms. */
export const DAY = 86_400_000;

const TIME = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Leaves out what is given as undefined, so that spreading the rest over defaults keeps them. */
export function withoutUndefined<T extends object>(given: T): Partial<T> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Partial<T>;
}

/**
 * Applies a JSON merge patch (RFC 7386): what the patch leaves out stays, null removes, objects merge, and anything
 * else, arrays included, replaces. Neither argument is changed.
 */
export function mergePatch(target: unknown, patch: JsonObject): JsonObject {
  // A Map takes every name, also those that mean something to an object, such as `__proto__`.
  const merged = new Map(isObject(target) ? Object.entries(target) : []);
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) merged.delete(name);
    else merged.set(name, isObject(value) ? mergePatch(merged.get(name), value) : value);
  }
  return Object.fromEntries(merged);
}

/** Writes a moment (ms since the epoch) as Hood does: `YYYY-MM-DD HH:MM:SS`, GMT. */
export function hoodTime(moment: number): string {
  return new Date(moment).toISOString().slice(0, 19).replace("T", " ");
}

/** Reads Hood's `YYYY-MM-DD HH:MM:SS` (GMT) into ms since the epoch; undefined if it is no such date-time. */
export function parseHoodTime(text: unknown): number | undefined {
  if (typeof text !== "string" || !TIME.test(text)) return undefined;
  const moment = Date.parse(`${text.replace(" ", "T")}Z`);
  // Date.parse takes some times for the next day (24:00:00): only what reads back the same counts.
  return Number.isNaN(moment) || hoodTime(moment) !== text ? undefined : moment;
}
