import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Simulator } from "../../simulator";
import { parseWindows } from "../../simulator/windows";
import { bestTimes } from "../best";
import { Contender } from "../contender";
import { FIRST_ID, settingsFor, startAccount } from "../contest";
import { WINDOWS } from "../rows/windows";

/** Two updates at once on one account, held against the best that its windows allow for both together. */
export interface Shared {
  readonly maxParallel: number;
  readonly resources: number;
  readonly seconds: number;
  readonly best: number;
  readonly requests: number;
  readonly refused: number;
}

/** @param each the cancellations of each of the two. */
export async function twoAtOnce(bin: string, each: number, maxParallel: number): Promise<Shared> {
  const home = await mkdtemp(join(tmpdir(), "hood-bench-"));
  const hood = await startAccount(2 * each, { rateLimit: WINDOWS });
  try {
    const open = (number: number) =>
      Contender.open({
        name: "ours",
        bin,
        home: join(home, String(number)),
        env: {
          ...settingsFor(hood, each),
          HOOD_MAX_PARALLEL: String(maxParallel),
          BENCH_FIRST: String(FIRST_ID + number * each),
        },
      });
    const both = [await open(0), await open(1)];
    for (const one of both) await one.newStack();
    hood.clearRequests();
    await Promise.all(both.map((one) => one.succeed(["up", "--yes", "--skip-preview"])));
    return { maxParallel, resources: 2 * each, ...comparedToBest(hood) };
  } finally {
    await hood.close();
    await rm(home, { recursive: true, force: true });
  }
}

function comparedToBest({ requests }: Simulator): Pick<Shared, "seconds" | "best" | "requests" | "refused"> {
  const times = requests.map(({ at }) => at);
  const start = Math.min(...times);
  const counted = requests.filter((request) => request.counted && request.status !== 429).length;
  const best = bestTimes(parseWindows(WINDOWS, "windows"), Array<number>(counted).fill(start));
  const seconds = (at: number | undefined) => ((at ?? Number.NaN) - start) / 1_000;
  return {
    seconds: seconds(Math.max(...times)),
    best: seconds(best.at(-1)),
    requests: requests.length,
    refused: requests.filter(({ status }) => status === 429).length,
  };
}
