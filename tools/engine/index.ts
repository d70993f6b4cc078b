import { link, mkdir } from "node:fs/promises";
import path from "node:path";
import {
  binOf,
  build,
  CLI,
  CLI_VERSION,
  type Context,
  ENGINE,
  type Entry,
  entry,
  filesOf,
  HOSTS,
  locate,
  makeEntry,
  missing,
  NEEDED_GO,
  NODEJS_HOST,
  NODEJS_HOST_VERSION,
  PYTHON_HOST_VERSION,
  run,
  step,
  YAML_HOST_VERSION,
} from "./build";

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

const OLDEST = { major: 3, minor: 150 };
const INSTALL_MS = 300_000;

/** The CLI's version goes in as text, which the installer takes as it is. */
const INSTALL = `
  const [root, version] = process.argv.slice(1);
  const { PulumiCommand } = require("@pulumi/pulumi/automation/cmd");
  PulumiCommand.install({ root, version, skipVersionCheck: true }).catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });`;

/**
 * Makes sure that there is a Pulumi CLI with its Node.js language host. @returns the folder to put on PATH.
 *
 * A `pulumi` on PATH is taken as it is, from 3.150 on. Otherwise the engine comes from the cache, after having been installed or
 * built there once: CONTRIBUTING.md.
 * @throws Error that lists what was tried, each with its reason, and says what to install.
 */
export async function ensureEngine(options: EngineOptions = {}): Promise<string> {
  const context = contextOf(options);
  try {
    return await engineOnPath(context);
  } catch (error) {
    context.signal?.throwIfAborted();
    return engineInCache(options, (error as Error).message);
  }
}

function contextOf({ env = process.env, progress = () => {}, signal }: EngineOptions): Context {
  return { env, progress, signal };
}

export function engineEntry(env: NodeJS.ProcessEnv): Entry {
  return entry(env, `cli-${CLI_VERSION}-nodejs-${NODEJS_HOST_VERSION}`, filesOf(ENGINE));
}

/** The folders on PATH that mean the same wherever a command runs. */
function foldersOnPath({ PATH = "" }: NodeJS.ProcessEnv): string[] {
  return PATH.split(path.delimiter).filter(path.isAbsolute);
}

/** The language host may be in another folder than the CLI: the CLI looks for it on PATH. */
async function engineOnPath(context: Context): Promise<string> {
  const folders = foldersOnPath(context.env);
  const cli = locate(CLI, folders);
  if (!cli) throw new Error("there is no pulumi on PATH");
  const version = await versionOf(cli, context);
  const [, major = 0, minor = 0] = (/^v?(\d+)\.(\d+)\./.exec(version) ?? []).map(Number);
  if (major < OLDEST.major || (major === OLDEST.major && minor < OLDEST.minor)) {
    throw new Error(`${cli} is ${version}, and ${OLDEST.major}.${OLDEST.minor} or newer is needed`);
  }
  if (locate(NODEJS_HOST, folders)) return path.dirname(cli);
  throw new Error(`${cli} is there, but its Node.js language host (${NODEJS_HOST}) is not on PATH`);
}

/** @param reason why the one on PATH can't be used */
async function engineInCache(options: EngineOptions, reason: string): Promise<string> {
  const context = contextOf(options);
  const engine = engineEntry(context.env);
  if (missing(engine.files, [binOf(engine.folder)]).length > 0) {
    context.progress(`No engine on PATH (${reason}), and none in the cache (${engine.folder})`);
    await makeEntry(engine, (aside) => makeEngine(aside, options, context, reason));
  }
  context.progress(`Using the engine in ${binOf(engine.folder)}`);
  return binOf(engine.folder);
}

/** Tries one way after the other. */
async function makeEngine(
  aside: string,
  { install = installRelease }: EngineOptions,
  context: Context,
  reason: string,
): Promise<string> {
  const ways: [name: string, make: (root: string) => Promise<unknown>][] = [
    ["Pulumi's own installer", (root) => install(root, context)],
    ["building it with Go", (root) => build(ENGINE, root, context)],
  ];
  const failed = [`PATH: ${reason}`];
  for (const [place, [name, make]] of ways.entries()) {
    const root = path.join(aside, String(place));
    try {
      await make(root);
      await verify(root, context);
      return root;
    } catch (error) {
      context.signal?.throwIfAborted();
      failed.push(`${name}: ${(error as Error).message}`);
      context.progress(`No engine from ${failed.at(-1)}`);
    }
  }
  throw new Error(
    [
      "No Pulumi engine was found, and none could be made. Tried:",
      ...failed.map((line) => `- ${line}`),
      `Install Pulumi ${OLDEST.major}.${OLDEST.minor} or newer (https://www.pulumi.com/docs/install/) or ${NEEDED_GO},`,
      "put it on PATH, and run `npm run engine` again.",
    ].join("\n"),
  );
}

async function verify(root: string, context: Context): Promise<void> {
  const left = missing(filesOf(ENGINE), [binOf(root)]);
  if (left.length > 0) throw new Error(`it left out ${left.join(", ")}`);
  const version = await versionOf(path.join(binOf(root), CLI), context);
  if (version !== `v${CLI_VERSION}`) throw new Error(`it made ${version} instead of v${CLI_VERSION}`);
}

