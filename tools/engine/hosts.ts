import { chmod, copyFile, link } from "node:fs/promises";
import path from "node:path";
import { binOf, cacheFolder, type Entry, engineEntry } from "./cache";
import { type Build, goBuildAll, NEEDED_GO, sourcesOf } from "./goBuild";
import { ensureEntry } from "./oneWay";
import { foldersOf, locate } from "./onPath";
import {
  CLI,
  ENGINE_PARTS,
  missingFrom,
  PYTHON_EXEC,
  PYTHON_HOST,
  PYTHON_HOST_VERSION,
  YAML_HOST,
  YAML_HOST_VERSION,
} from "./parts";
import type { Context } from "./run";

const PARTS = [YAML_HOST, PYTHON_HOST, PYTHON_EXEC];

const YAML_BUILD: Build = {
  title: "YAML language host",
  module: "yaml-host",
  mainPackage: "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml",
  version: YAML_HOST_VERSION,
  versionVariable: "github.com/pulumi/pulumi-yaml/pkg/version.Version",
  output: YAML_HOST,
};

const PYTHON_BUILD: Build = {
  title: "Python language host",
  module: "python-host",
  mainPackage: "github.com/pulumi/pulumi/sdk/v3/python/cmd/pulumi-language-python",
  version: PYTHON_HOST_VERSION,
  versionVariable: "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version",
  output: PYTHON_HOST,
};

const ADVICE =
  "Install Pulumi (https://www.pulumi.com/docs/install/), which brings them along, " +
  `or ${NEEDED_GO}, put it on PATH, and run the same command again.`;

const ANNOUNCE = "Building the language hosts from their Go modules: happens once, takes about 2 minutes on 2 cores";

/** Where a CLI and the language hosts for it lie. */
export interface Folders {
  /** The folder of the CLI. */
  bin: string;
  /** Further folders to put on PATH, after `bin`. */
  hosts: string[];
}

/**
 * Makes sure that the CLI in `bin` has its YAML and Python language hosts.
 *
 * The CLI warns in each run about a host that is not beside it. A CLI from the cache therefore gets a folder where it
 * lies together with them; one from elsewhere stays where it is.
 */
export async function ensureHosts(
  bin: string,
  context: Context,
  sleep: (ms: number) => Promise<void>,
): Promise<Folders> {
  if (cameWith(bin, context.env)) return { bin, hosts: [] };
  const engine = engineEntry(context.env);
  const cached = bin === binOf(engine.folder);
  const beside = cached ? ENGINE_PARTS : [];
  const versions = `yaml-${YAML_HOST_VERSION}-python-${PYTHON_HOST_VERSION}`;
  const entry: Entry = {
    name: "the YAML and Python language hosts",
    folder: cached ? `${engine.folder}-${versions}` : cacheFolder(context.env, versions),
    missing: (folder) => missingFrom(binOf(folder), [...beside, ...PARTS]),
  };
  const make = async (root: string) => {
    await build(root, context);
    for (const name of beside) await link(path.join(bin, name), path.join(binOf(root), name));
  };
  await ensureEntry(entry, { make, advice: ADVICE }, context, sleep);
  const made = binOf(entry.folder);
  return cached ? { bin: made, hosts: [] } : { bin, hosts: [made] };
}

/** Hosts on PATH belong to the CLI on PATH. Beside a CLI from the cache they could be of any version. */
function cameWith(bin: string, env: NodeJS.ProcessEnv): boolean {
  const onPath = foldersOf(env);
  const folders = locate(CLI, onPath) === path.join(bin, CLI) ? onPath : [bin];
  return PARTS.every((name) => locate(name, folders));
}

async function build(root: string, context: Context): Promise<void> {
  const go = await goBuildAll([YAML_BUILD, PYTHON_BUILD], root, context, ANNOUNCE);
  const script = path.join(binOf(root), PYTHON_EXEC);
  await copyFile(path.join(await sourcesOf(PYTHON_BUILD, go), "..", PYTHON_EXEC), script);
  // Files of the module cache are read-only, and so would be the copy.
  await chmod(script, 0o755);
}
