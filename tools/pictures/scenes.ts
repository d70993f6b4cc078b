import { copyFile, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readPreview } from "../../report/preview";
import { buildReport } from "../../report/report";
import { markdown } from "../../report/writers";
import { startSimulator } from "../../simulator";
import { ensureEngine } from "../engine";
import { type Cli, openCli } from "../pulumi";
import { ROOT } from "../root";
import { picture } from "./svg";

const TOKEN = "pictures-token-of-the-simulator";
const EXAMPLE = join(ROOT, "examples/cancel-campaign");

/** What the README shows: pictures by file name, each made from what the real CLI prints against the simulator. */
export async function scenes(): Promise<Record<string, string>> {
  const folder = await mkdtemp(join(tmpdir(), "hood-pictures-"));
  const hood = await startSimulator({
    token: TOKEN,
    campaigns: [
      { id: "1000248", name: "Spring sale", status: "running" },
      { id: "1000250", name: "Summer teaser", status: "scheduled" },
    ],
  });
  try {
    const project = await readFile(join(ROOT, "Pulumi.yaml"), "utf8");
    await writeFile(join(folder, "Pulumi.yaml"), project.replace(/^main: .*\n/m, ""));
    for (const file of ["index.ts", "package.json", "tsconfig.json"])
      await copyFile(join(EXAMPLE, file), join(folder, file));
    await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"));
    const cli = await openCli({ bin: await ensureEngine(), cwd: folder, scratch: join(folder, ".pictures") });
    const env = { HOOD_ENDPOINT: hood.url, HOOD_TOKEN: TOKEN };
    return await play((args) => cli(args, { env }));
  } finally {
    await hood.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function play(pulumi: Cli): Promise<Record<string, string>> {
  await pulumi(["stack", "init", "demo"]);
  await pulumi(["config", "set", "expectedName", "Spring sale"]);
  const preview = await pulumi(["preview", "--diff"]);
  const json = await pulumi(["preview", "--json"]);
  await pulumi(["up", "--yes", "--skip-preview"]);
  await pulumi(["config", "set", "campaignId", "1000250"]);
  const refused = await pulumi(["preview"]);
  const report = markdown(buildReport(readPreview(Buffer.from(json.stdout))));
  const [, diagnostics = ""] = refused.stdout.split("Diagnostics:\n");
  return {
    "preview.svg": picture("A preview that shows the live campaign", shown("pulumi preview --diff", preview.stdout)),
    "refusal.svg": picture("Cancellation is permanent", shown("pulumi preview", diagnostics.split("\n\n")[0] ?? "")),
    "report.svg": picture("A report for a pull request", shown("pulumi preview --json | hood-plan", report)),
  };
}

function shown(command: string, output: string): string {
  return `$ ${command}\n\n${output.replace(/^ {4}/gm, "  ")}`;
}
