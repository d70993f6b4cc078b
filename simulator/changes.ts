import type { Account } from "./account";
import { invalidBody, invalidRequest } from "./answers";
import {
  arrival,
  type JsonObject,
  mergePatch,
  misshapen,
  nextRun,
  parseHoodTime,
  startsFrom,
  statuses,
} from "./campaigns";
import type { Effect, SimulatedCampaign } from "./types";

export type Action = "pause" | "resume" | "cancel";

const MAX_NAME_BYTES = 100;

/** Fields that only the account itself writes. */
const readOnly =
  "id company_id creator_id creator was_launched next_run_time run_counter create_time update_time".split(" ");

/** Hood's samples write a flag as `true` and as `1`. */
const isYes = (value: unknown) => value === true || value === 1;
const isFlag = (value: unknown) => isYes(value) || value === false || value === 0;

/** What every answer shows becomes empty if an edit removes it. */
const emptyFields: JsonObject = { description: null, scheduled_time: null, labels: [], metadata: {}, messages: [] };

/** Makes a campaign. Its status follows from how it is to be executed; if nothing says so, it is manual. */
export function create(account: Account, body: JsonObject): { campaign: SimulatedCampaign; effect: Effect } {
  checkBody(account, body);
  const filled = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null));
  const { is_draft, run_immediately, status, ...fields } = filled;
  checkName(fields);
  if (status !== undefined && status !== "draft") throw invalidBody();
  const isPlanned = fields.scheduled_time !== undefined || fields.recurrence !== undefined;
  const launched = isYes(run_immediately) ? "running" : isPlanned ? "scheduled" : "manual";
  const isDraft = status === "draft" || isYes(is_draft);
  const campaign = account.make({ ...fields, run_counter: 0, status: isDraft ? "draft" : launched });
  return { campaign, effect: { campaignId: campaign.id, from: null, to: campaign.status } };
}

/** Edits a campaign by JSON merge patch (RFC 7386): what is left out stays, null removes. */
export function edit(account: Account, campaign: SimulatedCampaign, body: JsonObject): Effect {
  if (!isPossible("edit", campaign)) throw invalidRequest();
  checkBody(account, body);
  // What these two bring is not documented, so that only `status` launches a draft.
  const { is_draft, run_immediately: _, ...patch } = body;
  if (isYes(is_draft) && campaign.status !== "draft") throw invalidRequest();
  const edited = mergePatch(campaign, patch);
  checkName(edited);
  if (patch.messages != null) {
    edited.messages = account.campaigns.completeMessages(patch.messages as JsonObject[], campaign);
  }
  const removed = Object.keys(patch).filter((field) => patch[field] === null);
  const emptied = Object.fromEntries(removed.map((field) => [field, structuredClone(emptyFields[field])]));
  return account.change(campaign, { ...emptied, ...edited, ...statusAfter(account, campaign, patch, edited) });
}

/** A draft may become anything; nothing becomes a draft again, and other changes of status are actions. */
function statusAfter(account: Account, campaign: SimulatedCampaign, patch: JsonObject, edited: JsonObject) {
  const launches = "status" in patch && patch.status !== campaign.status;
  const [, ...targets] = statuses;
  if (launches && !(campaign.status === "draft" && (targets as readonly unknown[]).includes(patch.status))) {
    throw invalidRequest();
  }
  if (launches && patch.status === "scheduled" && edited.scheduled_time != null) {
    checkTime(account, edited.scheduled_time);
  }
  const isMoved = launches || "scheduled_time" in patch || "recurrence" in patch;
  const next = isMoved ? nextRun(edited, account.settings.now()) : campaign.next_run_time;
  return arrival(launches ? (patch.status as string) : campaign.status, next);
}

/** Takes an action on a campaign. @throws Rejection if the body or the campaign's status doesn't allow it. */
export function act(account: Account, campaign: SimulatedCampaign, action: Action, body: JsonObject = {}): Effect {
  const changes = action === "resume" ? resumed(account, body) : stopped(action, body);
  if (!isPossible(action, campaign)) throw invalidRequest();
  return account.change(campaign, changes);
}

function isPossible(move: keyof typeof startsFrom, { status }: SimulatedCampaign): boolean {
  return (startsFrom[move] as readonly string[]).includes(status);
}

function stopped(action: "pause" | "cancel", { reason }: JsonObject): Partial<SimulatedCampaign> {
  if (typeof reason !== "string" || reason.trim() === "") throw invalidBody();
  return { ...arrival(action === "pause" ? "paused" : "canceled"), reason };
}

/** Either at once or at a time, and not both. */
function resumed(account: Account, { run_immediately, scheduled_time }: JsonObject): Partial<SimulatedCampaign> {
  if ((run_immediately === undefined) === (scheduled_time === undefined)) throw invalidBody();
  if (scheduled_time === undefined) {
    if (!isYes(run_immediately)) throw invalidBody();
    return arrival("running");
  }
  const time = checkTime(account, scheduled_time);
  return { ...arrival("scheduled", time), scheduled_time: time };
}

/** A time that hasn't passed. */
function checkTime(account: Account, value: unknown): string {
  const moment = parseHoodTime(value);
  if (moment === undefined || moment <= account.settings.now()) throw invalidBody();
  return value as string;
}

/** Checks what a create or an edit brings. @throws Rejection */
function checkBody(account: Account, body: JsonObject): void {
  if (readOnly.some((field) => field in body) || misshapen(body) !== undefined) throw invalidBody();
  for (const flag of [body.run_immediately, body.is_draft]) if (flag != null && !isFlag(flag)) throw invalidBody();
  if (body.scheduled_time != null) checkTime(account, body.scheduled_time);
}

/** Checks the name that a campaign would have after a create or an edit. @throws Rejection */
function checkName({ name }: JsonObject): void {
  if (typeof name !== "string" || name.trim() === "" || Buffer.byteLength(name) > MAX_NAME_BYTES) throw invalidBody();
}
