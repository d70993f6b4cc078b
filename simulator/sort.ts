import type { Account } from "./account";
import type { SimulatedCampaign } from "./campaigns";
import { BadQuery } from "./query";

const sortable = ["name", "status", "next_run_time", "run_counter", "create_time", "update_time"];

export interface SortKey {
  readonly field: string;
  readonly direction: 1 | -1;
}

/** Reads `sort=-create_time,name`; a minus sorts the other way round. @throws BadQuery */
export function readSort(text: string | null): SortKey[] {
  if (text === null) return [];
  return text.split(",").map((part) => {
    const field = part.replace(/^-/, "");
    if (!sortable.includes(field)) throw new BadQuery();
    return { field, direction: part.startsWith("-") ? -1 : 1 };
  });
}

const newestFirst: SortKey[] = [{ field: "create_time", direction: -1 }];

/** Sorts in place; without keys as Hood does by default, newest first. */
export function sorted(account: Account, campaigns: SimulatedCampaign[], keys: SortKey[]): SimulatedCampaign[] {
  const given = keys.length > 0 ? keys : newestFirst;
  return campaigns.sort((one, other) => {
    for (const { field, direction } of given) {
      const order = compare(account.value(one, field), account.value(other, field));
      if (order !== 0) return order * direction;
    }
    // Ids rise, so that of two made in the same second the higher one is the newer.
    return compareIds(one.id, other.id) * (given.at(-1)?.direction ?? 1);
  });
}

/** Ids can exceed 2^53, but of two without leading zeros the longer one is the higher. */
function compareIds(one: string, other: string): number {
  return one.length - other.length || compare(one, other);
}

function compare(one: unknown, other: unknown): number {
  const [a, b] = [(one ?? "") as string, (other ?? "") as string];
  return a < b ? -1 : a > b ? 1 : 0;
}
