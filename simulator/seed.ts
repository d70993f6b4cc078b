import { readFileSync } from "node:fs";
import { misshapen, statuses } from "./campaigns";
import type { SimulatedCampaign } from "./types";
import { isObject } from "./values";

const required: readonly (readonly [field: string, expected: string, holds: (value: string) => boolean])[] = [
  ["id", 'decimal digits as a string, such as "1000248"', (id) => /^\d+$/.test(id)],
  ["name", "a text that is not blank", (name) => name.trim() !== ""],
  ["status", `one of ${statuses.join(", ")}`, (status) => (statuses as readonly string[]).includes(status)],
];

/** Reads a seed file: a JSON array of campaigns. @throws Error that names the file, the item, the field and what is expected. */
export function readSeed(file: string): Partial<SimulatedCampaign>[] {
  const wrong = (what: string) => new Error(`Could not use the seed file ${file}: ${what}`);
  let items: unknown;
  try {
    items = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw wrong(`${(error as Error).message}. It has to be JSON: an array of campaigns, or an empty one, [].`);
  }
  if (!Array.isArray(items)) throw wrong("it holds no array. Put the campaigns between [ and ].");
  const ids = new Set<unknown>();
  return items.map((campaign: unknown, index) => {
    const place = `item ${index + 1}`;
    if (!isObject(campaign)) throw wrong(`${place} is no object with id, name and status.`);
    for (const [field, expected, holds] of required) {
      const value = campaign[field];
      if (typeof value === "string" && holds(value)) continue;
      throw wrong(`${place}, field ${field}: it is ${JSON.stringify(value) ?? "missing"}. Expected ${expected}.`);
    }
    const field = misshapen(campaign);
    if (field) throw wrong(`${place}, field ${field}: Hood never shows ${JSON.stringify(campaign[field])} there.`);
    if (ids.has(campaign.id)) throw wrong(`${place}, field id: another item has the id ${campaign.id} already.`);
    ids.add(campaign.id);
    return Object.fromEntries(Object.entries(campaign).filter(([, value]) => value !== null));
  });
}
