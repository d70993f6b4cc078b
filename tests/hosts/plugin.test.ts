import { spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { endianness } from "node:os";
import { type ClientUnaryCall, credentials, type ServiceError, status } from "@grpc/grpc-js";
import { PluginAttach } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { expect } from "chai";
import type { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { UNKNOWN } from "../../provider/hosts/hosted";
import { isOtherUsers, pluginService, type Serving, serve } from "../../provider/hosts/plugin/service";
import { startSimulator } from "../../simulator";
import { expectReadable, ProviderError, thrown } from "../support/accounts";
import type { EngineServer, ProviderProcess } from "../support/providerProcess";
import { hosts, openProcesses, startEngineServer } from "../support/providerProcess";
import { TOKEN, until } from "../support/testAccount";

const OTHER = "urn:pulumi:test::wire::pulumi:providers:hood::other";
const reason = "Budget cut";
const { secret } = hosts.plugin;

/** Tells by its exit code whether a plugin answers it: 0 if it does. */
const CALLER = `
  const { credentials, Metadata } = require("@grpc/grpc-js");
  const { ResourceProviderClient } = require("@pulumi/pulumi/proto/provider_grpc_pb");
  const { Empty } = require("google-protobuf/google/protobuf/empty_pb");
  // Once all is loaded: another user may not be let into this folder.
  process.setuid(Number(process.argv[2]));
  const plugin = new ResourceProviderClient("127.0.0.1:" + process.argv[1], credentials.createInsecure());
  plugin.getPluginInfo(new Empty(), new Metadata(), { deadline: Date.now() + 5000 }, (error) => process.exit(error ? 1 : 0));`;

describe("the plugin's process", function () {
  this.timeout(20_000);
  const on = openProcesses({ host: hosts.plugin });
  const config = () => ({ token: TOKEN, rateLimit: "1000/1s", endpoint: on.hood.url });
  const cancellation = () => ({ campaignId: on.campaign("running"), reason });

  const failing = async (call: Promise<unknown>, says: string): Promise<void> => {
    const { message } = await thrown(ProviderError, () => call);
    expect(message).to.contain(says);
    expectReadable(message);
  };
  /** Makes an operation warn: on the engine that it has. */
  const warn = async (process: ProviderProcess): Promise<void> => {
    const { outs } = await on.apply(cancellation(), process);
    await process.delete(String(outs.campaignId), outs);
  };

  it("says no secret name of a Campaign", async () => {
    const process = await on.process({ provider: "campaign" });
    const { outs } = await on.apply({ name: secret("Quiet X-99"), draft: true }, process);
    await process.delete(String(outs.campaignId), outs);
    const said = on.engine.logs.map(({ message }) => message).join();
    expect(said).to.contain(`Removed campaign ${outs.campaignId} [secret] from`).and.not.contain("X-99");
  });

  describe("if Pulumi started it", () => {
    it("takes no second configuration, whatever it holds, and keeps to the first", async () => {
      const process = await on.process();
      const other = await startSimulator({ campaigns: [{ id: "1", name: "Sale", status: "running" }] });
      try {
        const configure = (second: Record<string, string>, urn: string) =>
          failing(process.configure(second, urn), "second configuration isn't accepted");
        for (const urn of ["", OTHER])
          for (const others of [{ token: "other" }, { endpoint: other.url }, {}])
            await configure({ ...config(), ...others }, urn);
        await configure({}, OTHER);
        const args = cancellation();
        await on.apply(args, process);
        expect(on.canceled).to.deep.equal([args.campaignId]);
        expect(other.requests).to.deep.equal([]);
      } finally {
        await other.close();
      }
    });

    it("takes no attachment, before its configuration and after it", async () => {
      const second = await startEngineServer();
      const process = await on.process({ configured: false });
      await failing(process.attach(second.address), "serves no other engine");
      await process.configure(config());
      for (const address of [second.address, on.engine.address, ""])
        await failing(process.attach(address), "serves no other engine");
      await warn(process);
      expect(on.engine.logs).to.have.length(1);
      expect(second.logs).to.deep.equal([]);
      second.close();
    });

    it("sends nothing for anybody before it is configured, although the environment holds a token", async () => {
      const environment = { HOOD_TOKEN: TOKEN, HOOD_ENDPOINT: on.hood.url };
      const process = await on.process({ configured: false, environment });
      const args = cancellation();
      const calls = [
        () => process.check(undefined, args),
        () => process.diff("1", args, args),
        () => process.create(args),
        () => process.read("1", args),
        () => process.update("1", args, args),
        () => process.delete("1", args),
      ];
      for (const call of calls) await failing(call(), "isn't configured yet");
      expect(on.sent).to.deep.equal([]);
    });
  });

  describe("if a person started it", () => {
    const started = () => on.process({ engine: "", configured: false });

    it("serves the engines that attach to it, one after the other, each with its own configuration", async () => {
      const process = await started();
      const second = await startEngineServer();
      for (const engine of [on.engine, second]) {
        await process.attach(engine.address);
        await failing(process.check(undefined, cancellation()), "isn't configured yet");
        await process.configure(config());
        await warn(process);
        expect(engine.logs).to.have.length(1);
      }
      expect(on.canceled).to.have.length(2);
      second.close();
    });

    it("goes on as it was if the same engine configures it once more, and takes no second account from it", async () => {
      const process = await started();
      for (let time = 0; time < 2; time++) {
        await process.attach(on.engine.address);
        await process.configure(config(), OTHER);
      }
      // It would get the first one's campaigns.
      await failing(process.configure({ ...config(), token: "other" }, OTHER), "one account for each command");
      await failing(process.configure(config(), `${OTHER}-one`), "one account for each command");
      await on.apply(cancellation(), process);
      expect(on.canceled).to.have.length(1);
    });
  });

  // Only root can become somebody else; the rule itself has a table of its own.
  if (process.getuid?.() === 0)
    it("answers its own user and no other one", async () => {
      const plugin = await on.process({ configured: false });
      const call = async (user: number): Promise<number> => {
        const child = spawn(process.execPath, ["-e", CALLER, plugin.port, String(user)], { cwd: process.cwd() });
        const [code] = await once(child, "exit");
        return code;
      };
      for (const [user, code] of [
        [0, 0],
        [65_534, 1],
        [0, 0],
      ] as const)
        expect(await call(user)).to.equal(code);
      expect(plugin.output).to.contain("another user of this machine was turned away");
    });
});

describe("the plugin that is given a resource's customTimeouts", function () {
  this.timeout(20_000);
  const on = openProcesses({ host: hosts.plugin }, { latency: 100 });
  for (const step of ["create", "update", "delete"] as const) {
    it(`gives up a step (${step}) that has waited for so long, and sends nothing`, async () => {
      const args = { name: "Autumn sale", scheduledTime: "2099-12-01T09:00:00Z", deletionPolicy: "cancel" };
      const { id, outs } = await on.apply(args, await on.process({ provider: "campaign" }));
      on.hood.clearRequests();
      // One request a minute: after what each step reads first, its call has to wait.
      const process = await on.process({ provider: "campaign", config: { rateLimit: "1/60s" } });
      const inputs = { ...args, name: "Winter sale" };
      const acts = {
        create: () => process.create(inputs, false, 0.3),
        update: () => process.update(id, outs, inputs, false, 0.3),
        delete: () => process.delete(id, outs, 0.3),
      };
      const begun = Date.now();
      const { message } = await thrown(ProviderError, acts[step]);
      expect(message).to.contain("it wasn't done within the resource's own timeout of 0.3 s (customTimeouts)");
      expectReadable(message);
      expect(Date.now() - begun).to.be.below(10_000);
      expect(on.calls).to.deep.equal([]);
    });
  }
});

describe("the plugin that is told to end", function () {
  this.timeout(20_000);
  const on = openProcesses({ host: hosts.plugin }, { latency: 300 });
  const ends: [how: string, end: (process: ProviderProcess) => Promise<void>][] = [
    ["by a signal", (process) => process.stop("SIGINT")],
    ["by the engine", (process) => process.cancel()],
  ];

  it("does so at once if nothing is on its way", async () => {
    const process = await on.process();
    await process.check(undefined, { campaignId: on.campaign("running"), reason });
    const begun = Date.now();
    await process.stop("SIGINT");
    expect(Date.now() - begun).to.be.below(5_000);
  });

  for (const [how, end] of ends) {
    it(`answers what is on its way, so that it comes into the state, and sends nothing more (${how})`, async () => {
      const process = await on.process({ config: { maxParallel: "1" } });
      const inputs = ["Spring sale", "Summer sale"].map((name) => ({
        campaignId: on.campaign("running", { name }),
        reason,
      }));
      const [first = ""] = inputs.map(({ campaignId }) => campaignId);
      for (const news of inputs) await process.check(undefined, news);
      const stopping: Promise<void>[] = [];
      // The account takes its time: the end comes before the answer.
      on.faultCancel(first, { before: () => stopping.push(end(process)) });
      const calls = inputs.map((news) => process.create(news).catch((error: Error) => error));
      await until(() => stopping.length > 0);
      const [created, aborted] = await Promise.all(calls);
      await Promise.all(stopping);
      expect(created).to.deep.include({ id: first });
      expect((aborted as Error).message).to.contain("stopped before its turn came");
      expect(on.canceled).to.deep.equal([first]);
    });
  }
});

type Send<T> = (
  client: ResourceProviderClient,
  done: (error: ServiceError | null, answer: T) => void,
) => ClientUnaryCall;

const struct = (values: object) => Struct.fromJavaScript(values as Parameters<typeof Struct.fromJavaScript>[0]);

describe("the plugin's service", () => {
  let serving: Serving;
  let client: ResourceProviderClient;
  let engine: EngineServer;

  beforeEach(async () => {
    engine = await startEngineServer();
    serving = await serve(pluginService());
    client = new ResourceProviderClient(`127.0.0.1:${serving.port}`, credentials.createInsecure());
  });
  afterEach(() => {
    client.close();
    serving.abort();
    engine.close();
  });

  const ask = <T>(send: Send<T>) =>
    new Promise<T>((resolve, reject) => {
      send(client, (error, answer) => (error ? reject(error) : resolve(answer)));
    });
  /** What is wrong with a call. */
  const errorOf = async <T>(send: Send<T>) => (await thrown(Error, () => ask(send))) as ServiceError;
  const checkConfig = (news: object, project = "shop", name = "default_0_1_0") => {
    const urn = `urn:pulumi:dev::${project}::pulumi:providers:hood::${name}`;
    const request = new proto.CheckRequest().setUrn(urn).setNews(struct(news));
    return ask<proto.CheckResponse>((to, done) => to.checkConfig(request, done));
  };
  const configure = (args: object) =>
    ask((to, done) => to.configure(new proto.ConfigureRequest().setArgs(struct(args)), done));

  const wrong: [what: string, config: object, property: string, says: string][] = [
    ["a setting that there isn't", { tokn: "x" }, "tokn", "which takes token, endpoint"],
    ["such a setting whose value can't be shown", { tokn: "<{%x%}>" }, "", "which takes token, endpoint"],
    ["one whose value can't be used", { maxCancellations: -1 }, "", "whole number"],
  ];
  for (const [what, config, property, says] of wrong) {
    it(`fails on ${what} among a provider's inputs`, async () => {
      const [failure, ...others] = (await checkConfig(config)).getFailuresList();
      expect(others).to.deep.equal([]);
      expect(failure?.getProperty()).to.equal(property);
      expect(failure?.getReason()).to.contain(says);
    });
  }

  for (const [project, name, clashes] of [
    ["hood", "default_0_1_0", true],
    ["hood", "default_0_1_0_github_/api.github.com/acme/pulumi-ocamba-hood", true],
    ["hood", "default_acme/brand-b", false],
    ["hood", "brand-b", false],
    ["shop", "default", false],
  ] as const) {
    it(`${clashes ? "names" : "doesn't speak of"} the clash of names for ${name} in a project called ${project}`, async () => {
      const [failure] = (await checkConfig({ greeting: "hi" }, project, name)).getFailuresList();
      const reason = failure?.getReason() ?? "";
      expect(reason).to.contain("greeting is not a setting of the provider");
      expect(reason.includes("The project is called hood too")).to.equal(clashes);
      expect(reason.includes("`pulumi config set app:greeting VALUE`")).to.equal(clashes);
      expectReadable(reason);
    });
  }

  it("takes right inputs, those of the engine's own and those that aren't known yet among them", async () => {
    const inputs = { token: UNKNOWN, timeout: "10s", maxParallel: 5, version: "0.1.0", __internal: {} };
    expect((await checkConfig(inputs)).getFailuresList()).to.deep.equal([]);
  });

  it("makes a secret of the token, whether the program did or not", async () => {
    for (const token of [TOKEN, secret(TOKEN)]) {
      const inputs = (await checkConfig({ token, timeout: "10s" })).getInputs();
      expect(inputs?.toJavaScript()).to.deep.equal({ token: secret(TOKEN), timeout: "10s" });
    }
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
    await configure({});
    const urn = "urn:pulumi:test::test::hood:index:CampaignFolder::spring-sale";
    const check = new proto.CheckRequest().setUrn(urn).setNews(struct({}));
    const invoke = new proto.InvokeRequest().setTok("hood:index:getFolder");
    const noType = await errorOf<proto.CheckResponse>((to, done) => to.check(check, done));
    expect(noType.details).to.contain("has no resource type hood:index:CampaignFolder");
    const noFunction = await errorOf<proto.InvokeResponse>((to, done) => to.invoke(invoke, done));
    expect(noFunction.details).to.contain("has no function hood:index:getFolder");
    const call = await errorOf<proto.CallResponse>((to, done) => to.call(new proto.CallRequest(), done));
    expect(call.code).to.equal(status.UNIMPLEMENTED);
  });

  it("warns of an environment variable that nobody reads", async () => {
    process.env.HOOD_MAX_CANCELATIONS = "1";
    try {
      await ask<Empty>((to, done) => to.attach(new PluginAttach().setAddress(engine.address), done));
      await configure({ token: "x" });
      expect(engine.logs.map(({ severity }) => severity)).to.deep.equal(["WARNING"]);
      expect(engine.logs[0]?.message).to.contain("HOOD_MAX_CANCELATIONS (do you mean HOOD_MAX_CANCELLATIONS?)");
    } finally {
      delete process.env.HOOD_MAX_CANCELATIONS;
    }
  });
});

describe("a connection to the plugin's port", () => {
  const US = 1000;
  const connection = { localAddress: "127.0.0.1", localPort: 0x9000, remoteAddress: "127.0.0.1", remotePort: 0x8000 };
  const loopback = endianness() === "LE" ? "0100007F" : "7F000001";
  const [here, there] = [`${loopback}:9000`, `${loopback}:8000`];
  const listener = { local: here, remote: "00000000:0000", state: "0A", user: US };
  const ours = { local: here, remote: there, state: "01", user: US };
  const theirs = { local: there, remote: here, state: "01", user: US };

  const tables: [what: string, table: (typeof theirs)[], isOthers: boolean][] = [
    ["from the same user", [listener, ours, theirs], false],
    ["from another user", [listener, ours, { ...theirs, user: 1001 }], true],
    ["from root, if the plugin isn't root's", [listener, ours, { ...theirs, user: 0 }], true],
    ["if its other end is closed already", [listener, ours, { ...theirs, state: "05" }], true],
    ["if its other end is gone", [listener, ours], true],
    ["if the port is another address's", [listener, ours, { ...theirs, local: "0200007F:8000" }], true],
    ["on a system whose list doesn't show the plugin's own port", [theirs], false],
    ["on a system without a list", [], false],
  ];
  for (const [what, table, isOthers] of tables) {
    it(`is ${isOthers ? "turned away" : "taken"} ${what}`, () => {
      expect(isOtherUsers(connection, US, () => table)).to.equal(isOthers);
    });
  }

  it("is taken if its end shows only when the list is read again", () => {
    const reads = [
      [listener, ours],
      [listener, ours, theirs],
    ];
    expect(isOtherUsers(connection, US, () => reads.shift() ?? [])).to.equal(false);
  });

  it("is told by this system's own list", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const accepted = once(server, "connection");
    const client = connect((server.address() as AddressInfo).port, "127.0.0.1");
    const [socket] = (await accepted) as [Socket];
    try {
      expect(isOtherUsers(socket)).to.equal(false);
      // Linux tells; elsewhere nobody is turned away.
      expect(isOtherUsers(socket, 12_345)).to.equal(process.platform === "linux");
    } finally {
      client.destroy();
      socket.destroy();
      server.close();
    }
  });
});
