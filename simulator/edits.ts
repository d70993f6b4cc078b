import type { Account } from "./account";
import { type Body, checkedTime, isYes } from "./actions";
import { invalidBody, invalidRequest } from "./answers";
import { knownStatuses, type SimulatedCampaign } from "./campaigns";
import type { Effect } from "./log";

/** Fields that only the account itself writes. */
const readOnly = [
  "id",
  "company_id",
  "creator_id",
  "creator",
  "was_launched",
  "next_run_time",
  "run_counter",
  "create_time",
  "update_time",
];
const editable = ["draft", "manual", "scheduled", "paused"];

/** Makes a campaign. Its status follows from how it is to be executed; without any such wish it is manual. */
export function create(account: Account, body: Body): { campaign: SimulatedCampaign; effect: Effect } {
  checkFields(account, body);
  checkName(body.name);
  const { is_draft, run_immediately, status, ...fields } = mergePatch({}, body);
  if (status !== undefined && status !== "draft") throw invalidBody();
  const planned = fields.scheduled_time ?? fields.recurrence;
  const launched = isYes(run_immediately) ? "running" : planned === undefined ? "manual" : "scheduled";
  const draft = status === "draft" || isYes(is_draft);
  const campaign = account.campaigns.add({ ...fields, status: draft ? "draft" : launched });
  return { campaign, effect: { campaignId: campaign.id, from: null, to: campaign.status } };
}

/** Edits a campaign by JSON merge patch (RFC 7386): what is left out stays, null removes. */
export function edit(account: Account, campaign: SimulatedCampaign, body: Body): Effect {
  if (!editable.includes(campaign.status)) throw invalidRequest();
  checkFields(account, body);
  if ("name" in body) checkName(body.name);
  if ("status" in body) checkStatus(campaign.status, body.status);
  const edited = { ...removed(body), ...mergePatch(campaign, body) };
  const next_run_time = edited.status === "scheduled" ? edited.scheduled_time : null;
  return account.change(campaign, { ...edited, next_run_time } as Partial<SimulatedCampaign>);
}

/** What is left of the fields that a patch removes: those that every answer shows become empty. */
function removed(patch: Body): Body {
  const gone = Object.keys(patch).filter((field) => patch[field] === null);
  return Object.fromEntries(gone.map((field) => [field, structuredClone(emptyFields[field])]));
}

const emptyFields: Body = { description: null, scheduled_time: null, labels: [], metadata: {}, messages: [] };

function checkName(name: unknown): void {
  if (typeof name !== "string" || name.trim() === "") throw invalidBody();
}

function checkFields(account: Account, body: Body): void {
  if (readOnly.some((field) => field in body)) throw invalidBody();
  const { labels, scheduled_time } = body;
  if (labels != null && !(Array.isArray(labels) && labels.every((label) => typeof label === "string"))) {
    throw invalidBody();
  }
  if (scheduled_time != null) checkedTime(scheduled_time, account.settings);
}

/** A draft may become anything; nothing becomes a draft again, and other changes of status are actions. */
function checkStatus(from: string, to: unknown): void {
  if (to === from) return;
  if (from !== "draft" || !(knownStatuses as readonly unknown[]).includes(to)) throw invalidRequest();
}

function mergePatch(target: Body, patch: Body): Body {
  const result = { ...target };
  for (const [field, value] of Object.entries(patch)) {
    if (value === null) delete result[field];
    else if (isObject(value)) result[field] = mergePatch(isObject(target[field]) ? target[field] : {}, value);
    else result[field] = value;
  }
  return result;
}

function isObject(value: unknown): value is Body {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
