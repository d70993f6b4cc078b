import type { dynamic } from "@pulumi/pulumi";
import * as pulumi from "@pulumi/pulumi";
import { unknownValue } from "@pulumi/pulumi/runtime/rpc";
import { expect } from "chai";
import * as provider from "../../provider";
import { UNKNOWN } from "../../provider/hosts/hosted";
import * as sdk from "../../sdk";

/** What a program registers with the engine, by resource name. */
const registered = new Map<string, { type: string; inputs: Record<string, unknown> }>();

describe("the text that leads to the provider", () => {
  before(async () => {
    await pulumi.runtime.setMocks({
      call: () => ({}),
      newResource: ({ name, type, inputs, id }) => {
        registered.set(name, { type, inputs });
        return { id: id || "1", state: inputs };
      },
    });
    const args = [
      { campaignId: "1", reason: "a" },
      { campaignId: "2", reason: "b", expectedName: "c", whenNotCancelable: "accept" as const },
    ];
    const urns = args.map((arg) => new sdk.CampaignCancellation(`cancel-${arg.campaignId}`, arg).urn);
    await new Promise((resolve) => pulumi.all(urns).apply(resolve));
  });

  after(() => {
    pulumi.runtime.resetOptions("", "", -1, "", "", false, "");
  });

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
    const declareWithoutName = () => new sdk.CampaignCancellation("", { campaignId: "1", reason: "a" });
    expect(declareWithoutName).to.throw(/name/).with.property("stack").that.includes("declareWithoutName");
    expect(Error.stackTraceLimit).to.equal(before);
  });

  it("registers the arguments and nothing that isn't the program's", () => {
    const { __provider, __urn, ...args } = registered.get("cancel-1")?.inputs ?? {};
    expect(args).to.deep.equal({ campaignId: "1", reason: "a" });
    expect(__urn).to.equal(`urn:pulumi:stack::project::${registered.get("cancel-1")?.type}::cancel-1`);
  });

  it("leads to a provider that is there, for each resource of the package", () => {
    const resources = Object.keys(sdk).filter((name) => /^[A-Z]/.test(name));
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
