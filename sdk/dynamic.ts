import { types } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { placeIn } from "../provider/resources/arguments";
import type { Declared } from "../provider/resources/guards";
import { quoted } from "../provider/text";

/** The package's entry point for the provider process. Every stored state refers to it: the name must not change. */
const PROVIDER = "pulumi-ocamba-hood/provider";

/**
 * The text that the engine stores with each resource, and evaluates in the provider process to reach its provider. It names the
 * installed package and holds nothing else: no code, so that an upgrade of the package is no diff, and no value, so that no secret
 * can be in it. See docs/decisions/0001-dynamic-provider.md.
 */
export function providerText(provider: string): string {
  return `exports.handler=()=>require("${PROVIDER}").${provider}`;
}

/**
 * The outputs that a class has beside its arguments. It is a type only if the class declares exactly the arguments and the outputs of its
 * resource: a property that is renamed in one place doesn't compile.
 */
export type OutputsBeside<Args, State, ClassArgs, Class> =
  pulumi.Unwrap<ClassArgs> extends Args
    ? [keyof Args, keyof ClassArgs] extends [keyof ClassArgs, keyof Args]
      ? Class extends OutputsOf<State>
        ? Readonly<Record<Exclude<Shown<State>, keyof Args>, undefined>>
        : never
      : never
    : never;
type OutputsOf<State> = { readonly [K in Shown<State>]: pulumi.Output<unknown> };
/** No display shows what begins with two underscores. */
type Shown<State> = Exclude<keyof State, `__${string}`>;

