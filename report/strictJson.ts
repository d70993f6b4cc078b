import { type Message, say } from "../provider/text";
import { quoted } from "./escape";

/** Strings, of which a key has its colon with it, and brackets. */
const TOKENS = /"([^"\\]*(?:\\.[^"\\]*)*)"(\s*:)?|[{}[\]]/gs;
/** What reads values goes down into them, and has room for some thousands. */
const DEEPEST = 1_000;

/** Why valid JSON isn't what it seems: of two values with one key, JSON.parse takes the last in silence. Undefined if it is. */
export function flawIn(json: string): Message | undefined {
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
