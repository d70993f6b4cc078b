import { type ClientUnaryCall, credentials, type ServiceError, status } from "@grpc/grpc-js";
import { PluginAttach, type PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { expect } from "chai";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { pluginService, type Serving, serve } from "../../provider/hosts/plugin/service";
import { version } from "../../tools/root";
import { startEngineServer } from "../support/engineServer";

type Send<T> = (
  client: ResourceProviderClient,
  done: (error: ServiceError | null, answer: T) => void,
) => ClientUnaryCall;

const struct = (values: object) => Struct.fromJavaScript(values as Parameters<typeof Struct.fromJavaScript>[0]);
const URN = "urn:pulumi:test::test::hood:index:CampaignCancellation::spring-sale";

describe("the plugin's service", () => {
  let serving: Serving;
  let client: ResourceProviderClient;

  before(async () => {
    serving = await serve(pluginService());
    client = new ResourceProviderClient(`127.0.0.1:${serving.port}`, credentials.createInsecure());
  });
  after(() => {
    client.close();
    serving.abort();
  });

  function ask<T>(send: Send<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      send(client, (error, answer) => (error ? reject(error) : resolve(answer)));
    });
  }

  const checkConfig = (news: object) =>
    ask<proto.CheckResponse>((to, done) => to.checkConfig(new proto.CheckRequest().setNews(struct(news)), done));

  it("says its version, and the schema that it serves", async () => {
    const info = await ask<PluginInfo>((to, done) => to.getPluginInfo(new Empty(), done));
    expect(info.getVersion()).to.equal(version);
    const schema = await ask<proto.GetSchemaResponse>((to, done) => to.getSchema(new proto.GetSchemaRequest(), done));
    expect(JSON.parse(schema.getSchema())).to.include({ name: "hood", version });
  });

  const wrong: [what: string, config: object, property: string, says: string][] = [
    ["a setting that there isn't", { tokn: "x" }, "tokn", "which takes token, endpoint"],
    [
      "a setting that there isn't, with a value that can't be shown",
      { tokn: "<{%x%}>" },
      "",
      "which takes token, endpoint",
    ],
    ["plain http to a stranger", { endpoint: "http://example.org" }, "", "https://"],
    ["a window that can't be read", { rateLimit: "fast" }, "", "10/1s,150/60s"],
    ["a negative cap", { maxCancellations: -1 }, "", "whole number"],
  ];
  for (const [what, config, property, says] of wrong) {
    it(`refuses ${what} among a provider's inputs`, async () => {
      const [failure, ...others] = (await checkConfig(config)).getFailuresList();
      expect(others).to.deep.equal([]);
      expect(failure?.getProperty()).to.equal(property);
      expect(failure?.getReason()).to.contain(says);
    });
  }

  it("takes right inputs, those of the engine's own and those that aren't known yet among them", async () => {
    const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
    const answer = await checkConfig({
      token: unknown,
      timeout: "10s",
      maxParallel: 5,
      version: "0.1.0",
      __internal: {},
    });
    expect(answer.getFailuresList()).to.deep.equal([]);
  });

  it("makes a secret of the token, whether the program did or not", async () => {
    const inputs = (await checkConfig({ token: "canary-token-1234567890", timeout: "10s" })).getInputs();
    const mark = "4dabf18193072939515e22adb298388d";
    const { token, timeout } = inputs?.toJavaScript() ?? {};
    expect(token).to.have.property(mark, "1b47061264138c4ac30d75fd1eb44270");
    expect(timeout).to.equal("10s");
  });

  it("never replaces a provider whose settings change", async () => {
    const request = new proto.DiffRequest()
      .setOlds(struct({ token: "a" }))
      .setNews(struct({ token: "b", timeout: "5s" }));
    const diff = await ask<proto.DiffResponse>((to, done) => to.diffConfig(request, done));
    expect(diff.getChanges()).to.equal(proto.DiffResponse.DiffChanges.DIFF_SOME);
    expect(diff.getDiffsList()).to.have.members(["token", "timeout"]);
    expect(diff.getReplacesList()).to.deep.equal([]);
  });

  it("says which type or function it doesn't have, in words, and that it lacks what no resource of it needs", async () => {
    await ask((to, done) => to.configure(new proto.ConfigureRequest().setArgs(struct({})), done));
    const request = new proto.CheckRequest().setUrn(URN.replace("Cancellation", "Folder")).setNews(struct({}));
    const failed = await ask<proto.CheckResponse>((to, done) => to.check(request, done)).catch((error) => error);
    expect(failed.details).to.contain("has no resource type hood:index:CampaignFolder");
    const invoke = new proto.InvokeRequest().setTok("hood:index:getFolder");
    const unknown = await ask<proto.InvokeResponse>((to, done) => to.invoke(invoke, done)).catch((error) => error);
    expect(unknown.details).to.contain("has no function hood:index:getFolder");
    const call = await ask<proto.CallResponse>((to, done) => to.call(new proto.CallRequest(), done)).catch(
      (error) => error,
    );
    expect(call.code).to.equal(status.UNIMPLEMENTED);
  });

  it("warns of an environment variable that nobody reads", async () => {
    const engine = await startEngineServer();
    const debugged = await serve(pluginService());
    const other = new ResourceProviderClient(`127.0.0.1:${debugged.port}`, credentials.createInsecure());
    process.env.HOOD_MAX_CANCELATIONS = "1";
    try {
      await ask<Empty>((_, done) => other.attach(new PluginAttach().setAddress(engine.address), done));
      await ask((_, done) => other.configure(new proto.ConfigureRequest().setArgs(struct({ token: "x" })), done));
      expect(engine.logs.map(({ severity }) => severity)).to.deep.equal(["WARNING"]);
      expect(engine.logs[0]?.message).to.contain("HOOD_MAX_CANCELATIONS (do you mean HOOD_MAX_CANCELLATIONS?)");
    } finally {
      delete process.env.HOOD_MAX_CANCELATIONS;
      other.close();
      debugged.abort();
      engine.close();
    }
  });
});
