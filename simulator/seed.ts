import { readFileSync } from "node:fs";
import { statuses } from "./campaigns";
import type { SimulatedCampaign } from "./types";
import { isObject, parseHoodTime } from "./values";

interface Rule {
  readonly expected: string;
  readonly holds: (value: unknown) => boolean;
}

const text: Rule = { expected: "a text", holds: (value) => typeof value === "string" };
const time: Rule = {
  expected: "a date-time, YYYY-MM-DD HH:MM:SS (GMT)",
  holds: (value) => value === null || parseHoodTime(value) !== undefined,
};
const object: Rule = { expected: "an object", holds: isObject };

const required: Record<string, Rule> = {
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

const optional: Record<string, Rule> = {
  description: { ...text, holds: (value) => value === null || text.holds(value) },
  labels: {
    expected: "an array of texts",
    holds: (value) => Array.isArray(value) && value.every(text.holds),
  },
  metadata: object,
  creator: object,
  recurrence: object,
  ab_test: object,
  messages: {
    expected: "an array of objects",
    holds: (value) => Array.isArray(value) && value.every(isObject),
  },
  end_time: time,
  scheduled_time: time,
  next_run_time: time,
  create_time: time,
  update_time: time,
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
  const takenBy = new Map<string, number>();
  return items.map((item: unknown, index) => {
    const place = `item ${index + 1}`;
    if (!object.holds(item)) throw wrong(`${place} is ${shown(item)}. Expected an object with id, name and status.`);
    const campaign = item as Partial<SimulatedCampaign> & { id: string };
    const problem = problemOf(campaign);
    if (problem) throw wrong(`${place}, ${problem}`);
    const first = takenBy.get(campaign.id);
    if (first) throw wrong(`${place}, field id: ${campaign.id} is already the id of item ${first}. Use each id once.`);
    takenBy.set(campaign.id, index + 1);
    return campaign;
  });
}

function problemOf(campaign: Partial<SimulatedCampaign>): string | undefined {
  for (const [field, { expected, holds }] of Object.entries({ ...required, ...optional })) {
    const value = campaign[field];
    if (value === undefined && !(field in required)) continue;
    if (!holds(value)) return `field ${field}: it is ${shown(value)}. Expected ${expected}.`;
  }
  return undefined;
}

function shown(value: unknown): string {
  return value === undefined ? "missing" : JSON.stringify(value);
}
