import * as pulumi from "@pulumi/pulumi";
import type { Declared } from "../provider/resources/guards";
import { quoted } from "../provider/text";

/** The package of the plugin, whose provider resources hold accounts of their own. */
const PLUGIN = "hood";

/**
 * Fails if options give a class a provider of the plugin, directly or through a parent: the class would still act on the stack's
 * account, and so on another one than the program says.
 *
 * @throws RunError that names the resource.
 */
export function refuseProvider(declared: Declared, opts: pulumi.ComponentResourceOptions = {}): void {
  const { provider, providers, parent = pulumi.runtime.getStackResource() } = opts;
  if (holdsPlugin([provider]) || holdsPlugin(providers)) throw refusal(declared, "its options give");
  if (pulumi.Resource.isInstance(parent) && hasPlugin(parent)) throw refusal(declared, "its parent gives");
}

/** The same for a resource that Pulumi has just made, whose options a transformation may have changed. */
export function refuseProviderOf(resource: pulumi.Resource, declared: Declared): void {
  if (hasPlugin(resource)) throw refusal(declared, "a transformation gives");
}

function refusal({ type, name }: Declared, giver: string): pulumi.RunError {
  return new pulumi.RunError(
    [
      `${type} ${quoted(name)} can't be declared: ${giver} it a provider of the plugin, and the classes use the stack's \`hood:token\`.`,
      "For several accounts in one program, declare it with the plugin: see docs/plugin.md of pulumi-ocamba-hood.",
      "If the stack's account is the right one, take the provider out.",
    ].join("\n"),
  );
}

function hasPlugin(resource: pulumi.Resource): boolean {
  // All that Pulumi found among the parents, whatever keys the program gave; its public method knows the package's alone.
  const { __providers: kept } = resource as { __providers?: object };
  return holdsPlugin(kept) || resource.getProvider(`${PLUGIN}:index:Campaign`) !== undefined;
}

/** @param providers a list, or a record by package. */
function holdsPlugin(providers: object | undefined): boolean {
  return Object.entries(providers ?? {}).some(
    ([key, provider]) => provider && (key === PLUGIN || isOfPlugin(provider)),
  );
}

function isOfPlugin(provider: object): boolean {
  return "getPackage" in provider && typeof provider.getPackage === "function" && provider.getPackage() === PLUGIN;
}
