import path from "node:path";
import { type Entry, isWhole } from "./cache";
import type { Context } from "./run";
import { makeOnce } from "./staging";

/** How something is made that there is only one way to make. */
export interface Recipe {
  /** Puts the files into `root`, which doesn't exist yet. `root`.work may be used, and is removed afterwards. */
  make(root: string): Promise<void>;
  /** The next step for whom it fails, as whole sentences. */
  advice: string;
}

/** Makes sure that the cache holds `entry`. */
export async function ensureEntry(
  entry: Entry,
  { make, advice }: Recipe,
  context: Context,
  sleep: (ms: number) => Promise<void>,
): Promise<void> {
  if (isWhole(entry)) return;
  context.progress(`The cache doesn't hold ${entry.name} yet (${entry.folder})`);
  await makeOnce(entry, makeChecked, context, sleep);

  async function makeChecked(staging: string): Promise<string> {
    const root = path.join(staging, "made");
    try {
      await make(root);
      const missing = entry.missing(root);
      if (missing.length > 0) throw new Error(`what was made lacks ${missing.join(", ")}`);
      return root;
    } catch (error) {
      context.signal?.throwIfAborted();
      const { message } = error as Error;
      throw new Error(`Could not make ${entry.name}: ${message}\n${advice}`, { cause: error });
    }
  }
}
