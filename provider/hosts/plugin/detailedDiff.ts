import { isDeepStrictEqual } from "node:util";
import type { Properties } from "../hosted";

/** How one property differs, in the engine's words. None of them is ever a replacement. */
export type Difference = "ADD" | "DELETE" | "UPDATE";

/** Which of the named properties differ between what is on record and what the program now gives. */
export function differencesIn(names: readonly string[], olds: Properties, news: Properties): Map<string, Difference> {
  const differences = new Map<string, Difference>();
  for (const name of names) {
    const [before, after] = [olds[name], news[name]];
    if (isDeepStrictEqual(before, after)) continue;
    differences.set(name, before === undefined ? "ADD" : after === undefined ? "DELETE" : "UPDATE");
  }
  return differences;
}
