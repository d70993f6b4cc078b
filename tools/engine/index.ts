import { setTimeout } from "node:timers/promises";
import { buildFromModules } from "./build";
import { binOf, engineEntry, isWhole } from "./cache";
import { installRelease } from "./install";
import { engineOnPath } from "./onPath";
import type { Context } from "./run";
import { makeOnce } from "./staging";
import { firstThatWorks, type Way } from "./ways";

export interface EngineOptions {
  /** Gets one line for each step, and one at least every 30 s while a step runs. Default: nobody. */
  progress?: (line: string) => void;
  /** Where PATH, XDG_CACHE_HOME and HOME are looked up, and what commands run with. Default: `process.env`. */
  env?: NodeJS.ProcessEnv;
  /** Calls the work off: running commands are ended, the half-made engine is removed. */
  signal?: AbortSignal;
  /** How to make an engine where there is none, in this order. Default: Pulumi's own installer, then Go. */
  ways?: Way[];
  /** Waits that many milliseconds. Default: a real timer. */
  sleep?: (ms: number) => Promise<void>;
}

/**
 * Makes sure that there is a Pulumi CLI with its Node.js language host, and resolves to the folder to put on PATH.
 *
 * A `pulumi` >= 3.150 on PATH is taken as it is. Otherwise the engine comes from the cache,
 * `${XDG_CACHE_HOME:-~/.cache}/pulumi-ocamba-hood/`, after having been installed or built there once.
 * @throws Error that lists what was tried, each with its reason, and says what to install.
 * @example
 * const bin = await ensureEngine({ progress: console.error });
 * process.env.PATH = `${bin}${path.delimiter}${process.env.PATH}`;
 */
export async function ensureEngine(options: EngineOptions = {}): Promise<string> {
  const { env = process.env, progress = () => {}, signal, ways = [installRelease, buildFromModules] } = options;
  const context: Context = { env, progress, signal };
  let reason: string;
  try {
    return await engineOnPath(context);
  } catch (error) {
    signal?.throwIfAborted();
    reason = (error as Error).message;
  }

  const entry = engineEntry(env);
  if (!isWhole(entry)) {
    progress(`No engine on PATH (${reason}), and none in the cache (${entry.folder})`);
    const make = (staging: string) => firstThatWorks(ways, staging, context, [{ name: "PATH", reason }]);
    await makeOnce(entry, make, context, options.sleep ?? setTimeout);
  }
  const bin = binOf(entry.folder);
  progress(`Using the engine in ${bin}`);
  return bin;
}
