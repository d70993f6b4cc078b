import { decoded, type Properties } from "../provider/hosts/hosted";
import { unknown } from "../provider/resources/resource";
import { isObject, type Message, say } from "../provider/text";
import { quoted } from "./escape";

/** What `pulumi preview --json` prints, as far as a report needs it. Whatever else is in there is left alone. */
export interface Preview {
  readonly steps: readonly Step[];
  readonly errors: readonly PreviewError[];
  /** The stack's config by whole keys, such as `hood:endpoint`; secrets are blinded by Pulumi. */
  readonly config: Properties;
  /** As the URNs have them; absent if there is no step. */
  readonly project?: string;
  readonly stack?: string;
}

/** Standard input isn't a preview. The message says what to do. */
export class InputError extends Error {
  constructor(what: Message, next: Message = HOW) {
    super(say`Could not read a preview: ${what}. ${next}`);
  }
}

const HOW = say`Run \`pulumi preview --json --show-replacement-steps | node node_modules/pulumi-ocamba-hood/dist/report/main.js\`.`;
const FAILED = say`If \`pulumi preview --json\` printed an error, fix that first. ${HOW}`;
const FIELDS = ["steps", "diagnostics", "changeSummary"];

/**
 * Finds the preview in what came from standard input: lines of progress may stand before it, and a byte order mark.
 *
 * @throws InputError also if it isn't whole: what is missing might be an end.
 */
