import type * as proto from "@pulumi/pulumi/proto/provider_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { UserError } from "../../errors";
import { describeMisspelt } from "../../misspelt";
import type { EngineOperation } from "../../operation";
import type { Failure } from "../../resources/resource";
import { type ReadConfig, readSettings, settingNames, type Winner } from "../../settings";
import { lines, type Message, oneLine, say } from "../../text";
import { fitForDisplay, type Properties, UNKNOWN } from "../hosted";
import { checkFailure, differencesIn } from "./calls";
import { received, sent, unary } from "./wire";

/** The package, whose namespace the settings are in. */
const PACKAGE = "hood";
/** What every provider resource may be given beside its own settings. */
const ENGINES_OWN = ["version", "pluginDownloadURL"];

/** What the engine configures a provider with. */
export interface Configuration {
  /** The provider resource; empty if an older engine doesn't say. */
  readonly urn: string;
  readonly values: Properties;
  readonly winner: Winner;
}

/** The calls of the engine that are about the provider itself. One process is one provider resource, with its own account. */
export function configurationCalls(configure: (configuration: Configuration) => EngineOperation) {
  return {
    checkConfig: unary((request: proto.CheckRequest) => {
      const { values, secrets } = received(request.getNews());
      const failures = failuresOf(values, request.getUrn()).map((failure) => fitForDisplay(failure, values));
      const inputs = sent(values, new Set([...secrets, "token"]));
      return new messages.CheckResponse().setInputs(inputs).setFailuresList(failures.map(checkFailure));
    }),

    // Another token or endpoint never replaces a provider: that would replace its resources.
    diffConfig: unary((request: proto.DiffRequest) => {
      const [olds, news] = [received(request.getOlds()).values, received(request.getNews()).values];
      const differences = differencesIn(settingNames, olds, news);
      const { DIFF_SOME, DIFF_NONE } = messages.DiffResponse.DiffChanges;
      return new messages.DiffResponse()
        .setChanges(differences.size > 0 ? DIFF_SOME : DIFF_NONE)
        .setDiffsList([...differences.keys()]);
    }),

    configure: unary(async (request: proto.ConfigureRequest) => {
      const { values } = received(request.getArgs());
      const urn = request.getUrn?.() ?? "";
      const operation = configure({ urn, values, winner: isExplicit(request) ? "config" : "environment" });
      // Its config was checked; the environment is checked by nobody else.
      const warning = describeMisspelt([], Object.keys(process.env));
      if (warning) await operation.warn(warning);
      return new messages.ConfigureResponse().setAcceptsecrets(true).setSupportspreview(true);
    }),
  };
}

function failuresOf(values: Properties, urn: string): Failure[] {
  const allowed: readonly string[] = [...settingNames, ...ENGINES_OWN];
  const unknownProperties = Object.keys(values).filter((name) => !allowed.includes(name) && !name.startsWith("__"));
  const failures: Failure[] = unknownProperties.map((property) => ({
    property,
    reason: lines(
      say`${property} is not a setting of the provider, which takes ${settingNames.join(", ")}.`,
      isClash(urn) ? describeClash(property) : undefined,
    ),
  }));
  try {
    readSettings(readerOf(values), {});
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    failures.push({ property: "", reason: error.message });
  }
  return failures;
}

/** `urn:pulumi:STACK::PROJECT::pulumi:providers:hood::NAME`: the engine hands its own provider all keys of the package's namespace. */
function isClash(urn: string): boolean {
  const [, project, , name = ""] = urn.split("::");
  return project === PACKAGE && isDefault(name);
}

function describeClash(key: string): Message {
  const name = oneLine(key);
  return lines(
    say`The project is called ${PACKAGE} too, so that its own config keys are in the provider's namespace.`,
    say`Give the key a namespace of its own (\`pulumi config set app:${name} VALUE\`, read by new pulumi.Config("app")), or the project another name in Pulumi.yaml.`,
  );
}

export function readerOf(values: Properties): ReadConfig {
  return (key) => {
    const value = values[key];
    return value === undefined || value === null || value === UNKNOWN ? undefined : String(value);
  };
}

/**
 * True for a provider that the program declares, which may be one of several with an account each: the environment, which is
 * there for all of them, must not take their accounts' places. The engine's own default provider holds the stack's config.
 */
function isExplicit(request: proto.ConfigureRequest): boolean {
  // Older engines don't say which provider it is.
  const name = request.getName?.() ?? "";
  return name !== "" && !isDefault(name);
}

function isDefault(name: string): boolean {
  // Its name has a version of three numbers, if Pulumi knows one, and where the plugin was downloaded from, with `_/` for `://`: a
  // program may well call a provider of its own `default_1`.
  return /^default(_\d+_\d+_\d+\w*)?(_[a-z]+_\/[\w./-]*)?$/.test(name);
}
