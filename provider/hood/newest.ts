import type { Client } from "./client";
import { listCampaigns } from "./endpoints";
import { firstPage, type Page, type PageOf, readPage } from "./pages";
import { momentOf } from "./time";
import { wholesIn } from "./whole";

/** What tells a campaign from others of its age. */
export interface Newcomer {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  /** Milliseconds since 1970, by Hood's clock; NaN where it gives none that can be read. */
  readonly createdAt: number;
}

/** The name settles the order within a second, so that two pages don't each leave a campaign to the other. */
const pageOf: PageOf = (page, size) =>
  listCampaigns({ fields: ["id", "name", "status", "create_time"], sort: "-create_time,name" }, page, size);

/**
 * The newest campaigns of the account: all that were created since a moment, and maybe some that are older. Campaigns that
 * are created meanwhile move others to later pages, which are still to come: none is missed.
 *
 * @param since milliseconds since 1970. @throws HoodError
 */
export async function newestCampaigns(client: Client, since: number): Promise<Newcomer[]> {
  const found = new Map<string, Newcomer>();
  const { first, size } = await firstPage(client, pageOf);
  let page = first;
  for (let number = 1; ; number++) {
    const newcomers = newcomersOn(page);
    for (const newcomer of newcomers) found.set(newcomer.id, newcomer);
    const { items, total = items.length } = page;
    const older = newcomers.some(({ createdAt }) => createdAt < since);
    if (older || items.length === 0 || number * size >= total) return [...found.values()];
    page = await readPage(client, pageOf(number + 1, size));
  }
}

function newcomersOn({ items }: Page): Newcomer[] {
  return wholesIn({ items }).map(({ campaign: { id, name, status }, fields }) => ({
    id,
    name,
    status,
    createdAt: momentOf(String(fields.create_time)),
  }));
}
