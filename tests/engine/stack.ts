import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureEngine } from "../../tools/engine";
import { openCli, type Ran, type RunOptions } from "../../tools/pulumi";

export const ROOT = join(__dirname, "../../..");
export const TOKEN = "canary-5f1d0c9a7be24e63";

export interface Step {
  readonly op: string;
  readonly urn: string;
  readonly newState?: { readonly inputs: Record<string, unknown> };
}

export type Install = (folder: string) => Promise<void>;

/** A project of its own, in a folder with a space in its name, on the real engine. */
export interface Stack {
  readonly folder: string;
  /** The whole program, in JavaScript, with `pulumi` and `hood` in scope. */
  program(source: string): Promise<void>;
  run(args: readonly string[], options?: RunOptions): Promise<Ran>;
  preview(options?: RunOptions): Promise<Ran>;
  /** The steps of a preview, without the stack itself. */
  plan(options?: RunOptions): Promise<Step[]>;
  up(options?: RunOptions): Promise<Ran>;
  /** The resources in the state, without the stack and the providers. */
  resources(): Promise<StoredResource[]>;
  /** The state as the backend stores it. */
  stateText(): Promise<string>;
  remove(): Promise<void>;
}

export interface StoredResource {
  readonly id: string;
  readonly type: string;
  readonly inputs: Record<string, unknown>;
  readonly outputs: Record<string, unknown>;
}

/**
 * @param settings the `hood` environment of every command, such as `{ HOOD_ENDPOINT: simulator.url }`.
 * @param install brings the package and Pulumi's into the program's folder; without it, this repository's are linked.
 */
export async function openStack(settings: NodeJS.ProcessEnv, install: Install = link): Promise<Stack> {
  const home = await mkdtemp(join(tmpdir(), "hood stack "));
  const folder = join(home, "the program");
  await mkdir(folder);
  await writeFile(join(folder, "Pulumi.yaml"), "name: test\nruntime:\n  name: nodejs\n");
  await install(folder);
  const cli = await openCli({ bin: await ensureEngine(), cwd: folder, scratch: home });
  const run: Stack["run"] = (args, options) =>
    cli(args, { ...options, env: { HOOD_TOKEN: TOKEN, ...settings, ...options?.env } });
  await mustSucceed(run(["stack", "init", "test"]));
  const exported = async () => JSON.parse((await mustSucceed(run(["stack", "export"]))).stdout);

  return {
    folder,
    run,
    program: (source) => writeFile(join(folder, "index.js"), PREAMBLE + source),
    preview: (options) => run(["preview"], options),
    plan: async (options) => {
      const { stdout } = await mustSucceed(run(["preview", "--json"], options));
      const { steps } = JSON.parse(stdout) as { steps: Step[] };
      return steps.filter(({ urn }) => urn.includes("hood:"));
    },
    up: (options) => run(["up", "--yes", "--skip-preview"], options),
    resources: async () => {
      const resources: StoredResource[] = (await exported()).deployment.resources ?? [];
      return resources.filter(({ type }) => type.includes("hood:"));
    },
    stateText: () => readFile(join(home, "state/.pulumi/stacks/test/test.json"), "utf8"),
    remove: () => rm(home, { recursive: true, force: true }),
  };
}

const PREAMBLE = `const pulumi = require("@pulumi/pulumi");\nconst hood = require("pulumi-ocamba-hood");\n`;

/** Links this repository and its Pulumi into a program's folder. */
export async function link(folder: string): Promise<void> {
  await mkdir(join(folder, "node_modules"));
  await symlink(ROOT, join(folder, "node_modules/pulumi-ocamba-hood"));
  await symlink(join(ROOT, "node_modules/@pulumi"), join(folder, "node_modules/@pulumi"));
  await writeFile(join(folder, "package.json"), JSON.stringify({ name: "program", main: "index.js" }));
}

export async function mustSucceed(running: Promise<Ran>): Promise<Ran> {
  const ran = await running;
  if (ran.code !== 0) throw new Error(`the CLI exited with ${ran.code}:\n${ran.stdout}${ran.stderr}`);
  return ran;
}
