import type { dynamic } from "@pulumi/pulumi";
import { expect } from "chai";
import type { Context, Properties, Resource } from "../../provider/context";
import { UnfinishedError, UserError } from "../../provider/errors";
import { dynamicProvider } from "../../provider/hosts/dynamicProvider";
import { Operation } from "../../provider/hosts/operation";
import { thrown } from "../support/messages";
import { silentEngine } from "../support/silentEngine";

const operation = new Operation(silentEngine());
const __provider = "the way back";
/** What a class says of itself, since the engine doesn't tell. */
const identity = { __urn: "urn:pulumi:dev::shop::hood:index:Campaign::sale", __organization: "acme" };
const stored = { __provider, ...identity, campaignId: "1" };

/** A resource that records what reaches it, and answers with values that can't be stored as they are. */
function recordingResource(calls: Properties[], contexts: Context[] = []): Resource {
  const outs = { campaignId: "1", canceledAt: undefined };
  return {
    argumentNames: [],
    live: "status",
    planned: (inputs) => inputs,
    check: async (context, olds, news) => {
      contexts.push(context);
      calls.push(olds, news);
      return { inputs: { ...news, extra: undefined }, failures: [{ property: "campaignId", reason: "no" }] };
    },
    diff: async (context, olds, news) => {
      contexts.push(context);
      calls.push(olds, news);
      return { changes: true };
    },
    create: async (context, inputs) => {
      contexts.push(context);
      calls.push(inputs);
      return { id: "1", outs };
    },
    read: async (context, id, props) => {
      contexts.push(context);
      calls.push(props);
      return { id, props: outs };
    },
    update: async (context, olds, news) => {
      contexts.push(context);
      calls.push(olds, news);
      return { outs };
    },
    delete: async (context, props) => {
      contexts.push(context);
      calls.push(props);
    },
  };
}

describe("the dynamic provider", () => {
  const calls: Properties[] = [];
  const provider = dynamicProvider(recordingResource(calls), operation) as Required<dynamic.ResourceProvider>;

  afterEach(() => calls.splice(0));

  it("tells the resource which one it is, and keeps that with its inputs and outputs", async () => {
    const contexts: Context[] = [];
    const told = dynamicProvider(recordingResource([], contexts), operation) as Required<dynamic.ResourceProvider>;
    const results = [
      (await told.check(stored, stored)).inputs,
      (await told.create(stored)).outs,
      (await told.read("1", stored)).props,
      (await told.update("1", stored, stored)).outs,
    ];
    await told.diff("1", stored, stored);
    await told.delete("1", stored);
    expect(contexts).to.have.length(6);
    for (const context of contexts) expect(context).to.include({ urn: identity.__urn, organization: "acme" });
    for (const result of results) expect(result).to.include(identity);
  });

  it("serves a resource of 0.1.0, which doesn't say which one it is", async () => {
    const contexts: Context[] = [];
    const old = dynamicProvider(recordingResource([], contexts), operation) as Required<dynamic.ResourceProvider>;
    expect((await old.read("1", { __provider, campaignId: "1" })).props).to.have.keys("campaignId");
    expect(contexts[0]).to.not.have.property("urn");
  });

  it("keeps the way back to the provider away from the resource", async () => {
    await provider.check(stored, stored);
    await provider.diff("1", stored, stored);
    await provider.create(stored);
    await provider.read("1", stored);
    await provider.update("1", stored, stored);
    await provider.delete("1", stored);
    expect(calls).to.have.length(9);
    for (const properties of calls) expect(properties).to.deep.equal({ campaignId: "1" });
  });

  it("gives nothing that the engine's host can't store", async () => {
    const results = [
      (await provider.check({}, stored)).inputs,
      (await provider.create(stored)).outs,
      (await provider.read("1", stored)).props,
      (await provider.update("1", stored, stored)).outs,
    ];
    for (const result of results) expect(Object.values(result ?? { missing: undefined })).not.to.include(undefined);
  });

  it("reads settings from the namespace hood", async () => {
    const asked: string[] = [];
    const get = (key: string) => {
      asked.push(key);
      return key === "hood:maxCancellations" ? "7" : undefined;
    };
    await provider.configure({ config: { get, require: get } as never });
    expect(operation.settings().maxCancellations).to.equal(7);
    for (const key of asked) expect(key).to.match(/^hood:\w+$/);
  });

  it("passes failures on", async () => {
    expect((await provider.check({}, stored)).failures).to.deep.equal([{ property: "campaignId", reason: "no" }]);
  });

  it("reads without a record", async () => {
    expect(await provider.read("1")).to.deep.equal({ id: "1", props: { campaignId: "1" } });
    expect(calls).to.deep.equal([{}]);
  });

  it("turns what was begun into a partial failure that can be updated and destroyed", async () => {
    const act = async () => {
      throw new UnfinishedError("Not certain.", "1", { campaignId: "1", outcome: undefined });
    };
    const unfinished = dynamicProvider({ ...recordingResource([]), create: act, update: act }, operation);
    for (const run of [() => unfinished.create?.(stored), () => unfinished.update?.("1", stored, stored)]) {
      const error = await thrown(UnfinishedError, async () => run());
      expect(error).to.deep.include({
        id: "1",
        reasons: ["Not certain."],
        properties: { __provider, ...identity, campaignId: "1" },
      });
      expect(error.properties).not.to.have.property("outcome");
    }
  });

  it("passes every other error on as it is, without an id that would be taken for a record", async () => {
    const refusal = new UserError("No.");
    const refusing = dynamicProvider({ ...recordingResource([]), create: () => Promise.reject(refusal) }, operation);
    const error = await thrown(UserError, async () => refusing.create?.(stored));
    expect(error).to.equal(refusal);
    expect(error).not.to.have.property("id");
  });
});
