import { ensureEngine } from "./index";

const interrupted = new AbortController();
for (const name of ["SIGINT", "SIGTERM"] as const) {
  process.once(name, () => interrupted.abort(new Error(`Interrupted by ${name}: no engine was made.`)));
}

// Progress goes to stderr: stdout holds nothing but the folder, for PATH="$(npm run --silent engine):$PATH".
ensureEngine({ progress: (line) => process.stderr.write(`${line}\n`), signal: interrupted.signal }).then(
  (bin) => process.stdout.write(`${bin}\n`),
  (error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  },
);
