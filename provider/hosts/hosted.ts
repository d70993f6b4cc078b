import { isDeepStrictEqual } from "node:util";
import { UserError } from "../errors";
import type { Operation } from "../operation";
import { holdsUnknown, readArguments, unknownProperties } from "../resources/arguments";
import { expectId, failureFrom } from "../resources/guards";
import {
  changedArguments,
  type Failure,
  namesIn,
  oldSpellings,
  type Planned,
  type Resource,
  reversalIn,
  unknown,
} from "../resources/resource";
import { forPeople, lines, type Message, oneLine, quoted, say, steersDisplay } from "../text";

/** Inputs or outputs of a resource, as an engine hands them over: plain JSON values. */
export type Properties = Record<string, unknown>;

/** A resource as hosts call it. This is the only place that sees values without types. */
export interface Hosted {
  readonly type: string;
  readonly argumentNames: readonly string[];
  /** The output that says where the campaign stands: what a refresh may find changed. */
  readonly live: string;
  check(
    operation: Operation,
    olds: Properties,
    news: Properties,
  ): Promise<{ inputs: Properties; failures: readonly Failure[] }>;
  /** @returns `left` the arguments that an update leaves as they are, though they differ. */
  diff(
    operation: Operation,
    olds: Properties,
    news: Properties,
  ): Promise<{ changes: boolean; left: readonly string[] }>;
  create(operation: Operation, inputs: Properties): Promise<{ id: string; outs: Properties }>;
  read(
    operation: Operation,
    id: string,
    props: Properties,
  ): Promise<{ id: string; props: Properties; inputs?: Properties }>;
  update(operation: Operation, olds: Properties, news: Properties): Promise<{ outs: Properties }>;
  delete(operation: Operation, props: Properties): Promise<void>;
  previewOutputs(inputs: Properties, olds?: Properties): Properties;
}

/** What the engine puts in place of a value that another resource has yet to yield. https://github.com/pulumi/pulumi/issues/6310 */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Decodes and encodes for a resource, and makes all that it says fit for Pulumi's display. */
export function hosted<A extends object, S extends object, T extends A & S>(resource: Resource<A, S, T>): Hosted {
  const { arguments: table, seen } = resource;
  const names = namesIn<A>(table);

  /** What an update takes: every value is known by then. @param olds of which one spelling of the same value stays. */
  const inputsFrom = (news: Properties, olds?: Properties): A & S => {
    const { args, failures } = readArguments<A>(table, decoded(news), olds);
    if (failures[0]) throw new UserError(failures[0].reason);
    if (holdsUnknown(args)) throw new UserError(say`A value of this ${resource.type} isn't known yet.`);
    return { ...(args as A), ...oldSpellings<A>(table, args, olds), ...(pick(news, seen) as S) };
  };

  const expectNoReversal = (args: Planned<A>, state: T) => {
    const reversal = reversalIn(table, args, state, state);
    if (reversal) throw new UserError(reversal.reason);
  };

  return {
    type: resource.type,
    argumentNames: names,
    live: resource.live,

    check: (operation, olds, news) => told(() => checked(resource, operation, olds, news)),

    diff: (operation, olds, news) =>
      told(async () => {
        const state = olds as T;
        const { args } = readArguments<A>(table, decoded(news), olds);
        expectNoReversal(args, state);
        const { left = [], leftDue = false } = await resource.preflight(operation, state, args);
        const changed = changedArguments(table, args, state, state).filter((name) => !left.includes(name));
        return { changes: (resource.isDue(state) && !leftDue) || changed.length > 0, left };
      }),

    create: (operation, inputs) =>
      told(async () => {
        const { id, state } = await resource.create(operation, inputsFrom(inputs));
        return { id, outs: encoded(state) };
      }),

    read: (operation, id, props) =>
      told(async () => {
        expectId(id);
        const state = Object.keys(props).length > 0 ? (props as T) : undefined;
        const found = await resource.read(operation, id, state);
        return { id, props: encoded(found.state), ...(found.inputs && { inputs: encoded(found.inputs) }) };
      }),

    update: (operation, olds, news) =>
      told(async () => {
        const state = olds as T;
        const inputs = inputsFrom(news, olds);
        expectNoReversal(inputs, state);
        return { outs: encoded(await resource.update(operation, state, inputs)) };
      }),

    delete: (operation, props) => told(() => resource.delete(operation, props as T)),

    previewOutputs(inputs, olds) {
      const { args } = readArguments<A>(table, decoded(inputs));
      const planned = { ...args, ...decoded(pick(inputs, seen)) } as Planned<A & S>;
      const outputs = Object.entries(encoded(resource.previewOutputs(planned, olds as T | undefined)));
      // Arguments that the program took out don't stay behind.
      const others = outputs.filter(([name]) => !names.some((argument) => argument === name));
      return { ...Object.fromEntries(others), ...pick(inputs, names) };
    },
  };
}

