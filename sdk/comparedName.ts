import * as pulumi from "@pulumi/pulumi";

/**
 * What a campaign's name is compared with, if it is a secret, as an input of the name's own: the engine keeps what is shown under that
 * name secret then, also in a state.
 */
export function comparedName(expectedName: pulumi.Input<string | undefined> | undefined): pulumi.Inputs {
  if (!pulumi.Output.isInstance(expectedName)) return {};
  return {
    campaignName: pulumi.output(pulumi.isSecret(expectedName).then((secret) => (secret ? expectedName : undefined))),
  };
}
