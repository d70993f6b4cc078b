import { type Clock, systemClock } from "../provider/hood/clock";
import { HoodError } from "../provider/hood/errors";
import { TransportError } from "../provider/hood/transport";
import { DEFAULT_ENDPOINT, type Settings } from "../provider/settings";
import { type Message, say } from "../provider/text";
import { version } from "../provider/version";
import { Account, NEWEST, Stop } from "./account";
import { assumptions, type Check, differs, type Finding, type Findings, NEVER, unknown } from "./assumptions";
import { campaigns } from "./campaigns";
import { notReached, reached, settingsOf } from "./connection";
import { limits } from "./limits";

/** The most requests of a run, and of a quick one. */
const MOST = 40;
const MOST_QUICK = 5;
/** Milliseconds without an answer after which a run ends. */
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
export type Report = ReturnType<typeof reportOf>;

export interface ReportOptions {
  readonly cwd: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly quick: boolean;
  readonly progress: (line: Message) => void;
  readonly clock?: Clock;
  readonly patience?: number;
}

/** Asks the account that the settings name. Whatever it does, this ends with a report. */
export async function examine(options: ReportOptions) {
  const { cwd, environment, progress, quick, clock = systemClock, patience = PATIENCE } = options;
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
async function askAll(account: Account, progress: ReportOptions["progress"]) {
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
