import { mkdir, rm, stat, utimes } from "node:fs/promises";
import path from "node:path";
import { discard, type Entry, isWhole, makeFolder, publish, sweep } from "./cache";
import { withElapsed } from "./elapsed";
import type { Context } from "./run";

const BEAT_MS = 3_000;
const STALE_MS = 15_000;
const POLL_MS = 1_000;

/**
 * Makes the cache entry once, however many processes ask for it at the same time.
 *
 * The staging folder beside the entry is the lock: who makes the folder fills it, the others wait. Its owner
 * renews the folder's time every 3 s; one that is older than 15 s belongs to a process that died, and is removed. A
 * time rather than a process id, since containers and machines that share a cache don't share process ids.
 */
export async function makeOnce(
  entry: Entry,
  make: (staging: string) => Promise<string>,
  context: Context,
  sleep: (ms: number) => Promise<void>,
): Promise<void> {
  const staging = `${entry.folder}.staging`;
  await makeFolder(path.dirname(entry.folder));
  while (!isWhole(entry)) {
    if (await claim(staging)) await makeOwned(entry, staging, make);
    else await withElapsed(`Another process is making ${entry.name}, waiting for it`, context.progress, wait);
  }

  async function wait(): Promise<void> {
    let age = await ageOf(staging);
    while (age !== undefined && age < STALE_MS) {
      context.signal?.throwIfAborted();
      await sleep(POLL_MS);
      age = await ageOf(staging);
    }
    if (age === undefined) return;
    context.progress(`The process that was making ${entry.name} is gone: starting anew`);
    await discard(staging);
  }
}

async function makeOwned(entry: Entry, staging: string, make: (staging: string) => Promise<string>): Promise<void> {
  const beat = setInterval(() => {
    const now = new Date();
    utimes(staging, now, now).catch(() => clearInterval(beat));
  }, BEAT_MS);
  try {
    await sweep(entry.folder);
    // The one before us may have ended between our look at the entry and our claim.
    if (!isWhole(entry)) await publish(await make(staging), entry);
  } finally {
    clearInterval(beat);
    // Retried, since compilers that outlive an ended Go may still write into it.
    await rm(staging, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function claim(staging: string): Promise<boolean> {
  try {
    await mkdir(staging);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Milliseconds since the owner of the staging folder was last heard of, or undefined without such a folder. */
async function ageOf(staging: string): Promise<number | undefined> {
  try {
    return Date.now() - (await stat(staging)).mtimeMs;
  } catch {
    return undefined;
  }
}
