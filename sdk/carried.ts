import { types } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { placeIn } from "../provider/resources/arguments";
import type { Declared } from "../provider/resources/guards";
import { quoted } from "../provider/text";

/**
 * Arguments as Pulumi can carry them: it knows JSON's values, outputs and promises, and turns anything else into `{}` or leaves it
 * out, without a word. A value that has a meaning in JSON becomes that. What needs no change is passed on as it is; a value that
 * isn't known yet is checked when it is.
 *
 * @throws RunError that names the resource and the place, for a value that would be lost; an output or promise rejects with it.
 */
export function carried(props: pulumi.Inputs, declared: Declared): pulumi.Inputs {
  return new Carrier(declared).fields(props);
}

class Carrier {
  /** The objects and lists around the current value. */
  private readonly around: object[] = [];

  constructor(private readonly declared: Declared) {}

  fields(holder: Readonly<Record<string, unknown>>, place = ""): pulumi.Inputs {
    return this.within(holder, place, () => {
      const fields = Object.entries(holder).map(
        ([key, value]) => [key, this.value(value, placeIn(place, key))] as const,
      );
      return fields.every(([key, value]) => value === holder[key]) ? holder : Object.fromEntries(fields);
    });
  }

  private list(list: readonly unknown[], place: string): readonly unknown[] {
    return this.within(list, place, () => {
      const items = Array.from(list, (item, index) => this.value(item, `${place}[${index}]`, true));
      // Pulumi takes a list of another realm, as there are with vm, for an object.
      const isOwn = Object.getPrototypeOf(list) === Array.prototype;
      return isOwn && items.every((item, index) => item === list[index]) ? list : items;
    });
  }

  private value(value: unknown, place: string, inList = false): unknown {
    if (value === null || pulumi.isUnknown(value)) return value;
    if (value === undefined && !inList) return value;
    const judge = (known: unknown) => new Carrier(this.declared).value(known, place, inList);
    if (pulumi.Output.isInstance<unknown>(value)) return value.apply(judge);
    const [, what, instead] = losses.find(([isLost]) => isLost(value)) ?? [];
    if (what !== undefined && instead !== undefined) throw this.lost(place, what, instead);
    if (typeof value === "number" && !Number.isFinite(value)) throw this.lost(place, String(value), "a number");
    if (typeof value !== "object") return value;
    if (has(value, "then")) return Promise.resolve(value).then(judge);
    if (types.isDate(value)) return value.toISOString();
    if (types.isBoxedPrimitive(value)) return this.value(value.valueOf(), place);
    if (Array.isArray(value)) return this.list(value, place);
    if (has(value, "toJSON")) return this.within(value, place, () => this.written(value, place, inList));
    if (Symbol.iterator in value || Symbol.asyncIterator in value) {
      throw this.lost(place, instanceOf(value), "a list or an object of what it holds");
    }
    if (isClosed(value)) throw this.lost(place, `${instanceOf(value)} without fields of its own`, "a plain object");
    return this.fields(value as Record<string, unknown>, place);
  }

  /** What an object of a class writes of itself. */
  private written(value: { toJSON(): unknown }, place: string, inList: boolean): unknown {
    const written = value.toJSON();
    // As an invalid date of a library does.
    if (written === null) throw this.lost(place, `${instanceOf(value)} that stands for nothing`, "a valid one");
    return this.value(written, place, inList);
  }

  private within<T>(holder: object, place: string, act: () => T): T {
    if (this.around.includes(holder)) throw this.lost(place, "an object that holds itself", "it without the circle");
    this.around.push(holder);
    const result = act();
    this.around.pop();
    return result;
  }

  private lost(place: string, what: string, instead: string): pulumi.RunError {
    const { type, name } = this.declared;
    const message = `${type} ${quoted(name)} can't be declared: ${place} is ${what}, which Pulumi can't pass on.\nGive ${instead}.`;
    // If the program has run to its end and awaits nothing, Pulumi prints the stack.
    return Object.assign(new pulumi.RunError(message), { stack: message });
  }
}

/** Values that would be lost, what they are, and what to give instead. */
const losses: readonly (readonly [isLost: (value: unknown) => boolean, what: string, instead: string])[] = [
  [(value) => value === undefined, "undefined", "null, or take it out of the list"],
  [(value) => typeof value === "bigint", "a bigint", "a string, such as String(value)"],
  [(value) => typeof value === "function", "a function", "what it returns"],
  [(value) => typeof value === "symbol", "a symbol", "a string"],
  [(value) => types.isDate(value) && Number.isNaN(value.getTime()), "an invalid Date", "a valid one, or its text"],
  [(value) => pulumi.Resource.isInstance(value), "a resource", "one of its outputs, such as its id"],
  [isAsset, "a Pulumi asset", "its text"],
  [types.isSet, "a Set", "a list, such as [...set]"],
  [types.isMap, "a Map", "an object, such as Object.fromEntries(map)"],
  [types.isRegExp, "a RegExp", "its text, such as regExp.source"],
  [types.isNativeError, "an Error", "its text, such as error.message"],
  [
    (value) => ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value),
    "bytes",
    'their text, such as bytes.toString("utf8")',
  ],
];

function isAsset(value: unknown): boolean {
  return pulumi.asset.Asset.isInstance(value) || pulumi.asset.Archive.isInstance(value);
}

function has<Name extends string>(value: object, method: Name): value is Record<Name, () => unknown> {
  return method in value && typeof (value as Record<Name, unknown>)[method] === "function";
}

function instanceOf(value: object): string {
  return `an instance of ${value.constructor?.name || "a class"}`;
}

/** True for an object of a class that shows none of what it holds. */
function isClosed(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  const isPlain = prototype === null || Object.getPrototypeOf(prototype) === null;
  return !isPlain && Object.keys(value).length === 0;
}
