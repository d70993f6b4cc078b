import type { Account } from "./account";
import { invalidBody, invalidRequest, noWinner } from "./answers";
import type { SimulatedCampaign } from "./campaigns";
import { arrival, startsFrom } from "./lifecycle";
import type { Effect } from "./log";
import type { JsonObject } from "./mergePatch";
import type { Settings } from "./options";
import { parseHoodTime } from "./time";

export type Body = JsonObject;

const actions = ["pause", "resume", "cancel"] as const;

export type ActionName = (typeof actions)[number];

export function isAction(name: string): name is ActionName {
  return (actions as readonly string[]).includes(name);
}

/** Takes one action on a campaign. @throws Refusal if the body or the campaign's status does not allow it. */
export function act(account: Account, campaign: SimulatedCampaign, action: ActionName, body: Body | undefined): Effect {
  const changes = action === "resume" ? resumed(body ?? {}, account.settings) : ended(action, body, account.settings);
  if (!startsFrom(action, campaign.status)) throw invalidRequest();
  return account.change(campaign, changes);
}

/** Lets a message of an A/B test win, which is then delivered. @throws Refusal while the test needs no decision. */
export function setWinner(account: Account, campaign: SimulatedCampaign, messageId: string): Effect {
  const known = campaign.messages.some(({ id }) => id === messageId);
  if (!known || !startsFrom("set-winner", campaign.status)) throw noWinner(400);
  return account.change(campaign, arrival<"set-winner">("running"));
}

function ended(action: "pause" | "cancel", body: Body | undefined, rules: Settings): Partial<SimulatedCampaign> {
  const reason = checkedReason(body, rules);
  return { ...(action === "pause" ? arrival<"pause">("paused") : arrival<"cancel">("canceled")), reason };
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
    return { ...arrival<"resume">("scheduled", scheduled_time), scheduled_time };
  }
  if (immediately === undefined ? rules.emptyResume === "refuse" : !isYes(immediately)) throw invalidBody();
  return arrival<"resume">("running");
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
