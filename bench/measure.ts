import { type ContestOptions, withContest } from "./contest";
import type { Figure } from "./figure";
import { limiterCost, limiterInModel } from "./rows/limiter";
import { loading } from "./rows/loading";
import { noop } from "./rows/noop";
import { OTHER_CLIENT, otherClient } from "./rows/otherClient";
import { preview } from "./rows/preview";
import { refresh } from "./rows/refresh";
import { atOnce, several } from "./rows/several";
import { state } from "./rows/state";
import { update } from "./rows/update";
import { type Course, WINDOWS, windows } from "./rows/windows";

/** More than a minute of the account holds, so that the pace has to be found again when the next one begins. */
const PACED = 280;

export interface MeasureOptions {
  readonly bin: string;
  readonly resources: number;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

export interface Measured {
  readonly figures: Figure[];
  /** Absent where the row that yields it came to no end. */
  readonly course?: Course;
  readonly cli: string;
}

/** Every row, one after the other. One that comes to no end is missed, and the others are measured all the same. */
export async function measure({ bin, resources, say, signal }: MeasureOptions): Promise<Measured> {
  const figures: Figure[] = [];
  const row = async (name: string, run: () => Promise<Figure[]>) => {
    signal.throwIfAborted();
    say(`Measuring: ${name}`);
    try {
      figures.push(...(await run()));
    } catch (error) {
      signal.throwIfAborted();
      say((error as Error).message);
      figures.push({ row: name, reach: "an end", reached: "none", measured: "", ok: false });
    }
  };
  let course: Course | undefined;
  let cli = "";

  await row("loading", loading);
  await row("the limiter's cost", limiterCost);
  await row("the limiter in the model", limiterInModel);
  const paced: ContestOptions = { bin, resources, account: { rateLimit: WINDOWS } };
  await withContest(paced, async (contest) => {
    cli = (await contest.contenders.floor.succeed(["version"])).stdout.trim();
    await row("preview", () => preview(contest));
  });
  const lifted: ContestOptions = {
    bin,
    resources,
    account: { rateLimit: "off", parallelLimit: "off" },
    env: { HOOD_RATE_LIMIT: "10000/1s" },
  };
  await withContest(lifted, async (contest) => {
    await row("up", () => update(contest));
    await row("up without changes", () => noop(contest));
    await row("refresh", () => refresh(contest));
    await row("state", () => state(contest));
  });
  const few = { ...paced, resources: Math.min(PACED, resources) };
  await withContest(few, (contest) =>
    row("up in the windows", async () => {
      const result = await windows(contest);
      course = result.course;
      return result.figures;
    }),
  );
  await withContest({ ...few, account: { rateLimit: WINDOWS, foreign: OTHER_CLIENT } }, (contest) =>
    row("up beside another client", () => otherClient(contest)),
  );
  for (const one of several) {
    const each = Math.min(one.each, resources);
    await row(`${one.updates} updates at once`, () => atOnce(bin, { ...one, each }));
  }
  return { figures, course, cli };
}
