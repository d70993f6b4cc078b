import { hoodDoctor } from "../../doctor/main";
import type { Clock } from "../../provider/hood/clock";
import {
  type FaultRule,
  type SimulatedCampaign,
  type Simulator,
  type SimulatorOptions,
  startSimulator,
} from "../../simulator";
import { VirtualClock } from "../support/virtualClock";

/** No output may hold any of these: the token, what is in names and labels, ids of campaigns. */
export const TOKEN = "token-5f1d0c9a7be24e63";
export const CANARY = "canary";
const FIRST_ID = 770_001_248;
export const SECRETS = /5f1d0c9a7be24e63|canary|77000\d{4}|<\{%|\u202e/i;

export interface Run {
  readonly code: number;
  readonly out: string;
  readonly progress: string;
}

/** Runs the command in this process. */
export async function doctor(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  more: { readonly cwd?: string; readonly clock?: Clock; readonly patience?: number; readonly isTTY?: boolean } = {},
): Promise<Run> {
  const { isTTY = false, cwd = "/", ...rest } = more;
  let [out, progress] = ["", ""];
  const stdout = { isTTY, write: (text: string) => (out += text) };
  const stderr = { isTTY, write: (text: string) => (progress += text) };
  const code = await hoodDoctor(args, { ...rest, cwd, environment, stdout, stderr });
  return { code, out, progress };
}

export interface Setup {
  readonly account?: SimulatorOptions;
  /** Milliseconds that the account's clock is ahead of this machine's. */
  readonly ahead?: number;
  readonly faults?: readonly FaultRule[];
  /** It answers nothing. */
  readonly isSilent?: true;
  readonly environment?: NodeJS.ProcessEnv;
  readonly args?: readonly string[];
  readonly isTTY?: boolean;
}

const START = Date.parse("2026-06-01T12:00:00Z");
const STATUSES = ["running", "paused", "draft", "sent", "scheduled"];

/** Campaigns as an account has them, with what no output may show. */
export function campaigns(count: number, more: Partial<SimulatedCampaign> = {}): Partial<SimulatedCampaign>[] {
  return Array.from({ length: count }, (_, index) => ({
    id: String(FIRST_ID + index),
    name: `${CANARY} ${index} <{%fg 1%}> \u202e`,
    description: `${CANARY} ${TOKEN}`,
    status: STATUSES[index % STATUSES.length] ?? "",
    labels: index % 2 ? [CANARY] : [],
    metadata: index % 3 ? {} : { [CANARY]: CANARY },
    create_time: new Date(START - (count - index) * 3_600_000).toISOString().slice(0, 19).replace("T", " "),
    ...more,
  }));
}

/** Runs the command against a simulated account, in virtual time. */
export async function examined({
  account,
  ahead = 0,
  faults = [],
  isSilent,
  environment,
  args = [],
  isTTY,
}: Setup): Promise<Run & { hood: Simulator; took: number }> {
  const clock = new VirtualClock(START, 0);
  const begin = clock.now();
  const hood = await startSimulator({
    token: TOKEN,
    campaigns: campaigns(130),
    now: () => clock.date() + ahead,
    ...account,
  });
  for (const rule of faults) hood.fault(rule);
  const match: FaultRule["match"] = ({ number }) => {
    clock.silence(number);
    return true;
  };
  if (isSilent) hood.fault({ match, times: Number.POSITIVE_INFINITY, fault: { kind: "stall" } });
  try {
    const settings = { HOOD_ENDPOINT: hood.url, HOOD_TOKEN: TOKEN, ...environment };
    const run = await doctor(args, settings, { clock, isTTY });
    return { ...run, hood, took: clock.now() - begin };
  } finally {
    clock.dispose();
    await hood.close();
  }
}