/** What is wrong with a declaration; with nothing wrong, what a resource saw becomes part of its inputs. */
async function checked<A extends object, S extends object, T extends A & S>(
  resource: Resource<A, S, T>,
  operation: Operation,
  olds: Properties,
  news: Properties,
): ReturnType<Hosted["check"]> {
  const { arguments: table } = resource;
  const rows = Object.keys(table);
  const last = Object.keys(olds).length > 0 ? (olds as A & S) : undefined;
  if (last) operation.memory.declare(operation.urn);
  const declared = decoded(news);
  const { args, failures } = readArguments<A>(table, declared, olds);
  const reversal = last && reversalIn(table, args, last, undefined);
  if (reversal) return { inputs: news, failures: [fitForDisplay(reversal, news)] };

  const seenBefore = resource.seen.filter((name) => isDeepStrictEqual(olds[name], news[name]));
  for (const other of unknownProperties(resource.type, namesIn<A>(table), declared, [...rows, ...seenBefore])) {
    const words = last && resource.otherProperty?.(last, other.property, declared[other.property]);
    failures.push(words ? { ...other, reason: words } : other);
  }
  let seen: Properties = {};
  try {
    const result = await resource.check(operation, args, last);
    failures.push(...result.failures);
    seen = encoded(result.seen);
  } catch (error) {
    failures.push(failureFrom(error));
  }
  const inputs = encoded({ ...pick(news, rows), ...oldSpellings<A>(table, args, olds) });
  const all = [...steering(news), ...failures.map((failure) => fitForDisplay(failure, news))];
  // An update takes no unknown inputs: it would say so in place of what is wrong.
  return { inputs: all.length === 0 ? { ...inputs, ...seen } : inputs, failures: all };
}

/** A failure of a check, in words that can be shown. With a property's name, Pulumi shows its value too. */
export function fitForDisplay({ property, reason }: Failure, values: Properties): Failure {
  return { property: steersDisplay([property, values[property]]) ? "" : property, reason: forPeople(reason) };
}

/** Values as the engine takes them: JSON, with its own placeholder for what isn't known, and without what isn't set. */
export function encoded(values: object): Properties {
  // The engine's host fails on an `undefined` in a result only after the call was made, which would lose the state.
  return JSON.parse(JSON.stringify(mapped(values, (value) => (value === unknown ? UNKNOWN : value))));
}

export function decoded(values: Properties): Properties {
  return mapped(values, (value) => (value === UNKNOWN ? unknown : value)) as Properties;
}

/** A copy of a value with each value in it put through a function. */
function mapped(value: unknown, map: (value: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => mapped(item, map));
  if (typeof value !== "object" || value === null) return map(value);
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, mapped(inner, map)]));
}

function pick(properties: Properties, names: readonly string[]): Properties {
  const set = names.filter((name) => properties[name] !== undefined && properties[name] !== null);
  return Object.fromEntries(set.map((name) => [name, properties[name]]));
}