/** In a process of its own: the Automation API takes no time limit. */
function installRelease(root: string, context: Context): Promise<string> {
  const limits = { cwd: __dirname, timeout: INSTALL_MS };
  return step(`Installing the Pulumi CLI ${CLI_VERSION} with Pulumi's own installer`, context, () =>
    run(process.execPath, ["-e", INSTALL, root, CLI_VERSION], context, limits),
  );
}

function versionOf(cli: string, context: Context): Promise<string> {
  const env = { ...context.env, PULUMI_SKIP_UPDATE_CHECK: "true" };
  return run(cli, ["version"], { ...context, env }, { timeout: 20_000 });
}

/** An engine that runs programs in YAML and Python too. */
interface Languages {
  /** The folder to put on PATH. */
  readonly bin: string;
  /** A virtual environment with Pulumi's package for Python. Python programs need its `bin` first on PATH. */
  readonly python: string;
}

/** Pulumi's package for Python: works with the CLI and the language host that are built here. */
const PYTHON_SDK_VERSION = "3.272.0";
const PYTHON = "python3";

const ADVICE = {
  hosts:
    "Install Pulumi (https://www.pulumi.com/docs/install/), which brings them along, " +
    `or ${NEEDED_GO}, put it on PATH, and run the same command again.`,
  python:
    "Install Python 3.10 or newer (https://www.python.org/downloads/) with its modules venv and pip, " +
    "put it on PATH, and run the same command again.",
};

/**
 * Makes sure that there is an engine, the language hosts for YAML and Python, and Pulumi's package for Python. What isn't on PATH
 * comes from the cache, after having been built there once: needs Go, and Python 3.10 or newer.
 * @throws Error that says what could not be made, why, and what to install.
 */
export async function ensureLanguages(options: EngineOptions = {}): Promise<Languages> {
  const context = contextOf(options);
  return { bin: await ensureHosts(await ensureEngine(options), options), python: await ensurePython(context) };
}

/** The CLI warns in each run about a host that isn't beside it: so the engine from the cache gets a folder together with them. */
async function ensureHosts(found: string, options: EngineOptions): Promise<string> {
  const context = contextOf(options);
  const { env } = context;
  const onPath = foldersOnPath(env);
  // Hosts on PATH belong to the CLI on PATH. Beside one from the cache they could be of any version.
  const folders = locate(CLI, onPath) === path.join(found, CLI) ? onPath : [found];
  if (missing(filesOf(HOSTS), folders).length === 0) return found;
  const engine = engineEntry(env);
  const bin = found === binOf(engine.folder) ? found : await engineInCache(options, "it lacks language hosts");
  if (missing(filesOf(HOSTS), [bin]).length === 0) return bin;

  const versions = `-yaml-${YAML_HOST_VERSION}-python-${PYTHON_HOST_VERSION}`;
  const together = { folder: engine.folder + versions, files: [...engine.files, ...filesOf(HOSTS)] };
  await ensure("the YAML and Python language hosts", ADVICE.hosts, together, context, async (root) => {
    await build(HOSTS, root, context);
    for (const file of engine.files) await link(path.join(bin, file), path.join(binOf(root), file));
  });
  return binOf(together.folder);
}

async function ensurePython(context: Context): Promise<string> {
  const program = "import sys; print('%d.%d' % sys.version_info[:2])";
  const version = await run(PYTHON, ["-c", program], context, { timeout: 20_000 }).catch((error: Error) => {
    context.signal?.throwIfAborted();
    throw new Error(`Could not ask Python for its version: ${error.message}\n${ADVICE.python}`);
  });
  const name = `Pulumi ${PYTHON_SDK_VERSION} for Python ${version}`;
  // An environment's packages are for one minor version of Python, and unseen by the next.
  const environment = entry(context.env, `pulumi-${PYTHON_SDK_VERSION}-for-python-${version}`, [PYTHON]);
  await ensure(name, ADVICE.python, environment, context, async (root) => {
    // pip leaves its temporary files behind when it is stopped: these go with what `root` is in.
    const work = `${root}.work`;
    await mkdir(work);
    const own = { ...context, env: { ...context.env, TMPDIR: work } };
    await step(`Installing ${name} with pip`, context, async () => {
      await run(PYTHON, ["-m", "venv", root], own);
      // Wheels only: no C compiler needed. Without the version check, whose notice would hide an error.
      const args = ["--only-binary=:all:", "--disable-pip-version-check", `pulumi==${PYTHON_SDK_VERSION}`];
      await run(path.join(binOf(root), PYTHON), ["-m", "pip", "install", ...args], own);
    });
  });
  return environment.folder;
}

/** @param make fills `root`, which doesn't exist yet */
async function ensure(
  name: string,
  advice: string,
  made: Entry,
  context: Context,
  make: (root: string) => Promise<void>,
): Promise<void> {
  if (missing(made.files, [binOf(made.folder)]).length === 0) return;
  context.progress(`The cache doesn't hold ${name} yet (${made.folder})`);
  await makeEntry(made, async (aside) => {
    const root = path.join(aside, "made");
    try {
      await make(root);
      const left = missing(made.files, [binOf(root)]);
      if (left.length > 0) throw new Error(`what was made lacks ${left.join(", ")}`);
      return root;
    } catch (error) {
      context.signal?.throwIfAborted();
      throw new Error(`Could not make ${name}: ${(error as Error).message}\n${advice}`);
    }
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
