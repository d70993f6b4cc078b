#!/usr/bin/env node
import { hoodDoctor } from "./command";

// What is still on its way, such as an answer that never comes, is left behind.
hoodDoctor(process.argv.slice(2), {
  cwd: process.cwd(),
  environment: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
}).then((code) => process.stdout.write("", () => process.exit(code)));
