import { isDeepStrictEqual } from "node:util";
import type { Properties } from "../provider/hosts/hosted";
import { readSettings, settingNames } from "../provider/settings";
import { quoted } from "./escape";
import { isProvider } from "./owner";
import { isHidden, type Preview } from "./preview";

/** What a report is about. */
export interface About {
  readonly project?: string;
  readonly stack?: string;
  readonly commit?: string;
}

/** A setting that isn't the default. */
export interface Setting {
  /** `hood:endpoint`, or `HOOD_ENDPOINT` if it stands in the environment, which wins. */
  readonly name: string;
  /** `"[secret]"` if it isn't shown. */
  readonly value: string;
}

/** A provider of the plugin that is made, changed or removed. */
export interface ProviderChange {
  readonly resource: string;
  readonly urn: string;
  /** The engine's word for it, such as `"update"`. */
  readonly op: string;
  /** Its settings afterwards; those of which the value isn't shown are `"[secret]"` or `"not known"`. */
  readonly settings: Readonly<Record<string, string>>;
}

const SECRET = "[secret]";

/** Where pipelines keep the commit that they run for. */
const COMMITS = [
  "GITHUB_SHA",
  "CI_COMMIT_SHA",
  "BITBUCKET_COMMIT",
  "BUILD_SOURCEVERSION",
  "BUILDKITE_COMMIT",
  "CIRCLE_SHA1",
  "GIT_COMMIT",
];

/**
 * Project, stack and commit: what somebody says they are, or else what the preview and the pipeline say.
 *
 * @throws Error if the preview is of another project or stack than was said.
 */
export function aboutOf(said: About, preview: Preview, environment: NodeJS.ProcessEnv): About {
  // Pulumi takes "organization/project/stack" for a stack too.
  const stack = said.stack?.split("/").at(-1);
  for (const [name, wanted, found] of [
    ["project", said.project, preview.project],
    ["stack", stack, preview.stack],
  ] as const) {
    if (wanted === undefined || found === undefined || wanted === found) continue;
    throw new Error(
      `Could not report on the ${name} ${quoted(wanted)}: the preview is of the ${name} ${quoted(found)}.`,
    );
  }
  const commit = said.commit ?? COMMITS.map((name) => environment[name]).find(Boolean);
  return { project: said.project ?? preview.project, stack: stack ?? preview.stack, commit };
}

/** The settings of the preview that aren't the default, as far as they can be seen here; the endpoint first. */
export function settingsOf({ config }: Preview, environment: NodeJS.ProcessEnv): Setting[] {
  const configured = Object.entries(config).flatMap(([name, value]) => {
    const [, key] = /^hood:(.+)$/.exec(name) ?? [];
    return key === undefined ? [] : [{ key, name, value: String(value) }];
  });
  const inEnvironment = settingNames.flatMap((key) => {
    const name = `HOOD_${key.replace(/[A-Z]/g, "_$&").toUpperCase()}`;
    const value = environment[name]?.trim();
    return value ? [{ key, name, value }] : [];
  });
  return [...inEnvironment, ...configured]
    .filter(({ key, name, value }) => !isDefault(key, value) && name !== "HOOD_TOKEN")
    .map(({ key, name, value }) => ({ name, value: isSecret(key) ? SECRET : withoutPassword(value) }))
    .sort((a, b) => Number(isEndpoint(b.name)) - Number(isEndpoint(a.name)));
}

function isEndpoint(name: string): boolean {
  return name === "HOOD_ENDPOINT" || name === "hood:endpoint";
}

/** True for a key whose value nobody may see, whatever case or typing mistake it is in. */
function isSecret(key: string): boolean {
  return /to?ke?n|secret|password/i.test(key);
}

/** An address that holds one is refused, and shown here nonetheless. */
function withoutPassword(value: string): string {
  return value.replace(/\/\/[^/]*@/g, `//${SECRET}@`);
}

const defaults = readSettings(() => undefined, {});

function isDefault(key: string, value: string): boolean {
  const known = settingNames.find((name) => name === key);
  if (known === undefined) return false;
  try {
    return isDeepStrictEqual(readSettings((name) => (name === known ? value : undefined), {})[known], defaults[known]);
  } catch {
    return false;
  }
}

/** The providers of the plugin that would be made, changed or removed. */
export function providersOf({ steps }: Preview): ProviderChange[] {
  const changed = steps.filter((step) => isProvider(step) && !["same", "refresh", "read"].includes(step.op));
  return changed.map(({ resource, urn, op, old, new: next }) => ({
    resource,
    urn,
    op,
    settings: shownSettings((next ?? old)?.inputs ?? {}),
  }));
}

function shownSettings(inputs: Properties): Record<string, string> {
  const shown = Object.entries(inputs).map(([key, value]): [string, string] => {
    if (isSecret(key) || value === SECRET) return [key, SECRET];
    if (isHidden(value)) return [key, "not known"];
    return [key, typeof value === "string" ? withoutPassword(value) : JSON.stringify(value)];
  });
  return Object.fromEntries(shown.sort(([a], [b]) => Number(b === "endpoint") - Number(a === "endpoint")));
}
