import { readFile, writeFile } from "node:fs/promises";
import { cpus, release, totalmem, type } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ensureEngine } from "../tools/engine";
import { ROOT } from "../tools/package";
import {
  commandFigures,
  commandRows,
  type Figure,
  limiterFigure,
  loadingFigure,
  type Program,
  stateFigure,
  updateFigures,
  updateRows,
  withContest,
} from "./measure";

/** The number of resources that the rows are meant for. */
const MEANT = 500;
const PAGE = join(ROOT, "docs/scaling.md");

const say = (line: string) => process.stderr.write(`${line}\n`);
const stopped = new AbortController();
for (const name of ["SIGINT", "SIGTERM"] as const) {
  process.once(name, () => stopped.abort(new Error("It was stopped.")));
}

const figures: Figure[] = [];
let cli = "";

/** A row that fails is missed, and the others are measured all the same. */
async function measure(row: string, run: () => Promise<readonly Figure[]>): Promise<void> {
  stopped.signal.throwIfAborted();
  say(`Measuring: ${row}`);
  try {
    figures.push(...(await run()));
  } catch (error) {
    stopped.signal.throwIfAborted();
    say((error as Error).message);
    figures.push({ row, reach: "an end", reached: "none", measured: "", ok: false });
  }
}

/** With the account's windows lifted. */
async function measureCommands(bin: string, resources: number): Promise<void> {
  const programs: Program[] = resources > MEANT ? ["ours", "floor"] : ["ours", "baseline", "floor"];
  const account = { rateLimit: "off", parallelLimit: "off" } as const;
  const settings = { HOOD_RATE_LIMIT: "10000/1s" };
  await withContest({ bin, programs, resources, account, settings }, async (contest) => {
    cli = (await contest.contenders[0]?.succeed(["version"]))?.stdout.trim() ?? "";
    for (const command of commandRows) {
      const rounds = resources > MEANT ? 1 : command.rounds;
      await measure(`${command.row}, ${resources}`, () => commandFigures(contest, command, rounds));
    }
    await measure("state for each resource", async () => [await stateFigure(contest)]);
  });
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { resources: { type: "string", default: String(MEANT) } } });
  const sizes = values.resources.split(",").map(Number);
  if (!sizes.every((size) => Number.isSafeInteger(size) && size > 0)) {
    throw new Error(`--resources ${values.resources} isn't a number of resources, or several such as 100,1000.`);
  }
  const bin = await ensureEngine({ progress: say, signal: stopped.signal });
  await measure("loading pulumi-ocamba-hood/provider", async () => [await loadingFigure()]);
  await measure("the limiter by itself", async () => [await limiterFigure()]);
  for (const resources of sizes) await measureCommands(bin, resources);
  for (const row of updateRows) {
    await measure(row.row, () => updateFigures(bin, { ...row, each: Math.min(row.each, ...sizes) }));
  }
  process.stdout.write(`${table()}\n`);
  if (figures.some(({ ok }) => !ok)) process.exitCode = 1;
  if (values.resources === String(MEANT)) await keep();
}

/** A table in Markdown that also reads well as plain text. */
function table(): string {
  const rows = figures.map(({ row, reach, reached, measured, ok }) => {
    return [row, reach, reached, measured, ok ? "ok" : "MISSED"];
  });
  const head = ["Row", "To reach", "Reached", "Measured", ""];
  const widths = head.map((_, column) => Math.max(3, ...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  return [head, widths.map((width) => "-".repeat(width)), ...rows].map(line).join("\n");
}

/** Writes the result into the page that keeps it, with what it was measured on. */
async function keep(): Promise<void> {
  const [processor] = cpus();
  const version = (file: string) => (require(join(ROOT, file)) as { version: string }).version;
  const on = `Measured on ${new Date().toISOString().slice(0, 10)}:

- ${cpus().length} x ${processor?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GB of memory
- ${type()} ${release()}, Node ${process.version}
- Pulumi CLI ${cli}, @pulumi/pulumi ${version("node_modules/@pulumi/pulumi/package.json")}
- pulumi-ocamba-hood ${version("package.json")}`;
  const page = await readFile(PAGE, "utf8");
  const block = /<!-- measured -->\n[\s\S]*?(?=^<!-- end -->)/m;
  await writeFile(
    PAGE,
    page.replace(block, () => `<!-- measured -->\n${table()}\n\n${on}\n`),
  );
}

main().catch((error: Error) => {
  say(`The benchmark came to no end: ${error.message}`);
  process.exitCode = 1;
});