/** A resource whose provider is loaded from the installed package, under the type `pulumi-nodejs:dynamic/hood:<type>`. */
export abstract class HoodResource extends pulumi.CustomResource {
  protected constructor(type: string, name: string, props: pulumi.Inputs, opts?: pulumi.CustomResourceOptions) {
    expectNoPlugin({ type, name }, opts);
    warnOfMisspelt();
    const { stackTraceLimit } = Error;
    // Pulumi keeps a stack trace with each of four promises for each output: most of the cost of declaring a resource.
    if (!process.env.PULUMI_DEBUG_PROMISE_LEAKS) Error.stackTraceLimit = 0;
    try {
      const token = `pulumi-nodejs:dynamic/hood:${type}`;
      const provider = `${type.charAt(0).toLowerCase()}${type.slice(1)}`;
      const hidden = { __provider: providerText(provider), ...identityOf(token, name, opts?.parent) };
      super(token, name, { ...carried(props, { type, name }), ...hidden }, opts);
      expectNoPluginOn(this, { type, name });
    } catch (error) {
      Error.stackTraceLimit = stackTraceLimit;
      if (error instanceof Error) Error.captureStackTrace(error);
      throw error;
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
  }
}

/**
 * Which resource it is, in inputs that no display shows: the engine doesn't tell a dynamic provider. The provider needs it for the
 * mark of a created campaign, and to show a warning on the resource's own row.
 */
function identityOf(type: string, name: string, parent: pulumi.Resource | undefined): pulumi.Inputs {
  const organization = organizationOfRun();
  return {
    __urn: parent
      ? pulumi.createUrn(name, type, parent)
      : `urn:pulumi:${pulumi.runtime.getStack()}::${pulumi.runtime.getProject()}::${type}::${name}`,
    ...(organization && { __organization: organization }),
  };
}

/** The stack's organization; undefined if the backend knows none, or an older CLI doesn't say. */
function organizationOfRun(): string | undefined {
  try {
    const organization = pulumi.runtime.getOrganization();
    return organization === "organization" ? undefined : organization;
  } catch {
    return undefined;
  }
}

/** The package of the plugin, whose provider resources hold accounts of their own. */
const PLUGIN = "hood";

/**
 * Fails if options give a class a provider of the plugin, directly or through a parent: the class would still act on the stack's
 * account, and so on another one than the program says.
 *
 * @throws RunError that names the resource.
 */
function expectNoPlugin(declared: Declared, opts: pulumi.ComponentResourceOptions = {}): void {
  const { provider, providers, parent = pulumi.runtime.getStackResource() } = opts;
  if (holdsPlugin([provider]) || holdsPlugin(providers)) throw describePlugin(declared, "its options give");
  if (pulumi.Resource.isInstance(parent) && hasPlugin(parent)) throw describePlugin(declared, "its parent gives");
}

/** The same for a resource that Pulumi has just made, whose options a transformation may have changed. */
function expectNoPluginOn(resource: pulumi.Resource, declared: Declared): void {
  if (hasPlugin(resource)) throw describePlugin(declared, "a transformation gives");
}

function describePlugin({ type, name }: Declared, giver: string): pulumi.RunError {
  return new pulumi.RunError(
    [
      `${type} ${quoted(name)} can't be declared: ${giver} it a provider of the plugin, and the classes use the stack's \`hood:token\`.`,
      "For several accounts in one program, declare it with the plugin: see docs/plugin.md of pulumi-ocamba-hood.",
      "If the stack's account is the right one, take the provider out.",
    ].join("\n"),
  );
}

function hasPlugin(resource: pulumi.Resource): boolean {
  // All that Pulumi found among the parents, whatever keys the program gave; its public method knows the package's alone.
  const { __providers: kept } = resource as { __providers?: object };
  return holdsPlugin(kept) || resource.getProvider(`${PLUGIN}:index:Campaign`) !== undefined;
}

/** @param providers a list, or a record by package. */
function holdsPlugin(providers: object | undefined): boolean {
  return Object.entries(providers ?? {}).some(
    ([key, provider]) => provider && (key === PLUGIN || isOfPlugin(provider)),
  );
}

function isOfPlugin(provider: object): boolean {
  return "getPackage" in provider && typeof provider.getPackage === "function" && provider.getPackage() === PLUGIN;
}

/**
 * What each run of a program has one of: in one process, the Automation API can run several. Undefined without a stack, as in unit
 * tests with mocks: nobody knows there where one program ends and the next begins.
 */
export function onePerRun<T extends object>(make: (run: pulumi.Resource) => T): () => T | undefined {
  const made = new WeakMap<pulumi.Resource, T>();
  return () => {
    const run = pulumi.runtime.getStackResource();
    if (!run) return undefined;
    const one = made.get(run) ?? make(run);
    made.set(run, one);
    return one;
  };
}

/** Warns, once in a run, about config keys and environment variables that look like settings but aren't. */
export const warnOfMisspelt = onePerRun((run) => {
  // Loaded only if there is a run: a program that only imports the package doesn't need it.
  const { describeMisspelt }: typeof import("../provider/settings") = require("../provider/settings");
  const keys = Object.keys(pulumi.runtime.allConfig());
  const warning = describeMisspelt(keys, Object.keys(process.env), pulumi.runtime.getProject());
  if (warning) pulumi.log.warn(warning, run).catch(() => undefined);
  return {};
});

/** Which resource manages the status of each campaign, by the campaign's id. */
const managersOfRun = onePerRun(() => new Map<string, Declared>());

interface Args {
  readonly campaignId: pulumi.Input<string>;
  readonly expectedName?: pulumi.Input<string | undefined>;
}

/** The inputs of a resource that manages the status of a campaign which is there already. @throws RunError if another one does */
export function withCampaign(args: Args, declared: Declared): pulumi.Inputs {
  return { ...args, campaignId: onlyManager(args.campaignId, declared), ...comparedName(args.expectedName) };
}

/**
 * Lets only one resource of a program manage the status of a campaign. With two, the order of their calls would decide.
 *
 * @returns the same id. @throws RunError that names both resources, which stops the program before the second is registered.
 */
function onlyManager(campaignId: pulumi.Input<string>, declared: Declared): pulumi.Input<string> {
  const managers = managersOfRun();
  if (!managers) return campaignId;
  const take = (id: string) => {
    const other = managers.get(id);
    if (other) throw duplicate(id, other, declared);
    managers.set(id, declared);
    return id;
  };
  // A plain id is checked at once: an output for each of hundreds of resources would cost time.
  return typeof campaignId === "string" ? take(campaignId) : pulumi.output(campaignId).apply(take);
}

function duplicate(id: string, one: Declared, other: Declared): pulumi.RunError {
  // Loaded only when it is needed: most programs have no duplicate.
  const { describeDuplicate }: typeof import("../provider/resources/guards") = require("../provider/resources/guards");
  const message = describeDuplicate(id, one, other);
  // Pulumi formats a rejected error with its promise and their stacks: 20 s of CPU, if there are any.
  return Object.assign(new pulumi.RunError(message), { stack: message });
}

/**
 * What a campaign's name is compared with, if it is a secret, as an input of the name's own: the engine keeps what is shown under that
 * name secret then, also in a state.
 */
function comparedName(expectedName: Args["expectedName"]): pulumi.Inputs {
  if (!pulumi.Output.isInstance(expectedName)) return {};
  return {
    campaignName: pulumi.output(pulumi.isSecret(expectedName).then((secret) => (secret ? expectedName : undefined))),
  };
}

/**
 * Arguments as Pulumi can carry them: it knows JSON's values, outputs and promises, and turns anything else into `{}` or leaves it
 * out, without a word. A value that has a meaning in JSON becomes that. A value that isn't known yet is checked when it is.
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

  fields(holder: object, place = ""): pulumi.Inputs {
    const fields = () =>
      Object.entries(holder).map(([key, value]) => [key, this.value(value, placeIn(place, key))] as const);
    return Object.fromEntries(this.within(holder, place, fields));
  }

  private list(list: readonly unknown[], place: string): readonly unknown[] {
    return this.within(list, place, () =>
      Array.from(list, (item, index) => this.value(item, `${place}[${index}]`, true)),
    );
  }

  private value(value: unknown, place: string, inList = false): unknown {
    if (value === null || (value === undefined && !inList) || pulumi.isUnknown(value)) return value;
    const judge = (known: unknown) => new Carrier(this.declared).value(known, place, inList);
    if (pulumi.Output.isInstance<unknown>(value)) return value.apply(judge);
    if (has(value, "then")) return Promise.resolve(value).then(judge);
    if (types.isBoxedPrimitive(value)) return this.value(value.valueOf(), place);
    if (Array.isArray(value)) return this.list(value, place);
    if (isLost(value)) throw this.lost(place, nameOf(value));
    if (types.isDate(value)) return value.toISOString();
    if (has(value, "toJSON")) return this.within(value, place, () => this.written(value, place, inList));
    return typeof value === "object" ? this.fields(value, place) : value;
  }

  /** What an object of a class writes of itself. */
  private written(value: { toJSON(): unknown }, place: string, inList: boolean): unknown {
    const written = value.toJSON();
    // As an invalid date of a library does.
    if (written === null) throw this.lost(place, `${nameOf(value)} that has no value`);
    return this.value(written, place, inList);
  }

