import { Script } from "node:vm";
import type { resources } from "../provider/hosts/resources";
import { holdsUnknown } from "../provider/resources/arguments";
import { type Message, say } from "../provider/text";
import { hoodType, namesIn, SECRET, type State, type Step } from "./preview";

/** A resource type of this package. */
export type HoodType = keyof typeof resources;

const PACKAGE = "pulumi-ocamba-hood";
const PROVIDER = "__provider";

/** The name by which the package exports the provider of each type. */
const exported = {
  Campaign: "campaign",
  CampaignCancellation: "campaignCancellation",
  CampaignStatus: "campaignStatus",
} as const satisfies Record<HoodType, keyof typeof import("../provider/index")>;

/**
 * The text by which the engine finds the provider of a type, as the classes give it. It stands in clear in every preview, so that a
 * type's name alone says nothing.
 */
export function providerTextOf(type: HoodType): string {
  return `exports.handler=()=>require("${PACKAGE}/provider").${exported[type]}`;
}

/** Whose a step is: one of Hood's types, somebody else's, or `unclear` with the reason why it may be Hood's. */
export type Owner =
  | { readonly kind: "hood"; readonly type: HoodType }
  | { readonly kind: "other" }
  | { readonly kind: "unclear"; readonly why: Message };

const OTHER: Owner = { kind: "other" };
const NEW_TYPE = say`This version of hood-plan doesn't know its type`;
const NO_STATE = say`The preview shows neither its old nor its new state`;
const HIDDEN_PROVIDER = say`The preview doesn't show its provider's code, which may be this package's`;
const UNCLEAR_PROVIDER = say`Its provider's code may load this package's provider`;
const OTHER_PROVIDER = say`It has the type of one of Hood's resources, and another provider than this package's`;
const DECLARED_PROVIDER = say`The program declares a provider for it, which may not have been asked, so what the preview shows may not be so`;
const OTHER_TYPE = say`It has this package's provider under another type`;

/** Tells Hood's steps by what would carry them out, whatever they are called. What isn't certain to be somebody else's is unclear. */
export function ownerOf({ type, old, new: next }: Step): Owner {
  const states = [old, next].filter((state) => state !== undefined);
  if (states.length === 0) return { kind: "unclear", why: NO_STATE };
  if (states.every(({ custom }) => !custom)) return OTHER;
  const services = states.flatMap(({ provider }) => (provider === undefined ? [] : [namesIn(provider).type]));
  const texts = states.flatMap(textsOf);
  const name = hoodType(type);
  const known = name !== undefined && isHoodType(name) ? name : undefined;
  if (texts.length > 0 || type.startsWith("pulumi-nodejs:") || services.includes("pulumi:providers:pulumi-nodejs")) {
    if (!type.startsWith("pulumi-nodejs:dynamic/hood:")) return ownerOfDynamic(services, texts);
    if (!known) return { kind: "unclear", why: NEW_TYPE };
    if (states.some(isDeclared)) return { kind: "unclear", why: DECLARED_PROVIDER };
    const own = texts.length > 0 && texts.every((text) => text === providerTextOf(known));
    return own ? { kind: "hood", type: known } : { kind: "unclear", why: OTHER_PROVIDER };
  }
  // Of "hood::Name", a URN shows "hood" as the type.
  if (!/^hood(:|$)/.test(type) && !services.includes("pulumi:providers:hood")) return OTHER;
  if (!known) return { kind: "unclear", why: NEW_TYPE };
  const served = services.every((service) => service === "pulumi:providers:hood");
  return served ? { kind: "hood", type: known } : { kind: "unclear", why: OTHER_PROVIDER };
}

function isHoodType(name: string): name is HoodType {
  return Object.hasOwn(exported, name);
}

/** Every text that leads to a provider, also one that isn't there though the state is: an update and a removal use one each. */
function textsOf({ inputs, outputs }: State): unknown[] {
  const places = [inputs, ...(outputs ? [outputs] : [])].filter((place) => Object.keys(place).length > 0);
  return places.some((place) => PROVIDER in place) ? places.map((place) => place[PROVIDER]) : [];
}

