import type { Properties } from "../provider/context";
import { isObject } from "../provider/hood/campaign";
import { isUnknown } from "../provider/unknown";

/** What `pulumi preview --json` prints, as far as a report needs it. Whatever else is in there is left alone. */
export interface Preview {
  readonly steps: readonly unknown[];
  readonly diagnostics: readonly unknown[];
}

/** Standard input isn't a preview. The message says what to do. */
export class InputError extends Error {}

const HOW = "Run `pulumi preview --json | npx --no -- hood-plan`.";
const FIELDS = ["steps", "diagnostics", "changeSummary"];

/**
 * Finds the preview in what came from standard input: lines of progress may stand before it, and a byte order mark.
 *
 * @throws InputError
 */
export function readPreview(bytes: Uint8Array): Preview {
  const text = decode(bytes).trim();
  if (text === "") {
    throw new InputError(
      `Could not read a preview: standard input is empty. Where \`pulumi preview --json\` printed an error, mend that first. ${HOW}`,
    );
  }
  for (const { index } of text.matchAll(/^\{/gm)) {
    const found = parsed(text.slice(index));
    if (found) return previewIn(found, text.slice(0, index));
  }
  throw new InputError(`Could not read a preview: standard input holds no whole JSON document at its end. ${HOW}`);
}

function previewIn(found: Record<string, unknown>, before: string): Preview {
  if (!FIELDS.some((field) => field in found)) {
    throw new InputError(
      `Could not read a preview: the JSON on standard input has none of ${FIELDS.join(", ")}. ${HOW} PULUMI_ENABLE_STREAMING_JSON_PREVIEW must not be set.`,
    );
  }
  // Of two previews, the first must not be lost in silence.
  if (FIELDS.some((field) => before.includes(`"${field}"`))) {
    throw new InputError(
      "Could not read a preview: standard input holds more than one. Run hood-plan once for each stack.",
    );
  }
  const { steps, diagnostics } = found;
  return { steps: listOf("steps", steps), diagnostics: listOf("diagnostics", diagnostics) };
}

function listOf(field: string, value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value;
  throw new InputError(`Could not read a preview: its "${field}" is no list. ${HOW}`);
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function decode(bytes: Uint8Array): string {
  // Windows PowerShell redirects in UTF-16.
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? "utf-16le" : "utf-8";
  return new TextDecoder(encoding).decode(bytes);
}

/** What the engine is about to do with one resource. */
export interface Step {
  readonly op: string;
  readonly urn: string;
  /** Type and name, as the URN has them. */
  readonly type: string;
  readonly resource: string;
  /** The state before, where there is one. */
  readonly old?: State;
  /** What the program declares, after the check; the arguments and what was seen of the live campaign. */
  readonly inputs: Properties;
}

export interface State {
  /** What was recorded, outputs and arguments. */
  readonly record: Properties;
  readonly inputs: Properties;
  /** The engine forgets the resource without telling its provider. */
  readonly retained: boolean;
}

/** What Pulumi prints in place of a secret. */
const SECRET = "[secret]";

export function readStep(raw: unknown): Step {
  const step = objectOf(raw);
  const urn = String(step.urn ?? "");
  const old = isObject(step.oldState) ? stateOf(step.oldState) : undefined;
  return { op: String(step.op), urn, ...namesIn(urn), old, inputs: objectOf(objectOf(step.newState).inputs) };
}

function stateOf(state: Properties): State {
  const inputs = objectOf(state.inputs);
  const record = { campaignId: state.id, ...inputs, ...objectOf(state.outputs) };
  return { record, inputs, retained: state.retainOnDelete === true };
}

/** Type and name of a resource. The type stands after those of its parents; the name may hold anything, "::" too. */
export function namesIn(urn: string): { type: string; resource: string } {
  const [, , types = "", ...name] = urn.split("::");
  return { type: types.split("$").at(-1) ?? "", resource: name.join("::") };
}

const HOOD = /^(?:pulumi-nodejs:dynamic\/hood|hood:index):(\w+)$/;

/** The resource type as a program calls it, such as "CampaignStatus"; undefined for what isn't Hood's. */
export function hoodType(type: string): string | undefined {
  return HOOD.exec(type)?.[1];
}

/** A value that the preview can't show: it isn't known yet, or a secret. */
export function isHidden(value: unknown): boolean {
  return value === SECRET || isUnknown(value);
}

function objectOf(value: unknown): Properties {
  return isObject(value) ? value : {};
}

/** Why the preview failed. */
export interface PreviewError {
  /** Absent if no resource is to blame, such as for an error in the program. */
  readonly resource?: string;
  readonly type?: string;
  readonly urn?: string;
  /** Several lines, or one. */
  readonly message: string;
}

/** The engine's own words around a message of a Hood resource, which name the resource a second time. */
const WRAPPED = /^\S+ resource '.*?'(?:: property \S+ value \{.*?\})? has a problem: /s;
/** The frames of a stack trace. */
const FRAME = /^\s+at /;
/** All that the engine's JSON says if a policy denies the change. */
const BARE = "preview failed";
const UNEXPLAINED =
  "preview failed, and its JSON doesn't say why: a policy may deny the change. Run `pulumi preview` without --json to see.";

/** The errors among a preview's diagnostics, each once. */
export function errorsIn(diagnostics: readonly unknown[]): PreviewError[] {
  const errors = diagnostics.filter(isObject).filter(({ severity }) => severity === "error");
  const found = errors.map(({ urn, message }) => errorOf(typeof urn === "string" ? urn : "", String(message)));
  const byText = new Map(found.map((error) => [`${error.urn}\n${error.message}`, error]));
  return [...byText.values()];
}

function errorOf(urn: string, raw: string): PreviewError {
  const lines = raw.split("\n").filter((line) => !FRAME.test(line));
  const message = lines
    .join("\n")
    .trim()
    .replace(/^error: /, "");
  if (urn === "") return { message: message === BARE ? UNEXPLAINED : message };
  const { type, resource } = namesIn(urn);
  const hood = hoodType(type);
  return { resource, type: hood ?? type, urn, message: hood ? message.replace(WRAPPED, "") : message };
}
