import { isDeepStrictEqual } from "node:util";
import type { Operation } from "../operation";
import type { Message } from "../text";

/** A value that only the update will know. The hosts turn the engine's placeholder into this, and back. */
export const unknown: unique symbol = Symbol("known after the update");
export type Unknown = typeof unknown;

/** What a preview has of something. An update has the thing itself, so nothing that is sent can be unknown. */
export type Planned<T> = { readonly [K in keyof T]: T[K] | Unknown };

/** True for a value that a preview knows. */
export function isKnown<T>(value: T | Unknown): value is T {
  return value !== unknown;
}

/** A value that can't be accepted. Without a property, no single one is to blame. */
export interface Failure {
  readonly property: string;
  readonly reason: Message;
}

/**
 * What changing an argument means: `state`: only the state changes. `call`: Hood is called. `never`: it would undo what can't be undone,
 * and these are the words against it.
 */
export type OnChange = "state" | "call" | { readonly never: () => Message };

/** A value as it was declared, or what is wrong with it: the continuation of its name, which says what to write instead. */
export type Read<T> = { readonly value: T } | { readonly problem: Message };

/** One argument: how it is read, and what changing it means. */
export interface Argument<T, Inputs, State> {
  /** @param declared everything that was declared. A value in it, or a part of one, may be {@link unknown}. */
  read(value: unknown, declared: Readonly<Record<string, unknown>>): Read<T>;
  /** What is judged in place of a value that can't be used. @default unknown */
  readonly unusable?: T;
  /** Judged by the inputs of the last update, and by the state if it is known: a check doesn't have it. */
  readonly onChange: OnChange | ((old: Inputs, state: State | undefined, value: T | Unknown) => OnChange);
  /** Two spellings of one value: the one in the state stays. By default, only equal values are the same. */
  same?(before: T, after: T): boolean;
  /** Programs take it for an argument, and it is none: the resource says so. It stands in no list of names, and in no state. */
  readonly undocumented?: true;
}

/** One row for each argument, in the order in which a user would think of them. Check, diff, schema and messages are made from it. */
export type ArgumentTable<Args, Inputs, State> = {
  readonly [K in keyof Args]-?: Argument<Args[K], Inputs, State>;
};

export interface Checked<Seen> {
  /** Becomes part of the inputs, so that previews show it. Left empty if nothing was read: an update takes no unknown inputs. */
  readonly seen: Planned<Seen>;
  readonly failures: readonly Failure[];
}

/**
 * What was changed in Hood, can't be put right any more, and that nobody edited in the program. It stays as it is, with a warning, and
 * is no diff: nothing that is done by hand may keep a program from being applied.
 */
export interface Left<Args> {
  readonly left?: readonly (keyof Args & string)[];
  /** What is due to be done can't be done. */
  readonly leftDue?: true;
}

/**
 * A resource type, whatever host stands in front of it. `Args` is what a program declares; `Seen` is what a check saw of the live
 * campaign; `State` is what Pulumi keeps.
 */
export interface Resource<Args extends object, Seen extends object, State extends Args & Seen> {
  readonly type: string;
  readonly arguments: ArgumentTable<Args, Args & Seen, State>;
  /** The names of what a check saw, as inputs hold it. */
  readonly seen: readonly (keyof Seen & string)[];
  /** The output that says where the campaign stands: what a refresh may find changed. */
  readonly live: keyof State & string;
  /** The words for a property that is no argument, if it asks for more than a misspelt one: to undo what can't be undone. */
  otherProperty?(old: Args & Seen, name: string, value: unknown): Message | undefined;
  /**
   * Reads the live campaign, with GET requests only, and says what speaks against what is declared.
   *
   * @param args what can't be used in them is {@link unknown}: that is told already.
   * @param old the inputs of the last update; undefined for a new declaration.
   */
  check(operation: Operation, args: Planned<Args>, old: (Args & Seen) | undefined): Promise<Checked<Seen>>;
  /**
   * What speaks against an update, by a host that knows the state. It may read the live campaign, warn, and count what would end.
   *
   * @throws UserError
   */
  preflight(operation: Operation, state: State, args: Planned<Args>): Promise<Left<Args>>;
  /** An update would act although no argument changed: on a call to finish, or on what a refresh found. */
  isDue(state: State): boolean;
  /** @throws UserError if nothing was done; UnfinishedError if that isn't known. */
  create(operation: Operation, inputs: Args & Seen): Promise<{ readonly id: string; readonly state: State }>;
  /**
   * The state as the live account has it.
   *
   * @param state undefined for an import. One that Hood doesn't show any more keeps its state.
   * @returns `inputs` if what was found is to be judged by the next check. @throws UserError
   */
  read(
    operation: Operation,
    id: string,
    state: State | undefined,
  ): Promise<{ readonly state: State; readonly inputs?: Args & Seen }>;
  /** @throws UserError, UnfinishedError */
  update(operation: Operation, state: State, inputs: Args & Seen): Promise<State>;
  delete(operation: Operation, state: State): Promise<void>;
  /** The outputs that an update will come to, as far as the inputs and the state, if there is one, tell. */
  previewOutputs(inputs: Planned<Args & Seen>, state: State | undefined): Planned<State>;
}

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
