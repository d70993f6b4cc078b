import { Script } from "node:vm";

/** A resource as a stack policy gets it. Reading a property that a preview doesn't know yet throws. */
export interface SeenResource {
  readonly type: string;
  readonly urn: string;
  readonly name: string;
  readonly props: Readonly<Record<string, unknown>>;
}

/** A campaign that this update may cancel for good. What a preview doesn't know yet is undefined. */
export interface End {
  readonly urn: string;
  readonly campaignId: string | undefined;
  readonly campaignName: string | undefined;
  readonly reason: string | undefined;
  readonly expectedName: string | undefined;
}

/** From programs in Node.js, and from those in every other language. */
const HOOD_TYPE = /^(?:pulumi-nodejs:dynamic\/hood:|hood:)(.*)$/;
/** The names that this version knows. */
const KNOWN = /^(?:index:)?(Campaign(?:Cancellation|Status)?)$/;

/** The text that names the provider of a resource in a Node.js program, whatever its type is called. */
const OWN_PROVIDER =
  /^exports\.handler=\(\)=>require\("pulumi-ocamba-hood\/provider"\)\.(campaign(?:Cancellation|Status)?)$/;
/** In place of a type: it may be one of Hood's, and nobody can say what the update would do. */
const UNCLEAR = "unclear";

/** Stands for what a preview doesn't know yet. */
const UNKNOWN = Symbol("unknown");

/** A campaign with such a desired status goes on, or can. */
const ENDS_NOTHING = ["running", "paused", "scheduled"];

/** Of such a campaign nothing is left to cancel. From any other status, the update may cancel it. */
const NOTHING_TO_END = ["canceled", "sent"];

/**
 * The name of one of Hood's types, such as `CampaignCancellation`, by its provider; `unclear` if that isn't this package's
 * provider of that type, or if it can't be told whether it is; undefined for any other resource.
 */
export function hoodType(resource: SeenResource): string | undefined {
  const { type } = resource;
  const named = HOOD_TYPE.exec(type)?.[1];
  const known = named === undefined ? undefined : (KNOWN.exec(named)?.[1] ?? UNCLEAR);
  const provider = read(resource, "__provider");
  // Engines keep it from policies, also for this package's own resources: then the type is all that there is.
  if (provider === undefined) return known;
  // What can't be read may lead to this package too. Python's texts hold no JavaScript.
  if (typeof provider !== "string") return type.startsWith("pulumi-python:") ? undefined : UNCLEAR;
  const own = OWN_PROVIDER.exec(provider)?.[1]?.replace("c", "C");
  if (own !== undefined) return known === undefined || known === own ? own : UNCLEAR;
  return known === undefined && isForeign(provider) ? undefined : UNCLEAR;
}

/** A text among the properties; undefined if it is absent or isn't known yet. */
export function textOf(resource: SeenResource, name: string): string | undefined {
  const value = read(resource, name);
  return typeof value === "string" ? value : undefined;
}

/** The cancellations that the update would still send. One that the state has already isn't among them. */
export function endsIn(resources: readonly SeenResource[]): End[] {
  return resources.filter(isDue).map(endOf);
}

/** `campaign 1000248 "Spring sale"`, as far as it is known. */
export function describe({ campaignId, campaignName }: Pick<End, "campaignId" | "campaignName">): string {
  const id = campaignId === undefined ? "a campaign whose id isn't known yet" : `campaign ${campaignId}`;
  return campaignName === undefined ? id : `${id} ${quoted(campaignName)}`;
}

/** Text from outside on one line, in which no character turns the direction of what is read. */
export function quoted(text: string): string {
  return JSON.stringify(text).replace(/[\p{Cc}\p{Bidi_Control}]/gu, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

function endOf(resource: SeenResource): End {
  return {
    urn: resource.urn,
    campaignId: textOf(resource, "campaignId"),
    campaignName: textOf(resource, "campaignName"),
    reason: textOf(resource, "reason"),
    expectedName: textOf(resource, "expectedName"),
  };
}

function isDue(resource: SeenResource): boolean {
  const previousStatus = textOf(resource, "previousStatus");
  const isOver = previousStatus !== undefined && NOTHING_TO_END.includes(previousStatus);
  switch (hoodType(resource)) {
    case undefined:
    case "Campaign":
      return false;
    case "CampaignCancellation":
      return isEndOfCampaign(resource, isOver);
    case "CampaignStatus":
      return !isOver && isEndByStatus(resource);
    default:
      return true;
  }
}

/** In other languages, a preview shows the outcome that it expects, but no time yet. */
function isEndOfCampaign(resource: SeenResource, isOver: boolean): boolean {
  const outcome = read(resource, "outcome");
  const expected = read(resource, "canceledAt") === UNKNOWN;
  // When it was declared, nothing was left to cancel; now the campaign goes on.
  if (isOver) return outcome === UNKNOWN || (outcome === "canceled" && expected);
  return typeof outcome !== "string" || expected;
}

/** A status that the preview doesn't know yet may turn out to be `canceled`, whatever else is known or planned. */
function isEndByStatus(resource: SeenResource): boolean {
  const status = textOf(resource, "status");
  if (status !== "canceled") return status === undefined || !ENDS_NOTHING.includes(status);
  return textOf(resource, "currentStatus") === undefined;
}

function read({ props }: SeenResource, name: string): unknown {
  try {
    return props[name];
  } catch {
    return UNKNOWN;
  }
}

/** How Pulumi begins the code that it makes from a program's own provider. */
const SERIALIZED = /^exports\.handler = __f\d+(?:\(\))?;/;
/** What loads code by a name that isn't written out. */
const LOADS =
  /\b(?:require|import)\b(?!\s+\w|\s*[!=]=|\s*\.\s*resolve\s*\()(?!\s*\(\s*(["'`])[^"'`$\\]*\1\s*\))|\beval\b|\bFunction\s*\(|\bconstructor\s*\(\s*["'`]|\b(?:createRequire|getBuiltinModule|mainModule|_load)\b/g;
const ESCAPE = /\\(?:u\{0*([\da-f]{1,5})\}|u([\da-f]{4})|x([\da-f]{2})|([0-3]?[0-7]{1,2})|(\r\n|.))/gis;
/** Code can hold this in a string, a comment or a regular expression, or as the key of a value, but not where something is used. */
const PROBE = "get enum(){},0n";

/** True for the code of a program's own provider that names and loads nothing of this package, as far as code can show that. */
function isForeign(code: string): boolean {
  if (!SERIALIZED.test(code) || /ocamba/i.test(spelledOut(code))) return false;
  // Words that load may be mere words, as in a message: without those, the code must still be code, and hide no others.
  const probed = code.replace(LOADS, PROBE);
  return spelledOut(probed).search(LOADS) < 0 && (probed === code || isCode(probed));
}

/** This only reads the code: nothing runs it. */
function isCode(text: string): boolean {
  try {
    return new Script(text) !== undefined;
  } catch {
    return false;
  }
}

/** Code without escapes, which would hide a name in it. */
function spelledOut(code: string): string {
  return code.replace(ESCAPE, (_, braces, four, two, octal, other) => {
    if (other !== undefined) return other.trim();
    const digits = octal ?? braces ?? four ?? two;
    return String.fromCodePoint(Number.parseInt(digits, octal === undefined ? 16 : 8));
  });
}
