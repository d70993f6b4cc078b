import path from "node:path";
import type { Properties } from "../../provider/hosts/hosted";
import { providerText } from "../../sdk/dynamic";

const ROOT = path.resolve(__dirname, "../../..");
const PROVIDER = "__provider";
/** How the engine marks a special value, and which of them a secret is. */
const [MARK, SECRET] = ["4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"];

/** One of the two ways in which Pulumi gets to the resources: how its process is started and spoken to. */
export interface Host {
  readonly name: "dynamic" | "plugin";
  /** Node.js arguments that start the process, before the engine's address. */
  readonly command: string;
  /** The `hood` settings as the engine hands them over. */
  config(settings: Record<string, string>): Properties;
  /** A secret as the host is told of it. */
  secret(value: unknown): unknown;
  /** Properties as the engine keeps them. */
  stored(provider: string, properties: Properties, urn: string): Properties;
  /** Properties as a test gives them. @throws Error if the engine couldn't find back to their provider. */
  own(provider: string, properties: Properties): Properties;
}

/** What Pulumi starts for dynamic resources. The way back to the provider is among the properties of each of them. */
const dynamic: Host = {
  name: "dynamic",
  command: path.join(ROOT, "node_modules/@pulumi/pulumi/cmd/dynamic-provider/index.js"),
  config: (settings) => Object.fromEntries(Object.entries(settings).map(([key, value]) => [`hood:${key}`, value])),
  // The engine tells nothing of secrets.
  secret: (value) => value,
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
  secret: (value) => ({ [MARK]: SECRET, value }),
  stored: (_, properties) => properties,
  own: (_, properties) => properties,
};

export const hosts = { dynamic, plugin };
