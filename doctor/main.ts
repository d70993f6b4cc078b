#!/usr/bin/env node
import { constants } from "node:os";
import { hoodDoctor } from "./command";

// Nobody may be left to read what is written.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
// An exit, unlike a signal, ends what was started as well.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => process.exit(128 + constants.signals[signal]));
}

/** The folder may have been deleted meanwhile. */
function folder(): string {
  try {
    return process.cwd();
  } catch {
    return "/";
  }
}

// What is still on its way, such as an answer that never comes, is left behind.
hoodDoctor(process.argv.slice(2), {
  cwd: folder(),
  environment: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
}).then((code) => process.stdout.write("", () => process.exit(code)));
