import { accessSync, constants, statSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import * as parts from "./build";
import { build, type Context, cli, NEEDED_GO, type Part, run, step } from "./build";

export interface EngineOptions {
  /** Gets one line for each step, and one every 20 s while a step runs. Default: nobody. */
  progress?: (line: string) => void;
  /** Where PATH, XDG_CACHE_HOME and HOME are looked up, and what commands run with. Default: `process.env`. */
  env?: NodeJS.ProcessEnv;
  /** Stops the work: running commands are ended, what is half made is removed. */
  signal?: AbortSignal;
  /** Puts the official release into the folder `root`. Default: Pulumi's own installer. */
  install?: (root: string, context: Context) => Promise<unknown>;
}

/** An engine that runs programs in YAML and Python too. */
interface Languages {
  /** The folder to put on PATH. */
  readonly bin: string;
  /** A virtual environment with Pulumi's package for Python. Python programs need its `bin` first on PATH. */
  readonly python: string;
}

const OLDEST = { major: 3, minor: 150 };
const INSTALL_MS = 300_000;
const QUESTION_MS = 20_000;

/** The CLI's version goes in as text, which the installer takes as it is. */
const INSTALL = `
  const [root, version] = process.argv.slice(1);
  const { PulumiCommand } = require("@pulumi/pulumi/automation/cmd");
  PulumiCommand.install({ root, version, skipVersionCheck: true }).catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });`;

/** Pulumi's package for Python: works with the CLI and the language host that are built here. */
const PYTHON_SDK_VERSION = "3.272.0";
const PYTHON = "python3";
const NEEDED_PYTHON =
  "Install Python 3.10 or newer (https://www.python.org/downloads/) with its modules venv and pip, put it on PATH, and run the same command again.";

/**
 * Makes sure that there is a Pulumi CLI with its Node.js language host. @returns the folder to put on PATH.
 *
 * A `pulumi` on PATH is taken as it is, from 3.150 on. Otherwise the engine comes from the cache, after having been installed or
 * built there once: CONTRIBUTING.md.
 * @throws Error that lists what was tried, each with its reason, and says what to install.
 */
export async function ensureEngine(options: EngineOptions = {}): Promise<string> {
  return ensure(parts.engine, [cli, parts.nodejsHost], filledIn(options));
}

/** The same with the language hosts for YAML and Python, and with Pulumi's package for Python: needs Python 3.10 or newer. */
export async function ensureLanguages(options: EngineOptions = {}): Promise<Languages> {
  const context = filledIn(options);
  const onPath = [cli, parts.nodejsHost, ...parts.languages];
  const bin = await ensure([...parts.engine, ...parts.languages], onPath, context);
  return { bin, python: await ensurePython(context) };
}

type Options = Context & Required<Pick<EngineOptions, "install">>;

function filledIn({
  env = process.env,
  progress = () => {},
  install = installRelease,
  signal,
}: EngineOptions): Options {
  return { env, progress, install, signal };
}

/** Outside the checkout, so that every checkout shares it. Each folder's name has the versions of what it holds. */
function cacheOf(env: NodeJS.ProcessEnv): string {
  return path.resolve(env.XDG_CACHE_HOME || path.join(env.HOME || homedir(), ".cache"), "pulumi-ocamba-hood");
}

/** The folder of the cache for everything that runs programs. */
export function engineFolder(env: NodeJS.ProcessEnv): string {
  const { nodejsHost, yamlHost, pythonHost } = parts;
  const versions = { cli, nodejs: nodejsHost, yaml: yamlHost, python: pythonHost };
  const name = Object.entries(versions).map(([part, { version }]) => `${part}-${version}`);
  return path.join(cacheOf(env), name.join("-"));
}

/** @param needed what the folder must have if it is ours @param onPath what PATH must have, wherever */
async function ensure(needed: readonly Part[], onPath: readonly Part[], options: Options): Promise<string> {
  try {
    return await engineOnPath(onPath, options);
  } catch (error) {
    options.signal?.throwIfAborted();
    const reason = (error as Error).message;
    const bin = path.join(engineFolder(options.env), "bin");
    const left = missing(needed, [bin]);
    if (left.length > 0) {
      options.progress(`No engine on PATH (${reason}), and none in the cache (${bin})`);
      await aside(options.env, (folder) => make(left, bin, folder, reason, options));
    }
    options.progress(`Using the engine in ${bin}`);
    return bin;
  }
}

/** Which parts can't be run, or aren't there. */
function missing(needed: readonly Part[], folders: readonly string[]): Part[] {
  return needed.filter(({ file }) => locate(file, folders) === undefined);
}

/** The first file of that name that can be run. */
function locate(file: string, folders: readonly string[]): string | undefined {
  return folders.map((folder) => path.join(folder, file)).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

const namesOf = (some: readonly Part[]) => some.map(({ file }) => file).join(", ");

/** Language hosts may be in another folder than the CLI: the CLI looks for them on PATH. */
async function engineOnPath(needed: readonly Part[], context: Context): Promise<string> {
  const folders = (context.env.PATH ?? "").split(path.delimiter).filter(path.isAbsolute);
  const found = locate(cli.file, folders);
  if (!found) throw new Error("there is no pulumi on PATH");
  const version = await versionOf(found, context);
  const [, major = 0, minor = 0] = (/^v?(\d+)\.(\d+)\./.exec(version) ?? []).map(Number);
  if (major < OLDEST.major || (major === OLDEST.major && minor < OLDEST.minor)) {
    throw new Error(`${found} is ${version}, and ${OLDEST.major}.${OLDEST.minor} or newer is needed`);
  }
  const left = missing(needed, folders);
  if (left.length > 0) throw new Error(`${found} is there, but ${namesOf(left)} isn't on PATH`);
  return path.dirname(found);
}

function versionOf(file: string, context: Context): Promise<string> {
  const env = { ...context.env, PULUMI_SKIP_UPDATE_CHECK: "true" };
  return run(file, ["version"], { ...context, env }, { timeout: QUESTION_MS });
}

/** Lets something be made in a folder beside what the cache holds, and removes that folder: only what was moved out of it stays. */
async function aside(env: NodeJS.ProcessEnv, work: (folder: string) => Promise<void>): Promise<void> {
  const cache = cacheOf(env);
  try {
    await mkdir(cache, { recursive: true });
  } catch (error) {
    const advice = "Set XDG_CACHE_HOME to a folder that you can write to.";
    throw new Error(`Could not make the cache folder ${cache}: ${(error as Error).message}. ${advice}`);
  }
  const folder = await mkdtemp(path.join(cache, ".making-"));
  try {
    await work(folder);
  } finally {
    // Repeated, since compilers that outlive a stopped Go may still write into it.
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Tries one way after the other to get what is left into `bin`. @param reason why the engine on PATH can't be used */
async function make(left: readonly Part[], bin: string, folder: string, reason: string, options: Options) {
  const [installed, built] = [path.join(folder, "installed"), path.join(folder, "built")];
  const ways: [name: string, made: string, make: () => Promise<unknown>][] = [
    ["Pulumi's own installer", path.join(installed, "bin"), () => options.install(installed, options)],
    ["building it with Go", built, () => build(left, built, path.join(folder, "work"), options)],
  ];
  const failed = [`PATH: ${reason}`];
  for (const [name, made, way] of ways) {
    try {
      await way();
      await verify(left, made, options);
      return await move(made, bin);
    } catch (error) {
      options.signal?.throwIfAborted();
      failed.push(`${name}: ${(error as Error).message}`);
      options.progress(`No engine from ${failed.at(-1)}`);
    }
  }
  throw new Error(
    [
      "No Pulumi engine was found, and none could be made. Tried:",
      ...failed.map((line) => `- ${line}`),
      `Install Pulumi ${OLDEST.major}.${OLDEST.minor} or newer (https://www.pulumi.com/docs/install/) or ${NEEDED_GO},`,
      "put it on PATH, and run the same command again.",
    ].join("\n"),
  );
}

async function verify(needed: readonly Part[], made: string, context: Context): Promise<void> {
  const left = missing(needed, [made]);
  if (left.length > 0) throw new Error(`it left out ${namesOf(left)}`);
  if (!needed.includes(cli)) return;
  const version = await versionOf(path.join(made, cli.file), context);
  if (version !== `v${cli.version}`) throw new Error(`it made ${version} instead of v${cli.version}`);
}

/** What another process has made meanwhile is replaced by the same. */
async function move(made: string, bin: string): Promise<void> {
  await mkdir(bin, { recursive: true });
  for (const name of await readdir(made)) await rename(path.join(made, name), path.join(bin, name));
}

/** In a process of its own: the Automation API takes no time limit. */
function installRelease(root: string, context: Context): Promise<string> {
  const limits = { cwd: __dirname, timeout: INSTALL_MS };
  return step(`Installing the Pulumi CLI ${cli.version} with Pulumi's own installer`, context, () =>
    run(process.execPath, ["-e", INSTALL, root, cli.version], context, limits),
  );
}

async function ensurePython(context: Context): Promise<string> {
  try {
    const program = "import sys; print('%d.%d' % sys.version_info[:2])";
    const version = await run(PYTHON, ["-c", program], context, { timeout: QUESTION_MS });
    // An environment's packages are for one minor version of Python, and unseen by the next.
    const environment = path.join(cacheOf(context.env), `pulumi-${PYTHON_SDK_VERSION}-for-python-${version}`);
    if (locate(PYTHON, [path.join(environment, "bin")])) return environment;
    const work = (folder: string) => makeEnvironment(path.join(folder, "made"), environment, folder, context);
    await step(`Installing Pulumi ${PYTHON_SDK_VERSION} for Python ${version} with pip`, context, () =>
      aside(context.env, work),
    );
    return environment;
  } catch (error) {
    context.signal?.throwIfAborted();
    throw new Error(`Could not install Pulumi for Python: ${(error as Error).message}\n${NEEDED_PYTHON}`);
  }
}

async function makeEnvironment(made: string, environment: string, folder: string, context: Context): Promise<void> {
  // pip leaves its temporary files behind when it is stopped: these go with the folder.
  const own = { ...context, env: { ...context.env, TMPDIR: folder } };
  await run(PYTHON, ["-m", "venv", made], own);
  // Wheels only: no C compiler needed. Without the version check, whose notice would hide an error.
  const args = ["--only-binary=:all:", "--disable-pip-version-check", `pulumi==${PYTHON_SDK_VERSION}`];
  await run(path.join(made, "bin", PYTHON), ["-m", "pip", "install", ...args], own);
  // If two processes make it, the first one's stays.
  await rename(made, environment).catch((error: Error) => {
    if (!locate(PYTHON, [path.join(environment, "bin")])) throw error;
  });
}

/** `--languages` adds what programs in YAML and Python need. */
async function main(): Promise<void> {
  const interrupted = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.once(name, () => interrupted.abort(new Error(`Interrupted by ${name}: what was half made is removed.`)));
  }
  // Progress goes to stderr: stdout holds nothing but the folder, for PATH="$(npm run --silent engine):$PATH".
  const options = { progress: (line: string) => void process.stderr.write(`${line}\n`), signal: interrupted.signal };
  const languages = process.argv.includes("--languages");
  process.stdout.write(`${languages ? (await ensureLanguages(options)).bin : await ensureEngine(options)}\n`);
}

if (require.main === module) {
  main().catch((error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  });
}
