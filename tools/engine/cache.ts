import { randomUUID } from "node:crypto";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import { CLI_VERSION, missingParts, NODEJS_HOST_VERSION } from "./parts";

/** Where the engine of these versions is kept: outside the checkout, so that every checkout shares it. */
export function cacheEntry(env: NodeJS.ProcessEnv): string {
  const home = env.HOME || homedir();
  const root = env.XDG_CACHE_HOME || path.join(home, ".cache");
  return path.resolve(root, "pulumi-ocamba-hood", `cli-${CLI_VERSION}-nodejs-${NODEJS_HOST_VERSION}`);
}

export function binOf(entry: string): string {
  return path.join(entry, "bin");
}

export function isWhole(entry: string): boolean {
  return missingParts(binOf(entry)).length === 0;
}

/** Moves what was made aside into place. Where another process was first, its result stays. */
export async function publish(made: string, entry: string): Promise<void> {
  if (isWhole(entry)) return;
  await discard(entry);
  await rename(made, entry).catch((error: unknown) => {
    if (!isWhole(entry)) throw error;
  });
}

/** Removes a folder. It is renamed first, so that nobody takes it for something usable while its files go. */
export async function discard(folder: string): Promise<void> {
  const dead = `${folder}.dead-${randomUUID()}`;
  try {
    await rename(folder, dead);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  await rm(dead, { recursive: true, force: true });
}

/** Removes what a process that died inside {@link discard} left beside `entry`. */
export async function sweep(entry: string): Promise<void> {
  const folder = path.dirname(entry);
  const dead = (await readdir(folder)).filter((name) => name.startsWith(path.basename(entry)) && /\.dead-/.test(name));
  await Promise.all(dead.map((name) => rm(path.join(folder, name), { recursive: true, force: true })));
}

export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    const { message } = error as Error;
    throw new Error(
      `Cannot make the cache folder ${folder}: ${message}. Set XDG_CACHE_HOME to a folder that you can write to.`,
      { cause: error },
    );
  }
}