  private within<T>(holder: object, place: string, act: () => T): T {
    if (this.around.includes(holder)) throw this.lost(place, "an object that holds itself");
    this.around.push(holder);
    const result = act();
    this.around.pop();
    return result;
  }

  private lost(place: string, what: string): pulumi.RunError {
    const { type, name } = this.declared;
    const message = `${type} ${quoted(name)} can't be declared: ${place} is ${what}, which Pulumi can't pass on.\nGive a text, a number, true or false, or a list or a plain object of such; of a resource, one of its outputs.`;
    // If the program has run to its end and awaits nothing, Pulumi prints the stack.
    return Object.assign(new pulumi.RunError(message), { stack: message });
  }
}

/** True for what JSON has no value for, and for an object whose fields don't show what it holds. */
function isLost(value: unknown): boolean {
  if (typeof value === "number") return !Number.isFinite(value);
  if (typeof value !== "object" || value === null) return typeof value !== "string" && typeof value !== "boolean";
  if (types.isDate(value)) return Number.isNaN(value.getTime());
  if (pulumi.Resource.isInstance(value) || types.isNativeError(value)) return true;
  if (pulumi.asset.Asset.isInstance(value) || pulumi.asset.Archive.isInstance(value)) return true;
  if (Symbol.iterator in value) return true;
  const prototype = Object.getPrototypeOf(value);
  const isPlain = prototype === null || Object.getPrototypeOf(prototype) === null;
  return !isPlain && Object.keys(value).length === 0 && !has(value, "toJSON");
}

function has<Name extends string>(value: unknown, method: Name): value is Record<Name, () => unknown> {
  return typeof value === "object" && typeof (value as Record<Name, unknown>)[method] === "function";
}

function nameOf(value: unknown): string {
  if (types.isDate(value)) return "an invalid Date";
  if (typeof value === "object") return `an instance of ${value?.constructor?.name || "a class"}`;
  return typeof value === "number" || value === undefined ? String(value) : `a ${typeof value}`;
}
