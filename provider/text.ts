declare const escaped: unique symbol;

/**
 * A text that a person may read. Only the functions of this file make one, and they make harmless whatever they are given, so a text
 * from outside can't reach a person in any other way.
 */
export type Message = string & { readonly [escaped]: true };

/** Longest piece of somebody else's text that goes into one of our messages, in characters. */
export const LONGEST = 120;
/** Longest value in a sentence, in characters: another sentence fits in. */
const LONGEST_VALUE = 1_000;

/** One sentence or more on one line; every value in it is made harmless, put on that line, and cut if it is very long. */
export function say(parts: TemplateStringsArray, ...values: readonly (string | number)[]): Message {
  const shown = values.map((value) => cut(flat(String(value)), LONGEST_VALUE));
  return String.raw({ raw: parts }, ...shown) as Message;
}

/** Several messages, each on a line of its own. */
export function lines(...messages: readonly (Message | undefined)[]): Message {
  return messages.filter((message) => message !== undefined).join("\n") as Message;
}

/** Messages that go on from each other, as they are. */
export function concat(...messages: readonly Message[]): Message {
  return messages.join("") as Message;
}

export function joined(messages: readonly Message[], separator: ", " | "; " | ". " | " " | " | "): Message {
  return messages.join(separator) as Message;
}

/** With a full stop at its end; what others say may have one already. */
export function sentence(message: Message): Message {
  return message.replace(/\.?$/, ".") as Message;
}

/**
 * What begins a colour directive such as `<{%fg 1%}>` in all that Pulumi shows. One that it doesn't know ends the CLI, in the middle of
 * an update too, and one that is left open ends at the next of Pulumi's own. So none of it may be in a text.
 * https://github.com/pulumi/pulumi/blob/master/sdk/go/common/diag/colors/colors.go
 */
const DIRECTIVE = "<{%";
const BROKEN_DIRECTIVE = "< {%";

/** Half a character, which no answer to the engine may hold, and control characters other than blanks and line breaks. */
const UNPRINTABLE = /\p{Surrogate}|[^\P{Cc}\t\n\r]/gu;

/** Values that Pulumi takes for "not known yet", and the key of the objects that it takes for secrets, files and more. */
const MARKS = new Set([
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
  "4dabf18193072939515e22adb298388d",
]);

/**
 * A value in double quotes on one line, cut if it is long: names and reasons come from people, and may hold anything. Blanks around
 * it are shown, each run of them as one.
 */
export function quoted(value: unknown): Message {
  return JSON.stringify(cut(flat(String(value)), LONGEST)) as Message;
}

/** Text from outside on one line without control characters, cut if it is long. A message never grows by what it cites. */
export function oneLine(text: string): Message {
  return cut(flat(text).trim(), LONGEST);
}

function flat(text: string): string {
  // Control and direction characters could forge lines or colours in a terminal and in CI logs.
  return text.replace(/[\p{Cc}\s\p{Bidi_Control}]+/gu, " ");
}

function cut(flat: string, longest: number): Message {
  // Two units of UTF-16 for each character are enough to see that there are more.
  const characters = flat.length > longest ? [...flat.slice(0, 2 * (longest + 1))] : [];
  return forPeople(characters.length > longest ? `${characters.slice(0, longest).join("")}…` : flat);
}

/** A message that leaves for a person, whatever it cites: only line breaks are left of what could steer a display. */
export function forPeople(message: string): Message {
  return message
    .replace(/[^\P{Cc}\n]|\p{Bidi_Control}/gu, " ")
    .replace(UNPRINTABLE, "\ufffd")
    .replaceAll(DIRECTIVE, BROKEN_DIRECTIVE) as Message;
}

/**
 * A text from outside as it can be recorded: what Pulumi would take for something else is broken by a space, and what nobody could
 * read is replaced. Twice is the same as once.
 */
export function harmless(text: string): string {
  if (MARKS.has(text)) return `${text.slice(0, 4)} ${text.slice(4)}`;
  const legible = text.replace(UNPRINTABLE, "\ufffd").replaceAll(DIRECTIVE, BROKEN_DIRECTIVE);
  return spellsDirective(legible) ? legible.replace(/\\|!|^%(?=TAG)/gm, "$& ") : legible;
}

/** A value from outside is read to so many levels: every function that goes down into one has an end then. */
const LEVELS = 100;
const TOO_DEEP = "(nested too deep to be shown)";

/** A value from outside, with all texts in it made {@link harmless}, and all names in objects. What is nested too deep isn't kept. */
export function harmlessValue(value: unknown, levels = LEVELS): unknown {
  if (typeof value === "string") return harmless(value);
  if (typeof value !== "object" || value === null) return value;
  if (levels === 0) return TOO_DEEP;
  const inside = (inner: unknown) => harmlessValue(inner, levels - 1);
  if (Array.isArray(value)) return value.map(inside);
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [harmlessName(name), inside(inner)]));
}

/** The name of a value from outside. Pulumi shows it as it is, although it escapes most values. */
export function harmlessName(name: string): string {
  return harmless(name).replace(/[\t\n\r\p{Bidi_Control}]/gu, " ");
}

/** True for a value that Pulumi's display would read for a colour directive, somewhere in it. */
export function steersDisplay(value: unknown): boolean {
  if (typeof value === "string") return spellsDirective(value);
  return (
    typeof value === "object" && value !== null && Object.entries(value).some((entry) => entry.some(steersDisplay))
  );
}

/** How JSON and YAML escape a character of ASCII, or a line break. */
const ESCAPE = /\\(?:(?:x|u00|U000000)([2-7][\da-f])|[\r\n\u0085\u2028\u2029]\s*)/gi;
/** How YAML says that a value is written in base64. */
const BASE64 = /!(?:!|<)\S{0,40}(?:binary|%[\da-f]{2})|^%TAG/im;
/** So often, one text can be quoted in another. */
const DEEPEST = 8;

/**
 * True for a text that holds a directive, or spells one: of a text that is JSON or YAML, Pulumi shows the values in it, and of a value
 * that is such a text too.
 */
function spellsDirective(text: string): boolean {
  if (BASE64.test(text)) return true;
  let spelled = text;
  for (let depth = 0; ; depth++) {
    const next = spelled.replace(ESCAPE, (_, code) => (code ? String.fromCharCode(Number.parseInt(code, 16)) : ""));
    if (next === spelled) break;
    if (depth === DEEPEST) return true;
    spelled = next;
  }
  return spelled.replaceAll("\\", "").includes(DIRECTIVE);
}

/** The first line of a message, where another one goes on from it. */
export function firstLine(message: Message): Message {
  return message.replace(/\n.*/s, "") as Message;
}

/** "1 campaign", "2 campaigns". */
export function count(n: number, noun: string): Message {
  return say`${n} ${noun}${n === 1 ? "" : "s"}`;
}

/** True for an object of JSON, with fields of any kind. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
