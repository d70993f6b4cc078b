import { cp, symlink } from "node:fs/promises";
import { basename, join } from "node:path";
import { ROOT } from "../../tools/root";

/** What a clone doesn't have, and what other tests may write here meanwhile. */
const NOT_CLONED = /^(\.git|\.demo|dist|node_modules|Pulumi\.demo\.yaml)$/;

/** This repository as a fresh clone has it, after `npm ci`. */
export async function copySources(folder: string): Promise<void> {
  await cp(ROOT, folder, { recursive: true, filter: (path) => !NOT_CLONED.test(basename(path)) });
  await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"));
}
