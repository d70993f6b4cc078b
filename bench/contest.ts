import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Simulator, type SimulatorOptions, startSimulator } from "../simulator";
import { ROOT } from "../tools/package";
import { type Cli, openCli, type Ran } from "../tools/pulumi";

const TOKEN = "benchmark-token-of-the-simulator";
const FIRST_ID = 1000248;

/** By its name in `programs.js`. */
export type Program = "ours" | "baseline" | "floor";

interface StoredResource {
  readonly type: string;
  readonly inputs?: object;
  readonly outputs?: object;
}

/** One program with a project and a state of its own, on the real engine. */
export class Contender {
  #stacks = 0;

  constructor(
    readonly program: Program,
    private readonly cli: Cli,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  /** An empty stack, on which everything that follows runs. */
  async newStack(): Promise<void> {
    this.#stacks++;
    await this.succeed(["stack", "init", `run-${this.#stacks}`]);
  }

  run(args: readonly string[]): Promise<Ran> {
    return this.cli(args, { env: this.env });
  }

  /** @throws Error with the CLI's output: a failed command has no time. */
  async succeed(args: readonly string[]): Promise<Ran> {
    const ran = await this.run(args);
    if (ran.code === 0) return ran;
    throw new Error(`pulumi ${args.join(" ")} of ${this.program} failed with ${ran.code}:\n${ran.stdout}${ran.stderr}`);
  }

  /** The dynamic resources in the state. */
  async resources(): Promise<StoredResource[]> {
    const { stdout } = await this.succeed(["stack", "export"]);
    const resources: StoredResource[] = JSON.parse(stdout).deployment.resources ?? [];
    return resources.filter(({ type }) => type.startsWith("pulumi-nodejs:dynamic"));
  }
}

interface ContestOptions {
  readonly bin: string;
  /** Each of them cancels campaigns of its own if it is ours, and the same ones otherwise. */
  readonly programs: readonly Program[];
  /** Cancellations in each program. */
  readonly resources: number;
  readonly account: SimulatorOptions;
  readonly settings?: NodeJS.ProcessEnv;
}

/** Programs on one simulated account. */
export interface Contest {
  readonly resources: number;
  readonly hood: Simulator;
  readonly contenders: readonly Contender[];
  /** Makes every campaign running again, and empties the request log. */
  reset(): void;
}

/** Sets everything up, lets `use` work with it, and leaves nothing behind. */
export async function withContest<T>(options: ContestOptions, use: (contest: Contest) => Promise<T>): Promise<T> {
  const { bin, programs, resources, account, settings } = options;
  const home = await mkdtemp(join(tmpdir(), "hood-bench-"));
  const all = programs.every((program) => program === "ours") ? programs.length * resources : resources;
  const campaigns = Array.from({ length: all }, (_, number) => ({
    id: String(FIRST_ID + number),
    name: `Campaign number ${number}`,
    status: "running",
  }));
  const hood = await startSimulator({ token: TOKEN, campaigns, ...account });
  try {
    const open = (program: Program, place: number) =>
      openContender(program, bin, join(home, String(place)), {
        HOOD_ENDPOINT: hood.url,
        HOOD_TOKEN: TOKEN,
        HOOD_MAX_CANCELLATIONS: String(resources),
        BENCH_PROGRAM: program,
        BENCH_FIRST: String(FIRST_ID + (all > resources ? place * resources : 0)),
        BENCH_RESOURCES: String(resources),
        ...settings,
      });
    const contenders = await Promise.all(programs.map(open));
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

async function openContender(program: Program, bin: string, home: string, env: NodeJS.ProcessEnv): Promise<Contender> {
  const folder = join(home, "program");
  await mkdir(join(folder, "node_modules"), { recursive: true });
  await copyFile(join(ROOT, "bench/programs.js"), join(folder, "index.js"));
  await writeFile(join(folder, "Pulumi.yaml"), `name: ${program}\nruntime: nodejs\n`);
  await writeFile(join(folder, "package.json"), JSON.stringify({ name: program, main: "index.js" }));
  await symlink(ROOT, join(folder, "node_modules/pulumi-ocamba-hood"));
  await symlink(join(ROOT, "node_modules/@pulumi"), join(folder, "node_modules/@pulumi"));
  return new Contender(program, await openCli({ bin, cwd: folder, scratch: home }), env);
}
