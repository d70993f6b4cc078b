import * as pulumi from "@pulumi/pulumi";
import { accountOfRun } from "./account";
import { warnOfMisspelt } from "./misspelt";

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
    return await lookups[name](accountOfRun, { ...args });
  } catch (error) {
    const message = messageOf(error);
    // If the program has run to its end and awaits nothing, Pulumi prints the stack.
    throw Object.assign(new pulumi.RunError(message), { stack: message });
  } finally {
    // The run ends once nothing is under way any more. What the program does with the answer comes first.
    setImmediate(done);
  }
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
