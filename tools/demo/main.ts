import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { startSimulator } from "../../simulator";
import { ensureEngine } from "../engine";
import { openCli } from "../pulumi";
import { Narrator } from "./narrator";
import { story } from "./story";

const ROOT = join(__dirname, "../../..");
const SCRATCH = join(ROOT, ".demo");
const STACK = "demo";
/** The engine keeps a stack's config beside the project. This one is git-ignored, and gone when the demo ends. */
const STACK_CONFIG = join(ROOT, `Pulumi.${STACK}.yaml`);
const TOKEN = "demo-token-of-the-simulator";

async function main(): Promise<void> {
  const narrator = new Narrator((text) => process.stdout.write(text));
  narrator.say("First the Pulumi engine, if there is none yet, and an embedded Hood account with two campaigns.");
  const bin = await ensureEngine({ progress: (line) => narrator.aside(line) });

  await tidy();
  await mkdir(SCRATCH, { recursive: true });
  const hood = await startSimulator({
    token: TOKEN,
    campaigns: [
      { id: "1000248", name: "Spring sale", status: "running" },
      { id: "1000250", name: "Summer teaser", status: "scheduled" },
    ],
  });
  try {
    const pulumi = await openCli({ bin, cwd: ROOT, scratch: SCRATCH });
    await story({ narrator, hood, pulumi, token: TOKEN, stack: STACK });
  } finally {
    await hood.close();
    await tidy();
  }
}

async function tidy(): Promise<void> {
  for (const path of [SCRATCH, STACK_CONFIG]) await rm(path, { recursive: true, force: true });
}

main().catch((error: Error) => {
  process.stderr.write(`\nThe demo stopped: ${error.message}\n`);
  process.exitCode = 1;
});
