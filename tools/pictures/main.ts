import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "../root";
import { scenes } from "./scenes";

/** Writes the pictures of the README. */
async function main(): Promise<void> {
  const folder = join(ROOT, "docs/pictures");
  await mkdir(folder, { recursive: true });
  for (const [name, svg] of Object.entries(await scenes())) await writeFile(join(folder, name), svg);
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
