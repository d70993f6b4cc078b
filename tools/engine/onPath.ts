import path from "node:path";
import { CLI, isExecutable, NODEJS_HOST } from "./parts";
import { type Context, run } from "./run";

const OLDEST = { major: 3, minor: 150 };

/**
 * The folder of the `pulumi` on PATH, if it is new enough and the Node.js language host is on PATH too.
 * The two may lie in different folders: the CLI looks for the language host on PATH.
 * @throws Error that says what is missing or too old.
 */
export async function engineOnPath(context: Context): Promise<string> {
  const cli = locate(CLI, foldersOf(context.env));
  if (!cli) throw new Error("there is no pulumi on PATH");

  const version = await versionOf(cli, context);
  if (!isRecent(version)) {
    throw new Error(`${cli} is ${version}, and ${OLDEST.major}.${OLDEST.minor} or newer is needed`);
  }
  if (!locate(NODEJS_HOST, foldersOf(context.env))) {
    throw new Error(`${cli} is there, but its Node.js language host (${NODEJS_HOST}) is not on PATH`);
  }
  return path.dirname(cli);
}

/** What the CLI at `cli` says it is, such as `v3.274.1`. */
export function versionOf(cli: string, context: Context): Promise<string> {
  const env = { ...context.env, PULUMI_SKIP_UPDATE_CHECK: "true" };
  return run(cli, ["version"], { ...context, env }, { timeout: 20_000 });
}

function isRecent(version: string): boolean {
  const [, major = 0, minor = 0] = (/^v?(\d+)\.(\d+)\./.exec(version) ?? []).map(Number);
  return major > OLDEST.major || (major === OLDEST.major && minor >= OLDEST.minor);
}

/** The folders on PATH that mean the same wherever a command runs. */
export function foldersOf(env: NodeJS.ProcessEnv): string[] {
  return (env.PATH ?? "").split(path.delimiter).filter(path.isAbsolute);
}

/** The first file of that name that can be run. */
export function locate(name: string, folders: string[]): string | undefined {
  return folders.map((folder) => path.join(folder, name)).find(isExecutable);
}
