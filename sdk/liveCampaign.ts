import * as pulumi from "@pulumi/pulumi";
import type { Declared } from "../provider/resources/guards";
import { onePerRun } from "./run";

/** Which resource manages the status of each campaign, by the campaign's id. */
const managersOfRun = onePerRun(() => new Map<string, Declared>());

interface Args {
  readonly campaignId: pulumi.Input<string>;
  readonly expectedName?: pulumi.Input<string | undefined>;
}

/** The inputs of a resource that manages the status of a campaign which is there already. @throws RunError if another one does */
export function withCampaign(args: Args, declared: Declared): pulumi.Inputs {
  return { ...args, campaignId: onlyManager(args.campaignId, declared), ...comparedName(args.expectedName) };
}

/**
 * Lets only one resource of a program manage the status of a campaign. With two, the order of their calls would decide.
 *
 * @returns the same id. @throws RunError that names both resources, which stops the program before the second is registered.
 */
function onlyManager(campaignId: pulumi.Input<string>, declared: Declared): pulumi.Input<string> {
  const managers = managersOfRun();
  if (!managers) return campaignId;
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

/**
 * What a campaign's name is compared with, if it is a secret, as an input of the name's own: the engine keeps what is shown under that
 * name secret then, also in a state.
 */
function comparedName(expectedName: Args["expectedName"]): pulumi.Inputs {
  if (!pulumi.Output.isInstance(expectedName)) return {};
  return {
    campaignName: pulumi.output(pulumi.isSecret(expectedName).then((secret) => (secret ? expectedName : undefined))),
  };
}
