import { parseArgs } from "node:util";
import { ensureEngine } from "../tools/engine";
import { type Contest, type Program, withContest } from "./contest";
import {
  type Course,
  commandFigures,
  type Figure,
  limiterCost,
  limiterInModel,
  loadingFigure,
  stateFigure,
  updateFigures,
} from "./measure";
import { keep, table } from "./page";
import { type CommandRow, commandRows, previewRow, updateRows, WINDOWS } from "./rows";

/** The number of resources that the rows are meant for. */
const MEANT = 500;

const say = (line: string) => process.stderr.write(`${line}\n`);
const stopped = new AbortController();
for (const name of ["SIGINT", "SIGTERM"] as const) {
  process.once(name, () => stopped.abort(new Error("It was stopped.")));
}

const figures: Figure[] = [];
/** The course of the first update row. */
let course: Course | undefined;
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

async function measureCommands(bin: string, resources: number): Promise<void> {
  const programs: Program[] = resources > MEANT ? ["ours", "floor"] : ["ours", "baseline", "floor"];
  const measureRow = (contest: Contest, command: CommandRow) =>
    measure(`${command.row}, ${resources}`, () =>
      commandFigures(contest, command, resources > MEANT ? 1 : command.rounds),
    );
  await withContest({ bin, programs, resources, account: { rateLimit: WINDOWS } }, async (contest) => {
    cli = (await contest.contenders[0]?.succeed(["version"]))?.stdout.trim() ?? "";
    await measureRow(contest, previewRow);
  });
  const account = { rateLimit: "off", parallelLimit: "off" } as const;
  const settings = { HOOD_RATE_LIMIT: "10000/1s" };
  await withContest({ bin, programs, resources, account, settings }, async (contest) => {
    for (const command of commandRows) await measureRow(contest, command);
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
  await measure("the limiter by itself", limiterCost);
  await measure("the limiter in the model", limiterInModel);
  for (const resources of sizes) await measureCommands(bin, resources);
  for (const row of updateRows) {
    await measure(row.row, async () => {
      const measured = await updateFigures(bin, { ...row, each: Math.min(row.each, ...sizes) });
      course ??= measured.course;
      return measured.figures;
    });
  }
  process.stdout.write(`${table(figures)}\n`);
  if (figures.some(({ ok }) => !ok)) process.exitCode = 1;
  if (values.resources === String(MEANT)) await keep(figures, course, cli);
}

main().catch((error: Error) => {
  say(`The benchmark came to no end: ${error.message}`);
  process.exitCode = 1;
});
