import path from "node:path";
import { build, CLI, CLI_VERSION, ENGINE, filesOf, NEEDED_GO, NODEJS_HOST, NODEJS_HOST_VERSION } from "./build";
import { binOf, type Entry, entry, locate, makeEntry, missing } from "./cache";
import { type Context, run, step } from "./run";

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
 * built there once: docs/engine.md.
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

export function contextOf({ env = process.env, progress = () => {}, signal }: EngineOptions): Context {
  return { env, progress, signal };
}

export function engineEntry(env: NodeJS.ProcessEnv): Entry {
  return entry(env, `cli-${CLI_VERSION}-nodejs-${NODEJS_HOST_VERSION}`, filesOf(ENGINE));
}

/** The folders on PATH that mean the same wherever a command runs. */
export function foldersOnPath({ PATH = "" }: NodeJS.ProcessEnv): string[] {
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
export async function engineInCache(options: EngineOptions, reason: string): Promise<string> {
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
