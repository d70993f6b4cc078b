/** Longest piece of somebody else's text that goes into one of our messages, in characters. */
export const LONGEST = 120;

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
 * A value in double quotes on one line, cut where it is long: names and reasons come from people, and may hold anything. Blanks around
 * it are shown, each run of them as one.
 */
export function quote(value: unknown): string {
  return JSON.stringify(cut(flat(String(value))));
}

/** Foreign text on one line without control characters, cut where it is long. A message never grows by what it cites. */
export function oneLine(text: string): string {
  return cut(flat(text).trim());
}

function flat(text: string): string {
  // Control and direction characters could forge lines or colours in a terminal and in CI logs.
  return text.replace(/[\p{Cc}\s\p{Bidi_Control}]+/gu, " ");
}

function cut(flat: string): string {
  // Two units of UTF-16 for each character are enough to see that there are more.
  const characters = [...flat.slice(0, 2 * (LONGEST + 1))];
  return forPeople(characters.length > LONGEST ? `${characters.slice(0, LONGEST).join("")}…` : flat);
}

/** A message that leaves for a person, whatever it cites: only line breaks are left of what could steer a display. */
export function forPeople(message: string): string {
  return message
    .replace(/[^\P{Cc}\n]|\p{Bidi_Control}/gu, " ")
    .replace(UNPRINTABLE, "\ufffd")
    .replaceAll(DIRECTIVE, BROKEN_DIRECTIVE);
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

/** A value from outside, with all texts in it made {@link harmless}, and all names in objects. */
export function harmlessValue(value: unknown): unknown {
  if (typeof value === "string") return harmless(value);
  if (Array.isArray(value)) return value.map(harmlessValue);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [harmlessName(name), harmlessValue(inner)]));
}

/** The name of a value from outside. Pulumi shows it as it is, where it escapes most values. */
export function harmlessName(name: string): string {
  return harmless(name).replace(/[\t\n\r\p{Bidi_Control}]/gu, " ");
}

/** True for a value that Pulumi's display would read for a colour directive, somewhere in it. */
export function steersDisplay(value: unknown): boolean {
  if (typeof value === "string") return spellsDirective(value);
  if (Array.isArray(value)) return value.some(steersDisplay);
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
export function firstLine(message: string): string {
  return message.split("\n", 1)[0] ?? "";
}

/** "1 campaign", "2 campaigns". */
export function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? "" : "s"}`;
}