export function readPreview(bytes: Uint8Array): Preview {
  const text = textIn(bytes).trim();
  if (text === "") {
    throw new InputError(say`standard input is empty`, FAILED);
  }
  for (const { index } of text.matchAll(/^\{/gm)) {
    const found = parsed(text.slice(index));
    if (!found) continue;
    const flaw = flawIn(text.slice(index));
    if (flaw) throw incomplete(flaw);
    return previewIn(found, text.slice(0, index));
  }
  throw new InputError(say`standard input holds no whole JSON document at its end`);
}

function previewIn(found: Properties, before: string): Preview {
  // What the command prints if a policy pack can't start.
  if (Object.keys(found).length === 0) throw new InputError(say`the JSON on standard input is empty`, FAILED);
  if (!FIELDS.some((field) => field in found)) {
    const next = say`${HOW} PULUMI_ENABLE_STREAMING_JSON_PREVIEW must not be set.`;
    throw new InputError(say`the JSON on standard input has none of ${FIELDS.join(", ")}`, next);
  }
  // Of two previews, the first must not be lost in silence, however its fields are written.
  const spelled = before.replace(/\\u([\da-f]{4})/gi, (_, code) => String.fromCharCode(Number.parseInt(code, 16)));
  if (FIELDS.some((field) => spelled.includes(`"${field}"`))) {
    throw new InputError(say`standard input holds more than one`, say`Run hood-plan once for each stack.`);
  }
  const errors = errorsIn(listOf("diagnostics", found.diagnostics).map(diagnosticOf));
  const steps = listOf("steps", found.steps).map(readStep);
  if (errors.length === 0) checkSummary(found.changeSummary, steps);
  const { stack, project }: Partial<Step> = steps[0] ?? {};
  if (steps.some((step) => step.stack !== stack || step.project !== project)) {
    throw new InputError(say`it holds steps of more than one stack`);
  }
  return { steps, errors, config: objectOf(found.config), stack, project };
}

function incomplete(what: Message): InputError {
  return new InputError(say`${what}, so it isn't whole`);
}

function listOf(field: string, value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value;
  throw incomplete(say`its "${field}" is no list`);
}

function diagnosticOf(raw: unknown): Properties {
  if (isObject(raw) && typeof raw.severity === "string") return raw;
  throw incomplete(say`one of its diagnostics is none`);
}

/** Every step that the engine counts is listed, and a preview that didn't fail lists at least the stack itself. */
function checkSummary(summary: unknown, steps: readonly Step[]): void {
  if (!isObject(summary) || Object.keys(summary).length === 0) throw incomplete(say`it has no "changeSummary"`);
  if (!steps.some(({ type }) => type === "pulumi:pulumi:Stack")) {
    throw incomplete(say`it has no step of the stack itself`);
  }
  for (const [op, counted] of Object.entries(summary)) {
    const listed = steps.filter((step) => step.op === op).length;
    if (typeof counted !== "number" || !(counted >= 0))
      throw incomplete(say`its "changeSummary" doesn't count ${quoted(op)}`);
    // Most of what stays as it is isn't listed.
    if (op !== "same" && listed < counted) {
      throw incomplete(say`it counts ${counted} times ${quoted(op)}, and lists ${listed}`);
    }
  }
}

function parsed(text: string): Properties | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function textIn(bytes: Uint8Array): string {
  // Windows PowerShell redirects in UTF-16.
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? "utf-16le" : "utf-8";
  return new TextDecoder(encoding).decode(bytes);
}

/** Strings, of which a key has its colon with it, and brackets. */
const TOKENS = /"([^"\\]*(?:\\.[^"\\]*)*)"(\s*:)?|[{}[\]]/gs;
/** What reads values goes down into them, and has room for some thousands. */
const DEEPEST = 1_000;

/** Why valid JSON isn't what it seems: of two values with one key, JSON.parse takes the last in silence. Undefined if it is. */
function flawIn(json: string): Message | undefined {
  const open: Set<unknown>[] = [];
  for (const [token, text, colon] of json.matchAll(TOKENS)) {
    if (token === "{" || token === "[") open.push(new Set());
    if (token === "}" || token === "]") open.pop();
    if (open.length > DEEPEST) return say`it nests values more than ${DEEPEST} deep`;
    if (colon === undefined) continue;
    const key: unknown = JSON.parse(`"${text}"`);
    if (open.at(-1)?.has(key)) return say`it has two values for ${quoted(String(key))} in one place`;
    open.at(-1)?.add(key);
  }
  return undefined;
}

/** What the engine is about to do with one resource. */
export interface Step {
  readonly op: string;
  /** Undefined for an op of a newer engine. */
  readonly effect: Effect | undefined;
  readonly urn: string;
  /** Parts of the URN. */
  readonly stack: string;
  readonly project: string;
  readonly type: string;
  readonly resource: string;
  /** The states before and after, if the engine shows them. */
  readonly old?: State;
  readonly new?: State;
  /** What the program declares, after the check. */
  readonly inputs: Properties;
  /** What an update or a removal begins with: the outputs in the state. An edit that was interrupted left its inputs beside older ones. */
  readonly state: Properties;
}

/** A resource as the engine keeps it. What isn't known yet is {@link unknown}, and a secret is {@link SECRET}. */
export interface State {
  /** Absent while there is none. */
  readonly id?: string;
  /** What the program declared, after the check: the arguments, and what was seen of the live campaign. */
  readonly inputs: Properties;
  /** Undefined if the engine shows none. */
  readonly outputs?: Properties;
  /** False for a component, which has no provider. */
  readonly custom: boolean;
  /** It is only read: the program doesn't manage it. */
  readonly external: boolean;
  /** The engine forgets the resource without telling its provider. */
  readonly retained: boolean;
  /** URN of the provider resource that serves it. */
  readonly provider?: string;
  /** Other ones than the step's if an alias has given the resource another name or type. Absent if they aren't shown. */
  readonly urn?: string;
  readonly type?: string;
}

type Effect = "create" | "update" | "replace" | "remove" | "adopt" | "nothing";

/** What each step of the engine does with a resource. One that isn't here may do anything, so it counts as an end. */
const effects = new Map<string, Effect>([
  ["create", "create"],
  ["create-replacement", "create"],
  ["update", "update"],
  ["replace", "replace"],
  ["delete", "remove"],
  ["delete-replaced", "remove"],
  ["import", "adopt"],
  ["import-replacement", "adopt"],
  // These send nothing to any provider, or only read.
  ["same", "nothing"],
  ["read", "nothing"],
  ["read-replacement", "nothing"],
  ["refresh", "nothing"],
  ["diff", "nothing"],
  ["discard", "nothing"],
  ["discard-replaced", "nothing"],
  ["remove-pending-replace", "nothing"],
]);

/** One step. @throws InputError if something is missing that such a step has. */
function readStep(raw: unknown): Step {
  const { op, urn, oldState, newState } = objectOf(raw);
  if (typeof op !== "string" || op === "") throw incomplete(say`one of its steps has no op`);
  if (typeof urn !== "string") throw incomplete(say`one of its steps has no urn`);
  const [old, next] = [stateIn(oldState), stateIn(newState)];
  const state = old ? { campaignId: old.id, ...(old.outputs ?? old.inputs) } : {};
  const effect = effects.get(op);
  const step = { op, effect, urn, ...namesIn(urn), old, new: next, inputs: next?.inputs ?? {}, state };
  if (step.resource === "") throw incomplete(say`one of its steps has the urn ${quoted(urn)}`);
  const label = say`its step ${quoted(op)} of ${quoted(urn)}`;
  if (effect === undefined || effect === "nothing") return step;
  if (effect !== "remove" && !next) throw incomplete(say`${label} has no newState`);
  if (effect !== "create" && effect !== "adopt" && !old) throw incomplete(say`${label} has no oldState`);
  return step;
}

function stateIn(raw: unknown): State | undefined {
  if (!isObject(raw)) return undefined;
  const { id, inputs, outputs, custom, external, retainOnDelete, provider, urn, type } = raw;
  return {
    id: typeof id === "string" ? id : undefined,
    inputs: valuesIn("inputs", inputs) ?? {},
    outputs: valuesIn("outputs", outputs),
    custom: custom !== false,
    external: external === true,
    retained: retainOnDelete === true,
    // A reference ends with the id of the provider.
    provider: typeof provider === "string" ? provider.split("::").slice(0, -1).join("::") : undefined,
    urn: typeof urn === "string" ? urn : undefined,
    type: typeof type === "string" ? type.split("$").at(-1) : undefined,
  };
}

/** Undefined if there are none: the engine leaves out what is empty. */
function valuesIn(field: string, values: unknown): Properties | undefined {
  if (values === undefined || values === null) return undefined;
  if (!isObject(values)) throw incomplete(say`it has a state whose ${field} are none`);
  return decoded(values);
}

/** The parts of a URN. The type stands after those of its parents; the name may hold anything, "::" too. */
export function namesIn(urn: string): { stack: string; project: string; type: string; resource: string } {
  const [stack = "", project = "", types = "", ...name] = urn.replace(/^urn:pulumi:/, "").split("::");
  return { stack, project, type: types.split("$").at(-1) ?? "", resource: name.join("::") };
}

/** What Pulumi prints in place of a secret. Two of them are alike, whatever the secrets are. */
export const SECRET = "[secret]";

/** A value that the preview can't show: it isn't known yet, or a secret. */
function isHidden(value: unknown): boolean {
  return value === SECRET || value === unknown;
}

/** Key of the objects by which the engine writes secrets, files and more. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";

/** True if a value is hidden, or one somewhere in it. */
export function holdsHidden(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return isHidden(value);
  if (SIGNATURE in value) return true;
  return Object.values(value).some(holdsHidden);
}

/** A text that is shown; undefined for everything else: hidden, absent, or of a wrong type. */
export function textOf(value: unknown): string | undefined {
  return typeof value === "string" && !isHidden(value) ? value : undefined;
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

const HOOD = /^(?:pulumi-nodejs:dynamic\/hood|hood:index):(\w+)$/;

/** The resource type as a program calls it, such as "CampaignStatus"; undefined for a type of another name. */
export function hoodType(type: string): string | undefined {
  return HOOD.exec(type)?.[1];
}

/** The engine's own words around a message of a Hood resource, which name the resource a second time. */
const WRAPPED = /^\S+ resource '.*?'(?:: property \S+ value \{.*?\})? has a problem: /s;
/** The frames of a stack trace. */
const FRAME = /^\s+at /;
/** All that the engine's JSON says if a policy denies the change. */
const BARE = "preview failed";
const UNEXPLAINED = say`preview failed, and its JSON doesn't say why: a policy may deny the change. Run \`pulumi preview\` without --json to see.`;
/** How a YAML program says that it failed: to the engine, it is no error. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is printed.
const YAML_ERROR = /^\u001b\[31mError\u001b\[0m: /;

/** The errors among a preview's diagnostics, each once. */
function errorsIn(diagnostics: readonly Properties[]): PreviewError[] {
  const found = diagnostics.flatMap(({ severity, urn, message }) => {
    const text = String(message);
    if (severity === "error") return [errorOf(typeof urn === "string" ? urn : "", text)];
    return severity === "info#err" && YAML_ERROR.test(text) ? [errorOf("", text.replace(YAML_ERROR, ""))] : [];
  });
  const byText = new Map(found.map((error) => [`${error.urn}\n${error.message}`, error]));
  return [...byText.values()];
}

function errorOf(urn: string, raw: string): PreviewError {
  const kept = raw.split("\n").filter((line) => !FRAME.test(line));
  const text = kept.join("\n").trim();
  const message = text.replace(/^error: /, "");
  if (urn === "") return { message: message === BARE ? UNEXPLAINED : message };
  const { type, resource } = namesIn(urn);
  const hood = hoodType(type);
  return { resource, type: hood ?? type, urn, message: hood ? message.replace(WRAPPED, "") : message };
}
