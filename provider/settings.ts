import { distance } from "fastest-levenshtein";
import { unseenMistake } from "./difference";
import { UserError } from "./errors";
import { type HttpProxy, isLoopback, proxyFor } from "./hood/proxy";
import { parseRateLimit, type Window } from "./hood/rateLimit/headers";
import { DEFAULT_ENDPOINT } from "./hood/transport";
import { joined, lines, type Message, quoted, say, sentence } from "./text";

/** Everything that config and environment decide, validated. Times are in milliseconds. */
export interface Settings {
  readonly token: string | undefined;
  readonly endpoint: string;
  readonly preflight: "live" | "off";
  readonly maxCancellations: number;
  readonly rateLimit: readonly Window[];
  readonly maxParallel: number;
  readonly timeout: number;
  /** How long the account may make one request wait by answers of 429, told at once or added up. */
  readonly maxWait: number;
  /** Path of the audit log; undefined where none is wanted. */
  readonly auditLog: string | undefined;
}

/** Where the settings lead to, too: the proxy for the endpoint, which the environment alone can name. */
export interface Route {
  readonly proxy?: HttpProxy;
}

/** Reads one value of the `hood` config namespace; undefined if it isn't set. */
export type ReadConfig = (key: keyof Settings) => string | undefined;

/** One or more settings that can't be used. The message names each one, what is wrong, and how to set it. */
export class SettingsError extends UserError {}

interface Setting<T> {
  readonly environment: string;
  readonly fallback: T;
  /** Throws an Error that says what is expected. */
  parse(text: string): T;
}

const settings: { readonly [K in keyof Settings]: Setting<Settings[K]> } = {
  token: { environment: "HOOD_TOKEN", fallback: undefined, parse: parseToken },
  endpoint: { environment: "HOOD_ENDPOINT", fallback: DEFAULT_ENDPOINT, parse: parseEndpoint },
  preflight: { environment: "HOOD_PREFLIGHT", fallback: "live", parse: parsePreflight },
  maxCancellations: { environment: "HOOD_MAX_CANCELLATIONS", fallback: 50, parse: parseCount(0) },
  rateLimit: {
    environment: "HOOD_RATE_LIMIT",
    fallback: parseRateLimit("10/1s,150/60s"),
    parse: parseWindows,
  },
  maxParallel: { environment: "HOOD_MAX_PARALLEL", fallback: 10, parse: parseCount(1) },
  timeout: { environment: "HOOD_TIMEOUT", fallback: 30_000, parse: parseDuration },
  maxWait: { environment: "HOOD_MAX_WAIT", fallback: 600_000, parse: parseDuration },
  auditLog: { environment: "HOOD_AUDIT_LOG", fallback: undefined, parse: (text) => text },
};

export const settingNames = Object.keys(settings) as (keyof Settings)[];

export const environmentNames = Object.values(settings).map(({ environment }) => environment);

/** Which of the two counts where both give a value. */
export type Winner = "environment" | "config";

/**
 * doctor/assumptions.ts: settings, config.
 *
 * Settings from the environment first, then from config, unless the config is to win. Where the program isn't run, as in a
 * refresh or destroy, the engine hands over the config that the last update stored: a newer token can then come from the
 * environment alone.
 *
 * @throws SettingsError that lists every value that can't be used.
 */
export function readSettings(
  config: ReadConfig,
  environment: NodeJS.ProcessEnv = process.env,
  winner: Winner = "environment",
): Settings & Route {
  const problems: Message[] = [];
  const read = <K extends keyof Settings>(key: K): [K, Settings[K]] => {
    const { environment: variable, fallback, parse } = settings[key];
    const sources = [
      { name: variable, text: present(environment[variable]) },
      { name: `hood:${key}`, text: present(config(key)) },
    ];
    if (winner === "config") sources.reverse();
    const { name, text } = sources.find((source) => source.text !== undefined) ?? {};
    try {
      return [key, text === undefined ? fallback : parse(text)];
    } catch (error) {
      problems.push(say`${name ?? ""} ${(error as Error).message}`);
      return [key, fallback];
    }
  };
  const values = Object.fromEntries(settingNames.map(read)) as { readonly [K in keyof Settings]: Settings[K] };
  let proxy: HttpProxy | undefined;
  try {
    proxy = proxyFor(values.endpoint, environment);
  } catch (error) {
    problems.push(say`${(error as Error).message}`);
  }
  if (problems.length > 0) {
    const isConfigs = problems.some((problem) => problem.startsWith(keyOf("")));
    const where = isConfigs
      ? say`with \`pulumi config set\` or in the environment, which wins`
      : say`in the environment`;
    throw new SettingsError(lines(sentence(joined(problems, "; ")), say`Correct it ${where}.`));
  }
  return { ...values, ...(proxy && { proxy }) };
}

/** The settings with a token for certain. @throws SettingsError where there is none. */
export function withToken({ token, ...settings }: Settings & Route): Settings & Route & { readonly token: string } {
  if (token !== undefined) return { ...settings, token };
  throw new SettingsError(
    lines(
      say`There is no API token for Hood.`,
      say`Put one into HOOD_TOKEN, or into hood:token with \`pulumi config set --secret hood:token\` (a refresh or destroy sees that only after an up).`,
    ),
  );
}

// A variable that a pipeline passes on although nobody set it is empty: that is "not set", not "set to nothing".
function present(text: string | undefined): string | undefined {
  return text?.trim() || undefined;
}

