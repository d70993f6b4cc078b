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
