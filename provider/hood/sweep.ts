import { campaignsIn, type Observed } from "./campaign";
import type { Client } from "./client";
import { type ListQuery, listCampaigns } from "./endpoints";
import { HoodError } from "./errors";
import { firstPage, type Page, type PageOf, readPage } from "./pages";

/** What a pass over the list's pages found. */
export interface Sweep {
  readonly campaigns: ReadonlyMap<string, Observed>;
  /** Every page was read. Even so, a campaign can have slipped between two pages while the list shifted. */
  readonly complete: boolean;
  /** Pages that the list has, as far as is known; Infinity where the account refuses to list. */
  readonly pages: number;
  /** When its first page was asked for, in milliseconds of this process's clock; long ago where there is none. */
  readonly seenAt: number;
}

/**
 * Reads the list of campaigns in some statuses, or in any: all of it where that takes at most `affordable` pages, else the first
 * page, which tells how many there are. A list that can't be read is an empty one: single looks then say what is wrong.
 */
export async function sweep(
  client: Client,
  statuses: readonly string[] | undefined,
  affordable: number,
): Promise<Sweep> {
  const campaigns = new Map<string, Observed>();
  const take = (page: Page) => {
    for (const campaign of campaignsIn(page)) campaigns.set(campaign.id, { ...campaign, seenAt: page.sentAt });
  };
  const pageOf: PageOf = (page, size) => listCampaigns(queryFor(statuses), page, size);
  try {
    const { first, size } = await firstPage(client, pageOf);
    const pages = Math.max(1, Math.ceil((first.total ?? 0) / size));
    take(first);
    const complete = pages <= affordable;
    const rest = complete ? Array.from({ length: pages - 1 }, (_, index) => index + 2) : [];
    await Promise.all(rest.map(async (page) => take(await readPage(client, pageOf(page, size)))));
    return { campaigns, complete, pages, seenAt: first.sentAt };
  } catch (error) {
    if (!(error instanceof HoodError)) throw error;
    const pages = error.kind === "refused" ? Number.POSITIVE_INFINITY : 1;
    return { campaigns, complete: false, pages, seenAt: Number.NEGATIVE_INFINITY };
  }
}

/** The oldest first: campaigns that join or leave while pages are read then shift as few others as can be. */
function queryFor(status: readonly string[] | undefined): ListQuery {
  return { status, fields: ["id", "name", "status", "scheduled_time", "update_time"], sort: "create_time" };
}
