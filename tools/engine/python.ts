import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { binOf, cacheFolder, type Entry } from "./cache";
import { withElapsed } from "./elapsed";
import { ensureEntry } from "./oneWay";
import { missingFrom, PYTHON_SDK_VERSION } from "./parts";
import { type Context, run } from "./run";

export const PYTHON = "python3";
const ADVICE =
  "Install Python 3.10 or newer (https://www.python.org/downloads/) with its modules venv and pip, " +
  "put it on PATH, and run the same command again.";

/** The virtual environment with Pulumi's package, for the Python that is on PATH. */
export async function ensurePython(context: Context, sleep: (ms: number) => Promise<void>): Promise<string> {
  const version = await versionOnPath(context);
  const entry: Entry = {
    name: `Pulumi ${PYTHON_SDK_VERSION} for Python ${version}`,
    // An environment's packages are for one minor version of Python, and unseen by the next.
    folder: cacheFolder(context.env, `pulumi-${PYTHON_SDK_VERSION}-for-python-${version}`),
    missing: (folder) => missingFrom(binOf(folder), [PYTHON]),
  };
  const make = (root: string) => makeEnvironment(root, entry.folder, context);
  await ensureEntry(entry, { make, advice: ADVICE }, context, sleep);
  return entry.folder;
}

async function versionOnPath(context: Context): Promise<string> {
  const program = "import sys; print('%d.%d' % sys.version_info[:2])";
  try {
    return await run(PYTHON, ["-c", program], context, { timeout: 20_000 });
  } catch (error) {
    context.signal?.throwIfAborted();
    throw new Error(`Could not ask Python for its version: ${(error as Error).message}\n${ADVICE}`, { cause: error });
  }
}

async function makeEnvironment(root: string, folder: string, context: Context): Promise<void> {
  // pip leaves its temporary files behind when it is ended; here they are removed with the staging folder.
  const work = `${root}.work`;
  await mkdir(work);
  const own = { ...context, env: { ...context.env, TMPDIR: work } };
  const step = `Installing Pulumi ${PYTHON_SDK_VERSION} for Python with pip`;
  await withElapsed(step, context.progress, async () => {
    await run(PYTHON, ["-m", "venv", root], own);
    // Wheels only: no C compiler needed. Without the version check, whose notice would crowd an error out.
    const args = ["--only-binary=:all:", "--disable-pip-version-check", `pulumi==${PYTHON_SDK_VERSION}`];
    await run(path.join(binOf(root), PYTHON), ["-m", "pip", "install", ...args], own);
  });
  await rehome(binOf(root), root, folder);
}

/** Scripts such as pip and activate name the folder that they were made in: moved, they would not start. */
async function rehome(bin: string, from: string, to: string): Promise<void> {
  for (const file of await readdir(bin, { withFileTypes: true })) {
    if (!file.isFile()) continue;
    const script = path.join(bin, file.name);
    const text = await readFile(script, "utf8");
    if (text.includes(from)) await writeFile(script, text.replaceAll(from, to));
  }
}
