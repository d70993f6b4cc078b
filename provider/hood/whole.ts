import { type Campaign, campaignsIn, isObject, type Observed } from "./campaign";
import type { Client } from "./client";
import { viewCampaign } from "./endpoints";
import { HoodError } from "./errors";
import type { Turn } from "./limiter/turn";
import { type Mark, markIn, markKeyIn, withoutMark } from "./mark";

/** A campaign with everything that Hood shows of it. */
export interface Whole {
  readonly campaign: Campaign;
  /** As Hood writes them, but for the mark. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** What the create that made it wrote into its metadata; absent if none is shown. */
  readonly mark?: Mark;
  /** The key of the metadata that it stands under. */
  readonly markKey?: string | undefined;
}

/** A campaign as its own page showed it. */
export interface Viewed extends Whole {
  readonly campaign: Observed;
}

/** The campaigns in an answer: one alone, as a create gives it, or `{total, items}`. What has no usable id or status is left out. */
export function wholesIn(body: unknown): Whole[] {
  const items: unknown[] = isObject(body) && Array.isArray(body.items) ? body.items : [body];
  return items
    .filter(isObject)
    .flatMap((fields) => campaignsIn({ items: [fields] }).map((campaign) => wholeOf(campaign, fields)));
}

function wholeOf(campaign: Campaign, fields: Readonly<Record<string, unknown>>): Whole {
  const mark = markIn(fields.metadata);
  if (!mark) return { campaign, fields };
  const metadata = withoutMark(fields.metadata);
  return { campaign, fields: { ...fields, metadata }, mark, markKey: markKeyIn(fields.metadata) };
}

/** @throws HoodError; kind `unknownCampaign` where Hood doesn't know the id. */
export async function viewWhole(client: Client, id: string, turn?: Turn): Promise<Viewed> {
  const endpoint = viewCampaign(id);
  try {
    const { status, body, sentAt } = await client.call(endpoint, { turn });
    const whole = wholesIn(body).find(({ campaign }) => campaign.id === id);
    if (whole) return { ...whole, campaign: { ...whole.campaign, seenAt: sentAt } };
    throw new HoodError("unknownCampaign", endpoint, `HTTP ${status} without this campaign in it`, status);
  } catch (error) {
    // Hood answers an unknown id with 400, as it does elsewhere in its API; 404 is what others would answer.
    if (error instanceof HoodError && error.kind === "refused" && (error.status === 400 || error.status === 404)) {
      throw new HoodError("unknownCampaign", endpoint, error.detail, error.status, error.traceId);
    }
    throw error;
  }
}
