import type { Account } from "./account";
import { type Body, checkedTime, isYes } from "./actions";
import { invalidBody, invalidRequest } from "./answers";
import type { SimulatedCampaign } from "./campaigns";
import { arrival, type End, leads, startsFrom } from "./lifecycle";
import type { Effect } from "./log";
import { mergePatch } from "./mergePatch";
import { given } from "./messages";
import { firstRun, recurs } from "./recurrence";
import { checkBody, checkWhole } from "./validation";

/** Makes a campaign. Its status follows from how it is to be executed; without any such wish it is manual. */
export function create(account: Account, body: Body): { campaign: SimulatedCampaign; effect: Effect } {
  checkBody(body, account.settings);
  const filled = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null));
  const { is_draft, run_immediately, status, ...fields } = filled;
  checkWhole(fields);
  if (status !== undefined && status !== "draft") throw invalidBody();
  const planned = fields.scheduled_time ?? fields.recurrence;
  const launched = isYes(run_immediately) ? "running" : planned === undefined ? "manual" : "scheduled";
  const draft = status === "draft" || isYes(is_draft);
  const messages = given((fields.messages ?? []) as Body[]);
  const campaign = account.make({ ...fields, messages, run_counter: 0, status: draft ? "draft" : launched });
  return { campaign, effect: { campaignId: campaign.id, from: null, to: campaign.status } };
}

/** Edits a campaign by JSON merge patch (RFC 7386): what is left out stays, null removes. */
export function edit(account: Account, campaign: SimulatedCampaign, body: Body): Effect {
  if (!startsFrom("edit", campaign.status)) throw invalidRequest();
  checkBody(body, account.settings);
  // What these two bring is not documented, so that only `status` launches a draft.
  const { is_draft, run_immediately: _, ...patch } = body;
  if (isYes(is_draft) && campaign.status !== "draft") throw invalidRequest();
  const edited = mergePatch(campaign, patch);
  checkWhole(edited);
  if (patch.messages != null) {
    edited.messages = account.campaigns.messages.complete(given(patch.messages as Body[], campaign.messages), campaign);
  }
  return account.change(campaign, { ...removed(patch), ...edited, ...statusAfter(account, campaign, patch, edited) });
}

/** A draft may become anything; nothing becomes a draft again, and other changes of status are actions. */
function statusAfter(account: Account, { status, next_run_time }: SimulatedCampaign, patch: Body, edited: Body): Body {
  const { settings } = account;
  const launches = "status" in patch && patch.status !== status;
  if (launches && !leads("launch", status, patch.status)) throw invalidRequest();
  if (launches && patch.status === "scheduled" && edited.scheduled_time != null && !recurs(edited)) {
    checkedTime(edited.scheduled_time, settings);
  }
  const moved = launches || "scheduled_time" in patch || "recurrence" in patch;
  const nextRun = moved ? firstRun(edited, settings.now()) : next_run_time;
  return arrival<"launch">((launches ? patch.status : status) as End<"launch">, nextRun);
}

/** What is left of the fields that a patch removes: those that every answer shows become empty. */
function removed(patch: Body): Body {
  const gone = Object.keys(patch).filter((field) => patch[field] === null);
  return Object.fromEntries(gone.map((field) => [field, structuredClone(emptyFields[field])]));
}

const emptyFields: Body = { description: null, scheduled_time: null, labels: [], metadata: {}, messages: [] };
