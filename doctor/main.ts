#!/usr/bin/env node
import { constants } from "node:os";
import { parseArgs } from "node:util";
import { type Clock, systemClock } from "../provider/hood/clock";
import { HoodError } from "../provider/hood/errors";
import { DEFAULT_ENDPOINT, TransportError, version } from "../provider/hood/transport";
import type { Settings } from "../provider/settings";
import { concat, count, forPeople, lines, type Message, say } from "../provider/text";
import { Account, NEWEST, Stop } from "./account";
import { assumptions, type Check, differs, type Finding, type Findings, NEVER, unknown } from "./assumptions";
import { campaigns } from "./campaigns";
import { notReached, reached, settingsOf } from "./connection";
import { limits } from "./limits";

const USAGE = `Says whether a Hood account is what the provider assumes: of each assumption, whether it
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

interface Surroundings {
  readonly cwd: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly clock?: Clock;
  /** Milliseconds without an answer after which a run ends. */
  readonly patience?: number;
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
    const report = await examine(rest, asked.quick, progress.show);
    progress.end();
    const colours = stdout.isTTY === true && !rest.environment.NO_COLOR;
    if (asked.json) stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
    else stdout.write(asked.report ? markdown(report) : table(report, colours));
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

/** The most requests of a run, and of a quick one. */
const MOST = 40;
const MOST_QUICK = 5;
const PATIENCE = 60_000;

/** What shows whether an assumption holds, by its name. The way to the account shows with the first answer. */
const checks = { ...limits, ...campaigns };

/** What is asked for, in the order of what matters most: --quick has time for the first of it. */
const ORDER = [
  "pageSize",
  "filter",
  "unknownId",
  "view",
  "sort",
  "search",
  "fullPages",
  "pastTheEnd",
  "statuses",
  "parallel",
] as const satisfies readonly (keyof typeof checks)[];

/** What hood-doctor says; as it stands, this is what `--json` writes. A field that goes, or means something else, makes another format. */
type Report = ReturnType<typeof reportOf>;

/** Asks the account that the settings name. Whatever it does, this ends with a report. */
async function examine(
  { cwd, environment, clock = systemClock, patience = PATIENCE }: Omit<Surroundings, "stdout" | "stderr">,
  quick: boolean,
  progress: (line: Message) => void,
) {
  progress(say`Reading the settings`);
  const { settings, findings } = await settingsOf(cwd, environment);
  if (!settings) return reportOf(findings, say`an endpoint that isn't known`, 0, say`the settings can't be used`);
  const endpoint = describeEndpoint(settings);
  if (settings.token === undefined) {
    return reportOf({ ...findings, token: differs(say`there is none`) }, endpoint, 0, say`there is no token`);
  }
  const account = new Account(settings, clock, quick ? MOST_QUICK : MOST, patience, progress);
  const seen = await askAll(account, progress);
  return reportOf({ ...findings, ...seen.found }, endpoint, account.requests, seen.why);
}

/** @returns what was found, and why the rest wasn't looked for. */
async function askAll(account: Account, progress: (line: Message) => void) {
  const found: Findings = {};
  let why = say`nothing that was read shows it`;
  const telling = (name: string) => progress(say`Checking ${name} (request ${account.requests + 1})`);
  try {
    await account.during(async () => {
      telling("path");
      account.newest = await account.read(NEWEST, 1, 10);
      Object.assign(found, reached(account));
      for (const name of ORDER) {
        telling(name);
        found[name] = await asked(checks[name], account);
      }
    });
  } catch (error) {
    const isOver = error instanceof HoodError;
    // What answers in the account's place tells nothing of the account.
    if (isOver && !found.path) return { found: notReached(error), why: say`the account can't be read` };
    if (isOver) found.token = differs(say`not accepted any more: HTTP 401`);
    else if (!(error instanceof Stop)) throw error;
    why = isOver ? say`the token isn't accepted any more` : error.why;
    const status = account.samples.at(-1)?.status;
    if (!found.path && status === undefined) return { found: { connection: differs(why) }, why };
    if (!found.path) return { found: { path: differs(say`HTTP ${status ?? ""}, and ${why}`) }, why };
  }
  for (const [name, { judge }] of Object.entries<Check>(checks)) if (judge) found[name] = judge(account) ?? found[name];
  return { found, why };
}

/** What a check shows. @throws HoodError only if the token isn't accepted any more; Stop */
async function asked({ ask, rejected = unknown }: Check, account: Account): Promise<Finding | undefined> {
  try {
    return await ask?.(account);
  } catch (error) {
    if (error instanceof TransportError) return unknown(say`no answer`);
    if (!(error instanceof HoodError) || error.kind === "unauthorized") throw error;
    const { kind, status } = error;
    if (kind === "tooLong") throw new Stop(say`the account asks to wait for too long`);
    if (kind === "rejected") return rejected(say`rejected: HTTP ${status ?? ""}`);
    return unknown(status === undefined ? say`no answer` : say`the answer was of no use: HTTP ${status}`);
  }
}

function reportOf(found: Findings, endpoint: Message, requests: number, why: Message) {
  const lines = assumptions.map(({ name, ...assumption }) => {
    const unseen = assumption.shownBy === NEVER ? say`only a call that changes something would show it` : why;
    const { verdict, seen } = found[name] ?? unknown(unseen);
    return { name, verdict, seen, ...assumption };
  });
  /** What makes settings fit what was seen. */
  const commands = [...new Set(assumptions.flatMap(({ name }) => found[name]?.command ?? []))];
  const isUsable = found.path?.verdict === "ok" && found.token?.verdict === "ok";
  const isDifferent = lines.some(({ verdict }) => verdict === "differs");
  const exitCode = isUsable ? (isDifferent ? 2 : 0) : 1;
  return { format: 1, version, endpoint, requests, exitCode, commands, assumptions: lines } as const;
}

/** Its name might be a company's own. */
function describeEndpoint({ endpoint }: Settings): Message {
  if (endpoint === DEFAULT_ENDPOINT) return say`${DEFAULT_ENDPOINT}`;
  return endpoint.startsWith("http:") ? say`an address of this machine` : say`another address than ${DEFAULT_ENDPOINT}`;
}

type Line = Report["assumptions"][number];

const COLOURS = { ok: 32, differs: 33, unknown: 2 } as const;
const WIDTH = 16;

/** For a terminal, one line each. */
function table(report: Report, colours: boolean): string {
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
function markdown(report: Report): string {
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