/** Previews show what a program declares: what would end them is a failure before. */
function steering(news: Properties): Failure[] {
  const names = Object.keys(news).filter((name) => steersDisplay([name, news[name]]));
  return names.map((name) => ({
    property: "",
    reason: lines(
      say`${name} holds "< {%" without that space, or escapes that stand for it: Pulumi takes it for a color, and would stop while it shows it.`,
      say`Put the space into it, or take it out.`,
    ),
  }));
}

async function told<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof Error)) throw forPeople(String(error));
    error.message = forPeople(error.message);
    error.stack &&= forPeople(error.stack);
    throw error;
  }
}

/** The property that a campaign's name is compared with, and the one that shows the name. */
const EXPECTED = "expectedName";
const SHOWN = "campaignName";
/** All that hold the name of a campaign, whichever resource it is. */
const NAMES = [EXPECTED, SHOWN, "name"];

/** The properties that are secrets: what was compared with a secret is one. */
export function withCompared(secrets: ReadonlySet<string>): ReadonlySet<string> {
  return secrets.has(EXPECTED) ? new Set([...secrets, SHOWN]) : secrets;
}

/** True if a program gives the name to be shown itself, as the classes do for a secret one, so that the engine keeps it secret. */
export function isCompared(values: Properties): boolean {
  return values[SHOWN] !== undefined && values[SHOWN] === values[EXPECTED];
}

/** A program's own values, without the name that isn't one. */
export function withoutShown({ [SHOWN]: _, ...values }: Properties): Properties {
  return values;
}

/** True if a campaign's name is a secret. */
export function hasSecretName(secrets: ReadonlySet<string>): boolean {
  return NAMES.some((name) => secrets.has(name));
}

/** A resource of a campaign whose name is a secret: nothing that it says shows it. */
export function discreet(resource: Hosted): Hosted {
  return {
    ...resource,
    check: (operation, olds, news) =>
      quietly(operation, [olds, news], async (on, hide) => {
        const { inputs, failures } = await resource.check(on, olds, news);
        // With a property's name, Pulumi may show its value.
        return { inputs, failures: failures.map(({ reason }) => ({ property: "", reason: hide(reason) })) };
      }),
    diff: (operation, olds, news) => quietly(operation, [olds, news], (on) => resource.diff(on, olds, news)),
    create: (operation, inputs) => quietly(operation, [inputs], (on) => resource.create(on, inputs)),
    read: (operation, id, props) => quietly(operation, [props], (on) => resource.read(on, id, props)),
    update: (operation, olds, news) => quietly(operation, [olds, news], (on) => resource.update(on, olds, news)),
    delete: (operation, props) => quietly(operation, [props], (on) => resource.delete(on, props)),
  };
}

async function quietly<T>(
  operation: Operation,
  values: readonly Properties[],
  act: (on: Operation, hide: (message: Message) => Message) => Promise<T>,
): Promise<T> {
  const hide = (message: Message) => withoutNames(message, namesShown(operation, values));
  const on: Operation = {
    ...operation,
    warn: (message) => operation.warn(hide(message)),
    progress: (line) => operation.progress(hide(line)),
  };
  try {
    return await act(on, hide);
  } catch (error) {
    if (error instanceof Error) error.message = hide(error.message as Message);
    throw error;
  }
}

/** The names in what is declared and stored, and what Hood has shown of these campaigns just now. */
function namesShown(operation: Operation, values: readonly Properties[]): string[] {
  const live = values.map(({ campaignId }) => {
    try {
      return operation.account().remembered(String(campaignId))?.name;
    } catch {
      return undefined;
    }
  });
  const own = values.flatMap((properties) => NAMES.map((name) => properties[name]));
  return [...own, ...live].filter((name): name is string => typeof name === "string" && name.trim() !== "");
}

function withoutNames(message: Message, names: readonly string[]): Message {
  const hidden = names.flatMap((name) => [quoted(name), oneLine(name)]).sort((a, b) => b.length - a.length);
  return hidden.reduce<string>((text, name) => text.replaceAll(name, "[secret]"), message) as Message;
}
