import { setTimeout } from "node:timers/promises";
import { ensureHosts, type Folders } from "./hosts";
import { type EngineOptions, ensureEngine } from "./index";
import { ensurePython } from "./python";

/** An engine that runs programs in YAML and Python too. */
export interface Languages extends Folders {
  /** A virtual environment with Pulumi's package for Python. Python programs need it activated. */
  python: string;
}

/**
 * Makes sure that there is an engine, the language hosts for YAML and Python, and Pulumi's package for Python.
 *
 * Language hosts that came with the CLI are taken as they are. Otherwise they come from the cache, as does the virtual
 * environment, after having been built there once: needs Go 1.26.6 or newer, and Python 3.10 or newer.
 * @throws Error that says what could not be made, why, and what to install.
 * @example
 * const { bin, hosts } = await ensureLanguages({ progress: console.error });
 * process.env.PATH = [bin, ...hosts, process.env.PATH].join(path.delimiter);
 */
export async function ensureLanguages(options: EngineOptions = {}): Promise<Languages> {
  const { env = process.env, progress = () => {}, signal, sleep = setTimeout } = options;
  const context = { env, progress, signal };
  const folders = await ensureHosts(await ensureEngine(options), context, sleep);
  return { ...folders, python: await ensurePython(context, sleep) };
}