function parseToken(text: string): string {
  // The value is never shown. What can't be a header would otherwise fail deep in the HTTP library.
  if (!/^[\x21-\x7e]+$/.test(text)) throw new Error("holds characters that no API token has (a space, a line break?)");
  return text;
}

function parseEndpoint(text: string): string {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new Error(`must be a URL such as ${DEFAULT_ENDPOINT}`);
  }
  if (url.username || url.password) throw new Error("must not hold a user or password: the token goes to hood:token");
  if (url.search || url.hash) throw new Error(`must be a base URL without ? or #, such as ${DEFAULT_ENDPOINT}`);
  if (url.protocol === "http:" && !isLoopback(url.hostname)) {
    throw new Error(`must begin with https:// (plain http would send the token unprotected to ${url.hostname})`);
  }
  if (url.protocol !== "https:" && url.protocol !== "http:") throw new Error("must begin with https://");
  return url.href.replace(/\/+$/, "");
}

/** In windows too, minutes are so many seconds. */
function parseWindows(text: string): readonly Window[] {
  return parseRateLimit(text.replace(/\b([1-9]\d{0,3})m(?=\s*(?:,|$))/g, (_, minutes) => `${minutes * 60}s`));
}

function parsePreflight(text: string): "live" | "off" {
  if (text === "live" || text === "off") return text;
  throw new Error(`must be "live" or "off", not ${quoted(text)}${unseenMistake(text, ["live", "off"])}`);
}

function parseCount(least: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : -1;
    if (value < least) throw new Error(`must be a whole number of at least ${least}, not ${quoted(text)}`);
    return value;
  };
}

/** The longest time, in milliseconds: a timer of 25 days would run out at once. */
const LONGEST = 24 * 60 * 60_000;

function parseDuration(text: string): number {
  const match = /^(\d{1,6})(ms|s|m)$/.exec(text);
  const value = match ? Number(match[1]) * { ms: 1, s: 1_000, m: 60_000 }[match[2] as "ms" | "s" | "m"] : 0;
  if (value < 1) throw new Error(`must be a time such as 30s, 500ms or 2m, not ${quoted(text)}`);
  if (value > LONGEST) throw new Error(`must be a time of at most 1440m, which is a day, not ${quoted(text)}`);
  return value;
}

/** The config namespace of this package, and the first part of its environment variables. */
const NAMESPACE = "hood";

/** Keys in that namespace that are Pulumi's own: they are about the plugin. */
const ENGINES_OWN = ["version", "pluginDownloadURL"];

/**
 * A warning about what looks like a setting and is none, since nobody reads it: a misspelt guard guards nothing.
 *
 * @param keys the keys of the stack's config, with their namespaces.
 * @param environment names of environment variables, of which only those near to a known one are meant.
 * @param project the project's name: its own keys are in a namespace of that name, which may be this package's.
 */
export function describeMisspelt(
  keys: readonly string[],
  environment: readonly string[],
  project?: string,
): Message | undefined {
  const others = [
    ...keys.flatMap((key) => unknownIn(key, keys, project)),
    ...environment.flatMap((name) => {
      const meant = name.startsWith("HOOD_") ? nearest(name, environmentNames) : undefined;
      return meant === undefined ? [] : [{ name, meant }];
    }),
  ];
  if (others.length === 0) return undefined;
  const shown = others.slice(0, MOST).map(({ name, meant }) => (meant ? `${name} (do you mean ${meant}?)` : name));
  const rest = others.length > MOST ? `, and ${others.length - MOST} more` : "";
  const isOwn = others.some(({ name }) => project === NAMESPACE && name.startsWith(`${NAMESPACE}:`));
  return lines(
    say`Not settings of pulumi-ocamba-hood, and so without effect on it: ${shown.join(", ")}${rest}.`,
    isOwn
      ? say`The project is called hood too: if they are keys of its own, give them names that are less alike. Otherwise correct them.`
      : say`Correct the name, or take it out (\`pulumi config rm KEY\`). The settings are ${settingNames.map(keyOf).join(", ")}.`,
  );
}

/** So many are named. */
const MOST = 5;

interface Unknown {
  readonly name: string;
  readonly meant?: string;
}

function unknownIn(key: string, keys: readonly string[], project: string | undefined): Unknown[] {
  const [namespace = "", ...rest] = key.split(":");
  const name = rest.join(":");
  const known: readonly string[] = settingNames;
  if (namespace === NAMESPACE) {
    if (known.includes(name) || ENGINES_OWN.includes(name)) return [];
    const near = nearest(name, known);
    if (near === undefined) return project === NAMESPACE ? [] : [{ name: shownKey(key) }];
    return [{ name: shownKey(key), meant: keyOf(near) }];
  }
  // Set without a namespace, a key is the project's own. Nothing but this one is sure to be meant for us.
  const isGuard = namespace === project && name === "maxCancellations" && !keys.includes(keyOf(name));
  const isNear = namespace !== project && distance(namespace.toLowerCase(), NAMESPACE) <= 1 && known.includes(name);
  return isGuard || isNear ? [{ name: shownKey(key), meant: keyOf(name) }] : [];
}

function keyOf(name: string): string {
  return `${NAMESPACE}:${name}`;
}

function shownKey(key: string): string {
  return /^[\w:.-]{1,60}$/.test(key) ? key : quoted(key);
}

/** The known name that one is near to, but isn't: a few letters more, less or other, another case, other separators. */
function nearest(name: string, known: readonly string[]): string | undefined {
  if (known.includes(name)) return undefined;
  const bare = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, "");
  // No name is near to two of them.
  return known.find((one) => distance(bare(name), bare(one)) <= Math.ceil(one.length / 6));
}
