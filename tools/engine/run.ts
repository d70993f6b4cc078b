import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** What every step gets: the environment it works in, where it reports to, and how it is called off. */
export interface Context {
  env: NodeJS.ProcessEnv;
  progress: (line: string) => void;
  signal?: AbortSignal | undefined;
}

interface Limits {
  cwd?: string;
  /** Milliseconds after which the command is ended and fails. */
  timeout?: number;
}

/**
 * Runs a command to its end and resolves to its trimmed standard output.
 * @throws Error that says what the command printed last, that it is not installed, or that it took too long.
 */
export async function run(command: string, args: string[], context: Context, limits: Limits = {}): Promise<string> {
  const { env, signal } = context;
  signal?.throwIfAborted();
  const running = promisify(execFile)(command, args, { env, maxBuffer: 16 * 2 ** 20, ...limits });
  // CancelResult and then waited for, unlike with execFile's own signal: the folder it writes to is about to be removed.
  const end = () => running.child.kill();
  signal?.addEventListener("abort", end, { once: true });
  try {
    return (await running).stdout.trim();
  } catch (error) {
    signal?.throwIfAborted();
    throw new Error(reasonOf(command, error as Failure, limits), { cause: error });
  } finally {
    signal?.removeEventListener("abort", end);
  }
}

interface Failure extends Error {
  code?: string | number;
  killed?: boolean;
  stderr?: string;
}

function reasonOf(command: string, failure: Failure, { timeout }: Limits): string {
  if (failure.code === "ENOENT") return `${command} is not installed (not on PATH)`;
  if (failure.killed && timeout) return `${command} was ended, since it took more than ${timeout / 1000} s`;
  const lastLines = (failure.stderr ?? "").trim().split("\n").slice(-5).join("\n");
  return lastLines || failure.message;
}
