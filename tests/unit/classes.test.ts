import { runInNewContext } from "node:vm";
import type { dynamic } from "@pulumi/pulumi";
import * as pulumi from "@pulumi/pulumi";
import { unknownValue } from "@pulumi/pulumi/runtime/rpc";
import { expect } from "chai";
import * as provider from "../../provider";
import { UNKNOWN } from "../../provider/hosts/hosted";
import * as hood from "../../sdk";
import { carried, providerText } from "../../sdk/dynamic";
import { expectReadable, thrown } from "../support/accounts";

class Provider extends pulumi.ProviderResource {}
class Brand extends pulumi.ComponentResource {
  constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
    super("test:index:Brand", name, {}, opts);
  }
}
class Declared extends pulumi.CustomResource {
  constructor(opts: pulumi.CustomResourceOptions) {
    super("hood:index:Campaign", "of-the-plugin", {}, opts);
  }
}

/** What a program registers with the engine, by resource name. */
const registered = new Map<string, { type: string; inputs: Record<string, unknown> }>();
const mockEngine = () =>
  pulumi.runtime.setMocks({
    call: () => ({}),
    newResource: ({ name, type, inputs, id }) => {
      registered.set(name, { type, inputs });
      return { id: id || name, state: inputs };
    },
  });
const resetEngine = () => pulumi.runtime.resetOptions("", "", -1, "", "", false, "");

const args = { campaignId: "1000248", reason: "Budget cut" };

describe("A class of the package with a provider of the plugin", () => {
  const plugin = () => new Provider("hood", "brand-b", {});
  const other = () => new Provider("aws", "other", {});

  before(mockEngine);
  after(resetEngine);

  type Options = pulumi.ComponentResourceOptions;
  const under = (opts: Options): Options => ({ parent: new Brand("a", opts) });
  const listed = (): Options => ({ providers: [plugin()] });
  /** A transformation of every resource, or of those of one type. */
  const transformed = (given: () => Options, wanted = ""): Options => ({
    transformations: [
      ({ props, opts, type }) => ({ props, opts: type.startsWith(wanted) ? { ...opts, ...given() } : opts }),
    ],
  });
  const wrong: [from: string, options: () => Options, giver: string][] = [
    ["as its own", () => ({ provider: plugin() }), "its options give"],
    ["in a list of its own", () => ({ providers: [other(), plugin()] }), "its options give"],
    ["in a map of its own", () => ({ providers: { hood: plugin() } }), "its options give"],
    ["from its parent's list", () => under(listed()), "its parent gives"],
    ["from far above", () => under({ ...under({ providers: [plugin()] }), provider: other() }), "its parent gives"],
    ["from a resource of the plugin above it", () => ({ parent: new Declared({ provider: plugin() }) }), "its parent"],
    ["from a transformation", () => transformed(() => ({ provider: plugin() })), "a transformation gives"],
    ["from its parent's transformation", () => under(transformed(() => listed(), "test:")), "its parent"],
  ];
  for (const [from, options, says] of wrong) {
    it(`fails if it comes ${from}`, async () => {
      const opts = options();
      const error = await thrown(pulumi.RunError, () => new hood.CampaignCancellation("spring-sale", args, opts));
      expect(error.message)
        .to.match(/^CampaignCancellation "spring-sale" /)
        .and.contain(says);
      expect(error.message).to.contain("`hood:token`").and.contain("declare it with the plugin");
      expectReadable(error.message);
    });
  }

  it("fails before anything is registered", async () => {
    registered.clear();
    const parent = new Brand("a", { providers: [plugin()] });
    const declare = [
      () => new hood.Campaign("c", { name: "x" }, { parent }),
      () => new hood.CampaignCancellation("c", args, { parent }),
      () => new hood.CampaignStatus("c", { campaignId: "1", status: "paused" }, { parent }),
    ];
    for (const act of declare) await thrown(pulumi.RunError, act);
    const last = new Brand("last");
    await new Promise((resolve) => last.urn.apply(resolve));
    const types = [...registered.values()].map(({ type }) => type);
    expect(types).to.include("test:index:Brand");
    expect(types.filter((type) => type.startsWith("pulumi-nodejs:"))).to.deep.equal([]);
  });

  const allowed: [what: string, options: () => Options | undefined][] = [
    ["no options", () => undefined],
    ["another package's provider", () => under({ providers: [other()] })],
    ["a provider of the plugin that it only depends on", () => ({ dependsOn: [plugin()] })],
    ["a resource of the plugin above it, with the provider that Pulumi makes", () => ({ parent: new Declared({}) })],
  ];
  for (const [what, options] of allowed) {
    it(`isn't what one has with ${what}`, () => {
      expect(new hood.CampaignCancellation("spring-sale", args, options())).to.be.an("object");
    });
  }
});

