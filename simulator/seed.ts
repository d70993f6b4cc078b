import { readFileSync } from "node:fs";
import { type Rule, shapes, statuses } from "./campaigns";
import type { SimulatedCampaign } from "./types";
import { isObject } from "./values";

const required: Readonly<Record<string, Rule>> = {
  id: {
    expected: 'decimal digits as a string, such as "1000248"',
    holds: (value) => typeof value === "string" && /^\d+$/.test(value),
  },
  name: { expected: "a text that is not blank", holds: (value) => typeof value === "string" && value.trim() !== "" },
  status: {
    expected: `one of ${statuses.join(", ")}`,
    holds: (value) => (statuses as readonly unknown[]).includes(value),
  },
};

/** Reads a seed file: a JSON array of campaigns. @throws Error that names the file, the item, the field and what is expected. */
export function readSeed(file: string): Partial<SimulatedCampaign>[] {
  let content: string;
  try {
    content = readFileSync(file, "utf8");
  } catch (error) {
    throw new Error(`Could not read the seed file ${file}: ${(error as Error).message}. Check the path.`);
  }
  return parseSeed(content, file);
}

/** The same for the content of a file that is already read; `file` is its name in errors. */
export function parseSeed(content: string, file: string): Partial<SimulatedCampaign>[] {
  const wrong = (what: string) => new Error(`Could not use the seed file ${file}: ${what}`);
  let items: unknown;
  try {
    items = JSON.parse(content);
  } catch (error) {
    throw wrong(`it is not JSON (${(error as Error).message}). Write an array of campaigns, or an empty one: [].`);
  }
  if (!Array.isArray(items)) throw wrong("it holds no array. Put the campaigns between [ and ].");
  const takenBy = new Map<unknown, number>();
  return items.map((campaign: unknown, index) => {
    const place = `item ${index + 1}`;
    if (!isObject(campaign))
      throw wrong(`${place} is ${shown(campaign)}. Expected an object with id, name and status.`);
    for (const [field, { expected, holds, orNull }] of Object.entries({ ...required, ...shapes })) {
      const value = campaign[field];
      if ((value === undefined && !(field in required)) || (value === null && orNull)) continue;
      if (!holds(value)) throw wrong(`${place}, field ${field}: it is ${shown(value)}. Expected ${expected}.`);
    }
    const first = takenBy.get(campaign.id);
    if (first) throw wrong(`${place}, field id: ${campaign.id} is already the id of item ${first}. Use each id once.`);
    takenBy.set(campaign.id, index + 1);
    return campaign;
  });
}

function shown(value: unknown): string {
  return value === undefined ? "missing" : JSON.stringify(value);
}
