import { isDeepStrictEqual } from "node:util";
import { type ArgumentTable, type Failure, isKnown, type OnChange, type Planned, type Unknown } from "./resource";

// What a declaration changes in the inputs of the last update, and what that means, by a resource's table.

/** The names that a program may use: a table's, in its order. */
export function namesIn<Args extends object>(table: ArgumentTable<Args, never, never>): (keyof Args & string)[] {
  return (Object.keys(table) as (keyof Args & string)[]).filter((name) => !table[name].undocumented);
}

/** The arguments that the program has changed; one that isn't known yet, unless it may never change. */
export function changedArguments<Args extends object, Inputs extends Args, State>(
  table: ArgumentTable<Args, Inputs, State>,
  args: Planned<Args>,
  old: Inputs,
  state: State | undefined,
): (keyof Args & string)[] {
  return namesIn(table).filter((name) => {
    const { same = isDeepStrictEqual } = table[name];
    const value: Args[typeof name] | Unknown = args[name];
    if (!isKnown(value)) return typeof meaningOf(table, name, old, state, value) === "string";
    return !same(stored<Args[typeof name]>(old[name] ?? undefined), stored(value ?? undefined));
  });
}

/** What would undo what can't be undone. Values that aren't known yet are judged when they are known. */
export function reversalIn<Args extends object, Inputs extends Args, State>(
  table: ArgumentTable<Args, Inputs, State>,
  args: Planned<Args>,
  old: Inputs,
  state: State | undefined,
): Failure | undefined {
  for (const property of changedArguments(table, args, old, state)) {
    const value: Args[typeof property] | Unknown = args[property];
    if (!isKnown(value) || old[property] === undefined) continue;
    const meaning = meaningOf(table, property, old, state, value);
    if (typeof meaning !== "string") return { property, reason: meaning.never() };
  }
  return undefined;
}

/** The arguments that are only spelt in another way than in the last update, in the old spelling: that one stays. */
export function oldSpellings<Args extends object>(
  table: ArgumentTable<Args, never, never>,
  args: Planned<Args>,
  olds: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const kept = namesIn(table).filter((name) => {
    const value: Args[typeof name] | Unknown = args[name];
    // A default that the program writes out, or doesn't any more, is taken as it is.
    if (olds[name] === undefined || value === undefined || !isKnown(value)) return false;
    return table[name].same?.(olds[name] as Args[typeof name], value);
  });
  return Object.fromEntries(kept.map((name) => [name, olds[name]]));
}

function meaningOf<Args extends object, Inputs, State, K extends keyof Args>(
  table: ArgumentTable<Args, Inputs, State>,
  name: K,
  old: Inputs,
  state: State | undefined,
  value: Args[K] | Unknown,
): OnChange {
  const { onChange } = table[name];
  return typeof onChange === "function" ? onChange(old, state, value) : onChange;
}

/** As a state would hold it. */
function stored<V>(value: unknown): V {
  return value === undefined ? (value as V) : JSON.parse(JSON.stringify(value));
}
