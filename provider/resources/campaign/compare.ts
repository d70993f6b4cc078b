import { isObject } from "../../json";
import { harmless, harmlessName } from "../../text";

interface Comparison {
  /** What a live object lacks was taken out of it; else the answer just doesn't show it. */
  readonly complete?: boolean;
}

/** True where a live value holds what was declared. Hood adds ids and more to objects: only the declared part counts. */
export function matches(declared: unknown, live: unknown, how: Comparison = { complete: true }): boolean {
  // Answers write flags as `true` or `1`, and one that isn't set as `false` or not at all.
  if (typeof declared === "boolean") return declared === (live === true || live === 1);
  if (isEmpty(declared) || isEmpty(live)) return isEmpty(declared) && isEmpty(live);
  if (Array.isArray(declared)) {
    return (
      Array.isArray(live) &&
      live.length === declared.length &&
      declared.every((item, index) => matches(item, live[index], how))
    );
  }
  // They write ids as text or as numbers. What is live came in harmless.
  if (!isObject(declared)) return typeof live !== "object" && harmless(String(declared)) === String(live);
  if (!isObject(live)) return false;
  return Object.entries(declared).every(([declaredName, value]) => {
    const name = harmlessName(declaredName);
    return Object.hasOwn(live, name) ? matches(value, live[name], how) : !how.complete || isEmpty(value);
  });
}

/** A live value as the program would declare it: without what Hood adds, so that no edit ever takes that away. */
export function projected(declared: unknown, live: unknown, how: Comparison = { complete: true }): unknown {
  if (Array.isArray(declared) && Array.isArray(live)) {
    return live.map((item, index) => projected(declared[index], item, how));
  }
  if (!isObject(declared) || !isObject(live)) return live;
  const names = Object.keys(declared).filter((name) => Object.hasOwn(live, name) || !how.complete);
  const value = (name: string) =>
    Object.hasOwn(live, name) ? projected(declared[name], live[name], how) : declared[name];
  return Object.fromEntries(names.map((name): [string, unknown] => [name, value(name)]));
}

/** Not set, or set to nothing: answers don't tell the two apart. */
export function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === "") return true;
  return Array.isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0;
}
