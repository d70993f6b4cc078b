#!/usr/bin/env node
import { buffer } from "node:stream/consumers";
import { markdown } from "./markdown";
import { type Format, readFormat, USAGE } from "./options";
import { plainText } from "./plainText";
import { readPreview } from "./preview";
import { buildReport, type Report } from "./report";

const writers: Record<Format, (report: Report) => string> = {
  markdown,
  text: plainText,
  json: (report) => `${JSON.stringify(report, undefined, 2)}\n`,
};

async function main(): Promise<number> {
  const format = readFormat(process.argv.slice(2));
  if (!format) {
    process.stdout.write(USAGE);
    return 0;
  }
  if (process.stdin.isTTY) throw new Error(`hood-plan reads a preview from standard input.\n\n${USAGE}`);
  const report = buildReport(readPreview(await buffer(process.stdin)));
  process.stdout.write(writers[format](report));
  if (report.refused.length > 0) return 1;
  return report.irreversible.length > 0 ? 2 : 0;
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
