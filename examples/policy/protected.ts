import { describe, type End, hoodType, type SeenResource, textOf, type Violation } from "./ends";
import { toPattern } from "./pattern";

export interface ProtectedConfig {
  /** Regular expressions: campaigns with such a name can't be canceled. */
  readonly names: readonly string[];
  /** Campaigns with one of these labels can't be canceled, if the stack itself defines them: only then are labels known. */
  readonly labels: readonly string[];
}

export const protectedDefaults: ProtectedConfig = { names: [], labels: ["protected"] };

/** Nobody may cancel some campaigns: neither by a declaration, nor by removing their definition from a program. */
export function checkProtected(
  ends: readonly End[],
  resources: readonly SeenResource[],
  { names, labels }: ProtectedConfig,
): Violation[] {
  const patterns = names.map((name) => toPattern("protected-campaigns, names", name));
  const isProtected = (name: string | undefined) =>
    name !== undefined && patterns.some((pattern) => pattern.test(name));
  const definitions = resources.filter((resource) => hoodType(resource) === "Campaign");
  const bearing = definitions.filter((definition) => labelsOf(definition).some((label) => labels.includes(label)));
  const isBearing = ({ campaignId, campaignName }: End) =>
    bearing.some((definition) => {
      const id = textOf(definition, "campaignId");
      return id === undefined ? textOf(definition, "name") === campaignName : id === campaignId;
    });

  const refused = ends.flatMap((end): Violation[] => {
    const hidden =
      (end.campaignName === undefined && patterns.length > 0) || (end.campaignId === undefined && bearing.length > 0);
    if (hidden) return [{ urn: end.urn, message: describeUnknown(end) }];
    const found = isProtected(end.campaignName) || isBearing(end);
    return found ? [{ urn: end.urn, message: describeProtected(end) }] : [];
  });
  const endedByRemoval = definitions.filter(
    (definition) =>
      textOf(definition, "deletionPolicy") === "cancel" &&
      (bearing.includes(definition) || isProtected(textOf(definition, "name"))),
  );
  return [...refused, ...endedByRemoval.map(({ urn, name }) => ({ urn, message: describeRemovable(name) }))];
}

function labelsOf({ props }: SeenResource): string[] {
  try {
    // Each label may be unknown on its own.
    return [...(props.labels as string[])].filter(isText);
  } catch {
    return [];
  }
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function describeProtected(end: End): string {
  return [
    `This would end ${describe(end)} for good, and it is protected by its name or a label.`,
    "Take the cancellation out, or pause the campaign instead: that can be undone.",
  ].join("\n");
}

function describeUnknown(end: End): string {
  return [
    `This would end ${describe(end)} for good, and the preview doesn't know its name: whether it is protected can't be told.`,
    "Preview with hood:preflight live (the default), and write the campaign's id into the program.",
  ].join("\n");
}

function describeRemovable(resource: string): string {
  return [
    `The campaign that the resource ${JSON.stringify(resource)} defines is protected, and its deletionPolicy "cancel" would end it when the resource is removed.`,
    'Use "prevent", or "abandon".',
  ].join("\n");
}
