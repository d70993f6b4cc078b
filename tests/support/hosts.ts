import path from "node:path";
import type { Properties } from "../../provider/hosts/hosted";
import { providerText } from "../../sdk/dynamic";

const ROOT = path.resolve(__dirname, "../../..");
const PROVIDER = "__provider";

/** One of the two ways in which Pulumi gets to the resources: how its process is started and spoken to. */
export interface Host {
  readonly name: "dynamic" | "plugin";
  /** Node.js arguments that start the process, before the engine's address. */
  readonly command: string;
  /** The `hood` settings as the engine hands them over. */
  config(settings: Record<string, string>): Properties;
  /** Properties as the engine has them on record. */
  stored(provider: string, properties: Properties, urn: string): Properties;
  /** Properties as a test gives them. @throws Error where the engine couldn't find back to their provider. */
  own(provider: string, properties: Properties): Properties;
}

/** What Pulumi starts for dynamic resources. The way back to the provider is among the properties of each of them. */
const dynamic: Host = {
  name: "dynamic",
  command: path.join(ROOT, "node_modules/@pulumi/pulumi/cmd/dynamic-provider/index.js"),
  config: (settings) => Object.fromEntries(Object.entries(settings).map(([key, value]) => [`hood:${key}`, value])),
  stored: (provider, properties, urn) => ({ ...properties, __urn: urn, [PROVIDER]: providerText(provider) }),
  own(provider, { [PROVIDER]: text, __urn: _, ...properties }) {
    if (text !== providerText(provider)) throw new Error(`The answer doesn't lead back to its provider: ${text}`);
    return properties;
  },
};

/** `pulumi-resource-hood`, which programs in every language use. */
const plugin: Host = {
  name: "plugin",
  command: path.join(ROOT, "dist/provider/hosts/plugin/main.js"),
  config: (settings) => settings,
  stored: (_, properties) => properties,
  own: (_, properties) => properties,
};

export const hosts = { dynamic, plugin };
