import path from "node:path";
import { type EngineOptions, ensureEngine } from "./index";
import { ensureLanguages } from "./languages";

const interrupted = new AbortController();
for (const name of ["SIGINT", "SIGTERM"] as const) {
  process.once(name, () => interrupted.abort(new Error(`Interrupted by ${name}: what was half made is removed.`)));
}

/** `--languages` adds what programs in YAML and Python need. */
async function folders(options: EngineOptions): Promise<string[]> {
  if (!process.argv.includes("--languages")) return [await ensureEngine(options)];
  const { bin, hosts } = await ensureLanguages(options);
  return [bin, ...hosts];
}

// Progress goes to stderr: stdout holds nothing but the folders, for PATH="$(npm run --silent engine):$PATH".
folders({ progress: (line) => process.stderr.write(`${line}\n`), signal: interrupted.signal }).then(
  (found) => process.stdout.write(`${found.join(path.delimiter)}\n`),
  (error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  },
);
