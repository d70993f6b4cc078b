import { readdir, readFile } from "node:fs/promises";

const EVERY = 250;
const MB = 1_000_000;
const PAGE = 4_096;

/** Watches what a process and all that it started hold in memory at once. */
export class MemoryWatch {
  #most = 0;
  #timer: NodeJS.Timeout | undefined;

  start(root: number): void {
    this.#timer = setInterval(async () => {
      this.#most = Math.max(this.#most, await held(root));
    }, EVERY);
  }

  /** @returns the most that was seen, in MB; shared pages count in each process. */
  stop(): number {
    clearInterval(this.#timer);
    return this.#most / MB;
  }
}

async function held(root: number): Promise<number> {
  const entries = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  const parents = new Map(await Promise.all(entries.map(async (id) => [id, await parentOf(id)] as const)));
  const isBelow = (id: number | undefined): boolean =>
    id !== undefined && id > 0 && (id === root || isBelow(parents.get(id)));
  const sizes = await Promise.all(entries.filter(isBelow).map(sizeOf));
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function parentOf(id: number): Promise<number> {
  return Number(/^PPid:\s+(\d+)/m.exec(await text(id, "status"))?.[1] ?? 0);
}

async function sizeOf(id: number): Promise<number> {
  return Number((await text(id, "statm")).split(" ")[1] ?? 0) * PAGE;
}

/** A process may have ended since the list was read. */
function text(id: number, file: string): Promise<string> {
  return readFile(`/proc/${id}/${file}`, "utf8").catch(() => "");
}
