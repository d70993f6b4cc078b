import path from "node:path";
import { setTimeout } from "node:timers/promises";
import { binOf, cacheFolder, type Entry } from "./cache";
import { type Build, goBuildAll, NEEDED_GO } from "./goBuild";
import type { EngineOptions } from "./index";
import { ensureEntry } from "./oneWay";
import { CHECK_JSONSCHEMA_VERSION, CLOUD_SDK_VERSION, missingFrom } from "./parts";
import { ensurePython, PYTHON, type PythonPackage } from "./python";
import type { Context } from "./run";

const CHECKER: PythonPackage = {
  title: "check-jsonschema",
  name: "check-jsonschema",
  version: CHECK_JSONSCHEMA_VERSION,
};

const READER: Build = {
  title: "reader of deployment settings",
  module: "deployment-settings",
  mainPackage: ".",
  version: CLOUD_SDK_VERSION,
  output: process.platform === "win32" ? "deployment-settings.exe" : "deployment-settings",
};

const ADVICE = `Install ${NEEDED_GO}, put it on PATH, and run the same command again.`;

const ANNOUNCE = "Building it from Go modules: happens once, takes about half a minute on 2 cores";

/** What checks the files of pipelines. */
export interface Schemas {
  /** The Python that has the module `check_jsonschema`. */
  python: string;
  /** A program that writes what Pulumi Cloud takes of the deployment settings that it reads. */
  reader: string;
}

/**
 * Makes sure that there is what checks the files of pipelines, in the cache of the engine.
 * Needs Go 1.26.6 or newer, and Python 3.10 or newer.
 * @throws Error that says what could not be made, why, and what to install.
 */
export async function ensureSchemas(options: EngineOptions = {}): Promise<Schemas> {
  const { env = process.env, progress = () => {}, signal, sleep = setTimeout } = options;
  const context = { env, progress, signal };
  const environment = await ensurePython(context, sleep, CHECKER);
  return { python: path.join(binOf(environment), PYTHON), reader: await ensureReader(context, sleep) };
}

async function ensureReader(context: Context, sleep: (ms: number) => Promise<void>): Promise<string> {
  const entry: Entry = {
    name: `the ${READER.title}`,
    folder: cacheFolder(context.env, `deployment-settings-${READER.version}`),
    missing: (folder) => missingFrom(binOf(folder), [READER.output]),
  };
  const make = async (root: string) => void (await goBuildAll([READER], root, context, ANNOUNCE));
  await ensureEntry(entry, { make, advice: ADVICE }, context, sleep);
  return path.join(binOf(entry.folder), READER.output);
}
