import { closest } from "fastest-levenshtein";
import { LONGEST, type Message, oneLine, say } from "./text";

/** One of two texts that a message sets against each other, and where it stands, such as "in Hood". */
export interface Side {
  readonly text: string;
  readonly where: string;
}

/**
 * How two texts differ that look the same in a message: a sentence to go on with, or nothing if a reader sees the difference.
 *
 * @param secret say nothing of what the texts hold, except blanks and what can't be seen at all.
 */
export function unseenDifference(one: Side, other: Side, { secret = false, subject = "They" } = {}): Message {
  if (!looksLike(one.text, other.text)) return say``;
  const { position, characters } = firstDifference(one.text, other.text);
  const [here, there] = characters.map((character) => nameOf(character, secret));
  const what = here === there ? "" : `: ${here} ${one.where}, ${there} ${other.where}`;
  return say` ${subject} differ ${kindOfDifference(one.text, other.text)}first at character ${position}${what}.`;
}

function kindOfDifference(one: string, other: string): string {
  if (one.length + other.length > 100 * LONGEST) return "";
  if (one.normalize() === other.normalize()) return "in the Unicode form of the same letters, ";
  if (withInk(one) === withInk(other)) return "only in blanks or characters that don't show, ";
  return "";
}

function withInk(text: string): string {
  return text.replace(/[\s\p{Default_Ignorable_Code_Point}\p{C}\u2800]/gu, "");
}

/** The same for a text that looks like one of those that there are: the end of a sentence, or nothing. */
export function unseenMistake(value: unknown, choices: readonly string[]): Message {
  const text = String(value);
  // None of them is nearly as long as a message's line.
  const meant = text.length > LONGEST ? text : closest(text, choices);
  if (!looksLike(text, meant)) return say``;
  const { position, characters } = firstDifference(text, meant);
  return say`: it looks like "${meant}", but character ${position} is ${nameOf(characters[0], false)}`;
}

/** Where a text has the first character of some that it may not have, and which; undefined if it has none. */
export function strayCharacter(text: string, forbidden: RegExp): Message | undefined {
  const index = text.search(forbidden);
  return index < 0
    ? undefined
    : say`character ${positionOf(index, text)} is ${nameOf(characterAt(text, index), false)}`;
}

/** The same reason may come from a file with the line breaks of Windows, or have lost its last one on the way. */
export function isSameReason(before: unknown, after: unknown): boolean {
  return before === after || (typeof before === "string" && typeof after === "string" && bare(before) === bare(after));
}

function bare(reason: string): string {
  return reason.replace(/\r\n?/g, "\n").replace(/\n+$/, "");
}

function looksLike(one: string, other: string): boolean {
  if (one === other) return false;
  const { characters } = firstDifference(oneLine(one), oneLine(other));
  return !canBeToldApart(characters);
}

/** Counted in whole characters from 1; undefined stands for the end of a text. */
function firstDifference(one: string, other: string): { position: number; characters: Pair } {
  let index = 0;
  while (index < one.length && one[index] === other[index]) index++;
  if (/[\ud800-\udbff]/.test(one.charAt(index - 1))) index--;
  return { position: positionOf(index, one), characters: [characterAt(one, index), characterAt(other, index)] };
}

function positionOf(index: number, text: string): number {
  return [...text.slice(0, index)].length + 1;
}

function characterAt(text: string, index: number): string | undefined {
  const code = text.codePointAt(index);
  return code === undefined ? undefined : String.fromCodePoint(code);
}

type Pair = readonly [string | undefined, string | undefined];

/** Pairs in ASCII that many fonts draw alike. */
const TWINS = ["0O", "1lI|", "`'"];

/** True for two characters of ASCII of which a reader sees at least one, and that it isn't the other. */
function canBeToldApart([one = " ", other = " "]: Pair): boolean {
  const isPlain = [one, other].every((character) => character <= "~");
  return isPlain && one !== other && !TWINS.some((twins) => twins.includes(one) && twins.includes(other));
}

const NAMES: Readonly<Record<string, string>> = {
  " ": "a space",
  "\t": "a tab",
  "\n": "a line feed",
  "\r": "a carriage return",
  "\u00a0": "a no-break space",
  "\u200b": "a zero-width space",
  "\ufeff": "a byte order mark",
};

/** `"а" (U+0430)`; a character that doesn't show is called by its name. */
function nameOf(character: string | undefined, secret: boolean): string {
  if (character === undefined) return "the end";
  const code = `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
  const hasInk = withInk(character) !== "" && !/\p{M}/u.test(character);
  const name = NAMES[character] ?? (hasInk ? undefined : "a character that doesn't show");
  if (name !== undefined) return `${name} (${code})`;
  return secret ? "another character" : `${JSON.stringify(character)} (${code})`;
}
