import { concat, count, lines, type Message, say } from "../provider/text";
import type { Report } from "./report";

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
