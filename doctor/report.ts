import { type Clock, systemClock } from "../provider/hood/clock";
import { HoodError } from "../provider/hood/errors";
import { TransportError } from "../provider/hood/transport";
import { DEFAULT_ENDPOINT, type Settings } from "../provider/settings";
import { type Message, say } from "../provider/text";
import { version } from "../provider/version";
import { type Assumption, type AssumptionName, assumptions, names } from "./assumptions";
import { type Check, checks, moving, Notebook } from "./checks";
import { settingsOf } from "./config";
import { differs, type Finding, type Findings, unknown } from "./findings";
import { formsOf } from "./forms";
import { Probe, Stop } from "./probe";
import { notReached, undecided } from "./reach";
import { parallel, rhythm, timesOf } from "./timing";

/** The most requests of a run, and of a quick one. */
const MOST = 40;
const MOST_QUICK = 5;
/** Milliseconds without an answer after which a run ends. */
export const PATIENCE = 60_000;

/** One assumption, and what was seen of it. */
export interface Line extends Finding, Pick<Assumption, "holds" | "standsOn" | "shownBy" | "otherwise" | "page"> {
  readonly name: AssumptionName;
}

/** What hood-doctor says, whichever way it is written. */
export interface Report {
  readonly version: string;
  readonly endpoint: Message;
  readonly requests: number;
  readonly lines: readonly Line[];
  /** What makes settings fit what was seen. */
  readonly commands: readonly Message[];
  /** 0: as assumed, as far as can be seen; 1: the account can't be used; 2: it can, and something differs. */
  readonly exitCode: 0 | 1 | 2;
}

export interface ReportOptions {
  readonly cwd: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly quick: boolean;
  readonly progress: (line: Message) => void;
  readonly clock?: Clock;
  readonly patience?: number;
}

/** Asks the account that the settings name. Whatever it does, this ends with a report. */
export async function examine(options: ReportOptions): Promise<Report> {
  const { cwd, environment, progress, quick, clock = systemClock, patience = PATIENCE } = options;
  progress(say`Reading the settings`);
  const { settings, findings } = await settingsOf(cwd, environment);
  if (!settings) return reportOf(findings, say`an endpoint that isn't known`, 0, say`the settings can't be used`);
  const endpoint = describeEndpoint(settings);
  if (settings.token === undefined) {
    return reportOf({ ...findings, token: differs(say`there is none`) }, endpoint, 0, say`there is no token`);
  }
  const probe = new Probe({ settings, clock, most: quick ? MOST_QUICK : MOST, patience, progress });
  const seen = await askAll(probe, progress);
  return reportOf({ ...findings, ...seen.findings }, endpoint, probe.requests, seen.why);
}

/** @returns what was found, and why the rest wasn't looked for. */
async function askAll(
  probe: Probe,
  progress: ReportOptions["progress"],
): Promise<{ findings: Findings; why: Message }> {
  const notes = new Notebook();
  let found: Findings = {};
  let why = say`nothing that was read shows it`;
  const ask = async (check: Check) => {
    progress(say`Checking ${check.about.join(", ")} (request ${probe.requests + 1})`);
    found = { ...found, ...(await askOne(check, probe, notes)) };
    if (found.path?.verdict !== "ok") throw new Stop(say`the account can't be read`);
  };
  try {
    await probe.during(async () => {
      for (const check of [...checks, parallel, rhythm, moving]) await ask(check);
    });
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    why = error.why;
    found = { ...found, ...error.findings };
    if (Object.keys(found).length === 0) found = cutShort(probe, why);
  }
  // What answers in the account's place tells nothing of the account.
  if (found.path?.verdict !== "ok") return { findings: found, why };
  const { date = 0, machine = 0 } = probe.samples.findLast((sample) => sample.date !== undefined) ?? {};
  const now = probe.clock.date() + date - machine;
  return { findings: { ...found, ...formsOf(notes, now, probe.settings.token ?? ""), ...timesOf(probe) }, why };
}

/** No request has come to its end. */
function cutShort({ samples }: Probe, why: Message): Findings {
  const status = samples.at(-1)?.status;
  return status === undefined ? { connection: differs(why) } : { path: differs(say`HTTP ${status}, and ${why}`) };
}

async function askOne({ about, run, rejected = unknown }: Check, probe: Probe, notes: Notebook): Promise<Findings> {
  try {
    return await run(probe, notes);
  } catch (error) {
    const all = (finding: Finding): Findings => Object.fromEntries(about.map((name) => [name, finding]));
    if (error instanceof TransportError) return all(unknown(say`no answer`));
    if (!(error instanceof HoodError)) throw error;
    if (about.includes("path")) return notReached(error);
    if (error.kind === "tooLong") throw new Stop(say`the account asks to wait for too long`);
    if (error.kind !== "unauthorized") return all(undecided(error, rejected));
    throw new Stop(say`the token isn't accepted any more`, { token: differs(say`not accepted any more: HTTP 401`) });
  }
}

function reportOf(findings: Findings, endpoint: Message, requests: number, why: Message): Report {
  const lines = names.map((name): Line => {
    const { holds, standsOn, shownBy, otherwise, page } = assumptions[name];
    const unseen = shownBy === "none" ? say`only a call that changes something would show it` : why;
    return { name, ...(findings[name] ?? unknown(unseen)), holds, standsOn, shownBy, otherwise, page };
  });
  const commands = [...new Set(lines.flatMap(({ command }) => command ?? []))];
  return { version, endpoint, requests, lines, commands, exitCode: exitCodeOf(lines) };
}

function exitCodeOf(lines: readonly Line[]): Report["exitCode"] {
  const isUsable = ["path", "token"].every((name) => lines.some((one) => one.name === name && one.verdict === "ok"));
  if (!isUsable) return 1;
  return lines.some(({ verdict }) => verdict === "differs") ? 2 : 0;
}

/** Its name might be a company's own. */
function describeEndpoint({ endpoint }: Settings): Message {
  if (endpoint === DEFAULT_ENDPOINT) return say`${DEFAULT_ENDPOINT}`;
  return endpoint.startsWith("http:") ? say`an address of this machine` : say`another address than ${DEFAULT_ENDPOINT}`;
}
