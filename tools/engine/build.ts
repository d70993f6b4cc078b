import { execFile } from "node:child_process";
import { accessSync, constants, readFileSync, statSync } from "node:fs";
import { chmod, copyFile, mkdir, mkdtemp, readdir, rename, rm, stat } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

/** The oldest Go that the go.mod folders allow. */
export const NEEDED_GO = "Go 1.26.6 or newer (https://go.dev/dl/)";

/** A program that Go compiles. */
interface Program {
  readonly file: string;
  readonly title: string;
  /** The folder here whose go.mod pins the module's version, or the version of a module that pins its own dependencies. */
  readonly pinned: { readonly folder: "cli" | "hosts" } | { readonly version: string };
  readonly module: string;
  /** The program's package in the module. */
  readonly package: string;
  /** The Go variable that tells the program its version. */
  readonly versionVariable: string;
}

/** A script that is copied. */
interface Script {
  readonly file: string;
  from(go: Context): Promise<string>;
}

const PULUMI = "github.com/pulumi/pulumi";
const YAML = "github.com/pulumi/pulumi-yaml";
const EXE = process.platform === "win32" ? ".exe" : "";
const LAUNCHER = process.platform === "win32" ? "pulumi-resource-pulumi-nodejs.cmd" : "pulumi-resource-pulumi-nodejs";
/** The compiler copies no go.mod to dist. */
const FOLDERS = path.resolve(__dirname, "../../../tools/engine");

const cli: Program = {
  file: `pulumi${EXE}`,
  title: "Pulumi CLI",
  pinned: { folder: "cli" },
  module: `${PULUMI}/pkg/v3`,
  package: "cmd/pulumi",
  versionVariable: `${PULUMI}/sdk/v3/go/common/version.Version`,
};

/** Newer releases have it in a Go module that the proxy doesn't serve. This one works with newer CLIs. */
const nodejsHost: Program = {
  file: `pulumi-language-nodejs${EXE}`,
  title: "Node.js language host",
  pinned: { folder: "hosts" },
  module: `${PULUMI}/sdk/v3`,
  package: "nodejs/cmd/pulumi-language-nodejs",
  versionVariable: cli.versionVariable,
};

/** The CLI starts dynamic providers through this script, and warns if it isn't beside it. */
const launcher: Script = {
  file: LAUNCHER,
  from: async () => path.join(path.dirname(require.resolve("@pulumi/pulumi/package.json")), LAUNCHER),
};

/** It is made for an older `pkg/v3` than the CLI's, and doesn't compile with that one. */
const yamlHost: Program = {
  file: `pulumi-language-yaml${EXE}`,
  title: "YAML language host",
  pinned: { version: "1.25.0" },
  module: YAML,
  package: "cmd/pulumi-language-yaml",
  versionVariable: `${YAML}/pkg/version.Version`,
};

const pythonHost: Program = {
  ...nodejsHost,
  file: `pulumi-language-python${EXE}`,
  title: "Python language host",
  package: "python/cmd/pulumi-language-python",
};

const pythonExec: Script = {
  file: "pulumi-language-python-exec",
  async from(go) {
    const sources = await run("go", ["list", "-m", "-f", "{{.Dir}}", pythonHost.module], go, folderOf(pythonHost));
    return path.join(sources, "python/cmd/pulumi-language-python-exec");
  },
};

/** What runs programs for Node.js, and what runs programs in YAML and Python besides. */
export const ENGINE = [cli, nodejsHost, launcher] as const;
export const HOSTS = [yamlHost, pythonHost, pythonExec] as const;
export const [CLI, NODEJS_HOST] = [cli.file, nodejsHost.file];

export const filesOf = (parts: readonly (Program | Script)[]): string[] => parts.map(({ file }) => file);

export const CLI_VERSION = versionOf(cli);
export const NODEJS_HOST_VERSION = versionOf(nodejsHost);
export const YAML_HOST_VERSION = versionOf(yamlHost);
export const PYTHON_HOST_VERSION = versionOf(pythonHost);

function folderOf({ pinned }: Program): { cwd?: string } {
  return "folder" in pinned ? { cwd: path.join(FOLDERS, pinned.folder) } : {};
}

function versionOf({ pinned, module }: Program): string {
  if ("version" in pinned) return pinned.version;
  const pins = readFileSync(path.join(FOLDERS, pinned.folder, "go.mod"), "utf8");
  const [, version] = pins.split(/\s+/).join(" ").split(`${module} v`);
  return version?.split(" ")[0] ?? "";
}

/** Makes the parts in the folder `bin` of `root`, which doesn't exist yet. */
export async function build(parts: readonly (Program | Script)[], root: string, context: Context): Promise<void> {
  // `go build` leaves its work folder behind when it is stopped: this one goes with what `root` is in.
  const work = `${root}.work`;
  const bin = binOf(root);
  for (const folder of [work, bin]) await mkdir(folder, { recursive: true });
  // Without CGO it needs no C compiler, as the official releases. A Go workspace around this checkout must not change the pins.
  const go: Context = { ...context, env: { ...context.env, GOTMPDIR: work, CGO_ENABLED: "0", GOWORK: "off" } };
  await run("go", ["version"], go);
  context.progress("This happens once. The CLI takes about 6 minutes on 2 cores, a language host less");
  for (const part of parts) {
    const output = path.join(bin, part.file);
    if ("from" in part) {
      await copyFile(await part.from(go), output);
      // Files of Go's cache are read-only, and so is the copy.
      await chmod(output, 0o755);
    } else {
      const what = `Building the ${part.title} ${versionOf(part)} with Go`;
      await step(what, context, () => goBuild(part, output, go));
    }
  }
}

