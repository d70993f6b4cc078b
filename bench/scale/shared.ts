import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startSimulator } from "../../simulator";
import { parseWindows } from "../../simulator/windows";
import { bestTimes } from "../best";
import { Contender } from "../contender";
import { WINDOWS } from "../rows/windows";

const TOKEN = "benchmark-token-of-the-simulator";

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
  const first = 1000248;
  const campaigns = Array.from({ length: 2 * each }, (_, number) => ({
    id: String(first + number),
    name: `Campaign number ${number}`,
    status: "running",
  }));
  const hood = await startSimulator({ token: TOKEN, campaigns, rateLimit: WINDOWS });
  try {
    const open = (number: number) =>
      Contender.open({
        name: "ours",
        bin,
        home: join(home, String(number)),
        env: {
          HOOD_ENDPOINT: hood.url,
          HOOD_TOKEN: TOKEN,
          HOOD_MAX_CANCELLATIONS: String(each),
          HOOD_MAX_PARALLEL: String(maxParallel),
          BENCH_RESOURCES: String(each),
          BENCH_FIRST: String(first + number * each),
        },
      });
    const both = [await open(0), await open(1)];
    for (const one of both) await one.newStack();
    hood.clearRequests();
    await Promise.all(both.map((one) => one.succeed(["up", "--yes", "--skip-preview"])));
    const times = hood.requests.map(({ at }) => at);
    const start = Math.min(...times);
    const counted = hood.requests.filter((request) => request.counted && request.status !== 429).length;
    const best = bestTimes({ windows: parseWindows(WINDOWS, "windows"), start, before: [] }, counted);
    const seconds = (at: number | undefined) => ((at ?? Number.NaN) - start) / 1_000;
    return {
      maxParallel,
      resources: 2 * each,
      seconds: seconds(Math.max(...times)),
      best: seconds(best.at(-1)),
      requests: hood.requests.length,
      refused: hood.requests.filter(({ status }) => status === 429).length,
    };
  } finally {
    await hood.close();
    await rm(home, { recursive: true, force: true });
  }
}
