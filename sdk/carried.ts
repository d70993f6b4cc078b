import { types } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import type { Declared } from "../provider/resources/guards";
import { placeIn } from "../provider/resources/stringified";
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
    switch (typeof value) {
      case "object":
        return value === null ? value : this.object(value, place, inList);
      case "undefined":
        if (inList) throw this.lost(place, "undefined", "null, or take it out of the list");
        return value;
      case "number":
        if (!Number.isFinite(value)) throw this.lost(place, String(value), "a number");
        return value;
      case "bigint":
        throw this.lost(place, "a bigint", "a string, such as String(value)");
      case "function":
        throw this.lost(place, "a function", "what it returns");
      case "symbol":
        throw this.lost(place, "a symbol", "a string");
      default:
        return value;
    }
  }

  private object(value: object, place: string, inList: boolean): unknown {
    if (pulumi.isUnknown(value)) return value;
    const judge = (known: unknown) => new Carrier(this.declared).value(known, place, inList);
    if (pulumi.Output.isInstance<unknown>(value)) return value.apply(judge);
    const loss = lossOf(value);
    if (loss) throw this.lost(place, ...loss);
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

/** What kind of value would be lost, and what to give instead. */
function lossOf(value: object): [what: string, instead: string] | undefined {
  const { Asset, Archive } = pulumi.asset;
  if (types.isDate(value) && Number.isNaN(value.getTime())) return ["an invalid Date", "a valid one, or its text"];
  if (pulumi.Resource.isInstance(value)) return ["a resource", "one of its outputs, such as its id"];
  if (Asset.isInstance(value) || Archive.isInstance(value)) return ["a Pulumi asset", "its text"];
  if (types.isSet(value)) return ["a Set", "a list, such as [...set]"];
  if (types.isMap(value)) return ["a Map", "an object, such as Object.fromEntries(map)"];
  if (types.isRegExp(value)) return ["a RegExp", "its text, such as regExp.source"];
  if (types.isNativeError(value)) return ["an Error", "its text, such as error.message"];
  if (ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value)) {
    return ["bytes", 'their text, such as bytes.toString("utf8")'];
  }
  return undefined;
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
