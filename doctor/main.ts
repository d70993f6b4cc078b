#!/usr/bin/env node
import { constants } from "node:os";
import { parseArgs } from "node:util";
import { concat, count, forPeople, lines, type Message, say } from "../provider/text";
import { version } from "../provider/version";
import { examine, type Report, type ReportOptions } from "./report";

export const USAGE = `Says whether a Hood account is what the provider assumes: of each assumption, whether it
holds there, differs, or can't be seen. It sends GET requests only, 40 at the most.

  npx -p pulumi-ocamba-hood hood-doctor [options]

  --quick    the most important checks, with five requests at the most
  --json     for a program
  --report   in Markdown, for a bug report
  --version  shows this package's version
  --help     shows this

Settings come from the environment, and in a Pulumi project from the selected stack's config too.
No form of the output names a campaign, a person or a token.

Exit code: 0 if everything is as assumed, as far as can be seen,
1 if the account can't be used, 2 if it can be used and something differs.
`;

interface Output {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

export interface Surroundings extends Pick<ReportOptions, "cwd" | "environment" | "clock" | "patience"> {
  readonly stdout: Output;
  /** For progress. */
  readonly stderr: Output;
}

const options = {
  quick: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  report: { type: "boolean", default: false },
  version: { type: "boolean", default: false },
  help: { type: "boolean", default: false },
} as const;

/** @returns the exit code. Never throws. */
export async function hoodDoctor(args: readonly string[], { stdout, stderr, ...rest }: Surroundings): Promise<number> {
  const asked = parsed(args);
  if (!asked) {
    stderr.write("Could not read the arguments: --help lists them all. --json and --report exclude each other.\n");
    return 1;
  }
  if (asked.help || asked.version) {
    stdout.write(asked.help ? USAGE : `${version}\n`);
    return 0;
  }
  const progress = progressOn(stderr);
  try {
    const report = await examine({ ...rest, quick: asked.quick, progress: progress.show });
    progress.end();
    const colours = stdout.isTTY === true && !rest.environment.NO_COLOR;
    stdout.write(
      asked.json
        ? `${JSON.stringify(report, undefined, 2)}\n`
        : asked.report
          ? markdown(report)
          : table(report, colours),
    );
    return report.exitCode;
  } catch (error) {
    progress.end();
    // What a defect says may cite anything.
    stderr.write(`hood-doctor failed: a defect of its own (${forPeople((error as Error).name)}). Please report it.\n`);
    return 1;
  }
}

function parsed(args: readonly string[]) {
  try {
    const { values } = parseArgs({ args: [...args], options });
    return values.json && values.report ? undefined : values;
  } catch {
    // What is wrong with an argument would cite it.
    return undefined;
  }
}

/** On a terminal, each line takes the place of the one before. */
function progressOn(stderr: Output) {
  const clear = stderr.isTTY ? "\r\u001b[K" : "";
  return {
    show: (line: Message) => stderr.write(stderr.isTTY ? `${clear}${line}` : `${line}\n`),
    end: () => stderr.write(clear),
  };
}

if (require.main === module) {
  // Nobody may be left to read what is written.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
  // An exit, unlike a signal, ends what was started as well.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => process.exit(128 + constants.signals[signal]));
  }
  const { stdout, stderr, env: environment } = process;
  // What is still on its way, such as an answer that never comes, is left behind.
  hoodDoctor(process.argv.slice(2), { cwd: folder(), environment, stdout, stderr }).then((code) =>
    stdout.write("", () => process.exit(code)),
  );
}

/** The folder may have been deleted meanwhile. */
function folder(): string {
  try {
    return process.cwd();
  } catch {
    return "/";
  }
}

type Line = Report["assumptions"][number];

const COLOURS = { ok: 32, differs: 33, unknown: 2 } as const;
const WIDTH = 16;

/** For a terminal, one line each. */
export function table(report: Report, colours: boolean): string {
  const row = ({ name, verdict, seen, holds, otherwise, page }: Line) => {
    const word = colours ? `\u001b[${COLOURS[verdict]}m${verdict.padEnd(8)}\u001b[0m` : verdict.padEnd(8);
    const first = `${word} ${name.padEnd(WIDTH)}${seen}`;
    return verdict === "differs"
      ? [first, ...[holds, otherwise, page].map((text) => `${" ".repeat(9 + WIDTH)}${text}`)]
      : [first];
  };
  return `${[titleOf(report), "", ...report.assumptions.flatMap(row), "", ...endOf(report)].join("\n")}\n`;
}

/** For a bug report. */
export function markdown(report: Report): string {
  const row = ({ name, verdict, holds, seen }: Line) => `| ${verdict} | \`${name}\` | ${holds} | ${seen} |`;
  const rows = report.assumptions.map(row);
  const platform = `Node.js ${process.version}, ${process.platform}`;
  const head = [
    `### ${titleOf(report)}`,
    "",
    `${platform}.`,
    "",
    "| | | the provider assumes | seen |",
    "|---|---|---|---|",
  ];
  return `${[...head, ...rows, "", ...endOf(report)].join("\n")}\n`;
}

function titleOf({ version, requests, endpoint }: Report): Message {
  return say`hood-doctor ${version}: ${count(requests, "GET request")} to ${endpoint}`;
}

function endOf({ assumptions: all, commands, exitCode }: Report): Message[] {
  const different = all.filter(({ verdict }) => verdict === "differs");
  const differ = different.length === 1 ? "differs" : "differ";
  const words = {
    0: say`The account is what the provider assumes, as far as can be seen.`,
    1: say`The account can't be used as it is: see ${different.map(({ name }) => name).join(", ") || "above"}.`,
    2: say`The account can be used. ${different.length} of ${all.length} assumptions ${differ}.`,
  };
  const settings = commands.map((command) => concat(say`To set what was found: `, say`\`${command}\``));
  return [lines(words[exitCode], ...settings)];
}
