import { hoodTime } from "../../hood/time";
import { isObject } from "../../json";
import { quoted } from "../../text";
import { ArgumentRules, isText, oneOf, optionalRule, type Rule } from "../arguments";
import { extraRule } from "./extra";

/** What removing the resource does to the campaign. */
const DELETION_POLICIES = ["abandon", "cancel", "prevent"];
/** Longest name, in bytes of UTF-8, which is how Hood counts. */
const LONGEST_NAME = 100;

const flagRule = optional((value) => typeof value === "boolean", "must be true or false");
const objectRule = optional(isObject, "must be an object");
const timeRule = optional(
  (value) => hoodTime(value) !== undefined,
  'must be a moment such as "2026-12-01T09:00:00Z" (ISO 8601 with its zone) or "2026-12-01 09:00:00" (GMT)',
);

export const campaignArguments: ArgumentRules<string> = new ArgumentRules("Campaign", {
  name: (value) => {
    if (!isText(value)) return 'must not be blank: give the campaign the name that Hood shows, such as "Spring sale"';
    const name = String(value);
    // A server that trims it would show another name than the program gives, for ever.
    if (name !== name.trim()) return `must not begin or end with blanks: write ${quoted(name.trim())}`;
    const bytes = Buffer.byteLength(name);
    if (bytes <= LONGEST_NAME) return undefined;
    return `has ${bytes} bytes in UTF-8, and Hood takes ${LONGEST_NAME} at the most: shorten it`;
  },
  description: optional((value) => typeof value === "string", "must be a string"),
  labels: optional(
    (value) => Array.isArray(value) && value.every(isText),
    'must be a list of strings, such as ["spring", "email"]',
  ),
  metadata: objectRule,
  draft: flagRule,
  scheduledTime: timeRule,
  runImmediately: flagRule,
  recurrence: objectRule,
  endTime: timeRule,
  abTest: objectRule,
  messages: optional(
    (value) => Array.isArray(value),
    'must be a list of messages, such as [{ channel: "push", push: { … } }]',
  ),
  utmTracking: objectRule,
  quietHours: objectRule,
  targeting: objectRule,
  sendInProfileTimeZone: flagRule,
  sendIfProfileTimePassed: flagRule,
  dealId: optional(
    (value) => typeof value === "string" && /^\d+$/.test(value),
    'must be a string of digits in quotes, such as "1000251"',
  ),
  extra: (value) => extraRule(campaignArguments.names, value),
  deletionPolicy: optionalRule(oneOf(DELETION_POLICIES)),
});

function optional(fits: (value: unknown) => boolean, words: string): Rule {
  return (value) => (value === undefined || fits(value) ? undefined : words);
}
