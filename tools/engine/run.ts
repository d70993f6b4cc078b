import { execFile } from "node:child_process";
import { promisify } from "node:util";

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
