import type { Client } from "./client";
import { type ListQuery, listCampaigns } from "./endpoints";
import { HoodError } from "./errors";
import { firstPage, type Page, type PageOf, readPage } from "./pages";
import { momentOf } from "./time";
import { type Whole, wholesIn } from "./whole";

/** A campaign with what tells it from others of its age. */
export interface Recent extends Whole {
  /** Milliseconds since 1970, by the account's clock; NaN if it gives none that can be read. */
  readonly createdAt: number;
}

const FIELDS = ["id", "name", "status", "create_time", "metadata"];

/**
 * What is asked for, and what is asked for where the account refuses that. The name settles the order within a second, so that
 * two pages don't each leave a campaign to the other.
 */
const QUERIES: readonly ListQuery[] = [{ fields: FIELDS, sort: "-create_time,name" }, { sort: "-create_time" }];

/**
 * The newest campaigns of the account: all that are no older than an age, and maybe some that are. Campaigns that are created
 * meanwhile move others to later pages, which are still to come: none is missed.
 *
 * @param age milliseconds, by the account's clock. @throws HoodError
 */
export async function newestCampaigns(client: Client, age: number): Promise<Recent[]> {
  const found = new Map<string, Recent>();
  const { first, size, pageOf } = await opening(client);
  const since = client.accountTime() - age;
  let page = first;
  for (let number = 1; ; number++) {
    const campaigns = recentOn(page);
    for (const recent of campaigns) found.set(recent.campaign.id, recent);
    const { items, total = items.length } = page;
    const older = campaigns.some(({ createdAt }) => createdAt < since) && isInOrder(campaigns);
    if (older || items.length === 0 || number * size >= total) return [...found.values()];
    page = await readPage(client, pageOf(number + 1, size));
  }
}

async function opening(client: Client): Promise<{ first: Page; size: number; pageOf: PageOf }> {
  for (const query of QUERIES) {
    const pageOf: PageOf = (page, size) => listCampaigns(query, page, size);
    try {
      return { ...(await firstPage(client, pageOf)), pageOf };
    } catch (error) {
      const plainer = error instanceof HoodError && error.kind === "refused" && query !== QUERIES.at(-1);
      if (!plainer) throw error;
    }
  }
  throw new Error("no query is left to ask with");
}

function recentOn({ items }: Page): Recent[] {
  return wholesIn({ items }).map((whole) => ({ ...whole, createdAt: momentOf(String(whole.fields.create_time)) }));
}

/** A server that doesn't obey the order may have the newest on its last page. */
function isInOrder(campaigns: readonly Recent[]): boolean {
  return campaigns.every(({ createdAt }, index) => !(createdAt > (campaigns[index - 1]?.createdAt ?? createdAt)));
}
