import type { Contest } from "../contest";
import { median } from "../figure";
import { MemoryWatch } from "./memory";

/** One command on one number of resources, ours beside the engine alone. */
export interface Cost {
  readonly resources: number;
  readonly command: string;
  readonly requests: number;
  readonly ours: number;
  readonly floor: number;
  /** The most that the CLI and its processes held, in MB. */
  readonly memory: number;
  readonly floorMemory: number;
  readonly rounds: number;
}

const SIDES = ["ours", "floor"] as const;
type Side = (typeof SIDES)[number];
type Samples = Record<Side, Sample[]>;

interface Sample {
  readonly seconds: number;
  readonly memory: number;
  readonly requests: number;
}

/** Pulumi's own switch: the state is written when the command ends, and not at each step. */
const OFF = { PULUMI_EXPERIMENTAL: "true", PULUMI_SKIP_CHECKPOINTS: "true" };
const UP = ["up", "--yes", "--skip-preview"];

interface Command {
  readonly name: string;
  readonly args: readonly string[];
  /** On an empty stack, and for ours on an account whose campaigns run. */
  readonly anew?: boolean;
  readonly env?: NodeJS.ProcessEnv;
}

const commands: readonly Command[] = [
  { name: "preview, all new", args: ["preview"], anew: true },
  { name: "preview, all new, checkpoints off", args: ["preview"], env: OFF },
  { name: "up, all new", args: UP, anew: true },
  { name: "up, all new, checkpoints off", args: UP, anew: true, env: OFF },
  { name: "up without changes", args: [...UP, "--expect-no-changes"] },
  { name: "refresh", args: ["refresh", "--yes", "--skip-preview"] },
];

/** Each command in turn, ours and the engine alone side by side in each round. */
export async function costsOf(contest: Contest, rounds: number, say: (line: string) => void): Promise<Cost[]> {
  const costs: Cost[] = [];
  for (const command of commands) {
    const samples: Samples = { ours: [], floor: [] };
    for (let round = 0; round < rounds; round++) {
      for (const who of round % 2 === 0 ? SIDES : SIDES.toReversed()) {
        const taken = await sample(contest, who, command);
        samples[who].push(taken);
        say(`${contest.resources}, ${command.name}, ${who}: ${taken.seconds.toFixed(1)} s`);
      }
    }
    costs.push(costFrom(samples, contest.resources, command.name));
  }
  return costs;
}

async function sample(contest: Contest, who: Side, { args, anew, env }: Command): Promise<Sample> {
  const contender = contest.contenders[who];
  if (anew) await contender.newStack();
  if (anew && who === "ours") contest.reset();
  contest.hood.clearRequests();
  const watch = new MemoryWatch();
  const { seconds } = await contender.succeed(args, { env, onStart: (pid) => watch.start(pid) });
  return { seconds, memory: watch.stop(), requests: contest.hood.requests.length };
}

function costFrom(samples: Samples, resources: number, command: string): Cost {
  const of = (who: Side, what: keyof Sample) => median(samples[who].map((one) => one[what]));
  return {
    resources,
    command,
    requests: of("ours", "requests"),
    ours: of("ours", "seconds"),
    floor: of("floor", "seconds"),
    memory: of("ours", "memory"),
    floorMemory: of("floor", "memory"),
    rounds: samples.ours.length,
  };
}
