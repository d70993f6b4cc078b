import { isObject } from "../provider/hood/campaign";

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
