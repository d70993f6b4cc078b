const { createInterface } = require("node:readline/promises");
const { LocalWorkspace } = require("@pulumi/pulumi/automation");
const { readOptions, USAGE } = require("./options");
const { declare, find, urnOf } = require("./program");
const { readRecord } = require("./record");
const { readable, shown } = require("./text");

/** @typedef {import("./options").Options} Options */
/** @typedef {import("./program").Found} Found */

async function main() {
  const options = readOptions(process.argv.slice(2));
  if (!options) return say(USAGE);
  const stack = await LocalWorkspace.createOrSelectStack(
    { stackName: options.stack, projectName: "emergency-stop", program: async () => {} },
    // The provider process searches for the package from here upward.
    { workDir: __dirname },
  );
  const record = await readRecord(stack);

  const found = await preview(stack, record, options);
  if (found.length === 0) return say(`Nothing to ${options.action}: no campaign in such a status is found.`);
  say(describePlan(found, options));
  if (!options.yes && !(await confirmed(`${options.action} ${found.length}`))) {
    throw new Error("Nothing was sent: it wasn't confirmed. Run the same command again to go on.");
  }

  // A campaign that was stopped before and that somebody resumed: the state must show that, or there would be nothing to do.
  const resumed = found.flatMap(({ id }) => record.get(id)?.urn ?? []);
  if (resumed.length > 0) await telling((onEvent) => stack.refresh({ target: resumed, onEvent }));
  // Only what was confirmed: what is in the state stays as it is, even if somebody has moved it on.
  const target = found.map(({ id }) => urnOf(options.stack, id));
  await telling((onEvent) => stack.up({ program: async () => declare(found, record, options), target, onEvent }));
  const after = await readRecord(stack);
  say(found.map((campaign) => `${describe(campaign)} is ${after.get(campaign.id)?.currentStatus} now.`).join("\n"));
}

/**
 * Finds the campaigns, and asks the provider whether it can stop all of them. Changes nothing.
 *
 * @param {import("@pulumi/pulumi/automation").Stack} stack
 * @param {Awaited<ReturnType<typeof readRecord>>} record
 * @param {Options} options
 */
async function preview(stack, record, options) {
  /** @type {Found[]} */
  let found = [];
  const program = async () => {
    found = await find(options);
    if (found.length <= options.max) declare(found, record, options);
  };
  await telling((onEvent) => stack.preview({ program, onEvent }));
  if (found.length <= options.max) return found;
  throw new Error(
    `Nothing was sent: ${found.length} campaigns are found, and --max allows ${options.max}. Narrow the selection, or raise --max if all of them are meant.`,
  );
}

/**
 * Runs a command of the engine; if it fails, the error has the provider's own words.
 *
 * @param {(onEvent: (event: import("@pulumi/pulumi/automation").EngineEvent) => void) => Promise<unknown>} run
 */
async function telling(run) {
  /** @type {string[]} */
  const errors = [];
  try {
    await run(({ diagnosticEvent }) => {
      if (diagnosticEvent?.severity === "error") errors.push(diagnosticEvent.message.trim());
    });
  } catch (error) {
    if (errors.length === 0) throw error;
    throw new Error(`${errors.join("\n")}\nFix that, and run the same command again: it continues from there.`);
  }
}

/** @param {string} word */
async function confirmed(word) {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const closed = new Promise((resolve) => terminal.once("close", () => resolve("")));
  const answer = await Promise.race([terminal.question(`Type "${word}" to go on: `), closed]);
  terminal.close();
  return answer.trim() === word;
}

/**
 * @param {readonly Found[]} found
 * @param {Options} options
 */
function describePlan(found, { action, reason }) {
  const [verb, end] = action === "cancel" ? ["end for good", "canceled, which is permanent"] : ["pause", "paused"];
  const lines = found.map((campaign) => `  ${describe(campaign)}: ${campaign.status} -> ${end}`);
  return [`This would ${verb}, with the reason ${JSON.stringify(reason)}:`, ...lines].join("\n");
}

/** @param {Found} campaign */
function describe({ id, name }) {
  return `campaign ${id} ${shown(name)}`;
}

/** @param {string} text */
function say(text) {
  console.log(readable(text.trimEnd()));
}

main().catch((error) => {
  console.error(readable(error.message));
  process.exitCode = 1;
});
