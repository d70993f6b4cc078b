import * as pulumi from "@pulumi/pulumi";
import type { Declared } from "../provider/resources/guards";

/** By run of a program: in one process, the Automation API can run several. */
const runs = new WeakMap<pulumi.Resource, Map<string, Declared>>();

/**
 * Lets only one resource of a program manage the status of a campaign. With two, the order of their calls would decide.
 *
 * @returns the same id. @throws RunError that names both resources, which stops the program before the second is registered.
 */
export function onlyManager(campaignId: pulumi.Input<string>, declared: Declared): pulumi.Input<string> {
  const run = pulumi.runtime.getStackResource();
  // Without a stack, as in unit tests with mocks, nobody knows where one program ends and the next begins.
  if (!run) return campaignId;
  const managers = runs.get(run) ?? new Map<string, Declared>();
  runs.set(run, managers);
  const take = (id: string) => {
    const other = managers.get(id);
    if (other) throw duplicate(id, other, declared);
    managers.set(id, declared);
    return id;
  };
  // A plain id is checked at once: an output for each of hundreds of resources would cost time.
  return typeof campaignId === "string" ? take(campaignId) : pulumi.output(campaignId).apply(take);
}

function duplicate(id: string, one: Declared, other: Declared): pulumi.RunError {
  // Loaded only when it is needed: most programs have no duplicate.
  const { describeDuplicate }: typeof import("../provider/resources/guards") = require("../provider/resources/guards");
  const message = describeDuplicate(id, one, other);
  // Pulumi formats a rejected error with its promise and their stacks: 20 s of CPU, if there are any.
  return Object.assign(new pulumi.RunError(message), { stack: message });
}
