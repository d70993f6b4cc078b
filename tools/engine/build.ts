import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { chmod, copyFile, mkdir } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";

/** What every step gets: the environment it works in, where it reports to, and how it is stopped. */
export interface Context {
  readonly env: NodeJS.ProcessEnv;
  readonly progress: (line: string) => void;
  readonly signal: AbortSignal | undefined;
}

/** A program that Go compiles. */
interface Program {
  readonly file: string;
  readonly title: string;
  readonly package: string;
  readonly version: string;
  /** The folder here whose go.mod pins that version. Without one, the program's module pins its own dependencies. */
  readonly folder?: string;
  /** The Go variable that tells the program its version. */
  readonly versionVariable: string;
}

/** A script that is copied. */
interface Script {
  readonly file: string;
  from(go: Context): Promise<string>;
}

export type Part = Program | Script;

/** The oldest Go that the go.mod folders allow. */
export const NEEDED_GO = "Go 1.26.6 or newer (https://go.dev/dl/)";
const PULUMI = "github.com/pulumi/pulumi";
const YAML = "github.com/pulumi/pulumi-yaml";
const EXE = process.platform === "win32" ? ".exe" : "";
const LAUNCHER = process.platform === "win32" ? "pulumi-resource-pulumi-nodejs.cmd" : "pulumi-resource-pulumi-nodejs";

/** The compiler copies no go.mod to dist. */
const pinned = (folder: string) => path.resolve(__dirname, "../../../tools/engine", folder);
const [CLI, HOSTS] = [pinned("cli"), pinned("hosts")];

function pinnedVersion(folder: string, module: string): string {
  const pins = readFileSync(path.join(folder, "go.mod"), "utf8");
  return pins.split(/\s+/).join(" ").split(`${module} v`)[1]?.split(" ")[0] ?? "";
}

export const cli: Program = {
  file: `pulumi${EXE}`,
  title: "Pulumi CLI",
  package: `${PULUMI}/pkg/v3/cmd/pulumi`,
  version: pinnedVersion(CLI, `${PULUMI}/pkg/v3`),
  folder: CLI,
  versionVariable: `${PULUMI}/sdk/v3/go/common/version.Version`,
};

/** Newer releases have it in a Go module that the proxy doesn't serve. This one works with newer CLIs. */
export const nodejsHost: Program = {
  ...cli,
  file: `pulumi-language-nodejs${EXE}`,
  title: "Node.js language host",
  package: `${PULUMI}/sdk/v3/nodejs/cmd/pulumi-language-nodejs`,
  version: pinnedVersion(HOSTS, `${PULUMI}/sdk/v3`),
  folder: HOSTS,
};

export const pythonHost: Program = {
  ...nodejsHost,
  file: `pulumi-language-python${EXE}`,
  title: "Python language host",
  package: `${PULUMI}/sdk/v3/python/cmd/pulumi-language-python`,
};

/** It is made for an older `pkg/v3` than the CLI's, and doesn't compile with that one. */
export const yamlHost: Program = {
  file: `pulumi-language-yaml${EXE}`,
  title: "YAML language host",
  package: `${YAML}/cmd/pulumi-language-yaml`,
  version: "1.25.0",
  versionVariable: `${YAML}/pkg/version.Version`,
};

/** The CLI starts dynamic providers through this script, and warns if it isn't beside it. */
const launcher: Script = {
  file: LAUNCHER,
  from: async () => path.join(path.dirname(require.resolve("@pulumi/pulumi/package.json")), LAUNCHER),
};

const pythonExec: Script = {
  file: "pulumi-language-python-exec",
  async from(go) {
    const sources = await run("go", ["list", "-m", "-f", "{{.Dir}}", `${PULUMI}/sdk/v3`], go, { cwd: HOSTS });
    return path.join(sources, "python/cmd/pulumi-language-python-exec");
  },
};

/** What runs programs for Node.js, and what runs programs in YAML and Python besides. */
export const engine: readonly Part[] = [cli, nodejsHost, launcher];
export const languages: readonly Part[] = [yamlHost, pythonHost, pythonExec];

/** Makes the parts in the folder `bin`. @param work a folder for what `go build` leaves behind when it is stopped */
export async function build(parts: readonly Part[], bin: string, work: string, context: Context): Promise<void> {
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
      await step(`Building the ${part.title} ${part.version} with Go`, context, () => goBuild(part, output, go));
    }
  }
}

async function goBuild(program: Program, output: string, go: Context): Promise<void> {
  const version = `v${program.version}`;
  // Without -buildvcs=false, Go would ask git about this checkout, which may be none or somebody else's.
  const flags = ["-buildvcs=false", "-trimpath", "-ldflags", `-s -w -X ${program.versionVariable}=${version}`];
  if (program.folder) {
    const args = ["build", "-mod=readonly", ...flags, "-o", output, program.package];
    await run("go", args, go, { cwd: program.folder });
  } else {
    const env = { ...go.env, GOBIN: path.dirname(output) };
    await run("go", ["install", ...flags, `${program.package}@${version}`], { ...go, env });
  }
}

interface Failure extends Error {
  readonly code?: string | number;
  readonly killed?: boolean;
  readonly stderr?: string;
}

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

const EVERY_MS = 20_000;

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
