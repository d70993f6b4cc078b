import { isObject } from "../text";
import { readable } from "./body";
import { hoodTime, isoFromHood } from "./fields";
import { type Mark, markIn, markKeyIn, withoutMark } from "./mark";

/** What the provider needs to know of a live campaign. Everything else in Hood's answer is ignored. */
export interface Campaign {
  readonly id: string;
  readonly name: string;
  /** As Hood says it; may be one that isn't documented. */
  readonly status: string;
  /** Last change, ISO 8601 in UTC; absent if Hood gives none that can be read. */
  readonly updateTime?: string;
  /** When it is to start, as Hood writes it: `2026-05-01 12:00:00`, GMT; absent if there is no such time. */
  readonly scheduledTime?: string;
}

/** A campaign as an answer showed it. */
export interface Observed extends Campaign {
  /** When it was asked for, in milliseconds of this process's clock: it is as it was then, or later. */
  readonly seenAt: number;
  /** A list showed it, which may lag behind the campaign's own page. */
  readonly isListed?: true;
}

function campaignFrom(item: Readonly<Record<string, unknown>>): Campaign | undefined {
  const id = idFrom(item.id);
  if (id === undefined || typeof item.status !== "string") return undefined;
  const updateTime = isoFromHood(item.update_time);
  const scheduledTime = hoodTime(item.scheduled_time);
  return {
    id,
    name: typeof item.name === "string" ? item.name : "",
    status: item.status,
    ...(updateTime && { updateTime }),
    ...(scheduledTime && { scheduledTime }),
  };
}

/**
 * An id is a text of digits: anything else could lead a call to another path. A number counts only while it is exact: beyond 2^53
 * it may name another campaign.
 *
 * doctor/assumptions.ts: ids
 */
export function idFrom(id: unknown): string | undefined {
  if (typeof id === "string") return /^\d+$/.test(id) ? id : undefined;
  return typeof id === "number" && Number.isSafeInteger(id) && id >= 0 ? String(id) : undefined;
}

/** A campaign with everything that Hood shows of it. */
export interface CampaignDetails {
  readonly campaign: Campaign;
  /** As Hood writes them, except for the mark, and for what is too large. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** The names of fields that are too large to be read: nothing is known of what they hold. */
  readonly tooLarge?: readonly string[];
  /** What the create that made it wrote into its metadata; absent if none is shown. */
  readonly mark?: Mark;
  /** The key of the metadata that it stands under. */
  readonly markKey?: string | undefined;
}

/** A campaign as its own page showed it. */
export interface ObservedDetails extends CampaignDetails {
  readonly campaign: Observed;
}

/**
 * The campaigns in an answer: one alone, as a create gives it, or `{total, items}`. What has no usable id or status is left out, so that a
 * shape nobody expected reads as "not there" and never as something else.
 */
export function campaignDetailsIn(body: unknown): CampaignDetails[] {
  const items: unknown[] = isObject(body) && Array.isArray(body.items) ? body.items : [body];
  return items.filter(isObject).flatMap((fields) => detailsFrom(fields) ?? []);
}

function detailsFrom(item: Readonly<Record<string, unknown>>): CampaignDetails | undefined {
  const campaign = campaignFrom(item);
  if (!campaign) return undefined;
  const { fields, tooLarge } = readable(item);
  const mark = markIn(item.metadata);
  return {
    campaign,
    fields: mark && "metadata" in fields ? { ...fields, metadata: withoutMark(fields.metadata) } : fields,
    ...(tooLarge.length > 0 && { tooLarge }),
    ...(mark && { mark, markKey: markKeyIn(item.metadata) }),
  };
}
