import type { Simulator } from "../../simulator";
import type { Contender } from "../contender";
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

interface Sample {
  readonly seconds: number;
  readonly memory: number;
  readonly requests: number;
}

/** Pulumi's own switch for backends that write the whole state at each step. */
const ONCE = { PULUMI_EXPERIMENTAL: "true", PULUMI_SKIP_CHECKPOINTS: "true" };

const commands: readonly { name: string; args: readonly string[]; anew?: boolean; env?: NodeJS.ProcessEnv }[] = [
  { name: "preview, all new", args: ["preview"], anew: true },
  { name: "up, all new, state written at each step", args: ["up", "--yes", "--skip-preview"], anew: true },
  { name: "up, all new, state written once", args: ["up", "--yes", "--skip-preview"], anew: true, env: ONCE },
  { name: "up without changes", args: ["up", "--yes", "--skip-preview", "--expect-no-changes"] },
  { name: "refresh", args: ["refresh", "--yes", "--skip-preview"] },
];

/** Each command in turn, ours and the engine alone side by side in each round. */
export async function costsOf(contest: Contest, rounds: number, say: (line: string) => void): Promise<Cost[]> {
  const { hood, resources, contenders } = contest;
  const costs: Cost[] = [];
  for (const { name, args, anew, env } of commands) {
    const samples: { ours: Sample[]; floor: Sample[] } = { ours: [], floor: [] };
    for (let round = 0; round < rounds; round++) {
      for (const who of round % 2 === 0 ? (["ours", "floor"] as const) : (["floor", "ours"] as const)) {
        if (anew) await contenders[who].newStack();
        if (anew && who === "ours") contest.reset();
        samples[who].push(await sample(contenders[who], hood, args, env));
        say(`${resources}, ${name}, ${who}: ${samples[who].at(-1)?.seconds.toFixed(1)} s`);
      }
    }
    const of = (who: "ours" | "floor", what: keyof Sample) => median(samples[who].map((one) => one[what]));
    costs.push({
      resources,
      command: name,
      requests: of("ours", "requests"),
      ours: of("ours", "seconds"),
      floor: of("floor", "seconds"),
      memory: of("ours", "memory"),
      floorMemory: of("floor", "memory"),
      rounds,
    });
  }
  return costs;
}

async function sample(
  contender: Contender,
  hood: Simulator,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<Sample> {
  hood.clearRequests();
  const watch = new MemoryWatch();
  const { seconds } = await contender.succeed(args, { env, onStart: (pid) => watch.start(pid) });
  return { seconds, memory: watch.stop(), requests: hood.requests.length };
}
