#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { readOptions, USAGE } from "./options";
import { readPreview } from "./preview";
import { buildReport, type Report } from "./report";
import { markdown, plainText } from "./writers";

const writers = {
  markdown,
  text: plainText,
  json: (report: Report) => `${JSON.stringify(report, undefined, 2)}\n`,
};

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options === "help" || options === "version") {
    process.stdout.write(options === "help" ? USAGE : `${version()}\n`);
    return 0;
  }
  if (process.stdin.isTTY) throw new Error(`hood-plan reads a preview from standard input.\n\n${USAGE}`);
  const report = buildReport(readPreview(await buffer(process.stdin)), { ...options, environment: process.env });
  process.stdout.write(writers[options.format](report));
  return exitCodeOf(report);
}

/** What can't be taken back at all outweighs what can't be called back. */
function exitCodeOf({ refused, irreversible, launches }: Report): number {
  if (refused.length > 0) return 1;
  if (irreversible.length > 0) return 2;
  return launches.length > 0 ? 3 : 0;
}

function version(): string {
  return JSON.parse(readFileSync(join(__dirname, "../../package.json"), "utf8")).version;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  },
);
