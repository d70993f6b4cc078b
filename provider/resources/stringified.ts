import { isObject } from "../json";
import { type Message, quoted, say } from "../text";

const OUTPUT =
  "holds Pulumi's error text for an Output instead of its value: build the text with pulumi.interpolate or .apply (Python: Output.concat or Output.format; .NET and Java: Output.format; Go: pulumi.Sprintf)";
const OBJECT =
  'holds "[object …]" instead of a value: write out the field that you mean, or the whole object with JSON.stringify';

/** What each of the languages makes of a value that it has no text for. */
const kinds: readonly { found(text: string): boolean; reason: string }[] = [
  { found: isOutput, reason: OUTPUT },
  {
    found: (text) => text.includes("[object Promise]"),
    reason: 'holds "[object Promise]" instead of a value: await the promise before you put it into a text',
  },
  { found: (text) => /\[object [A-Z]\w*\]/.test(text), reason: OBJECT },
  {
    found: (text) => /<[^<>]+ at 0x[0-9a-f]+>/i.test(text),
    reason: 'holds "<… at 0x…>", as Python writes an object, instead of a value: write out the attribute that you mean',
  },
];

/**
 * What is wrong with texts that something was put into which has no text of its own: each of them in a value, however deep, and each key
 * of an object.
 */
export function stringifiedIn(value: unknown, place: string): Message[] {
  if (typeof value === "string") return judged(value, place);
  if (Array.isArray(value)) return value.flatMap((item, index) => stringifiedIn(item, `${place}[${index}]`));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    ...judged(key, `a key of ${place}`),
    ...stringifiedIn(inner, placeIn(place, key)),
  ]);
}

/** Deeper than anything that Hood takes: what walks through such a value would run out of stack. */
export const DEEPEST = 100;

/** True for a value that holds others more levels deep than anything that Hood takes. */
export function isTooDeep(value: unknown, levels = DEEPEST): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isTooDeep(inner, levels - 1));
}

function judged(text: string, place: string): Message[] {
  const kind = kinds.find(({ found }) => found(text));
  return kind ? [say`${place} ${kind.reason}.`] : [];
}

/** As Node.js, Python, .NET and Java say it, and as .NET, Python and Go write an Output where nothing says it. */
function isOutput(text: string): boolean {
  if (/Pulumi\.Output`1|<pulumi\.output\.Output object|\bOutputState=|\{(OutputState:)?0x[0-9a-f]{6,}\}/.test(text)) {
    return true;
  }
  // A link or a short name that was made of it has lost its blanks and brackets.
  return (
    /calling/i.test(text) && /calling(tostring|tojson|str)onanoutput/i.test(text.replace(/%[0-9a-f]{2}|[^a-z]/gi, ""))
  );
}

/** A field's place in an object, as a program would write it; without a place of the object, the field's name. */
export function placeIn(place: string, key: string): string {
  if (!/^[a-z_$][\w$]*$/i.test(key)) return `${place}[${quoted(key)}]`;
  return place === "" ? key : `${place}.${key}`;
}
