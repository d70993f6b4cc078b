import { copyFile, mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Cli, openCli, type Ran, type RunOptions } from "../tools/pulumi";

export const ROOT = join(__dirname, "../..");

export interface ContenderOptions {
  /** The folder of the program below `bench/`. */
  readonly name: string;
  /** Folder with `pulumi`. */
  readonly bin: string;
  /** A folder of the contender's own: its project, its state, and whatever the engine leaves behind. */
  readonly home: string;
  readonly env: NodeJS.ProcessEnv;
}

export interface Timed extends Ran {
  /** Wall time, from the start of the CLI to its end. */
  readonly seconds: number;
}

export interface StoredResource {
  readonly type: string;
  readonly inputs?: object;
  readonly outputs?: object;
}

/** One program with a project and a state of its own, on the real engine. */
export class Contender {
  #stacks = 0;

  private constructor(
    readonly name: string,
    private readonly cli: Cli,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  static async open({ name, bin, home, env }: ContenderOptions): Promise<Contender> {
    const folder = join(home, "program");
    await mkdir(join(folder, "node_modules"), { recursive: true });
    await copyFile(join(ROOT, "bench", name, "index.js"), join(folder, "index.js"));
    await writeFile(join(folder, "Pulumi.yaml"), `name: ${name}\nruntime: nodejs\n`);
    await writeFile(join(folder, "package.json"), JSON.stringify({ name, main: "index.js" }));
    await symlink(ROOT, join(folder, "node_modules/pulumi-ocamba-hood"));
    await symlink(join(ROOT, "node_modules/@pulumi"), join(folder, "node_modules/@pulumi"));
    return new Contender(name, await openCli({ bin, cwd: folder, scratch: home }), env);
  }

  /** Begins anew: an empty stack, on which everything that follows runs. */
  async newStack(): Promise<void> {
    this.#stacks++;
    await this.succeed(["stack", "init", `run-${this.#stacks}`]);
  }

  async run(args: readonly string[], { env, onStart }: RunOptions = {}): Promise<Timed> {
    const begin = performance.now();
    const ran = await this.cli(args, { env: { ...this.env, ...env }, onStart });
    return { ...ran, seconds: (performance.now() - begin) / 1_000 };
  }

  /** @throws Error with the CLI's output where the command failed: a time of something else is no time. */
  async succeed(args: readonly string[], options?: RunOptions): Promise<Timed> {
    const ran = await this.run(args, options);
    if (ran.code === 0) return ran;
    throw new Error(`pulumi ${args.join(" ")} of ${this.name} failed with ${ran.code}:\n${ran.stdout}${ran.stderr}`);
  }

  /** The dynamic resources in the state. */
  async resources(): Promise<StoredResource[]> {
    const { stdout } = await this.succeed(["stack", "export"]);
    const resources: StoredResource[] = JSON.parse(stdout).deployment.resources;
    return resources.filter(({ type }) => type.startsWith("pulumi-nodejs:dynamic"));
  }
}
