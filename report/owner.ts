import { isObject } from "../provider/json";
import { holdsHidden, hoodType, namesIn, type State, type Step } from "./preview";

/** Hood's resource types, and the name that leads from a state to the provider of each. */
const PROVIDERS = new Map([
  ["CampaignCancellation", "campaignCancellation"],
  ["CampaignStatus", "campaignStatus"],
  ["Campaign", "campaign"],
]);
const PACKAGE = "pulumi-ocamba-hood";
const PROVIDER = "__provider";

/**
 * The text by which the engine finds a resource's provider, as the classes give it; undefined for what is no type of Hood's. It
 * stands in clear in every preview, so that a type's name alone says nothing.
 */
export function providerTextOf(type: string): string | undefined {
  const provider = PROVIDERS.get(type);
  return provider && `exports.handler=()=>require("${PACKAGE}/provider").${provider}`;
}

/** Whose a step is: one of Hood's types, somebody else's, or `unclear` with the reason why it may be Hood's. */
export type Owner =
  | { readonly kind: "hood"; readonly type: string }
  | { readonly kind: "other" }
  | { readonly kind: "unclear"; readonly why: string };

const OTHER: Owner = { kind: "other" };
const NEW_TYPE = "This version of hood-plan doesn't know its type";
const HIDDEN_PROVIDER = "The preview doesn't show its provider's code, which may be this package's";
const OTHER_PROVIDER = "It has the type of one of Hood's resources, and another provider than this package's";
const DECLARED_PROVIDER =
  "The program declares a provider for it, which may not have been asked, so what the preview shows may not be so";
const OTHER_TYPE = "It has this package's provider under another type";

/** Tells Hood's steps by what would carry them out, whatever they are called. */
export function ownerOf({ type, old, new: next }: Step): Owner {
  const states = [old, next].filter((state) => state !== undefined);
  if (states.length > 0 && states.every(({ custom }) => !custom)) return OTHER;
  const services = states.flatMap(({ provider }) => (provider === undefined ? [] : [namesIn(provider).type]));
  const named = hoodType(type);
  const known = named !== undefined && PROVIDERS.has(named) ? named : undefined;
  const texts = states.flatMap(textsOf);
  // A name with a "$" in it can end like one of Pulumi's own types.
  if (texts.length === 0 && type.startsWith("pulumi:")) return OTHER;

  if (texts.length > 0 || type.startsWith("pulumi-nodejs:") || services.includes("pulumi:providers:pulumi-nodejs")) {
    if (!type.startsWith("pulumi-nodejs:dynamic/hood:")) return otherDynamic(texts);
    if (!known) return { kind: "unclear", why: NEW_TYPE };
    if (states.some(isDeclared)) return { kind: "unclear", why: DECLARED_PROVIDER };
    const own = texts.length > 0 && texts.every((text) => text === providerTextOf(known));
    return own ? { kind: "hood", type: known } : { kind: "unclear", why: OTHER_PROVIDER };
  }
  if (!type.startsWith("hood:") && !services.includes("pulumi:providers:hood")) return OTHER;
  if (!known) return { kind: "unclear", why: NEW_TYPE };
  const served = services.every((service) => service === "pulumi:providers:hood");
  return served ? { kind: "hood", type: known } : { kind: "unclear", why: OTHER_PROVIDER };
}

/** Every text that leads to a provider, also one that isn't there though the state is: an update and a removal use one each. */
function textsOf({ inputs, outputs }: State): unknown[] {
  const places = [inputs, ...(outputs ? [outputs] : [])].filter((place) => Object.keys(place).length > 0);
  return places.some((place) => PROVIDER in place) ? places.map((place) => place[PROVIDER]) : [];
}

/** True if a dynamic resource is served by another provider than the one that Pulumi makes by itself. */
function isDeclared({ provider }: State): boolean {
  if (provider === undefined) return false;
  const { type, resource } = namesIn(provider);
  return type === "pulumi:providers:pulumi-nodejs" && !/^default(_[^:]*)?(::|$)/.test(resource);
}

function otherDynamic(texts: readonly unknown[]): Owner {
  if (texts.length === 0 || texts.some((text) => typeof text !== "string" || holdsHidden(text))) {
    return { kind: "unclear", why: HIDDEN_PROVIDER };
  }
  return texts.some((text) => String(text).includes(PACKAGE)) ? { kind: "unclear", why: OTHER_TYPE } : OTHER;
}

/** True for a provider of the plugin that the program declares. */
export function isProvider({ type }: Step): boolean {
  return type === "pulumi:providers:hood";
}

/** True if a provider's settings aren't all known in the preview: Pulumi asks it nothing then. */
export function isUnsettled({ new: next }: Step): boolean {
  return next !== undefined && unknownIn(next.inputs);
}

function unknownIn(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(unknownIn);
  if (isObject(value)) return Object.values(value).some(unknownIn);
  return holdsHidden(value) && value !== "[secret]";
}
