import { type EngineOptions, ensureEngine } from "./index";
import { ensureLanguages } from "./languages";

const interrupted = new AbortController();
for (const name of ["SIGINT", "SIGTERM"] as const) {
  process.once(name, () => interrupted.abort(new Error(`Interrupted by ${name}: what was half made is removed.`)));
}

/** `--languages` adds what programs in YAML and Python need. */
async function folder(options: EngineOptions): Promise<string> {
  return process.argv.includes("--languages") ? (await ensureLanguages(options)).bin : ensureEngine(options);
}

// Progress goes to stderr: stdout holds nothing but the folder, for PATH="$(npm run --silent engine):$PATH".
folder({ progress: (line) => process.stderr.write(`${line}\n`), signal: interrupted.signal }).then(
  (found) => process.stdout.write(`${found}\n`),
  (error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  },
);
