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
    const { explain }: typeof import("../provider/messages") = require("../provider/messages");
    const { forPeople }: typeof import("../provider/text") = require("../provider/text");
    const message = forPeople(explain(error));
    // If the program has run to its end and awaits nothing, Pulumi prints the stack.
    throw Object.assign(new pulumi.RunError(message), { stack: message });
  } finally {
    // The run ends once nothing is under way any more. What the program does with the answer comes first.
    setImmediate(done);
  }
}
