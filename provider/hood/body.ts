import { randomUUID } from "node:crypto";
import { harmlessValue, isObject } from "../text";
import type { Answer } from "./transport";

/*
 * What is short in a text can be large in memory. So an answer is measured before it is parsed, and a field of a campaign that is too
 * large is left out of it: no one field keeps a campaign from being canceled, or a list from being read.
 */

/** The most that is kept of one field of a campaign, and of one answer, as characters. A page of 500 campaigns has less. */
const LARGEST_FIELD = 2 * 1024 * 1024;
export const LARGEST_BODY = 4 * LARGEST_FIELD;
/** What a value and a name take at the least, in characters of text: an account's own values mostly have more. */
const VALUE_SIZE = 25;
const NAME_SIZE = 200;

/** The key of what stands in place of a field that was left out. No account can know it. */
const LEFT_OUT = randomUUID();

export interface Body {
  /** Its values, with nothing in them that Pulumi would stop at; undefined if it isn't JSON. All that Hood says comes in here. */
  readonly body: unknown;
  /** About what it takes in memory, as characters. */
  readonly size: number;
}

/** @returns undefined for an answer that is too large */
export function bodyOf({ text }: Pick<Answer, "text">): Body | undefined {
  const measured = measure(text);
  if (!measured) return undefined;
  try {
    return { body: harmlessValue(JSON.parse(measured.text)), size: measured.size };
  } catch {
    return { body: undefined, size: measured.size };
  }
}

/** A campaign's fields without those that were left out, and the names of these. */
export function readable(fields: Readonly<Record<string, unknown>>) {
  const isLeftOut = (value: unknown) => isObject(value) && LEFT_OUT in value;
  const tooLarge = Object.keys(fields).filter((name) => isLeftOut(fields[name]));
  return { fields: Object.fromEntries(Object.entries(fields).filter(([, value]) => !isLeftOut(value))), tooLarge };
}

/** What a part of a text takes. A value that holds others counts three times, a name once. */
interface Part {
  readonly start: number;
  readonly names: Set<string>;
  values: number;
}

/** A field of a campaign. */
interface Field extends Part {
  readonly depth: number;
  /** What may be marks in it, as JSON that follows another field. */
  marks: string;
  isLarge: boolean;
}

function sizeOf({ start, names, values }: Part, end: number): number {
  return Math.max(end - start, VALUE_SIZE * values) + NAME_SIZE * names.size;
}

/** What may be the mark of a create: it tells whose campaign it is, so it stays of metadata that are left out. */
const MARK = /^"[0-9a-f]{60}"$/i;
const MARKS = 1_000;

/** A text of JSON without the fields of campaigns that are too large; undefined if the rest is too large too. */
function measure(text: string): { readonly text: string; readonly size: number } | undefined {
  const kept: string[] = [];
  // What is left out moves its beginning, so that its length is that of what is kept.
  let whole: Part = { start: 0, names: new Set(), values: 0 };
  let field: Field | undefined;
  let [copied, depth, start, end] = [0, 0, 0, 0];
  let [name, isList] = ["", false];
  const endField = (at: number) => {
    if (!field || depth !== field.depth) return;
    if (field.isLarge) {
      kept.push(text.slice(copied, field.start), `{"${LEFT_OUT}":0${field.marks}}`);
      copied = at;
      whole = { ...whole, start: whole.start + at - field.start };
    } else {
      whole.values += field.values;
      for (const each of field.names) whole.names.add(each);
    }
    field = undefined;
  };
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"') {
      [start, end] = [at, endOf(text, at)];
      const value = name && end - start === 61 ? text.slice(start, end + 1) : "";
      if (field && MARK.test(value) && field.marks.length < MARKS) field.marks += `,${name}:${value}`;
      at = end;
    } else if (character === ":") {
      name = text.slice(start, end + 1);
      if (!field?.isLarge) (field ?? whole).names.add(name);
      if (depth === 1) isList = name === '"items"';
      // A field of a campaign that stands alone, or in a list.
      if (!field && depth === (isList ? 3 : 1)) {
        field = { start: at + 1, names: new Set(), values: 0, depth, marks: "", isLarge: false };
      }
    } else if (character === ",") {
      name = "";
      endField(at);
      (field ?? whole).values++;
    } else if (character === "[" || character === "{") {
      name = "";
      depth++;
      (field ?? whole).values += 2;
    } else if (character === "]" || character === "}") {
      endField(at);
      depth--;
    } else continue;
    if (field) field.isLarge ||= sizeOf(field, at) > LARGEST_FIELD;
    else if (sizeOf(whole, at) > LARGEST_BODY) return undefined;
  }
  const size = sizeOf(whole, text.length);
  return size > LARGEST_BODY ? undefined : { text: kept.join("") + text.slice(copied), size };
}

/** Where a quoted text ends that begins there. */
function endOf(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end > 0; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text[end - 1 - slashes] === "\\") slashes++;
    if (slashes % 2 === 0) return end;
  }
  return text.length;
}
