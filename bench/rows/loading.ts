import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { ROOT } from "../contender";
import { type Figure, median } from "../figure";

const RUNS = 15;
const MOST = 80;

/** What it costs a provider process to load the package. */
export async function loading(): Promise<Figure[]> {
  const empty: number[] = [];
  const loaded: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    empty.push(await time("0"));
    loaded.push(await time('require("pulumi-ocamba-hood/provider")'));
  }
  const more = median(loaded.map((milliseconds, run) => milliseconds - (empty[run] ?? Number.NaN)));
  return [
    {
      row: "loading pulumi-ocamba-hood/provider",
      reach: `<= ${MOST} ms more than node -e 0`,
      reached: `${more.toFixed(0)} ms`,
      measured: `${median(loaded).toFixed(0)} ms, node -e 0 ${median(empty).toFixed(0)} ms, ${RUNS} runs each`,
      ok: more <= MOST,
    },
  ];
}

async function time(script: string): Promise<number> {
  const begin = performance.now();
  // The package finds itself by its own name from its root.
  await promisify(execFile)(process.execPath, ["-e", script], { cwd: ROOT });
  return performance.now() - begin;
}
