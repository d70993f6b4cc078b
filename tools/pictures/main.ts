import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startSimulator } from "../../simulator";
import { ensureEngine } from "../engine";
import { openCli } from "../pulumi";
import { ROOT } from "../root";
import { picture } from "./svg";

const TOKEN = "pictures-token-of-the-simulator";
const EXAMPLE = join(ROOT, "examples/cancel-campaign");
const PICTURE = join(ROOT, "docs/pictures/preview.svg");

/** What the real CLI prints when it previews the first example against the simulator. */
async function preview(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "hood-pictures-"));
  const hood = await startSimulator({
    token: TOKEN,
    campaigns: [{ id: "1000248", name: "Spring sale", status: "running" }],
  });
  try {
    const project = await readFile(join(ROOT, "Pulumi.yaml"), "utf8");
    await writeFile(join(folder, "Pulumi.yaml"), project.replace(/^main: .*\n/m, ""));
    for (const file of ["index.ts", "package.json", "tsconfig.json"])
      await copyFile(join(EXAMPLE, file), join(folder, file));
    await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"));
    const cli = await openCli({ bin: await ensureEngine(), cwd: folder, scratch: join(folder, ".pictures") });
    const env = { HOOD_ENDPOINT: hood.url, HOOD_TOKEN: TOKEN };
    await cli(["stack", "init", "demo"], { env });
    await cli(["config", "set", "expectedName", "Spring sale"], { env });
    const { code, stdout, stderr } = await cli(["preview", "--diff"], { env });
    if (code !== 0) throw new Error(stdout + stderr);
    // On a slow machine, Pulumi shows a line of dots meanwhile.
    return stdout.replace(/^@ .*\n/gm, "");
  } finally {
    await hood.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Writes the picture of the README. */
async function main(): Promise<void> {
  const shown = `$ pulumi preview --diff\n\n${(await preview()).replace(/^ {4}/gm, "  ")}`;
  await mkdir(join(ROOT, "docs/pictures"), { recursive: true });
  await writeFile(PICTURE, picture("A preview that shows the live campaign", shown));
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
