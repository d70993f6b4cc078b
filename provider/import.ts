import type { Properties } from "./context";

/** What is recorded as the reason of an end that Pulumi had no part in: Hood doesn't tell it. */
export const IMPORTED_REASON = "Not known: it was cancelled outside Pulumi";

/** True where the engine reads a resource that it has nothing on record of, and that no program describes: an import. */
export function isImport(props: Properties): boolean {
  return Object.keys(props).length === 0;
}
