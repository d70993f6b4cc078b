/**
 * Values as the JSON that they would be stored as, without what isn't set. The engine's host fails on an `undefined` in a
 * result only after the call was made, which would lose the record of it.
 */
export function plain<T extends object>(values: T): T {
  return JSON.parse(JSON.stringify(values)) as T;
}
