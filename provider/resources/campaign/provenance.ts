import { randomBytes } from "node:crypto";
import type { Context, Properties } from "../../context";
import { hashOf, hashOfValues, type Mark, textOf } from "../../hood/mark";
import { isObject } from "../../json";

/** Where the state of a campaign keeps what no program declares and no display shows. */
export const PROVENANCE = "__provenance";

/** How a resource came to its campaign, as its state keeps it. */
export interface Provenance {
  /** Tells this record from every other one, also of the same resource. Absent in states of 0.1.0. */
  readonly record?: string;
  /** The mark that the campaign was seen to bear. */
  readonly mark?: string;
  /** It was imported: another hand made it. */
  readonly imported?: true;
  /** Hashes of what the account makes of declared values, by the argument: it writes them in a way of its own. */
  readonly stored?: Readonly<Record<string, string>>;
}

/** The owner of the campaigns that a resource creates, for their marks; undefined if it isn't known which resource it is. */
export function ownerOf({ urn, organization }: Pick<Context, "urn" | "organization">): string | undefined {
  if (urn === undefined) return undefined;
  return hashOf(organization === undefined ? urn : `${organization} ${urn}`);
}

/** What a state says of it; empty for a state of 0.1.0. */
export function provenanceOf({ [PROVENANCE]: kept }: Properties): Provenance {
  return isObject(kept) ? kept : {};
}

/** For the state, with a name for the record if it has none yet. */
export function kept(provenance: Provenance): Properties {
  const { record = randomBytes(8).toString("hex"), stored = {}, ...rest } = provenance;
  return { [PROVENANCE]: { record, ...rest, ...(Object.keys(stored).length > 0 && { stored }) } };
}

/** For a record of a campaign that bears a mark, or none. */
export function markedBy(mark: Mark | undefined): Provenance {
  return mark ? { mark: textOf(mark) } : {};
}

/** A value that an account shows, as {@link Provenance.stored} keeps it. */
export function fingerprint(value: unknown): string {
  return hashOfValues({ value });
}
