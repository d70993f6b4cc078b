import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RequestRecord, Simulator } from "../../simulator";
import { parseWindows } from "../../simulator/windows";
import { bestTimes } from "../best";
import { Contender } from "../contender";
import { FIRST_ID, settingsFor, startAccount } from "../contest";
import type { Figure } from "../figure";
import { WINDOWS } from "./windows";

/** Updates that begin together on one account, so many new cancellations each. */
export interface Several {
  readonly updates: number;
  readonly each: number;
  /** The least share of the best possible, and the largest share of the answers that may be 429. */
  readonly share: number;
  readonly rejected: number;
}

export const several: readonly Several[] = [
  { updates: 4, each: 100, share: 0.92, rejected: 0.025 },
  { updates: 2, each: 140, share: 0.9, rejected: 0.015 },
];

export async function atOnce(bin: string, { updates, each, ...reach }: Several): Promise<Figure[]> {
  const home = await mkdtemp(join(tmpdir(), "hood-bench-"));
  const hood = await startAccount(updates * each, { rateLimit: WINDOWS });
  try {
    const all = await Promise.all(
      Array.from({ length: updates }, (_, number) =>
        Contender.open({
          name: "ours",
          bin,
          home: join(home, String(number)),
          env: { ...settingsFor(hood, each), BENCH_FIRST: String(FIRST_ID + number * each) },
        }),
      ),
    );
    for (const one of all) await one.newStack();
    hood.clearRequests();
    await Promise.all(all.map((one) => one.succeed(["up", "--yes", "--skip-preview"])));
    return figuresOf(hood, { updates, each, ...reach });
  } finally {
    await hood.close();
    await rm(home, { recursive: true, force: true });
  }
}

function figuresOf({ requests }: Simulator, { updates, each, share, rejected }: Several): Figure[] {
  const row = `${updates} updates at once, ${each} new each, windows ${WINDOWS}`;
  const start = Math.min(...requests.map(({ at }) => at));
  const counted = requests.filter((request) => request.counted && request.status !== 429);
  const best = bestTimes(parseWindows(WINDOWS, "windows"), arrivals(counted, start, each));
  const [possible, took] = [best, counted.map(({ at }) => at)].map((times) => (Math.max(...times) - start) / 1_000);
  const [least, reached] = [possible ?? Number.NaN, took ?? Number.NaN];
  const canceled = requests.filter(({ effect }) => effect?.to === "canceled").length;
  const refused = requests.filter(({ status }) => status === 429).length;
  return [
    {
      row,
      reach: `all done, >= ${share} of the best possible`,
      reached: (least / reached).toFixed(3),
      measured: `${canceled} canceled, ${reached.toFixed(1)} s, best ${least.toFixed(1)} s`,
      ok: canceled === updates * each && least / reached >= share,
    },
    {
      row,
      reach: `429s <= ${100 * rejected} % of answers`,
      reached: `${((100 * refused) / requests.length).toFixed(1)} %`,
      measured: `${refused} of ${requests.length}`,
      ok: refused <= rejected * requests.length,
    },
  ];
}

/** From when on each request could be sent: a call from the first one of its own update, since engines take their time to begin. */
function arrivals(requests: readonly RequestRecord[], start: number, each: number): number[] {
  const updateOf = ({ path }: RequestRecord) => {
    const id = /\/campaigns\/(\d+)/.exec(path)?.[1];
    return id === undefined ? undefined : Math.floor((Number(id) - FIRST_ID) / each);
  };
  const began = new Map<number | undefined, number>([[undefined, start]]);
  for (const request of requests) {
    const update = updateOf(request);
    if (!began.has(update)) began.set(update, request.at);
  }
  return requests.map((request) => began.get(updateOf(request)) ?? start);
}
