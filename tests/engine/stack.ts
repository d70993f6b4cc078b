import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { version } from "../../provider/hood/transport";
import { type Simulator, type SimulatorOptions, startSimulator } from "../../simulator";
import { ensureEngine, ensureLanguages } from "../../tools/engine";
import { ROOT } from "../../tools/package";
import { openCli, type Ran, type RunOptions } from "../../tools/pulumi";

export const TOKEN = "canary-5f1d0c9a7be24e63";

/** The two ways in which Pulumi gets to the resources, and a language whose programs take each of them. */
export type Host = "npm classes" | "plugin";
export const HOSTS: readonly Host[] = ["npm classes", "plugin"];

export interface Step {
  readonly op: string;
  readonly urn: string;
  readonly newState?: { readonly inputs: Record<string, unknown> };
  readonly detailedDiff?: Record<string, { readonly kind: string }>;
}

export interface StoredResource {
  readonly id: string;
  readonly urn: string;
  readonly type: string;
  readonly inputs: Record<string, unknown>;
  readonly outputs: Record<string, unknown>;
}

type Install = (folder: string) => Promise<void>;
export type Stack = Awaited<ReturnType<typeof openStack>>;

/**
 * A project of its own, in a folder with a space in its name, on the real engine.
 * @param settings the `hood` environment of every command, such as `{ HOOD_ENDPOINT: simulator.url }`.
 * @param install brings the package and Pulumi's into the folder of a program in Node.js; without it, this repository's are linked.
 */
export async function openStack(host: Host, settings: NodeJS.ProcessEnv, install: Install = link) {
  const home = await mkdtemp(join(tmpdir(), "hood stack "));
  const folder = join(home, "the program");
  await mkdir(folder);
  /** Writes files of the project, by name. */
  const write = async (files: Files) => {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  };
  await write(host === "plugin" ? inYaml({}) : JAVASCRIPT);
  const { env: own, ...engine } = host === "plugin" ? await withPlugin(home) : { bin: await ensureEngine(), env: {} };
  if (host === "npm classes") await install(folder);
  const cli = await openCli({ ...engine, cwd: folder, scratch: home });
  const run = (args: readonly string[], options?: RunOptions): Promise<Ran> =>
    cli(args, { ...options, env: { HOOD_TOKEN: TOKEN, ...own, ...settings, ...options?.env } });
  await mustSucceed(run(["stack", "init", "test"]));
  /** The state as the backend stores it. */
  const stateText = () => readFile(join(home, "state/.pulumi/stacks/test/test.json"), "utf8");
  const stored = async (): Promise<StoredResource[]> => {
    const resources: Partial<StoredResource>[] = JSON.parse(await stateText()).checkpoint.latest?.resources ?? [];
    return resources.map((resource) => ({ id: "", urn: "", type: "", inputs: {}, outputs: {}, ...resource }));
  };

  return {
    folder,
    write,
    /** Writes the program: its resources, and what it exports. */
    declare: (resources: Program, outputs: object = {}) =>
      write(host === "plugin" ? inYaml(resources, { outputs }) : inJavaScript(resources, outputs)),
    /** The whole program, in JavaScript, with `pulumi` and `hood` in scope. */
    program: (source: string) => write(sourceFile(source)),
    run,
    preview: (options?: RunOptions) => run(["preview"], options),
    /** The steps of a preview that are about this package's resources. */
    plan: async (options?: RunOptions): Promise<Step[]> => {
      const { stdout } = await mustSucceed(run(["preview", "--json"], options));
      const { steps } = JSON.parse(stdout) as { steps: Step[] };
      return steps.filter(({ urn }) => urn.includes("hood:") && !urn.includes("providers:hood"));
    },
    up: (options?: RunOptions) => run(["up", "--yes", "--skip-preview"], options),
    destroy: (options?: RunOptions) => run(["destroy", "--yes", "--skip-preview"], options),
    /** The resources in the state, without the stack and the providers. */
    resources: async () =>
      (await stored()).filter(({ type }) => type.includes("hood:") && !type.startsWith("pulumi:providers")),
    /** What the program exported. */
    outputs: async () => (await stored()).find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs ?? {},
    stateText,
    remove: () => rm(home, { recursive: true, force: true }),
  };
}

/** An account, and stacks on it, which are gone after the `describe` that they are opened in, or after each of its tests. */
export function onAccount(gone: typeof after | typeof afterEach = after) {
  let hood: Simulator;
  let stack: Stack;
  const closing: (() => Promise<unknown>)[] = [];
  gone(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });
  return {
    get hood() {
      return hood;
    },
    /** The one that was opened last. */
    get stack() {
      return stack;
    },
    async account(options: SimulatorOptions = {}) {
      const started = await startSimulator({ token: TOKEN, ...options });
      hood = started;
      closing.push(() => started.close());
      return started;
    },
    async open(host: Host, settings: NodeJS.ProcessEnv = {}, install?: Install) {
      stack = await openStack(host, { HOOD_ENDPOINT: hood.url, ...settings }, install);
      closing.push(stack.remove);
      return stack;
    },
    /** What was asked to change something, such as `POST /1000248/cancel`. */
    calls: () =>
      hood.requests.flatMap(({ method, path }) =>
        method === "GET" ? [] : `${method} ${path.replace("/v1/hood/campaigns", "")}`,
      ),
  };
}

/** A stack on an account of its own for all tests of a `describe`. */
export function onStack(host: Host, account: SimulatorOptions = {}, settings: NodeJS.ProcessEnv = {}) {
  const on = onAccount();
  before(async () => {
    await on.account(account);
    await on.open(host, settings);
  });
  beforeEach(() => on.hood.clearRequests());
  return on;
}

