import { systemClock } from "../provider/hood/clock";
import { Limiter } from "../provider/hood/rateLimit/limiter";
import { playAll, rows, summary } from "../tests/model/limiterScenarios";
import type { Figure } from "./measure";

const ALIGNMENTS = 400;
const AT_ONCE = 20_000;
const MOST_SECONDS = 2;

const percent = (share: number) => `${(100 * share).toFixed(2)} %`;

/** The limiter in virtual time, on an account whose windows begin at moments of chance. */
export async function limiterInModel(): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const { name, share, rejected, ...scenario } of rows) {
    const reached = summary(await playAll(scenario, ALIGNMENTS));
    figures.push({
      row: `in the model: ${name}`,
      reach: `>= ${share} of the best, 429s <= ${percent(rejected)}`,
      reached: `${reached.median.toFixed(3)}, ${percent(reached.rejected)}`,
      measured: `5th percentile ${reached.low.toFixed(3)}, ${ALIGNMENTS} alignments`,
      ok: reached.median >= share && reached.rejected <= rejected,
    });
  }
  return figures;
}

/** What the limiter costs by itself if very many requests wait at once. */
export async function limiterCost(): Promise<Figure[]> {
  const windows = [{ limit: 100_000, length: 1_000 }];
  const limiter = new Limiter({ windows, maxParallel: 10, clock: systemClock });
  const answer = { status: 204, text: "", header: () => null };
  const begin = process.cpuUsage();
  await Promise.all(Array.from({ length: AT_ONCE }, () => limiter.run(async () => answer)));
  const { user, system } = process.cpuUsage(begin);
  const seconds = (user + system) / 1_000_000;
  return [
    {
      row: `${AT_ONCE.toLocaleString("en")} requests handed over at once`,
      reach: `<= ${MOST_SECONDS} s of CPU`,
      reached: `${seconds.toFixed(2)} s`,
      measured: "",
      ok: seconds <= MOST_SECONDS,
    },
  ];
}
