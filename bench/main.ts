import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ensureEngine } from "../tools/engine";
import { ROOT } from "./contender";
import { machine } from "./machine";
import { measure } from "./measure";
import { page } from "./page";
import { plot } from "./plot";
import { table } from "./table";

const ALL = 500;

/** @throws Error where the number can't be used. */
function readResources(): number {
  const { values } = parseArgs({ options: { resources: { type: "string", default: String(ALL) } } });
  if (/^[1-9]\d{0,3}$/.test(values.resources)) return Number(values.resources);
  throw new Error(`--resources ${values.resources} isn't a number of resources: give one from 1 to 9999.`);
}

/** Calls the work off at the first signal; the work then removes what it made. */
function stopOnSignal(): AbortSignal {
  const controller = new AbortController();
  const stop = () => controller.abort(new Error("It was stopped."));
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, stop);
  return controller.signal;
}

async function main(): Promise<void> {
  const resources = readResources();
  const say = (line: string) => process.stderr.write(`${line}\n`);
  const signal = stopOnSignal();
  const bin = await ensureEngine({ progress: say, signal });
  const { figures, course, cli } = await measure({ bin, resources, say, signal });
  const result = table(figures);
  process.stdout.write(`${result}\n`);
  if (figures.some(({ ok }) => !ok)) process.exitCode = 1;
  if (resources !== ALL) return;
  const date = new Date().toISOString().slice(0, 10);
  await writeFile(join(ROOT, "docs/benchmarks.md"), page(result, machine(cli), date));
  if (course) await writeFile(join(ROOT, "docs/benchmarks.svg"), plot(course));
}

main().catch((error: Error) => {
  process.stderr.write(`The benchmark came to no end: ${error.message}\n`);
  process.exitCode = 1;
});
