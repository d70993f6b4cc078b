import { parseArgs } from "node:util";
import { quoted } from "./escape";

export const USAGE = `Says which campaigns an update would end for good, by what its preview tells.

  pulumi preview --json | npx --no -- hood-plan [options]

  --format <name>  markdown for a pull request (default), text for a log, json for a program
  --help           shows this

Exit code: 0 where no campaign would end, 2 where one would or might,
1 where the preview failed or standard input isn't one.
`;

const FORMATS = ["markdown", "text", "json"] as const;
export type Format = (typeof FORMATS)[number];

const options = { format: { type: "string", default: "markdown" }, help: { type: "boolean" } } as const;

/** Undefined stands for --help. @throws Error that says which argument is wrong. */
export function readFormat(args: readonly string[]): Format | undefined {
  const { format, help } = parsed(args);
  if (help) return undefined;
  const found = FORMATS.find((name) => name === format);
  if (!found) throw new Error(`Could not use --format ${quoted(format)}: give one of ${FORMATS.join(", ")}.`);
  return found;
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new Error(`Could not read the arguments: ${(error as Error).message} --help lists them all.`);
  }
}
