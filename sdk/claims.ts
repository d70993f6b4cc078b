import * as pulumi from "@pulumi/pulumi";
import { type Claim, describeContention } from "../provider/contention";

/** By run of a program: in one process, the Automation API can run several. */
const runs = new WeakMap<pulumi.Resource, Map<string, Claim>>();

/**
 * Lets one resource of a program stand for the status of a campaign. Two would contend for it: which of them wins would
 * depend on the order of their calls.
 *
 * @returns the same id. @throws RunError that names both resources, which stops the program before the second is registered.
 */
export function claimed(campaignId: pulumi.Input<string>, claim: Claim): pulumi.Input<string> {
  const run = pulumi.runtime.getStackResource();
  // Without a stack, as in unit tests with mocks, nobody knows where one program ends and the next begins.
  if (!run) return campaignId;
  const claims = runs.get(run) ?? new Map<string, Claim>();
  runs.set(run, claims);
  const take = (id: string) => {
    const other = claims.get(id);
    if (other) throw new pulumi.RunError(describeContention(id, other, claim));
    claims.set(id, claim);
    return id;
  };
  // A plain id is judged at once: an output for each of hundreds of resources would take its time.
  return typeof campaignId === "string" ? take(campaignId) : pulumi.output(campaignId).apply(take);
}
