import { type Message, oneLine, say } from "../provider/text";

/** Most lines of an error. */
const MOST_LINES = 12;

/** `##[` begins a command in the logs of some pipelines. */
function withoutCommands(text: Message): string {
  return text.replace(/##(?=\w*\[)/g, "# #").trim();
}

/** Text from outside on one line, cut if it is long; of characters that nobody sees, by their codes. */
function shown(text: string): string {
  const characters = [...text.trim()];
  const isSeen = characters.some(
    (one) => !/[\s\p{Cc}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}\u2800]/u.test(one),
  );
  const code = (one: string) => `U+${one.codePointAt(0)?.toString(16).toUpperCase().padStart(4, "0")}`;
  return withoutCommands(oneLine(isSeen ? text : characters.map(code).join(" ")));
}

/** The lines of an error, each flat. */
export function flatLines(message: string): Message[] {
  const all = message.split("\n").flatMap((line) => withoutCommands(say`${line}`) || []);
  if (all.length > MOST_LINES) all.splice(MOST_LINES, Number.POSITIVE_INFINITY, "…");
  return all.length === 0 ? [say`(blank)`] : all.map((line) => say`${line}`);
}

/** Full-width twins: they look alike, and neither Markdown nor a code host acts on them. */
const TWINS: Readonly<Record<string, string>> = { "<": "＜", ">": "＞", "@": "＠", "|": "｜", "`": "｀" };

/**
 * Text from outside as a code span, in which nothing is a mention, a link, a reference or HTML. What could end the span, or the cell
 * of a table around it, is shown by its full-width twin.
 */
export function code(text: string): Message {
  const twins = shown(text).replace(/[<>@|`]/g, (character) => TWINS[character] ?? "");
  return twins === "" ? say`(blank)` : say`\`${twins}\``;
}

/** Lines from outside as a block of code. */
export function codeBlock(message: string): Message[] {
  const all = flatLines(message).map((line) => say`${line.replace(/[<>@|]/g, (character) => TWINS[character] ?? "")}`);
  const longest = Math.max(2, ...[...all.join("\n").matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = say`${"`".repeat(longest + 1)}`;
  return [fence, ...all, fence];
}

/** Text from outside in quotes. */
export function quoted(text: string): Message {
  return say`${JSON.stringify(shown(text))}`;
}

/** Text from outside as a part of a comment in HTML, by which a pipeline finds its report again. */
export function plainName(text: string): Message {
  return say`${text.replace(/[^A-Za-z0-9._-]/g, "-")}`;
}
