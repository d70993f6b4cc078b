import { type Message, say } from "../provider/text";

/** Longest piece of text from outside in one place of a report, in characters. */
const LONGEST = 120;
/** Longest line and most lines of an error. */
const LONGEST_LINE = 300;
const MOST_LINES = 12;

/**
 * Text from outside on one line, cut if it is long. Control and direction characters could forge lines or colours, and `##[`
 * begins a command in the logs of some pipelines.
 */
function flat(text: string, longest = LONGEST): string {
  const plain = text
    .replace(/[\p{Cc}\s\p{Bidi_Control}]+/gu, " ")
    .replace(/##(?=\w*\[)/g, "# #")
    .trim();
  const characters = [...plain];
  return characters.length > longest ? `${characters.slice(0, longest).join("")}…` : plain;
}

/** A text of characters that nobody sees, by their codes; any other one as it is. */
function visible(text: string): string {
  const shown = text.trim();
  if (shown === "" || /[^\s\p{Cc}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}\u2800]/u.test(shown)) return text;
  return [...shown]
    .map((character) => `U+${character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, "0")}`)
    .join(" ");
}

/** The lines of an error, each flat. */
export function flatLines(message: string): Message[] {
  const shown = message.split("\n").flatMap((line) => flat(line, LONGEST_LINE) || []);
  if (shown.length > MOST_LINES) shown.splice(MOST_LINES, Number.POSITIVE_INFINITY, "…");
  return shown.length === 0 ? [say`(blank)`] : shown.map((line) => say`${line}`);
}

/** Full-width twins: they look alike, and neither Markdown nor a code host acts on them. */
const TWINS = new Map(Object.entries({ "<": "＜", ">": "＞", "@": "＠", "|": "｜", "`": "｀" }));

/**
 * Text from outside as a code span, in which nothing is a mention, a link, a reference or HTML. What could end the span, or the cell
 * of a table around it, is shown by its full-width twin.
 */
export function code(text: string): Message {
  const shown = flat(visible(text)).replace(/[<>@|`]/g, (character) => TWINS.get(character) ?? "");
  return shown === "" ? say`(blank)` : say`\`${shown}\``;
}

/** Lines from outside as a block of code. */
export function codeBlock(message: string): Message[] {
  const shown = flatLines(message).map((line) => line.replace(/[<>@|]/g, (character) => TWINS.get(character) ?? ""));
  const longest = Math.max(0, ...[...shown.join("\n").matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = say`${"`".repeat(Math.max(3, longest + 1))}`;
  return [fence, ...shown.map((line) => say`${line}`), fence];
}

/** Text from outside in quotes. */
export function quoted(text: string): Message {
  return say`${JSON.stringify(flat(visible(text)))}`;
}

/** Text from outside as a part of a comment in HTML, by which a pipeline finds its report again. */
export function plainName(text: string): Message {
  return say`${text.replace(/[^A-Za-z0-9._-]/g, "-")}`;
}
