const { parseArgs } = require("node:util");

/**
 * @typedef {object} Options
 * @property {"pause" | "cancel"} action
 * @property {string} reason
 * @property {string | undefined} label
 * @property {string | undefined} search
 * @property {string[]} status
 * @property {number} max
 * @property {boolean} yes
 * @property {string} stack
 */

const USAGE = `Pauses the campaigns that a selection finds, or cancels them for good.

  npm start -- --label LABEL --reason TEXT

  --label TEXT    campaigns with this label
  --search TEXT   campaigns with this text in their name or description
  --status LIST   campaigns in these statuses, with commas between them
                  (default: every status from which the action is possible)
  --reason TEXT   why; sent to Hood with each call. Required
  --cancel        cancel them for good, instead of a pause
  --max NUMBER    if more are found, nothing happens (default 10)
  --yes           don't ask; for a pause only
  --stack NAME    the stack that keeps the state (default emergency-stop)
`;

/** From which statuses Hood accepts the call. */
const POSSIBLE = { pause: ["running", "scheduled"], cancel: ["running", "scheduled", "paused"] };

/**
 * @param {string[]} args
 * @returns {Options | undefined} undefined stands for --help.
 * @throws {Error} in words for the user.
 */
function readOptions(args) {
  const { values } = parseArgs({
    args,
    options: {
      label: { type: "string" },
      search: { type: "string" },
      status: { type: "string" },
      reason: { type: "string" },
      cancel: { type: "boolean", default: false },
      max: { type: "string", default: "10" },
      yes: { type: "boolean", default: false },
      stack: { type: "string", default: "emergency-stop" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return undefined;
  const { label, search, reason, yes, stack, max } = values;
  const action = values.cancel ? "cancel" : "pause";
  if (!reason?.trim())
    throw new Error('Could not start: there is no --reason. Say why, such as "Stock is short, OPS-1234".');
  if (yes && action === "cancel")
    throw new Error("Could not start: --yes isn't for --cancel, which is permanent. Leave it out.");
  if (!/^[1-9]\d{0,5}$/.test(max)) throw new Error(`Could not use --max ${max}: give a whole number from 1 on.`);
  for (const [name, value] of Object.entries({ label, search })) {
    if (value?.trim() === "") throw new Error(`Could not use --${name}: it is empty. Give a text, or leave it out.`);
  }
  if (label === undefined && search === undefined && values.status === undefined) {
    throw new Error(
      `Could not start: nothing says which campaigns. Give --label or --search; for the whole account --status ${POSSIBLE[action].join(",")}.`,
    );
  }
  return { action, reason, label, search, status: statusFrom(values.status, action), max: Number(max), yes, stack };
}

/**
 * @param {string | undefined} list
 * @param {"pause" | "cancel"} action
 */
function statusFrom(list, action) {
  const status = list?.split(",").map((text) => text.trim()) ?? POSSIBLE[action];
  const impossible = status.filter((text) => !POSSIBLE[action].includes(text));
  if (impossible.length === 0) return status;
  throw new Error(
    `Could not use --status ${list}: Hood can't ${action} a campaign that is ${JSON.stringify(impossible[0])}. Give some of ${POSSIBLE[action].join(",")}.`,
  );
}

module.exports = { readOptions, USAGE };
