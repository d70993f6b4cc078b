import { isDeepStrictEqual } from "node:util";
import { strayCharacter, unseenMistake } from "../difference";
import { isObject, type Message, oneLine, quoted, say } from "../text";
import { type Argument, type ArgumentTable, type Failure, type Planned, type Read, unknown } from "./resource";

/** Reads one value; the whole declaration is at hand for what depends on another argument. */
export type Reader<T> = Argument<T, never, never>["read"];

/** Arguments as they were declared, with {@link unknown} in place of values that aren't known yet, or of parts of them. */
export type Declaration = Readonly<Record<string, unknown>>;

/** A table's arguments without their types, for what treats all alike. */
type Rows = Readonly<Record<string, Pick<Argument<unknown, never, never>, "read" | "unusable">>>;

/**
 * Everything that is wrong with arguments as they stand, without asking anybody, and the arguments themselves: what can't be used in
 * them is {@link unknown}, or what its row says, and so is what holds a part that isn't known yet.
 *
 * @param last arguments of the last update. They are sent no more, so what was wrong with them then isn't held against them: in what
 * can't be edited, nobody could take it back.
 */
export function readArguments<Args extends object>(
  table: { readonly [K in keyof Args]-?: Pick<Argument<Args[K], never, never>, "read" | "unusable"> },
  declared: Declaration,
  last: Declaration = {},
): { readonly args: Planned<Args>; readonly failures: Failure[] } {
  const failures: Failure[] = [];
  const read = ([name, argument]: [string, Rows[string]]): [string, unknown] => {
    const value = declared[name] ?? undefined;
    if (value === unknown) return [name, unknown];
    if (isTooDeep(value)) {
      failures.push({
        property: "",
        reason: say`${name} holds more than ${DEEPEST} levels of values inside each other: write it flatter.`,
      });
      return [name, argument.unusable ?? unknown];
    }
    const isOld = value !== undefined && isDeepStrictEqual(value, last[name]);
    // With a property, the engine would print its whole value first, and such texts have many lines.
    if (!isOld) failures.push(...stringifiedIn(value, name).map((reason) => ({ property: "", reason })));
    const result = argument.read(value, declared);
    if ("value" in result) return [name, holdsUnknown(value) ? unknown : result.value];
    if (isOld && "problem" in argument.read(value, last)) return [name, value];
    failures.push({ property: name, reason: say`${name} ${result.problem}.` });
    return [name, argument.unusable ?? unknown];
  };
  const values = Object.entries(table as Rows).map(read);
  const args = Object.fromEntries(values.filter(([, value]) => value !== undefined));
  return { args: args as Planned<Args>, failures };
}

/** A misspelt guard would guard nothing, so what isn't an argument is a failure. @param added names that a check itself adds. */
export function unknownProperties(
  type: string,
  names: readonly string[],
  declared: Declaration,
  added: readonly string[] = [],
): Failure[] {
  const others = Object.keys(declared).filter(
    (name) => !names.includes(name) && !added.includes(name) && declared[name] !== undefined,
  );
  return others.map((property) => ({
    property,
    reason: say`${oneLine(property)} is not an argument of ${type}, which takes ${names.join(", ")}.`,
  }));
}

/** True for a value that holds one which isn't known yet, however deep. */
export function holdsUnknown(value: unknown): boolean {
  if (value === unknown) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(holdsUnknown);
}

/** What a value is, as the continuation of "not …". */
type Kind = "a string" | "a number" | "a boolean" | "a list" | "an object";

function kindOf(value: unknown): Kind {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "string") return "a string";
  if (typeof value === "number") return "a number";
  return typeof value === "boolean" ? "a boolean" : "an object";
}

/** An id as Hood writes it: ids can be larger than a number holds exactly. */
export const digits: Reader<string> = (value) => {
  if (value === undefined)
    return { problem: say`is missing: give the campaign's id as a string of digits, such as "1000248"` };
  if (typeof value === "number") {
    return {
      problem: say`must be a string: put the id in quotes, since ids can be larger than a number holds exactly`,
    };
  }
  const must = say`must be a string of digits, such as "1000248"`;
  if (typeof value !== "string") return { problem: say`${must}, not ${kindOf(value)}` };
  const stray = strayCharacter(value, /[^\d]/u);
  if (value !== "" && stray === undefined) return { value };
  return { problem: stray === undefined ? must : say`${must}: ${stray}` };
};

/** A text with something in it. @param help what to write instead of anything else. */
export function notBlank(help: string): Reader<string> {
  return (value) => {
    if (isText(value)) return { value };
    const problem =
      value === undefined
        ? "is missing"
        : typeof value === "string"
          ? "must not be blank"
          : `must be a string, not ${kindOf(value)}`;
    return { problem: say`${problem}: ${help}` };
  };
}

/** One of a few texts; for another one it is said what else it is. */
export function oneOf<const T extends string>(choices: readonly T[]): Reader<T> {
  const all = choices.map(quoted);
  const must = say`must be ${all.length === 2 ? all.join(" or ") : `one of ${all.join(", ")}`}`;
  return (value) => {
    const choice = choices.find((one) => one === value);
    if (choice !== undefined) return { value: choice };
    if (value === undefined) return { problem: say`is missing: it ${must}` };
    if (typeof value !== "string") return { problem: say`${must}, not ${kindOf(value)}` };
    return { problem: say`${must}, not ${quoted(value)}${unseenMistake(value, choices)}` };
  };
}

/** A value that a test lets through. @param words what is said of every other one. @param kind what it is: another kind is named. */
export function fitting<T>(fits: (value: unknown) => value is T, words: string, kind?: Kind): Reader<T> {
  return (value) => {
    if (fits(value)) return { value };
    const isOther = kind !== undefined && value !== undefined && kindOf(value) !== kind;
    return { problem: isOther ? say`${words}, not ${kindOf(value)}` : say`${words}` };
  };
}

export function optional<T>(read: Reader<T>): Reader<T | undefined> {
  return (value, declared): Read<T | undefined> => (value === undefined ? { value } : read(value, declared));
}

/** How a campaign is judged that Hood can't cancel and that nobody has canceled. */
export type WhenNotCancelable = "fail" | "accept";

export interface Guards {
  readonly expectedName?: string | undefined;
  readonly whenNotCancelable?: WhenNotCancelable | undefined;
}

/** Guards that two resources have: they say what must be true, and change nothing themselves. */
export const guards = {
  expectedName: {
    read: optional(notBlank("give the campaign's exact name, or leave it out to go by the id alone")),
    onChange: "state",
  },
  whenNotCancelable: {
    read: optional(oneOf(["fail", "accept"])),
    unusable: "fail",
    onChange: "state",
    same: (before = "fail", after = "fail") => before === after,
  },
} satisfies ArgumentTable<Guards, never, never>;

export function isText(value: unknown): value is string {
  return typeof value === "string" && value.trim() !== "";
}

/** A state with the arguments of an update: those that the program took out must not stay behind. */
export function withArguments<Args extends object, State extends Args>(
  table: ArgumentTable<Args, never, never>,
  state: State,
  args: Args,
): State {
  const kept = Object.entries(state).filter(([name]) => !Object.hasOwn(table, name));
  const given = Object.entries(args).filter(([name]) => Object.hasOwn(table, name));
  return Object.fromEntries([...kept, ...given]) as State;
}

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
function isTooDeep(value: unknown, levels = DEEPEST): boolean {
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
