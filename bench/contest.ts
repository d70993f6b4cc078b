import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Simulator, type SimulatorOptions, startSimulator } from "../simulator";
import { Contender } from "./contender";

const TOKEN = "benchmark-token-of-the-simulator";
/** The first campaign's id; the others follow it. */
export const FIRST_ID = 1000248;

const names = ["ours", "baseline", "floor"] as const;
export type Name = (typeof names)[number];
export type Seconds = Readonly<Record<Name, readonly number[]>>;

export interface ContestOptions {
  readonly bin: string;
  /** Cancellations in each program, and running campaigns in the account. */
  readonly resources: number;
  readonly account?: SimulatorOptions;
  /** Settings beside the account's address and token. */
  readonly env?: NodeJS.ProcessEnv;
}

/** The three programs, side by side on one simulated account. */
export interface Contest {
  readonly resources: number;
  readonly hood: Simulator;
  readonly contenders: Readonly<Record<Name, Contender>>;
  /** Makes every campaign running again, and empties the request log. */
  reset(): void;
}

/** An account of so many running campaigns. */
export function startAccount(campaigns: number, options?: SimulatorOptions): Promise<Simulator> {
  return startSimulator({
    token: TOKEN,
    campaigns: Array.from({ length: campaigns }, (_, number) => ({
      id: String(FIRST_ID + number),
      name: `Campaign number ${number}`,
      status: "running",
    })),
    ...options,
  });
}

/** The environment of a program that ends so many campaigns of an account. */
export function settingsFor(hood: Simulator, resources: number): NodeJS.ProcessEnv {
  return {
    HOOD_ENDPOINT: hood.url,
    HOOD_TOKEN: TOKEN,
    HOOD_MAX_CANCELLATIONS: String(resources),
    BENCH_RESOURCES: String(resources),
  };
}

/** Sets everything up, lets `use` work with it, and leaves nothing behind. */
export async function withContest<T>(options: ContestOptions, use: (contest: Contest) => Promise<T>): Promise<T> {
  const { bin, resources, account, env } = options;
  const home = await mkdtemp(join(tmpdir(), "hood-bench-"));
  const hood = await startAccount(resources, account);
  try {
    const open = (name: Name) =>
      Contender.open({
        name,
        bin,
        home: join(home, name),
        env: { ...settingsFor(hood, resources), ...env },
      });
    const contenders = { ours: await open("ours"), baseline: await open("baseline"), floor: await open("floor") };
    const reset = () => {
      for (const id of hood.campaigns.keys()) hood.setStatus(id, "running");
      hood.clearRequests();
    };
    return await use({ resources, hood, contenders, reset });
  } finally {
    await hood.close();
    await rm(home, { recursive: true, force: true });
  }
}

/**
 * Times the three in turn, `rounds` times. Whatever else the machine does meanwhile then meets all of them, and the ratios
 * within one round can be compared; each round begins with another one.
 */
export async function inTurn(
  { contenders }: Contest,
  rounds: number,
  run: (contender: Contender) => Promise<number>,
): Promise<Seconds> {
  const seconds: Record<Name, number[]> = { ours: [], baseline: [], floor: [] };
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(round + turn) % names.length] as Name;
      seconds[name].push(await run(contenders[name]));
    }
  }
  return seconds;
}
