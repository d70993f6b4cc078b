import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { startSimulator } from ".";
import { isObject, statuses } from "./campaigns";
import type { SimulatedCampaign } from "./types";

const usage = `Starts an embedded Hood account on this machine.

  npm run simulator -- [options]

  --port <number>  TCP port on 127.0.0.1, 0 for a free one (default 4010)
  --seed <file>    JSON array of campaigns; each needs id, name and status
  --help           shows this
`;

const options = {
  port: { type: "string", default: "4010" },
  seed: { type: "string" },
  help: { type: "boolean" },
} as const;

function parsed() {
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    throw new Error(`Could not read the arguments: ${(error as Error).message} --help lists them all.`);
  }
}

async function main(): Promise<void> {
  const { port, seed, help } = parsed();
  if (help) {
    console.log(usage);
    return;
  }
  if (!/^\d+$/.test(port) || Number(port) > 65535) {
    throw new Error(`Could not use --port ${port}: it is not a port. Give a whole number from 0 to 65535.`);
  }
  const campaigns = seed === undefined ? [] : readSeed(seed);
  const simulator = await startSimulator({ port: Number(port), campaigns });
  console.log(`Hood simulator with ${campaigns.length} ${campaigns.length === 1 ? "campaign" : "campaigns"}. Point a program at it with

  export HOOD_ENDPOINT=${simulator.url}
  export HOOD_TOKEN=simulator-token

Stop it with Ctrl-C.`);
}

const isComplete = ({ id, name, status }: Record<string, unknown>) =>
  /^"\d+"$/.test(JSON.stringify(id)) && typeof name === "string" && statuses.some((known) => known === status);

/** Reads a seed file: a JSON array of campaigns. @throws Error that names the file, the item and what is expected. */
export function readSeed(file: string): Partial<SimulatedCampaign>[] {
  const wrong = (what: string) => new Error(`Could not use the seed file ${file}: ${what}`);
  let items: unknown;
  try {
    items = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw wrong(`${(error as Error).message}. It has to be JSON: an array of campaigns, or an empty one, [].`);
  }
  if (!Array.isArray(items)) throw wrong("it holds no array. Put the campaigns between [ and ].");
  return items.map((campaign: unknown, index) => {
    if (isObject(campaign) && isComplete(campaign)) {
      return Object.fromEntries(Object.entries(campaign).filter(([, value]) => value !== null));
    }
    const expected = `an id of digits as a text, a name, and a status that is one of ${statuses.join(", ")}`;
    throw wrong(`item ${index + 1} is ${JSON.stringify(campaign)}. Expected an object with ${expected}.`);
  });
}

if (require.main === module) {
  main().catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
