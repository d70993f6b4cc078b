import type { dynamic } from "@pulumi/pulumi";
import * as pulumi from "@pulumi/pulumi";
import { unknownValue } from "@pulumi/pulumi/runtime/rpc";
import { expect } from "chai";
import * as provider from "../../provider";
import { UNKNOWN } from "../../provider/hosts/hosted";
import * as hood from "../../sdk";
import { expectReadable, thrown } from "../support/messages";

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
    ["from options that were merged", () => pulumi.mergeOptions({}, { provider: plugin() }), "its options give"],
    ["from its parent's list", () => under({ providers: [plugin()] }), "its parent gives"],
    ["from a parent's map", () => under({ providers: { hood: plugin() } }), "its parent gives"],
    ["from its parent", () => under({ provider: plugin() }), "its parent gives"],
    ["from far above", () => under({ ...under({ providers: [plugin()] }), provider: other() }), "its parent gives"],
    ["from a resource of the plugin above it", () => ({ parent: new Declared({ provider: plugin() }) }), "its parent"],
    ["from a transformation", () => transformed(() => ({ provider: plugin() })), "a transformation gives"],
    [
      "from its parent's transformation",
      () => under(transformed(() => ({ providers: [plugin()] }), "test:")),
      "its parent",
    ],
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

  const wraps: [what: string, wrap: (provider: pulumi.ProviderResource) => unknown][] = [
    ["a promise", async (provider) => provider],
    ["an Output", (provider) => pulumi.output(provider)],
  ];
  for (const [what, wrap] of wraps) {
    it(`stops the program as ${what} too, which Pulumi takes for no provider`, () => {
      const opts = { provider: wrap(plugin()) as pulumi.ProviderResource };
      expect(() => new hood.CampaignCancellation("spring-sale", args, opts)).to.throw(/getPackage/);
    });
  }
});

describe("the text that leads to the provider", () => {
  before(async () => {
    mockEngine();
    const args = [
      { campaignId: "1", reason: "a" },
      { campaignId: "2", reason: "b", expectedName: "c", whenNotCancelable: "accept" as const },
    ];
    const urns = args.map((arg) => new hood.CampaignCancellation(`cancel-${arg.campaignId}`, arg).urn);
    await new Promise((resolve) => pulumi.all(urns).apply(resolve));
  });
  after(resetEngine);

  const textOf = (name: string) => String(registered.get(name)?.inputs.__provider);

  it("registers a dynamic resource of Hood's type", () => {
    expect(registered.get("cancel-1")?.type).to.equal("pulumi-nodejs:dynamic/hood:CampaignCancellation");
  });

  it("stores the same short text for every resource, whatever its arguments: no code, no path, no token", () => {
    for (const name of ["cancel-1", "cancel-2"]) {
      expect(textOf(name)).to.equal('exports.handler=()=>require("pulumi-ocamba-hood/provider").campaignCancellation');
    }
  });

  it("spares Pulumi's stack traces, but not that of an error in the declaration", () => {
    const before = Error.stackTraceLimit;
    const declareWithoutName = () => new hood.CampaignCancellation("", { campaignId: "1", reason: "a" });
    expect(declareWithoutName).to.throw(/name/).with.property("stack").that.includes("declareWithoutName");
    expect(Error.stackTraceLimit).to.equal(before);
  });

  it("registers the arguments and nothing that isn't the program's", () => {
    const { __provider, __urn, ...args } = registered.get("cancel-1")?.inputs ?? {};
    expect(args).to.deep.equal({ campaignId: "1", reason: "a" });
    expect(__urn).to.equal(`urn:pulumi:stack::project::${registered.get("cancel-1")?.type}::cancel-1`);
  });

  it("leads to a provider that is there, for each resource of the package", () => {
    const resources = Object.keys(hood).filter((name) => /^[A-Z]/.test(name));
    const hosts: Record<string, dynamic.ResourceProvider | undefined> = { ...provider };
    expect(resources).to.have.members(["Campaign", "CampaignCancellation", "CampaignStatus"]);
    for (const name of resources) {
      const key = `${name.charAt(0).toLowerCase()}${name.slice(1)}`;
      for (const method of ["configure", "check", "diff", "create", "read", "update", "delete"] as const) {
        expect(hosts[key]?.[method], `${key}.${method}`).to.be.a("function");
      }
    }
  });

  it("leads there by evaluating the text, as the engine's host does", () => {
    const exported: { handler?: () => unknown } = {};
    const load = (name: string) => {
      expect(name).to.equal("pulumi-ocamba-hood/provider");
      return provider;
    };
    new Function("exports", "require", textOf("cancel-1"))(exported, load);
    expect(exported.handler?.()).to.equal(provider.campaignCancellation);
  });
});

describe("a value that isn't known yet", () => {
  it("looks as the engine's host writes it", () => expect(UNKNOWN).to.equal(unknownValue));
});
