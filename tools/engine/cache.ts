import { randomUUID } from "node:crypto";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import { CLI_VERSION, missingParts, NODEJS_HOST_VERSION } from "./parts";

/** A folder of the cache: made once, and only read from then on. */
export interface Entry {
  /** What it holds, as progress lines name it. */
  readonly name: string;
  readonly folder: string;
  /** Which parts are not there in `folder`, which is this one or one that is to take its place. */
  missing(folder: string): string[];
}

/** Where these versions are kept: outside the checkout, so that every checkout shares them. */
export function cacheFolder(env: NodeJS.ProcessEnv, versions: string): string {
  const home = env.HOME || homedir();
  const root = env.XDG_CACHE_HOME || path.join(home, ".cache");
  return path.resolve(root, "pulumi-ocamba-hood", versions);
}

export function engineEntry(env: NodeJS.ProcessEnv): Entry {
  return {
    name: "the engine",
    folder: cacheFolder(env, `cli-${CLI_VERSION}-nodejs-${NODEJS_HOST_VERSION}`),
    missing: (folder) => missingParts(binOf(folder)),
  };
}

export function binOf(folder: string): string {
  return path.join(folder, "bin");
}

export function isWhole(entry: Entry): boolean {
  return entry.missing(entry.folder).length === 0;
}

/** Moves what was made aside into place. Where another process was first, its result stays. */
export async function publish(made: string, entry: Entry): Promise<void> {
  if (isWhole(entry)) return;
  await discard(entry.folder);
  await rename(made, entry.folder).catch((error: unknown) => {
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

/** Removes what a process that died inside {@link discard} left beside `folder`. */
export async function sweep(folder: string): Promise<void> {
  const { dir, base } = path.parse(folder);
  const dead = (await readdir(dir)).filter((name) => name.startsWith(base) && /\.dead-/.test(name));
  await Promise.all(dead.map((name) => rm(path.join(dir, name), { recursive: true, force: true })));
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
