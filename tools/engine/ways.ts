import path from "node:path";
import { binOf } from "./cache";
import { NEEDED_GO } from "./goBuild";
import { versionOf } from "./onPath";
import { CLI, CLI_VERSION, missingParts } from "./parts";
import type { Context } from "./run";

/** One way to make an engine. */
export interface Way {
  name: string;
  /** Puts the engine's files into `root`/bin. `root` doesn't exist yet. */
  make(root: string, context: Context): Promise<void>;
}

/** A way that led nowhere, and why. */
export interface Failed {
  name: string;
  reason: string;
}

/**
 * Goes through the ways until one makes an engine that runs, and resolves to its folder under `staging`.
 * @throws Error that lists `failed` and the ways that failed here, with what to install.
 */
export async function firstThatWorks(
  ways: Way[],
  staging: string,
  context: Context,
  failed: Failed[],
): Promise<string> {
  const reasons = [...failed];
  for (const [index, way] of ways.entries()) {
    const root = path.join(staging, String(index));
    try {
      await way.make(root, context);
      await verify(root, context);
      return root;
    } catch (error) {
      context.signal?.throwIfAborted();
      const { message: reason } = error as Error;
      context.progress(`No engine from ${way.name}: ${reason}`);
      reasons.push({ name: way.name, reason });
    }
  }
  throw new Error(nothingWorked(reasons));
}

async function verify(root: string, context: Context): Promise<void> {
  const bin = binOf(root);
  const missing = missingParts(bin);
  if (missing.length > 0) throw new Error(`it left out ${missing.join(", ")}`);
  const version = await versionOf(path.join(bin, CLI), context);
  if (version !== `v${CLI_VERSION}`) throw new Error(`it made ${version} instead of v${CLI_VERSION}`);
}

function nothingWorked(failed: Failed[]): string {
  return [
    "No Pulumi engine was found, and none could be made. Tried:",
    ...failed.map(({ name, reason }) => `- ${name}: ${reason}`),
    `Install Pulumi 3.150 or newer (https://www.pulumi.com/docs/install/) or ${NEEDED_GO},`,
    "put it on PATH, and run `npm run engine` again.",
  ].join("\n");
}
