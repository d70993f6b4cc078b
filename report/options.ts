import { parseArgs } from "node:util";
import { oneLine, say } from "../provider/text";
import { quoted } from "./escape";
import type { About } from "./report";

export const USAGE = `Says which campaigns an update would end for good, and which it would launch, by what its preview tells.

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

const FORMATS = ["markdown", "text", "json"] as const;

const options = {
  format: { type: "string", default: "markdown" },
  project: { type: "string" },
  stack: { type: "string" },
  commit: { type: "string" },
  "preview-exit-code": { type: "string" },
  version: { type: "boolean" },
  help: { type: "boolean" },
} as const;

/** What is asked for instead of a report, or how the report is to be. @throws Error that says which argument is wrong. */
export function readOptions(args: readonly string[]) {
  const { format, project, stack, commit, "preview-exit-code": code, version, help } = parsed(args);
  if (help) return "help";
  if (version) return "version";
  const found = FORMATS.find((name) => name === format);
  if (!found) throw new Error(say`Could not use --format ${quoted(format)}: give one of ${FORMATS.join(", ")}.`);
  if (code !== undefined && !/^\d{1,3}$/.test(code)) {
    throw new Error(say`Could not use --preview-exit-code ${quoted(code)}: give a number, such as "$?".`);
  }
  // What a pipeline passes on although it is empty isn't said.
  const said: About = { project: project || undefined, stack: stack || undefined, commit: commit || undefined };
  return { format: found, said, exitCode: Number(code ?? 0) };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new Error(say`Could not read the arguments: ${oneLine((error as Error).message)} --help lists them all.`);
  }
}
