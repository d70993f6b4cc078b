import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ensureEngine } from "../../tools/engine";
import { ROOT } from "../contender";
import { withContest } from "../contest";
import { machine } from "../machine";
import { atOnce, several } from "../rows/several";
import { WINDOWS, windows } from "../rows/windows";
import { markdownTable } from "../table";
import { costTable, withMeasured } from "./page";
import { type Cost, costsOf } from "./sizes";

const SIZES = "100,1000,5000";
/** One size in the account's real windows: seven minutes of waiting. */
const PACED = 1_000;

const say = (line: string) => process.stderr.write(`${line}\n`);

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { sizes: { type: "string", default: SIZES } } });
  const sizes = values.sizes.split(",").map(Number);
  if (!sizes.every((size) => Number.isSafeInteger(size) && size > 0)) {
    throw new Error(`--sizes ${values.sizes} isn't a list of numbers of resources, such as ${SIZES}.`);
  }
  const bin = await ensureEngine({ progress: say });
  const costs: Cost[] = [];
  let cli = "";
  // The longest first: whatever else goes on when somebody starts this weighs least there.
  for (const resources of sizes.toSorted((a, b) => b - a)) {
    const account = { rateLimit: "off", parallelLimit: "off" } as const;
    await withContest({ bin, resources, account, env: { HOOD_RATE_LIMIT: "10000/1s" } }, async (contest) => {
      cli = (await contest.contenders.floor.succeed(["version"])).stdout.trim();
      // The largest takes three quarters of an hour for one round.
      costs.unshift(...(await costsOf(contest, resources > PACED ? 1 : 3, say)));
    });
  }
  const measured = [
    costTable(costs),
    await pacedTable(bin, Math.min(PACED, Math.max(...sizes))),
    await sharedTable(bin, Math.max(...sizes)),
    [`Measured on ${new Date().toISOString().slice(0, 10)}:`, ...machine(cli)].join("\n- ").replace("\n", "\n\n"),
  ].join("\n\n");
  process.stdout.write(`${measured}\n`);
  if (values.sizes !== SIZES) return;
  const file = join(ROOT, "docs/scaling.md");
  await writeFile(file, withMeasured(await readFile(file, "utf8"), measured));
}

async function pacedTable(bin: string, resources: number): Promise<string> {
  say(`${resources} in the windows ${WINDOWS}`);
  const { figures } = await withContest({ bin, resources, account: { rateLimit: WINDOWS } }, windows);
  return markdownTable(
    [`One update in the windows ${WINDOWS}`, "To reach", "Reached", "Measured"],
    figures.map(({ row, reach, reached, measured }) => [row, reach, reached, measured]),
  );
}

async function sharedTable(bin: string, most: number): Promise<string> {
  const rows: string[][] = [];
  for (const one of several) {
    say(`${one.updates} at once, ${one.each} each`);
    const figures = await atOnce(bin, { ...one, each: Math.min(one.each, most) });
    rows.push(...figures.map(({ row, reach, reached, measured }) => [row, reach, reached, measured]));
  }
  return markdownTable(["Several updates at once", "To reach", "Reached", "Measured"], rows);
}

main().catch((error: Error) => {
  say(`The measurement came to no end: ${error.message}`);
  process.exitCode = 1;
});
