import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { type Simulator, startSimulator } from ".";
import { isObject, misshapen, statuses } from "./campaigns";
import type { SimulatedCampaign } from "./types";

const usage = `Starts an embedded Hood account on this machine.

  npm run simulator -- [options]

  --port <number>      TCP port on 127.0.0.1, 0 for a free one (default 4010)
  --seed <file>        JSON array of campaigns; each needs id, name and status
  --token <text>       the bearer token to accept (default simulator-token)
  --rate-limit <text>  the account's windows (default 10/1s,150/60s), or off
  --help               shows this
`;

const options = {
  port: { type: "string", default: "4010" },
  seed: { type: "string" },
  token: { type: "string", default: "simulator-token" },
  "rate-limit": { type: "string" },
  help: { type: "boolean" },
} as const;

/** Undefined stands for --help. @throws Error that says which argument is wrong. */
function readArguments() {
  const values = parsed();
  if (values.help) return undefined;
  const port = Number(values.port);
  if (!/^\d+$/.test(values.port) || port > 65535) {
    throw new Error(`Could not use --port ${values.port}: it is not a port. Give a whole number from 0 to 65535.`);
  }
  if (values.token === "") throw new Error("Could not use --token: it is empty. Give any other text, or leave it out.");
  return { port, seed: values.seed, token: values.token, rateLimit: values["rate-limit"] };
}

function parsed() {
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    throw new Error(`Could not read the arguments: ${(error as Error).message} --help lists them all.`);
  }
}

function stopOnSignal(simulator: Simulator): void {
  // Ctrl-C in npm can arrive twice, once from the terminal and once from npm, so only the first one counts.
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    simulator.close().then(() => console.log("The simulator has stopped."));
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
}

async function main(): Promise<void> {
  const given = readArguments();
  if (!given) {
    console.log(usage);
    return;
  }
  const { seed, ...account } = given;
  const simulator = await startSimulator({ ...account, campaigns: seed === undefined ? [] : readSeed(seed) });
  stopOnSignal(simulator);
  const { size } = simulator.campaigns;
  console.log(`Hood simulator with ${size} ${size === 1 ? "campaign" : "campaigns"}. Point a program at it with

  export HOOD_ENDPOINT=${simulator.url}
  export HOOD_TOKEN=${given.token}

Stop it with Ctrl-C.`);
}

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

if (require.main === module) {
  main().catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
