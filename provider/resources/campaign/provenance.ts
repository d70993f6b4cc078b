import type { Account } from "../../hood/account";
import { hashOf, hashOfValues, type Mark, markIn, newRecord, textOf } from "../../hood/mark";
import type { Campaign } from "../../hood/model";
import type { Operation } from "../../operation";
import { isUntouched } from "../lookFor";

/** How a resource came to its campaign, as its state keeps it. */
export interface Provenance {
  /** A random text that tells this state from every other one, also of the same resource. Absent in states of 0.1.0. */
  readonly record?: string;
  /** The mark that the campaign was seen to have. */
  readonly mark?: string;
  /** Its policy became "cancel" when it took no new mark any more: one of another policy may have taken it over since. */
  readonly unmarked?: true;
  /** It was imported, not created by the resource. */
  readonly imported?: true;
  /** Hashes of what the account makes of declared values, by the argument: it writes them in a way of its own. */
  readonly stored?: Readonly<Record<string, string>>;
  /** Hashes of what the program declares, by the argument, if a refresh has found something else in Hood and no update has put it right. */
  readonly declared?: Readonly<Record<string, string>>;
  /** When the last edit went out, in milliseconds since 1970 by the account's clock. */
  readonly editedAt?: number | undefined;
  /** Arguments that a call was to change whose effect isn't known. */
  readonly unfinished?: readonly string[];
}

/** The owner of the campaigns that a resource creates, for their marks; undefined if it isn't known which resource it is. */
export function ownerOf({ urn, organization }: Pick<Operation, "urn" | "organization">): string | undefined {
  if (urn === undefined) return undefined;
  return hashOf(organization === undefined ? urn : `${organization} ${urn}`);
}

/** For a state: with a random text of its own, if it has none yet. */
export function kept({
  record = newRecord(),
  stored = {},
  declared = {},
  ...rest
}: Provenance): Provenance & { readonly record: string } {
  const isAny = (hashes: object) => Object.keys(hashes).length > 0;
  return { record, ...rest, ...(isAny(stored) && { stored }), ...(isAny(declared) && { declared }) };
}

/** For the state of a campaign that has a mark, or none. */
export function markedBy(mark: Mark | undefined): Provenance {
  return mark ? { mark: textOf(mark) } : {};
}

/** A value that an account shows, as {@link Provenance.stored} keeps it. */
export function fingerprint(value: unknown): string {
  return hashOfValues({ value });
}

/** For so long after a create or an edit, in milliseconds, what Hood shows may lag behind it. */
const YOUNG = 10 * 60_000;

/** True for a campaign that was created a short time ago. If the account doesn't say when, its mark does. */
export function isYoung(
  { account }: Pick<Operation, "account">,
  {
    createTime,
    __provenance: { mark } = {},
  }: { readonly createTime?: string | undefined; readonly __provenance?: Provenance | undefined },
): boolean {
  const created = createTime === undefined ? markIn({ mark })?.moment : Date.parse(createTime);
  return (created ?? Number.NaN) > account().time() - YOUNG;
}

/** True for a page that may be from before an edit a short time ago: by what it says, nothing has changed the campaign since. */
export function mayBeBehind(account: Account, campaign: Campaign, editedAt = Number.NaN): boolean {
  const isUnchanged = campaign.updateTime === undefined || isUntouched(campaign, editedAt);
  return isUnchanged && editedAt > account.time() - YOUNG;
}
