import type * as proto from "@pulumi/pulumi/proto/provider_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { UserError } from "../../errors";
import type { EngineOperation } from "../../operation";
import type { Failure } from "../../resources/resource";
import { describeMisspelt, type ReadConfig, readSettings, settingNames, type Winner } from "../../settings";
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

/** Whether previews read the account. */
export type Preflight = "live" | "off";

/**
 * The inputs of a provider of the plugin, all of them optional. The provider that Pulumi creates by itself takes the stack's config
 * (`hood:token` and so on) and the environment. A provider that a program declares takes these inputs first; what it leaves out comes
 * from the environment.
 */
export interface ProviderArgs {
  /** API token of the account; a secret. Environment: `HOOD_TOKEN`. */
  token?: string;
  /**
   * Base URL of the API; plain `http` only to this machine. Environment: `HOOD_ENDPOINT`.
   *
   * @default "https://api.ocamba.com/v1/hood"
   */
  endpoint?: string;
  /**
   * `"off"`: previews don't read the account, and need no token; lookups still do. Environment: `HOOD_PREFLIGHT`.
   *
   * @default "live"
   */
  preflight?: Preflight;
  /**
   * The most new cancellations in one update: with more, its preview fails. Environment: `HOOD_MAX_CANCELLATIONS`.
   *
   * @default 50
   */
  maxCancellations?: number;
  /**
   * The account's windows, as requests / length, in `s` or `m`. Some accounts have others, such as `75/1s,700/60s`. Environment:
   * `HOOD_RATE_LIMIT`.
   *
   * @default "10/1s,150/60s"
   */
  rateLimit?: string;
  /**
   * The most requests in flight at once. Environment: `HOOD_MAX_PARALLEL`.
   *
   * @default 10
   */
  maxParallel?: number;
  /**
   * Timeout of one request, in `ms`, `s` or `m`, at most a day. Environment: `HOOD_TIMEOUT`.
   *
   * @default "30s"
   */
  timeout?: string;
  /**
   * The longest time that one request waits because the account answers 429, or an error with `Retry-After`, at once or added up; in `ms`,
   * `s` or `m`, at most a day. After that, the request fails, and the error says when to run the command again. Waiting within the account's windows
   * doesn't count. Environment: `HOOD_MAX_WAIT`.
   *
   * @default "10m"
   */
  maxWait?: string;
  /**
   * Path of an audit log in JSON Lines: one line right before each call that changes something, and one after it. Environment:
   * `HOOD_AUDIT_LOG`.
   *
   * @default no file
   */
  auditLog?: string;
}
