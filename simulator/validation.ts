import { type Body, checkedTime, isYes } from "./actions";
import { invalidBody } from "./answers";
import { isObject } from "./mergePatch";
import type { Settings } from "./options";
import { parseHoodTime } from "./time";

const MAX_NAME_BYTES = 100;
const MAX_MESSAGES_PER_CHANNEL = 4;
/** The channels, and whether a message needs to say through which integration it goes. */
const needsIntegration = new Map<unknown, boolean>([
  ["push", false],
  ["email", true],
  ["sms", true],
]);

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

const isText = (value: unknown) => typeof value === "string";
const isFlag = (value: unknown) => isYes(value) || value === false || value === 0;

/** What the fields of a body have to be, where they are given and not null. Fields that are not here may be anything. */
const shapes: Record<string, (value: unknown) => boolean> = {
  description: isText,
  labels: (value) => Array.isArray(value) && value.every(isText),
  metadata: isObject,
  recurrence: isObject,
  ab_test: isObject,
  messages: (value) => Array.isArray(value) && value.every(isObject),
  end_time: (value) => parseHoodTime(value) !== undefined,
  run_immediately: isFlag,
  is_draft: isFlag,
};

/** Checks what a create or an edit brings. @throws Refusal */
export function checkBody(body: Body, rules: Settings): void {
  if (readOnly.some((field) => field in body)) throw invalidBody();
  for (const [field, fits] of Object.entries(shapes)) {
    if (body[field] != null && !fits(body[field])) throw invalidBody();
  }
  if (body.scheduled_time != null) checkedTime(body.scheduled_time, rules);
}

/** Checks the whole campaign that would come of a create or an edit. @throws Refusal */
export function checkWhole({ name, messages, ab_test }: Body): void {
  if (typeof name !== "string" || name.trim() === "" || Buffer.byteLength(name) > MAX_NAME_BYTES) throw invalidBody();
  const all = (messages ?? []) as Body[];
  if (!all.every(isSendable)) throw invalidBody();
  for (const channel of needsIntegration.keys()) {
    const { length } = all.filter((message) => message.channel === channel);
    if (length > MAX_MESSAGES_PER_CHANNEL || (length > 1 && !isObject(ab_test))) throw invalidBody();
  }
}

function isSendable({ channel, integration_id }: Body): boolean {
  const needs = needsIntegration.get(channel);
  return needs === false || (needs === true && typeof integration_id === "string" && integration_id.trim() !== "");
}
