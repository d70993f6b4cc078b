import type { Account } from "./account";
import { invalidBody, invalidRequest } from "./answers";
import type { SimulatedCampaign } from "./campaigns";
import type { Effect } from "./log";
import type { Settings } from "./options";
import { parseHoodTime } from "./time";

export type Body = Record<string, unknown>;

/** Where each action may start. Whatever is not listed here refuses it. */
const startsFrom = {
  pause: ["running", "scheduled"],
  resume: ["paused"],
  cancel: ["running", "scheduled", "paused"],
} as const;

export type ActionName = keyof typeof startsFrom;

export function isAction(name: string): name is ActionName {
  return Object.hasOwn(startsFrom, name);
}

/** Takes one action on a campaign. @throws Refusal if the body or the campaign's status does not allow it. */
export function act(account: Account, campaign: SimulatedCampaign, action: ActionName, body: Body | undefined): Effect {
  const changes = action === "resume" ? resumed(body ?? {}, account.settings) : ended(action, body, account.settings);
  if (!(startsFrom[action] as readonly string[]).includes(campaign.status)) throw invalidRequest();
  return account.change(campaign, changes);
}

function ended(action: "pause" | "cancel", body: Body | undefined, rules: Settings): Partial<SimulatedCampaign> {
  const reason = checkedReason(body, rules);
  return { status: action === "pause" ? "paused" : "canceled", next_run_time: null, reason };
}

function checkedReason(body: Body | undefined, rules: Settings): string | undefined {
  const reason = body?.reason;
  if (reason === undefined) {
    if (rules.missingReason === "refuse") throw invalidBody();
    return undefined;
  }
  if (typeof reason !== "string") throw invalidBody();
  if (rules.emptyReason === "refuse" && reason.trim() === "") throw invalidBody();
  if (Buffer.byteLength(reason) > rules.maxReasonBytes) throw invalidBody();
  return reason;
}

function resumed(body: Body, rules: Settings): Partial<SimulatedCampaign> {
  const { run_immediately: immediately, scheduled_time: time } = body;
  if (immediately !== undefined && time !== undefined) throw invalidBody();
  if (time !== undefined) {
    const scheduled_time = checkedTime(time, rules);
    return { status: "scheduled", scheduled_time, next_run_time: scheduled_time };
  }
  if (immediately === undefined ? rules.emptyResume === "refuse" : !isYes(immediately)) throw invalidBody();
  return { status: "running", was_launched: true, next_run_time: null };
}

/** Hood's samples write this flag as `true` and as `1`. */
export function isYes(value: unknown): boolean {
  return value === true || value === 1;
}

export function checkedTime(value: unknown, rules: Pick<Settings, "now" | "pastScheduledTime">): string {
  const moment = parseHoodTime(value);
  if (moment === undefined) throw invalidBody();
  if (rules.pastScheduledTime === "refuse" && moment <= rules.now()) throw invalidBody();
  return value as string;
}
