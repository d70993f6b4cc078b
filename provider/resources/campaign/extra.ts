import { camelCase, campaignFields } from "../../hood/fields";
import { isObject } from "../../json";
import { oneLine } from "../../text";

/** Names that Hood's older pages use for what has an argument of its own. */
const older = new Map([["is_draft", "draft"]]);

/** What is wrong with fields that are to be sent as they are: what has an argument must not come in twice, by two names. */
export function extraRule(names: readonly string[], value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (!isObject(value)) return "must be an object of fields, named as the API names them";
  const [reason] = Object.keys(value).flatMap((key) => objectionTo(names, key) ?? []);
  return reason;
}

function objectionTo(names: readonly string[], key: string): string | undefined {
  const name = older.get(key) ?? camelCase(key);
  if (names.includes(name)) return `must not hold ${oneLine(key)}: use the argument ${name}`;
  if (name === "status") return "must not hold status: use draft, or a CampaignStatus for the campaign";
  const documented = campaignFields.some((field) => camelCase(field) === name);
  return documented ? `must not hold ${oneLine(key)}: Hood itself writes that field, so take it out` : undefined;
}
