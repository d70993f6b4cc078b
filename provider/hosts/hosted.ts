import { isDeepStrictEqual } from "node:util";
import { UserError } from "../errors";
import type { Operation } from "../operation";
import { holdsUnknown, readArguments, unknownProperties } from "../resources/arguments";
import { failureFrom } from "../resources/guards";
import {
  type ArgumentTable,
  type Failure,
  isKnown,
  type Planned,
  type Resource,
  type Unknown,
  unknown,
} from "../resources/resource";
import { forPeople, lines, say, steersDisplay } from "../text";

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
  diff(operation: Operation, olds: Properties, news: Properties): Promise<{ changes: boolean }>;
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

/** Decodes, compares and encodes for a resource, and makes all that it says fit for Pulumi's display. */
export function hosted<A extends object, S extends object, T extends A & S>(resource: Resource<A, S, T>): Hosted {
  const rows = Object.keys(resource.arguments) as (keyof A & string)[];
  const names = rows.filter((name) => !resource.arguments[name].undocumented);
  const table: ArgumentTable<A, never, never> = resource.arguments;

  /** The arguments that the program has changed; one that isn't known yet, unless it may never change. */
  const changedBy = (args: Planned<A>, old: A & S, state: T | undefined) =>
    names.filter((name) => {
      const { same = isDeepStrictEqual } = resource.arguments[name];
      const value: A[typeof name] | Unknown = args[name];
      if (!isKnown(value)) return onChange(name, old, state, value) !== "never";
      return !same(plain(old[name] ?? undefined) as A[typeof name], plain(value ?? undefined) as A[typeof name]);
    });

  const onChange = <K extends keyof A & string>(name: K, old: A & S, state: T | undefined, value: A[K] | Unknown) => {
    const { onChange: rule } = resource.arguments[name];
    return typeof rule === "function" ? rule(old, state, value) : rule;
  };

  /** What would undo what can't be undone. Values that aren't known yet are judged when they are known. */
  const reversalBy = (args: Planned<A>, old: A & S, state: T | undefined): Failure | undefined => {
    const property = changedBy(args, old, state).find((name) => {
      const value: A[typeof name] | Unknown = args[name];
      return isKnown(value) && old[name] !== undefined && onChange(name, old, state, value) === "never";
    });
    return property && { property, reason: resource.reversal(old, property, args[property], state) };
  };

  const seenIn = (properties: Properties): Properties => pick(properties, resource.seen);

  /** What an update takes: every value is known by then. @param olds of which one spelling of the same value stays. */
  const inputsFrom = (news: Properties, olds?: Properties): A & S => {
    const { args, failures } = readArguments(table, decoded(news), olds);
    if (failures[0]) throw new UserError(failures[0].reason);
    if (holdsUnknown(args)) throw new UserError(say`A value of this ${resource.type} isn't known yet.`);
    return { ...(args as A), ...sameSpelling(args, olds), ...(seenIn(news) as S) };
  };

  const sameSpelling = (args: Planned<A>, olds: Properties = {}): Properties => {
    const kept = names.filter((name) => {
      const { same } = resource.arguments[name];
      const value: A[typeof name] | Unknown = args[name];
      // A default that the program writes out, or doesn't any more, is taken as it is.
      if (olds[name] === undefined || value === undefined || !isKnown(value)) return false;
      return same?.(olds[name] as A[typeof name], value);
    });
    return Object.fromEntries(kept.map((name) => [name, olds[name]]));
  };

  return {
    type: resource.type,
    argumentNames: names,
    live: resource.live,

    check: (operation, olds, news) =>
      told(async () => {
        const last = Object.keys(olds).length > 0 ? (olds as A & S) : undefined;
        if (last) operation.memory.declare(operation.urn);
        const declared = decoded(news);
        const { args, failures } = readArguments(table, declared, olds);
        const reversal = last && reversalBy(args, last, undefined);
        if (reversal) return { inputs: news, failures: [fitForDisplay(reversal, news)] };
        const seenBefore = resource.seen.filter((name) => isDeepStrictEqual(olds[name], news[name]));
        const others = unknownProperties(resource.type, names, declared, [...rows, ...seenBefore]);
        const reasonFor = ({ property, reason }: Failure) =>
          (last && resource.otherProperty?.(last, property, declared[property])) ?? reason;
        failures.push(...others.map((failure) => ({ ...failure, reason: reasonFor(failure) })));
        let seen: Properties = {};
        try {
          const checked = await resource.check(operation, args, last);
          failures.push(...checked.failures);
          seen = encoded(checked.seen);
        } catch (error) {
          failures.push(failureFrom(error));
        }
        const inputs = plain({ ...pick(news, rows), ...sameSpelling(args, olds) });
        const all = [...steering(news), ...failures.map((failure) => fitForDisplay(failure, news))];
        // An update takes no unknown inputs: it would say so in place of what is wrong.
        return { inputs: all.length === 0 ? { ...inputs, ...seen } : inputs, failures: all };
      }),

    diff: (operation, olds, news) =>
      told(async () => {
        const state = olds as T;
        const { args } = readArguments(table, decoded(news), olds);
        const reversal = reversalBy(args, state, state);
        if (reversal) throw new UserError(reversal.reason);
        await resource.preflight(operation, state, args);
        return { changes: resource.isDue(state) || changedBy(args, state, state).length > 0 };
      }),

    create: (operation, inputs) =>
      told(async () => {
        const { id, state } = await resource.create(operation, inputsFrom(inputs));
        return { id, outs: encoded(state) };
      }),

    read: (operation, id, props) =>
      told(async () => {
        const state = Object.keys(props).length > 0 ? (props as T) : undefined;
        const found = await resource.read(operation, id, state);
        return { id, props: encoded(found.state), ...(found.inputs && { inputs: encoded(found.inputs) }) };
      }),

    update: (operation, olds, news) =>
      told(async () => {
        const state = olds as T;
        const inputs = inputsFrom(news, olds);
        const reversal = reversalBy(inputs, state, state);
        if (reversal) throw new UserError(reversal.reason);
        return { outs: encoded(await resource.update(operation, state, inputs)) };
      }),

    delete: (operation, props) => told(() => resource.delete(operation, props as T)),

    previewOutputs(inputs, olds) {
      const { args } = readArguments(table, decoded(inputs));
      const planned = { ...args, ...decoded(seenIn(inputs)) } as Planned<A & S>;
      const outputs = Object.entries(encoded(resource.previewOutputs(planned, olds as T | undefined)));
      // Arguments that the program took out don't stay behind.
      const others = outputs.filter(([name]) => !names.some((argument) => argument === name));
      return { ...Object.fromEntries(others), ...pick(inputs, names) };
    },
  };
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

/** As a state would hold it. */
function plain<V>(value: V): V {
  return value === undefined ? value : JSON.parse(JSON.stringify(value));
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