describe("a resource that a class registers", () => {
  const declared = {
    "cancel-1": { campaignId: "1", reason: "a" },
    "cancel-2": { campaignId: "2", reason: "b", expectedName: "c", whenNotCancelable: "accept" as const },
  };
  before(async () => {
    mockEngine();
    const urns = Object.entries(declared).map(([name, args]) => new hood.CampaignCancellation(name, args).urn);
    await new Promise((resolve) => pulumi.all(urns).apply(resolve));
  });
  after(resetEngine);

  it("has Hood's type, the program's arguments, and the same short text that leads to its provider: no code, no token", () => {
    for (const [name, given] of Object.entries(declared)) {
      const { type, inputs: { __provider, __urn, ...args } = {} } = registered.get(name) ?? {};
      expect(type).to.equal("pulumi-nodejs:dynamic/hood:CampaignCancellation");
      expect(__provider).to.equal('exports.handler=()=>require("pulumi-ocamba-hood/provider").campaignCancellation');
      expect(__urn).to.equal(`urn:pulumi:stack::project::${type}::${name}`);
      expect(args).to.deep.equal(given);
    }
  });

  it("spares Pulumi's stack traces, but not that of an error in the declaration", () => {
    const before = Error.stackTraceLimit;
    const declareWithoutName = () => new hood.CampaignCancellation("", { campaignId: "1", reason: "a" });
    expect(declareWithoutName).to.throw(/name/).with.property("stack").that.includes("declareWithoutName");
    expect(Error.stackTraceLimit).to.equal(before);
  });

  it("has a provider that is there, for each class of the package", () => {
    const classes = Object.keys(hood).filter((name) => /^[A-Z]/.test(name));
    const hosts: Record<string, dynamic.ResourceProvider | undefined> = { ...provider };
    expect(classes).to.have.members(["Campaign", "CampaignCancellation", "CampaignStatus"]);
    for (const name of classes) {
      const exported: { handler?: () => unknown } = {};
      const key = `${name.charAt(0).toLowerCase()}${name.slice(1)}`;
      new Function("exports", "require", providerText(key))(exported, () => provider);
      expect(exported.handler?.()).to.equal(hosts[key]).and.have.property("configure");
    }
  });
});

describe("a value that isn't known yet", () => {
  it("looks as the engine's host writes it", () => expect(UNKNOWN).to.equal(unknownValue));
});

const declared = { type: "Campaign", name: "spring-sale" };
const carry = (props: pulumi.Inputs) => carried(props, declared);

/** A library's moment, or number: its value is its own affair, and JSON is told. */
class Moment {
  readonly #text: string | null;

  constructor(text: string | null) {
    this.#text = text;
  }

  toJSON(): string | null {
    return this.#text;
  }
}

class Segment {
  constructor(readonly name: string) {}
}

class Secretive {
  readonly #name = "vip";

  get name(): string {
    return this.#name;
  }
}

const circle: Record<string, unknown> = { name: "vip" };
circle.next = [circle];

const lost: [value: unknown, place: string, what: string][] = [
  [{ segments: new Set(["vip"]) }, "targeting.segments", "an instance of Set"],
  [[{ a: new Map() }], "targeting[0].a", "an instance of Map"],
  [/vip/, "targeting", "an instance of RegExp"],
  [{ a: Object.assign(new TypeError("no"), { code: 7 }) }, "targeting.a", "an instance of TypeError"],
  [{ a: Buffer.from("vip") }, "targeting.a", "an instance of Buffer"],
  [{ a: new ArrayBuffer(1) }, "targeting.a", "an instance of ArrayBuffer"],
  [{ a: () => "vip" }, "targeting.a", "a function"],
  [{ a: Symbol("vip") }, "targeting.a", "a symbol"],
  [{ a: 1000248n }, "targeting.a", "a bigint"],
  [{ a: Number.NaN }, "targeting.a", "NaN"],
  [{ a: new Date("soon") }, "targeting.a", "an invalid Date"],
  [{ a: new Moment(null) }, "targeting.a", "an instance of Moment that has no value"],
  // biome-ignore lint/suspicious/noSparseArray: a hole is what this is about.
  [{ a: ["vip", , "vip"] }, "targeting.a[1]", "undefined"],
  [{ a: new pulumi.asset.StringAsset("vip") }, "targeting.a", "an instance of StringAsset"],
  [{ a: new pulumi.asset.AssetArchive({}) }, "targeting.a", "an instance of AssetArchive"],
  [{ a: new pulumi.DependencyResource("urn") }, "targeting.a", "an instance of DependencyResource"],
  [circle, "targeting.next[0]", "an object that holds itself"],
  [{ a: new URLSearchParams("a=b") }, "targeting.a", "an instance of URLSearchParams"],
  [{ a: new Secretive() }, "targeting.a", "an instance of Secretive"],
  [{ "a b": { "": Number.NaN } }, 'targeting["a b"][""]', "NaN"],
];

