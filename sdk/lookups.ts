import * as pulumi from "@pulumi/pulumi";
import type { Account } from "../provider/hood/account";
import type { Wait } from "../provider/hood/waits";
import { onePerRun, warnOfMisspelt } from "./run";

/** One place on the engine's display, so that each line takes the place of the one before. */
const PROGRESS_STREAM = 1;

const accountOfRun = onePerRun(() => open());

/**
 * Asks the account from within the program, in a preview too. The code for it is loaded only now: most programs look nothing up.
 *
 * @throws RunError in words for the user, which the CLI shows without a stack.
 */
export async function lookUp(name: "getCampaign" | "getCampaigns", args: object = {}): Promise<unknown> {
  const done = pulumi.runtime.rpcKeepAlive();
  warnOfMisspelt();
  try {
    const { lookups }: typeof import("../provider/resources/lookups") = require("../provider/resources/lookups");
    const warn = (message: string) => pulumi.log.warn(message).catch(() => undefined);
    return await lookups[name]({ account: () => accountOfRun() ?? open(), warn }, { ...args });
  } catch (error) {
    const message = messageOf(error);
    // If the program has run to its end and awaits nothing, Pulumi prints the stack.
    throw Object.assign(new pulumi.RunError(message), { stack: message });
  } finally {
    // The run ends once nothing is under way any more. What the program does with the answer comes first.
    setImmediate(done);
  }
}

/** The account that this run's lookups share, and so its pace. @throws SettingsError as the provider does. */
async function open(): Promise<Account> {
  const config = new pulumi.Config("hood");
  // Loaded when a lookup is made: most programs make none. Not by import(), which Jest doesn't allow.
  const { openAccount }: typeof import("../provider/hood/account") = require("../provider/hood/account");
  const { readSettings, withToken }: typeof import("../provider/settings") = require("../provider/settings");
  const { describeLongWait }: typeof import("../provider/progress") = require("../provider/progress");
  const tell = async (wait: Wait) => {
    const line = describeLongWait(wait);
    // Without an engine, as in unit tests, it would be printed for nobody.
    if (line !== undefined && pulumi.runtime.hasEngine()) {
      await pulumi.log.info(line, undefined, PROGRESS_STREAM, true).catch(() => {});
    }
  };
  return openAccount(withToken(readSettings((key) => config.get(key))), undefined, { tell });
}

/** An error in words. What the account is, a lookup finds in another place than the resources do, if the program runs elsewhere. */
function messageOf(error: unknown): string {
  const { HoodError }: typeof import("../provider/hood/errors") = require("../provider/hood/errors");
  const { explain }: typeof import("../provider/messages") = require("../provider/messages");
  const { SettingsError }: typeof import("../provider/settings") = require("../provider/settings");
  const { lines, say }: typeof import("../provider/text") = require("../provider/text");
  const isOfSettings = error instanceof SettingsError || (error instanceof HoodError && error.kind === "unauthorized");
  const where = say`A lookup reads the environment of the program's own process: an inline program of the Automation API doesn't have the workspace's envVars.`;
  return lines(explain(error), isOfSettings ? where : undefined);
}
