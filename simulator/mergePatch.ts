export type JsonObject = Record<string, unknown>;

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

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
