import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
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

const args = { campaignId: "1000248", reason: "Budget cut" };

describe("A class of the package with a provider of the plugin", () => {
  const registered: string[] = [];
  const plugin = () => new Provider("hood", "brand-b", {});
  const other = () => new Provider("aws", "other", {});

  before(() =>
    pulumi.runtime.setMocks({
      call: () => ({}),
      newResource: ({ name, type, inputs, id }) => {
        registered.push(type);
        return { id: id || name, state: inputs };
      },
    }),
  );
  after(() => pulumi.runtime.resetOptions("", "", -1, "", "", false, ""));

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
    registered.length = 0;
    const parent = new Brand("a", { providers: [plugin()] });
    const declare = [
      () => new hood.Campaign("c", { name: "x" }, { parent }),
      () => new hood.CampaignCancellation("c", args, { parent }),
      () => new hood.CampaignStatus("c", { campaignId: "1", status: "paused" }, { parent }),
    ];
    for (const act of declare) await thrown(pulumi.RunError, act);
    const last = new Brand("last");
    await new Promise((resolve) => last.urn.apply(resolve));
    expect(registered)
      .to.include("test:index:Brand")
      .and.satisfy((types: string[]) => types.every((type) => !type.startsWith("pulumi-nodejs:")));
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
