import { link, mkdir } from "node:fs/promises";
import path from "node:path";
import { build, CLI, filesOf, HOSTS, NEEDED_GO, PYTHON_HOST_VERSION, YAML_HOST_VERSION } from "./build";
import { binOf, type Entry, entry, locate, makeEntry, missing } from "./cache";
import { contextOf, type EngineOptions, engineEntry, engineInCache, ensureEngine, foldersOnPath } from "./index";
import { type Context, run, step } from "./run";

/** An engine that runs programs in YAML and Python too. */
export interface Languages {
  /** The folder to put on PATH. */
  readonly bin: string;
  /** A virtual environment with Pulumi's package for Python. Python programs need its `bin` first on PATH. */
  readonly python: string;
}

/** Pulumi's package for Python: works with the CLI and the language host that are built here. */
const PYTHON_SDK_VERSION = "3.272.0";
const PYTHON = "python3";

const ADVICE = {
  hosts:
    "Install Pulumi (https://www.pulumi.com/docs/install/), which brings them along, " +
    `or ${NEEDED_GO}, put it on PATH, and run the same command again.`,
  python:
    "Install Python 3.10 or newer (https://www.python.org/downloads/) with its modules venv and pip, " +
    "put it on PATH, and run the same command again.",
};

/**
 * Makes sure that there is an engine, the language hosts for YAML and Python, and Pulumi's package for Python. What isn't on PATH
 * comes from the cache, after having been built there once: needs Go, and Python 3.10 or newer.
 * @throws Error that says what could not be made, why, and what to install.
 */
export async function ensureLanguages(options: EngineOptions = {}): Promise<Languages> {
  const context = contextOf(options);
  return { bin: await ensureHosts(await ensureEngine(options), options), python: await ensurePython(context) };
}

/** The CLI warns in each run about a host that isn't beside it: so the engine from the cache gets a folder together with them. */
async function ensureHosts(found: string, options: EngineOptions): Promise<string> {
  const context = contextOf(options);
  const { env } = context;
  const onPath = foldersOnPath(env);
  // Hosts on PATH belong to the CLI on PATH. Beside one from the cache they could be of any version.
  const folders = locate(CLI, onPath) === path.join(found, CLI) ? onPath : [found];
  if (missing(filesOf(HOSTS), folders).length === 0) return found;
  const engine = engineEntry(env);
  const bin = found === binOf(engine.folder) ? found : await engineInCache(options, "it lacks language hosts");
  if (missing(filesOf(HOSTS), [bin]).length === 0) return bin;

  const versions = `-yaml-${YAML_HOST_VERSION}-python-${PYTHON_HOST_VERSION}`;
  const together = { folder: engine.folder + versions, files: [...engine.files, ...filesOf(HOSTS)] };
  await ensure("the YAML and Python language hosts", ADVICE.hosts, together, context, async (root) => {
    await build(HOSTS, root, context);
    for (const file of engine.files) await link(path.join(bin, file), path.join(binOf(root), file));
  });
  return binOf(together.folder);
}

async function ensurePython(context: Context): Promise<string> {
  const program = "import sys; print('%d.%d' % sys.version_info[:2])";
  const version = await run(PYTHON, ["-c", program], context, { timeout: 20_000 }).catch((error: Error) => {
    context.signal?.throwIfAborted();
    throw new Error(`Could not ask Python for its version: ${error.message}\n${ADVICE.python}`);
  });
  const name = `Pulumi ${PYTHON_SDK_VERSION} for Python ${version}`;
  // An environment's packages are for one minor version of Python, and unseen by the next.
  const environment = entry(context.env, `pulumi-${PYTHON_SDK_VERSION}-for-python-${version}`, [PYTHON]);
  await ensure(name, ADVICE.python, environment, context, async (root) => {
    // pip leaves its temporary files behind when it is stopped: these go with what `root` is in.
    const work = `${root}.work`;
    await mkdir(work);
    const own = { ...context, env: { ...context.env, TMPDIR: work } };
    await step(`Installing ${name} with pip`, context, async () => {
      await run(PYTHON, ["-m", "venv", root], own);
      // Wheels only: no C compiler needed. Without the version check, whose notice would hide an error.
      const args = ["--only-binary=:all:", "--disable-pip-version-check", `pulumi==${PYTHON_SDK_VERSION}`];
      await run(path.join(binOf(root), PYTHON), ["-m", "pip", "install", ...args], own);
    });
  });
  return environment.folder;
}

/** @param make fills `root`, which doesn't exist yet */
async function ensure(
  name: string,
  advice: string,
  made: Entry,
  context: Context,
  make: (root: string) => Promise<void>,
): Promise<void> {
  if (missing(made.files, [binOf(made.folder)]).length === 0) return;
  context.progress(`The cache doesn't hold ${name} yet (${made.folder})`);
  await makeEntry(made, async (aside) => {
    const root = path.join(aside, "made");
    try {
      await make(root);
      const left = missing(made.files, [binOf(root)]);
      if (left.length > 0) throw new Error(`what was made lacks ${left.join(", ")}`);
      return root;
    } catch (error) {
      context.signal?.throwIfAborted();
      throw new Error(`Could not make ${name}: ${(error as Error).message}\n${advice}`);
    }
  });
}