async function goBuild(program: Program, output: string, go: Context): Promise<void> {
  const version = `v${versionOf(program)}`;
  // Without -buildvcs=false, Go would ask git about this checkout, which may be none or somebody else's.
  const flags = ["-buildvcs=false", "-trimpath", "-ldflags", `-s -w -X ${program.versionVariable}=${version}`];
  const main = `${program.module}/${program.package}`;
  if ("version" in program.pinned) {
    const env = { ...go.env, GOBIN: path.dirname(output) };
    await run("go", ["install", ...flags, `${main}@${version}`], { ...go, env });
  } else {
    await run("go", ["build", "-mod=readonly", ...flags, "-o", output, main], go, folderOf(program));
  }
}

/** What every step gets: the environment it works in, where it reports to, and how it is stopped. */
export interface Context {
  readonly env: NodeJS.ProcessEnv;
  readonly progress: (line: string) => void;
  readonly signal: AbortSignal | undefined;
}

interface Failure extends Error {
  readonly code?: string | number;
  readonly killed?: boolean;
  readonly stderr?: string;
}

const EVERY_MS = 20_000;

/**
 * Runs a command to its end. @returns its trimmed standard output.
 * @throws Error with what the command printed last, or that it isn't installed, or that it took too long.
 */
export async function run(
  command: string,
  args: readonly string[],
  { env, signal }: Context,
  limits: { readonly cwd?: string; readonly timeout?: number } = {},
): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(command, args, { env, signal, maxBuffer: 2 ** 24, ...limits });
    return stdout.trim();
  } catch (error) {
    signal?.throwIfAborted();
    throw new Error(reasonOf(command, error as Failure, limits.timeout), { cause: error });
  }
}

function reasonOf(command: string, { code, killed, stderr = "", message }: Failure, timeout?: number): string {
  if (code === "ENOENT") return `${command} is not installed (not on PATH)`;
  if (killed && timeout) return `${command} took more than ${timeout / 1_000} s`;
  return stderr.trim().split("\n").slice(-5).join("\n") || message;
}

/** Says what is being done when it begins, and every 20 s how long it has taken. */
export async function step<T>(what: string, { progress }: Context, work: () => Promise<T>): Promise<T> {
  const begin = Date.now();
  const timer = setInterval(() => progress(`${what}: ${Math.round((Date.now() - begin) / 1_000)} s so far`), EVERY_MS);
  progress(what);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

/** A folder of the cache: made once, and only read after that. */
export interface Entry {
  readonly folder: string;
  /** What its folder `bin` must have. */
  readonly files: readonly string[];
}

const DAY_MS = 86_400_000;

/** Outside the checkout, so that every checkout shares it. @param versions the versions of what it holds */
export function entry(env: NodeJS.ProcessEnv, versions: string, files: readonly string[]): Entry {
  const root = env.XDG_CACHE_HOME || path.join(env.HOME || homedir(), ".cache");
  return { folder: path.resolve(root, "pulumi-ocamba-hood", versions), files };
}

export function binOf(folder: string): string {
  return path.join(folder, "bin");
}

/** Which files can't be run, or aren't there. */
export function missing(files: readonly string[], folders: readonly string[]): string[] {
  return files.filter((file) => locate(file, folders) === undefined);
}

/** The first file of that name that can be run. */
export function locate(file: string, folders: readonly string[]): string | undefined {
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

/**
 * Makes an entry aside and renames it, so that it is there as a whole or not at all. If two processes make the same entry, the
 * first one's stays.
 *
 * @param make gets a folder of its own, and resolves to the folder in it that becomes the entry.
 */
export async function makeEntry({ folder, files }: Entry, make: (aside: string) => Promise<string>): Promise<void> {
  const isWhole = () => missing(files, [binOf(folder)]).length === 0;
  const parent = path.dirname(folder);
  try {
    await mkdir(parent, { recursive: true });
  } catch (error) {
    const advice = "Set XDG_CACHE_HOME to a folder that you can write to.";
    throw new Error(`Could not make the cache folder ${parent}: ${(error as Error).message}. ${advice}`);
  }
  await removeLeftovers(parent);
  const aside = await mkdtemp(path.join(parent, ".making-"));
  try {
    const made = await make(aside);
    if (isWhole()) return;
    await rename(folder, path.join(aside, "incomplete")).catch(() => {});
    await rename(made, folder).catch((error: unknown) => {
      if (!isWhole()) throw error;
    });
  } finally {
    // Repeated, since compilers that outlive a stopped Go may still write into it.
    await rm(aside, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** What processes that were killed left. */
async function removeLeftovers(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const file = path.join(parent, name);
    if (!name.startsWith(".making-") || Date.now() - (await stat(file)).mtimeMs < DAY_MS) continue;
    await rm(file, { recursive: true, force: true });
  }
}
