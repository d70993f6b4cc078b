import type { Context, Failure } from "./context";
import { isUnknown } from "./unknown";

/** A resource that stands for the fate of one campaign, by its type and its name in the program. */
export interface Claim {
  readonly type: string;
  readonly name: string;
}

/**
 * What speaks against a second resource for the same campaign: which of the two wins would depend on the order of their
 * calls. Only a door that is told the names of resources can tell them apart.
 */
export function contentionOver({ urn, claims }: Context, campaignId: unknown): Failure[] {
  if (urn === undefined || campaignId === undefined || isUnknown(campaignId)) return [];
  const id = String(campaignId);
  const other = claims.get(id) ?? urn;
  claims.set(id, other);
  if (other === urn) return [];
  return [{ property: "campaignId", reason: describeContention(id, claimOf(other), claimOf(urn)) }];
}

export function describeContention(id: string, one: Claim, other: Claim): string {
  return [
    `${one.type} "${one.name}" and ${other.type} "${other.name}" both stand for campaign ${id}, and would contend for its status.`,
    "Keep one of them, and take the other out: removing a resource sends nothing.",
  ].join("\n");
}

/** `urn:pulumi:STACK::PROJECT::PARENT$hood:index:TYPE::NAME` */
function claimOf(urn: string): Claim {
  const [, , type = "", ...name] = urn.split("::");
  return { type: type.split(":").at(-1) ?? "", name: name.join("::") };
}
