import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect } from "chai";
import { startSimulator } from "../../simulator";
import { type EngineServer, startEngineServer } from "../support/engineServer";
import { hosts } from "../support/hosts";
import { expectReadable } from "../support/messages";
import type { ProviderProcess, Surroundings } from "../support/providerProcess";
import { TOKEN } from "../support/testAccount";
import { openWire } from "../support/wire";

const CONFIG = { token: TOKEN, rateLimit: "1000/1s" };
const OTHER = "urn:pulumi:test::wire::pulumi:providers:hood::other";

/** Tells by its exit code whether a plugin answers it: 0 if it does. */
const CALLER = `
  const { credentials, Metadata } = require("@grpc/grpc-js");
  const { ResourceProviderClient } = require("@pulumi/pulumi/proto/provider_grpc_pb");
  const { Empty } = require("google-protobuf/google/protobuf/empty_pb");
  // Once all is loaded: another user may not be let into this folder.
  process.setuid(Number(process.argv[2]));
  const plugin = new ResourceProviderClient("127.0.0.1:" + process.argv[1], credentials.createInsecure());
  plugin.getPluginInfo(new Empty(), new Metadata(), { deadline: Date.now() + 5000 }, (error) => process.exit(error ? 1 : 0));`;

describe("The plugin's process and who calls it", function () {
  this.timeout(20_000);
  const wire = openWire({ host: hosts.plugin });
  const engines: EngineServer[] = [];
  const plugins: ProviderProcess[] = [];

  afterEach(async () => {
    for (const plugin of plugins.splice(0)) await plugin.stop();
    for (const engine of engines.splice(0)) engine.close();
  });

  const plugin = async (surroundings: Surroundings): Promise<ProviderProcess> => {
    const started = await wire.another(surroundings);
    plugins.push(started);
    return started;
  };
  const engine = async (): Promise<EngineServer> => {
    const started = await startEngineServer();
    engines.push(started);
    return started;
  };
  const refused = async (call: Promise<unknown>, says: string): Promise<void> => {
    const outcome = await call.then(
      () => new Error("It was taken."),
      (error: Error) => error,
    );
    expect(outcome.message).to.contain(says);
    expectReadable(outcome.message);
  };
  const cancellation = () => ({ campaignId: wire.campaign("running"), reason: "Budget cut" });
  const warning = async (on: ProviderProcess): Promise<void> => {
    const { outs } = await wire.apply(cancellation(), on);
    await on.delete(String(outs.campaignId), outs);
  };
  const config = () => ({ ...CONFIG, endpoint: wire.hood.url });

  describe("if Pulumi started it", () => {
    it("takes no second configuration, whatever it holds, and keeps to the first", async () => {
      const started = await plugin({});
      const stranger = await startSimulator({ campaigns: [{ id: "1", name: "Sale", status: "running" }] });
      try {
        const seconds: Record<string, string>[] = [
          { endpoint: stranger.url },
          { ...config(), token: "other" },
          config(),
          {},
        ];
        for (const second of seconds) {
          for (const urn of ["", OTHER]) {
            await refused(started.configure(second, urn), "second configuration was refused");
          }
        }
        const args = cancellation();
        await wire.apply(args, started);
        expect(wire.canceled).to.deep.equal([args.campaignId]);
        expect(stranger.requests).to.deep.equal([]);
      } finally {
        await stranger.close();
      }
    });

    it("takes no attachment, before its configuration and after it", async () => {
      const [first, second] = [await engine(), await engine()];
      const started = await plugin({ engine: first.address, configured: false });
      await refused(started.attach(second.address), "serves no other engine");
      await started.configure(config());
      for (const address of [second.address, first.address, ""])
        await refused(started.attach(address), "serves no other engine");
      await warning(started);
      expect(first.logs).to.have.length(1);
      expect(second.logs).to.deep.equal([]);
    });

    it("sends nothing for anybody before it is configured, although the environment holds a token", async () => {
      const environment = { HOOD_TOKEN: TOKEN, HOOD_ENDPOINT: wire.hood.url };
      const started = await plugin({ configured: false, environment });
      const args = cancellation();
      const calls = [
        () => started.check(undefined, args),
        () => started.diff("1", args, args),
        () => started.create(args),
        () => started.read("1", args),
        () => started.update("1", args, args),
        () => started.delete("1", args),
      ];
      for (const call of calls) await refused(call(), "isn't configured yet");
      expect(wire.sent).to.deep.equal([]);
    });
  });

  describe("if a person started it", () => {
    it("serves the engines that attach to it, one after the other, each with its own configuration", async () => {
      const started = await plugin({ engine: "", configured: false });
      for (const attached of [await engine(), await engine()]) {
        await started.attach(attached.address);
        await refused(started.check(undefined, cancellation()), "isn't configured yet");
        await started.configure(config());
        await warning(started);
        expect(attached.logs).to.have.length(1);
      }
      expect(wire.canceled).to.have.length(2);
    });

    it("goes on as it was if the same engine attaches and configures once more", async () => {
      const started = await plugin({ engine: "", configured: false });
      const { address } = await engine();
      await started.attach(address);
      await started.configure(config(), OTHER);
      await started.attach(address);
      await wire.apply(cancellation(), started);
      await started.configure(config(), OTHER);
      expect(wire.canceled).to.have.length(1);
    });

    it("takes no second account from an engine, which would get the first one's campaigns", async () => {
      const started = await plugin({ engine: "", configured: false });
      const { address } = await engine();
      await started.attach(address);
      await started.configure(config(), OTHER);
      await started.attach(address);
      for (const [second, urn] of [
        [{ ...config(), token: "other" }, OTHER],
        [config(), `${OTHER}-one`],
      ] as const) {
        await refused(started.configure(second, urn), "one account for each command");
      }
      await wire.apply(cancellation(), started);
      expect(wire.canceled).to.have.length(1);
    });
  });

  // Only root can become somebody else; the rule itself has a table of its own.
  if (process.getuid?.() === 0) {
    for (const [what, engineAddress] of [
      ["Pulumi", undefined],
      ["a person", ""],
    ] as const) {
      it(`answers its own user and no other one, started by ${what}`, async () => {
        const started = await plugin({ ...(engineAddress === "" && { engine: "" }), configured: false });
        const call = async (user: number): Promise<number> => {
          const child = spawn(process.execPath, ["-e", CALLER, started.port, String(user)], { cwd: process.cwd() });
          const [code] = await once(child, "exit");
          return code;
        };
        expect(await call(0)).to.equal(0);
        expect(await call(65_534)).to.equal(1);
        expect(await call(0)).to.equal(0);
        expect(started.output).to.contain("another user of this machine was turned away");
      });
    }
  }
});
