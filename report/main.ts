#!/usr/bin/env node
import { buffer } from "node:stream/consumers";
import { parseArgs } from "node:util";
import { version } from "../provider/hood/transport";
import { oneLine, say } from "../provider/text";
import { quoted } from "./escape";
import { readPreview } from "./preview";
import { type About, buildReport, type Report } from "./report";
import { markdown, plainText } from "./writers";

const USAGE = `Says which campaigns an update would end for good, and which it would launch, by what its preview tells.

  pulumi preview --json --show-replacement-steps | hood-plan [options]

  --format <name>             markdown for a pull request (default), text for a log, json for a program
  --project <name>            what the report is about; by default what the preview says.
  --stack <name>              A preview of another project or stack fails
  --commit <id>               the commit that the preview is of; by default the pipeline's own
  --preview-exit-code <code>  how \`pulumi preview\` ended: not every failure stands in its JSON
  --version                   shows this package's version
  --help                      shows this

Exit code: 0 if no campaign would end or be launched, 2 if one would or might end,
3 if none would end and one would or might be launched,
1 if the preview failed or standard input isn't a whole one.
`;

const writers: Readonly<Record<string, (report: Report) => string>> = {
  markdown,
  text: plainText,
  json: (report) => `${JSON.stringify(report, undefined, 2)}\n`,
};

const options = {
  format: { type: "string", default: "markdown" },
  project: { type: "string" },
  stack: { type: "string" },
  commit: { type: "string" },
  "preview-exit-code": { type: "string", default: "0" },
  version: { type: "boolean" },
  help: { type: "boolean" },
} as const;

function parsed(args: string[]) {
  try {
    return parseArgs({ args, options }).values;
  } catch (error) {
    throw new Error(say`Could not read the arguments: ${oneLine((error as Error).message)} --help lists them all.`);
  }
}

interface Surroundings {
  readonly stdin: AsyncIterable<Uint8Array> & { readonly isTTY?: boolean };
  readonly environment: NodeJS.ProcessEnv;
}

/** @returns what to write, and the exit code. Never throws: an error says what is wrong with the arguments or the preview. */
export async function hoodPlan(args: string[], surroundings: Surroundings) {
  try {
    return { error: "", ...(await run(args, surroundings)) };
  } catch (error) {
    return { text: "", code: 1, error: (error as Error).message };
  }
}

async function run(args: string[], { stdin, environment }: Surroundings): Promise<{ text: string; code: number }> {
  const { format, project, stack, commit, "preview-exit-code": code, version: isVersion, help } = parsed(args);
  if (help || isVersion) return { text: help ? USAGE : `${version}\n`, code: 0 };
  const written = Object.hasOwn(writers, format) ? writers[format] : undefined;
  const formats = Object.keys(writers).join(", ");
  if (!written) throw new Error(say`Could not use --format ${quoted(format)}: give one of ${formats}.`);
  if (!/^\d{1,3}$/.test(code)) {
    throw new Error(say`Could not use --preview-exit-code ${quoted(code)}: give a number, such as "$?".`);
  }
  if (stdin.isTTY) throw new Error(`hood-plan reads a preview from standard input.\n\n${USAGE}`);
  // What a pipeline passes on although it is empty isn't said.
  const said: About = { project: project || undefined, stack: stack || undefined, commit: commit || undefined };
  const report = buildReport(readPreview(await buffer(stdin)), { said, exitCode: Number(code), environment });
  return { text: written(report), code: exitCodeOf(report) };
}

/** What can't be taken back at all outweighs what can't be called back. */
function exitCodeOf({ refused, irreversible, launches }: Report): number {
  if (refused.length > 0) return 1;
  if (irreversible.length > 0) return 2;
  return launches.length > 0 ? 3 : 0;
}

if (require.main === module) {
  const { stdin, stdout, stderr, env: environment } = process;
  void hoodPlan(process.argv.slice(2), { stdin, environment }).then(({ text, error, code }) => {
    stdout.write(text);
    if (error) stderr.write(`${error}\n`);
    process.exitCode = code;
  });
}
