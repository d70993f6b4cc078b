import type { Properties } from "../../context";
import { camelCase, fromHood } from "../../hood/fields";
import type { CampaignDetails } from "../../hood/model";
import { hoodTime } from "../../hood/time";
import { isObject } from "../../json";
import { isEditable } from "../../lifecycle";
import { isEmpty, matches, projected } from "./compare";
import { fieldsOf } from "./patch";
import { fingerprint, provenanceOf } from "./provenance";

/** Arguments that Hood doesn't show, or that only say how it was to begin. */
const unseen: ReadonlySet<string> = new Set(["run_immediately"]);

/**
 * What the account shows for declared arguments in a form of its own, right after it took them: a later look that finds the
 * same again has found no change.
 */
export function storedForms(args: Properties, live: CampaignDetails): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(driftOf(args, live)).map(([name, value]) => [name, fingerprint(value)]));
}

/** {@link driftOf} without what the account has shown in that form before. */
export function changesIn(record: Properties, args: Properties, live: CampaignDetails): Properties {
  const { stored = {} } = provenanceOf(record);
  const drifted = Object.entries(driftOf(args, live));
  return Object.fromEntries(drifted.filter(([name, value]) => stored[name] !== fingerprint(value)));
}

/**
 * The declared arguments that the live campaign doesn't have so any more, each with what it has instead; undefined for
 * what it doesn't have at all. What an answer leaves out is taken for unchanged.
 */
export function driftOf(args: Properties, live: CampaignDetails): Properties {
  const { extra, ...others } = args;
  const drifted = Object.entries(fieldsOf(others)).filter(([field, value]) => hasDrifted(field, value, live));
  const found = drifted.map(([field, value]): [string, unknown] => [camelCase(field), shownAs(field, value, live)]);
  return { ...Object.fromEntries(found), ...extraDrift(extra, live) };
}

function extraDrift(extra: unknown, { fields }: CampaignDetails): Properties {
  if (!isObject(extra)) return {};
  const drifted = Object.keys(extra).filter((key) => Object.hasOwn(fields, key) && !matches(extra[key], fields[key]));
  if (drifted.length === 0) return {};
  const live = drifted.map((key): [string, unknown] => [key, projected(extra[key], fields[key])]);
  return { extra: { ...extra, ...Object.fromEntries(live) } };
}

function hasDrifted(field: string, declared: unknown, { fields, campaign }: CampaignDetails): boolean {
  if (unseen.has(field) || !Object.hasOwn(fields, field)) return false;
  // Once it was started, Hood may put the time of a next run there, or none.
  if (field === "scheduled_time" && !isEditable(campaign.status)) return false;
  return !matchesField(field, declared, fields[field]);
}

/** True where a field of an answer is what was declared for it. */
function matchesField(field: string, declared: unknown, live: unknown): boolean {
  if (field === "labels") return sameSet(declared, fromHood({ labels: live }).labels);
  if (field.endsWith("_time")) return declared === (hoodTime(live) ?? live);
  return matches(declared, live, { complete: !rebuilt.has(field) });
}

/** Fields that Hood stores in a shape of its own. The others are passed through, so that what is missing there was removed. */
const rebuilt: ReadonlySet<string> = new Set(["messages", "ab_test"]);

function shownAs(field: string, declared: unknown, { fields }: CampaignDetails): unknown {
  const live = fields[field];
  if (isEmpty(live)) return undefined;
  return fromHood({ [field]: projected(declared, live, { complete: !rebuilt.has(field) }) })[camelCase(field)];
}

/** True where the live campaign already has all that an edit would bring about. What an answer leaves out proves nothing. */
export function shows({ fields, campaign }: CampaignDetails, { status, ...patch }: Properties): boolean {
  if (status !== undefined && campaign.status === "draft") return false;
  return Object.entries(patch).every(([field, value]) => {
    if (!Object.hasOwn(fields, field)) return false;
    return isObject(value) || value === null
      ? showsInside(fields[field], value)
      : matchesField(field, value, fields[field]);
  });
}

function showsInside(live: unknown, patch: unknown): boolean {
  if (patch === null) return isEmpty(live);
  if (!isObject(patch)) return matches(patch, live);
  const inside = isObject(live) ? live : {};
  return Object.entries(patch).every(([name, value]) => showsInside(inside[name], value));
}

/** Nothing says that the order of labels means anything. */
function sameSet(declared: unknown, live: unknown): boolean {
  if (!Array.isArray(declared) || !Array.isArray(live)) return isEmpty(declared) && isEmpty(live);
  const [one, other] = [new Set(declared), new Set(live)];
  return one.size === other.size && [...one].every((label) => other.has(label));
}