const shared = { n: 1 };
const moment = new Date(Date.UTC(2026, 11, 1, 9));
const changed: [what: string, value: unknown, becomes: unknown][] = [
  ["a Date", moment, "2026-12-01T09:00:00.000Z"],
  ["a Date deep inside", { a: [{ b: moment, c: 1 }] }, { a: [{ b: "2026-12-01T09:00:00.000Z", c: 1 }] }],
  ["a Date of another realm", runInNewContext("new Date(0)"), "1970-01-01T00:00:00.000Z"],
  ["a list of another realm", runInNewContext("['vip']"), ["vip"]],
  ["an object with its own toJSON", { a: new Moment("2026-12-01") }, { a: "2026-12-01" }],
  ["a toJSON that gives a Date", { toJSON: () => ({ at: moment }) }, { at: "2026-12-01T09:00:00.000Z" }],
  ["a URL", { a: new URL("https://acme.com/a") }, { a: "https://acme.com/a" }],
  ["a wrapped string", { a: new String("vip") }, { a: "vip" }],
  ["JSON", { a: [1, "b", true, null, { c: [] }], d: undefined }, { a: [1, "b", true, null, { c: [] }], d: undefined }],
  ["an instance of a class with fields", { a: new Segment("vip") }, { a: { name: "vip" } }],
  ["an object without a prototype", Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
  ["an object of another realm", runInNewContext("({ a: {} })"), { a: {} }],
  ["one object in two places", { a: shared, b: [shared] }, { a: { n: 1 }, b: [{ n: 1 }] }],
];

describe("Arguments of the classes", () => {
  /** The three ways in which a value can come; the deferred ones are judged once it is known. */
  const ways = {
    "": (value: unknown) => value,
    ", from an Output": (value: unknown) => pulumi.output(1).apply(() => value),
    ", from a promise": async (value: unknown) => value,
  };
  const resolved = async (value: unknown) => (pulumi.Output.isInstance(value) ? settled(value) : value);

  for (const [way, given] of Object.entries(ways)) {
    for (const [value, place, what] of lost) {
      it(`fail with ${what} at ${place}${way}`, async () => {
        const error = await thrown(pulumi.RunError, () =>
          resolved(carry({ name: "x", targeting: given(value) }).targeting),
        );
        const words = `Campaign "spring-sale" can't be declared: ${place} is ${what}, which Pulumi can't pass on.\nGive `;
        expect(error.message.slice(0, words.length)).to.equal(words);
        expectReadable(error.message);
        expect(error.stack).to.equal(error.message);
      });
    }
    for (const [what, value, becomes] of changed) {
      it(`pass ${what} on as JSON has it${way}`, async () => {
        expect(await resolved(carry({ targeting: given(value) }).targeting)).to.deep.equal(becomes);
      });
    }
  }

  it("pass what isn't known yet on as it is", () => expect(carry({ a: pulumi.unknown }).a).to.equal(pulumi.unknown));

  it("pass a list of another realm on as one of this realm, which alone Pulumi takes for a list", () => {
    expect(carry({ labels: runInNewContext("['vip']") }).labels).to.be.an.instanceOf(Array);
  });

  it("stay secret, and keep what they depend on", async () => {
    const resource = new pulumi.DependencyResource("urn");
    const secret = pulumi.secret(1).apply(() => ({ at: moment }));
    const { targeting, name } = carry({ targeting: { a: secret }, name: resource.urn });
    expect(await pulumi.isSecret(targeting.a)).to.equal(true);
    expect(await settled(targeting.a)).to.deep.equal({ at: "2026-12-01T09:00:00.000Z" });
    expect([...name.resources()]).to.deep.equal([resource]);
  });
});

/** What an output comes to. */
function settled(output: pulumi.Output<unknown>): Promise<unknown> {
  return (output as pulumi.Output<unknown> & { promise(): Promise<unknown> }).promise();
}
