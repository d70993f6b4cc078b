import { accessSync, constants, statSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm, stat } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";

/** A folder of the cache: made once, and only read after that. */
export interface Entry {
  readonly folder: string;
  /** What its folder `bin` must have. */
  readonly files: readonly string[];
}

const DAY_MS = 86_400_000;

/** Outside the checkout, so that every checkout shares it. @param versions the versions of what it holds */
export function entry(env: NodeJS.ProcessEnv, versions: string, files: readonly string[]): Entry {
  const root = env.XDG_CACHE_HOME || path.join(env.HOME || homedir(), ".cache");
  return { folder: path.resolve(root, "pulumi-ocamba-hood", versions), files };
}

export function binOf(folder: string): string {
  return path.join(folder, "bin");
}

/** Which files can't be run, or aren't there. */
export function missing(files: readonly string[], folders: readonly string[]): string[] {
  return files.filter((file) => locate(file, folders) === undefined);
}

/** The first file of that name that can be run. */
export function locate(file: string, folders: readonly string[]): string | undefined {
  return folders.map((folder) => path.join(folder, file)).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/**
 * Makes an entry aside and renames it, so that it is there as a whole or not at all. If two processes make the same entry, the
 * first one's stays.
 *
 * @param make gets a folder of its own, and resolves to the folder in it that becomes the entry.
 */
export async function makeEntry({ folder, files }: Entry, make: (aside: string) => Promise<string>): Promise<void> {
  const isWhole = () => missing(files, [binOf(folder)]).length === 0;
  const parent = path.dirname(folder);
  try {
    await mkdir(parent, { recursive: true });
  } catch (error) {
    const advice = "Set XDG_CACHE_HOME to a folder that you can write to.";
    throw new Error(`Could not make the cache folder ${parent}: ${(error as Error).message}. ${advice}`);
  }
  await removeLeftovers(parent);
  const aside = await mkdtemp(path.join(parent, ".making-"));
  try {
    const made = await make(aside);
    if (isWhole()) return;
    await rename(folder, path.join(aside, "incomplete")).catch(() => {});
    await rename(made, folder).catch((error: unknown) => {
      if (!isWhole()) throw error;
    });
  } finally {
    // Repeated, since compilers that outlive a stopped Go may still write into it.
    await rm(aside, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** What processes that were killed left. */
async function removeLeftovers(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const file = path.join(parent, name);
    if (!name.startsWith(".making-") || Date.now() - (await stat(file)).mtimeMs < DAY_MS) continue;
    await rm(file, { recursive: true, force: true });
  }
}
