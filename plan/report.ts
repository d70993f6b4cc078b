/** What becomes of one Hood resource, and of the campaign that it stands for. */
export interface Entry {
  /** Name of the resource in the program. */
  readonly resource: string;
  /** Type of the resource, such as `"CampaignCancellation"`. */
  readonly type: string;
  readonly urn: string;
  /** Decimal digits, or `"[secret]"`; absent while it isn't known. */
  readonly campaignId?: string;
  /** Absent while it isn't known. */
  readonly campaignName?: string;
  /** Status of the campaign when it was last seen, as Hood calls it; absent while it isn't known. */
  readonly status?: string;
  /** Why, as the program says it. */
  readonly reason?: string;
  /** What happens, or what is special about it: plain words, without any foreign text. */
  readonly note?: string;
}

/** Why the preview failed. */
export interface Refusal {
  /** Absent where no resource is to blame, such as for an error in the program. */
  readonly resource?: string;
  readonly type?: string;
  readonly urn?: string;
  /** Several lines, or one. */
  readonly message: string;
}

/** What an update would do, as its preview tells. This is what `hood-plan --format json` prints. */
export interface Report {
  /** Campaigns that would end for good. What isn't certain counts as an end. */
  readonly irreversible: readonly Entry[];
  /** Steps that end no campaign: a pause, a resume, a new or an edited campaign. */
  readonly reversible: readonly Entry[];
  /** Resources that go, without an end for their campaign. */
  readonly removed: readonly Entry[];
  /** Resources that only get a record: nothing is sent to Hood. */
  readonly recorded: readonly Entry[];
  /** Errors. Where there are any, the preview failed, and the lists above may not be complete. */
  readonly refused: readonly Refusal[];
  /** How many resources change that have nothing to do with campaigns. */
  readonly otherChanges: number;
}

/** The lists of a report that hold entries. */
export type Kind = "irreversible" | "reversible" | "removed" | "recorded";

/** An entry, and the list that it belongs to. */
export interface Verdict {
  readonly kind: Kind;
  readonly entry: Entry;
}
