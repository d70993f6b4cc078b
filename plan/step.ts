import type { Properties } from "../provider/context";
import { isObject } from "../provider/hood/campaign";
import { isUnknown } from "../provider/unknown";
import type { Entry } from "./report";

/** What the engine is about to do with one resource. */
export interface Step {
  readonly op: string;
  readonly urn: string;
  /** Type and name, as the URN has them. */
  readonly type: string;
  readonly resource: string;
  /** The state before, where there is one. */
  readonly old?: State;
  /** What the program declares, after the check; the arguments and what was seen of the live campaign. */
  readonly inputs: Properties;
}

export interface State {
  /** What was recorded, outputs and arguments. */
  readonly record: Properties;
  readonly inputs: Properties;
  /** The engine forgets the resource without telling its provider. */
  readonly retained: boolean;
}

/** What Pulumi prints in place of a secret. */
const SECRET = "[secret]";

export function readStep(raw: unknown): Step {
  const step = objectOf(raw);
  const urn = String(step.urn ?? "");
  const old = isObject(step.oldState) ? stateOf(step.oldState) : undefined;
  return { op: String(step.op), urn, ...namesIn(urn), old, inputs: objectOf(objectOf(step.newState).inputs) };
}

function stateOf(state: Properties): State {
  const inputs = objectOf(state.inputs);
  const record = { campaignId: state.id, ...inputs, ...objectOf(state.outputs) };
  return { record, inputs, retained: state.retainOnDelete === true };
}

/** Type and name of a resource. The type stands after those of its parents; the name may hold anything, "::" too. */
export function namesIn(urn: string): { type: string; resource: string } {
  const [, , types = "", ...name] = urn.split("::");
  return { type: types.split("$").at(-1) ?? "", resource: name.join("::") };
}

const HOOD = /^(?:pulumi-nodejs:dynamic\/hood|hood:index):(\w+)$/;

/** The resource type as a program calls it, such as "CampaignStatus"; undefined for what isn't Hood's. */
export function hoodType(type: string): string | undefined {
  return HOOD.exec(type)?.[1];
}

/** A value that the preview can't show: it isn't known yet, or a secret. */
export function isHidden(value: unknown): boolean {
  return value === SECRET || isUnknown(value);
}

/** An entry for a step. Values that aren't known are left out. */
export function entryOf(step: Step, seen: Properties, note?: string): Entry {
  const names = { resource: step.resource, type: hoodType(step.type) ?? step.type, urn: step.urn };
  const { campaignId, campaignName, status, reason } = seen;
  const known = Object.entries({ campaignId, campaignName, status, reason, note }).filter(
    ([, value]) => typeof value === "string" && !isUnknown(value),
  );
  return { ...names, ...Object.fromEntries(known) };
}

function objectOf(value: unknown): Properties {
  return isObject(value) ? value : {};
}