/** The engine with the language hosts, and the plugin. */
async function withPlugin(home: string) {
  const { bin, python } = await ensureLanguages();
  const env = { PULUMI_HOME: join(home, "pulumi") };
  await installPlugin(env.PULUMI_HOME);
  // As with the virtual environment activated.
  return { bin, folders: [join(python, "bin")], env: { VIRTUAL_ENV: python, PYTHONHOME: undefined, ...env } };
}

/** Puts the plugin of this repository where a CLI with that home looks for those that are installed. */
export async function installPlugin(pulumiHome: string): Promise<void> {
  const installed = join(pulumiHome, `plugins/resource-hood-v${version}`);
  await mkdir(installed, { recursive: true });
  const launcher = `#!/bin/sh\nexec "${process.execPath}" "${join(ROOT, "dist/provider/hosts/plugin/main.js")}" "$@"\n`;
  await writeFile(join(installed, "pulumi-resource-hood"), launcher, { mode: 0o755 });
}

/** Links this repository and its Pulumi into a program's folder. */
export async function link(folder: string): Promise<void> {
  await mkdir(join(folder, "node_modules"));
  await symlink(ROOT, join(folder, "node_modules/pulumi-ocamba-hood"));
  await symlink(join(ROOT, "node_modules/@pulumi"), join(folder, "node_modules/@pulumi"));
}

export async function mustSucceed(running: Promise<Ran>): Promise<Ran> {
  const ran = await running;
  if (ran.code !== 0) throw new Error(`the CLI exited with ${ran.code}:\n${ran.stdout}${ran.stderr}`);
  return ran;
}

/** What a command says that must fail: all of it, and what a person reads at its end, with each error once and no stack trace. */
export async function mustFail(running: Ran | Promise<Ran>): Promise<string> {
  const { code, stdout, stderr } = await running;
  const said = `${stdout}${stderr}`;
  if (code === 0) throw new Error(`The CLI should have failed:\n${said}`);
  // A preview before an update has some of its own.
  const diagnostics = said.split("Diagnostics:\n").at(-1) ?? "";
  if (/^\s+at /m.test(diagnostics)) throw new Error(`It shows a stack trace:\n${diagnostics}`);
  return diagnostics;
}

/** A resource as a program declares it; its arguments are written as in Pulumi YAML: `${name.output}`, `{ "fn::secret": … }`. */
export interface Declared {
  readonly type: "Campaign" | "CampaignCancellation" | "CampaignStatus";
  readonly args: object;
  readonly options?: { readonly dependsOn?: readonly string[]; readonly retainOnDelete?: boolean };
}
export type Program = Readonly<Record<string, Declared>>;

/** The resource that most tests declare. @param dependsOn other resources' names. */
export const cancellation = (campaignId: string, more: object = {}, dependsOn: readonly string[] = []): Declared => ({
  type: "CampaignCancellation",
  args: { campaignId, reason: "Budget cut", ...more },
  options: { dependsOn },
});

type Files = Readonly<Record<string, string>>;

/** Without TypeScript, the program starts half a second earlier. */
const PROJECT = "name: test\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n";
const PREAMBLE = `const pulumi = require("@pulumi/pulumi");\nconst hood = require("pulumi-ocamba-hood");\nconst all = {};\n`;
/** A project in JavaScript that declares nothing yet. */
export const JAVASCRIPT = { ...sourceFile(""), "package.json": JSON.stringify({ name: "program", main: "index.js" }) };

export function sourceFile(source: string): Files {
  return { "Pulumi.yaml": PROJECT, "index.js": PREAMBLE + source };
}

export function inJavaScript(resources: Program, outputs: object = {}): Files {
  return sourceFile(`${declarations(resources)}module.exports = ${code(outputs)};\n`);
}

/** The lines of a program in JavaScript that declare these resources. */
export function declarations(resources: Program): string {
  const declared = Object.entries(resources).map(([name, { type, args, options = {} }]) => {
    const { dependsOn = [], ...more } = options;
    const given = { ...more, dependsOn: dependsOn.map((other) => `\${${other}}`) };
    return `all[${JSON.stringify(name)}] = new hood.${type}(${JSON.stringify(name)}, ${code(args)}, ${code(given)});\n`;
  });
  return declared.join("");
}

/** What is JSON is YAML too. */
export function inYaml(resources: Program, more: object = {}): Files {
  const declared = Object.entries(resources).map(([name, { type, args, options = {} }]) => {
    const { dependsOn = [], ...others } = options;
    const given = { ...others, dependsOn: dependsOn.map((other) => `\${${other}}`) };
    return [name, { type: `hood:${type}`, properties: args, options: given }];
  });
  const project = { name: "test", runtime: "yaml", resources: Object.fromEntries(declared), ...more };
  return { "Pulumi.yaml": JSON.stringify(project) };
}

function code(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(code).join(", ")}]`;
  if (typeof value === "string") {
    const [, name, property = ""] = /^\$\{([\w-]+)((?:\.\w+)*)\}$/.exec(value) ?? [];
    return name === undefined ? JSON.stringify(value) : `all[${JSON.stringify(name)}]${property}`;
  }
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if ("fn::secret" in value) return `pulumi.secret(${code(value["fn::secret"])})`;
  const entries = Object.entries(value).filter(([, part]) => part !== undefined);
  return `{ ${entries.map(([key, part]) => `${JSON.stringify(key)}: ${code(part)}`).join(", ")} }`;
}