/** True if a dynamic resource is served by another provider than the one that Pulumi makes by itself, and names by its version. */
function isDeclared({ provider }: State): boolean {
  if (provider === undefined) return false;
  const { type, resource } = namesIn(provider);
  return type === "pulumi:providers:pulumi-nodejs" && !/^default(_\d+_\d+_\d+\w*)?$/.test(resource);
}

/** Whose a dynamic resource is that has a type of somebody else's. */
function ownerOfDynamic(services: readonly string[], texts: readonly unknown[]): Owner {
  // Python's texts are data, usually a secret, in which there is no JavaScript.
  if (services.length > 0 && services.every((service) => service === "pulumi:providers:pulumi-python")) return OTHER;
  if (texts.length === 0 || texts.some((text) => typeof text !== "string" || text === SECRET)) {
    return { kind: "unclear", why: HIDDEN_PROVIDER };
  }
  const codes = texts.map(String);
  if (codes.some((code) => spelledOut(code).includes(PACKAGE))) return { kind: "unclear", why: OTHER_TYPE };
  return codes.every(isForeign) ? OTHER : { kind: "unclear", why: UNCLEAR_PROVIDER };
}

/** How Pulumi begins the code that it makes from a program's own provider. */
const SERIALIZED = /^exports\.handler = __f\d+(?:\(\))?;/;
/** What loads code by a name that isn't written out; "require" and "import" are also English words. */
const LOADS =
  /\b(?:require|import)\b(?!\s+\w|\s*[!=]=|\s*\.\s*resolve\s*\()(?!\s*\(\s*(["'`])[^"'`$\\]*\1\s*\))|\beval\b|\bFunction\s*\(|\bconstructor\s*\(\s*["'`]|\b(?:createRequire|getBuiltinModule|mainModule|_load)\b/;

/** True for the code of a program's own provider, if all that it loads is named in clear, and none of it is Hood's. */
function isForeign(code: string): boolean {
  if (!SERIALIZED.test(code) || /ocamba/i.test(spelledOut(code))) return false;
  return !LOADS.test(spelledOut(code)) || onlySpeaksOfLoading(code);
}

/**
 * Code can hold this instead of a word only in a string, a comment or a regular expression, and instead of the key of a value: not
 * as a variable, a property that is read, or a key that takes something out of an object. It can't move where a string begins.
 */
const PROBE = "get enum(){},0n";

/** True if code isn't code any more without the words that load, unless they are mere words in it. */
function onlySpeaksOfLoading(code: string): boolean {
  const probed = code.replace(new RegExp(LOADS, "g"), PROBE);
  // One that an escape hides is still there.
  if (LOADS.test(spelledOut(probed))) return false;
  try {
    // This only reads the code: nothing runs it.
    new Script(probed);
    return true;
  } catch {
    return false;
  }
}

const ESCAPE = /\\(?:u\{0*([\da-f]{1,5})\}|u([\da-f]{4})|x([\da-f]{2})|([0-3]?[0-7]{1,2})|(\r\n|.))/gis;

/** Code without escapes, which would hide a name in it. */
function spelledOut(code: string): string {
  return code.replace(ESCAPE, (_, braces, four, two, octal, other) => {
    if (other !== undefined) return other.trim();
    return String.fromCodePoint(
      octal === undefined ? Number.parseInt(braces ?? four ?? two, 16) : Number.parseInt(octal, 8),
    );
  });
}

/** True for a provider of the plugin that the program declares. */
export function isProvider({ type }: Step): boolean {
  return type === "pulumi:providers:hood";
}

/** True if a provider's settings aren't all known in the preview: Pulumi asks it nothing then. */
export function isUnsettled({ new: next }: Step): boolean {
  return next !== undefined && (holdsUnknown(next.inputs) || holdsUnknown(next.outputs ?? {}));
}
