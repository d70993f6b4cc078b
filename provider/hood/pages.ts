import { isObject } from "./campaign";
import type { Client } from "./client";
import type { Endpoint } from "./endpoints";
import { HoodError } from "./errors";

/** Page sizes to ask for, the largest first. How many the server grants isn't documented; ten is its default. */
const PAGE_SIZES = [500, 100, 10];

/** The call for one page of a list, from 1 on, in a size. */
export type PageOf = (page: number, size: number) => Endpoint;

export interface Page {
  /** As Hood writes them. */
  readonly items: readonly unknown[];
  /** How many the whole list has; undefined where Hood doesn't say. */
  readonly total: number | undefined;
  /** When it was asked for, by the client's clock. */
  readonly sentAt: number;
}

/** @throws HoodError also for an answer without a list: taken for an empty one, it would say that nothing is there. */
export async function readPage(client: Client, endpoint: Endpoint): Promise<Page> {
  const { status, body, sentAt } = await client.call(endpoint);
  if (isObject(body) && Array.isArray(body.items)) return { items: body.items, total: totalFrom(body.total), sentAt };
  throw new HoodError("notHood", endpoint, `HTTP ${status} without a list of campaigns in it`, status);
}

/**
 * The first page in the largest size that the server grants, and that size.
 *
 * @param most how many are wanted: no larger page is asked for.
 */
export async function firstPage(
  client: Client,
  pageOf: PageOf,
  most = Number.POSITIVE_INFINITY,
): Promise<{ first: Page; size: number }> {
  const sizes = PAGE_SIZES.map((size) => Math.min(size, most)).filter((size, index, all) => size !== all[index - 1]);
  for (const size of sizes) {
    try {
      const first = await readPage(client, pageOf(1, size));
      const { length } = first.items;
      // A server that grants less than was asked for says so by giving less.
      return { first, size: length < Math.min(size, first.total ?? length) ? Math.max(1, length) : size };
    } catch (error) {
      const tooLarge = error instanceof HoodError && error.kind === "refused" && size !== sizes.at(-1);
      if (!tooLarge) throw error;
    }
  }
  throw new Error("no page size is left to ask for");
}

// A number, and elsewhere in Hood's API a text of digits.
function totalFrom(value: unknown): number | undefined {
  const total = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
  return Number.isSafeInteger(total) ? (total as number) : undefined;
}
