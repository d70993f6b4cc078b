import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect } from "chai";
import { type Simulator, startSimulator } from "../../simulator";
import { openPluginStack, type PluginStack } from "./pluginStack";
import { mustSucceed, ROOT, TOKEN } from "./stack";

const SECOND = "second-account-token-42";
const THIRD = "third-account-token-4242";

// The plugin refuses a second configuration: so each of these commands gives one to each process.
describe("The engine and the configuration of the plugin's providers", function () {
  this.timeout(180_000);
  let accounts: Simulator[];
  let stack: PluginStack;

  before(async () => {
    accounts = await Promise.all(
      [TOKEN, SECOND, THIRD].map((token, index) =>
        startSimulator({ token: [token, `new-${token}`], campaigns: campaignsOf(index) }),
      ),
    );
    stack = await openPluginStack(program([TOKEN, SECOND, THIRD]), { HOOD_ENDPOINT: accounts[0]?.url });
  });
  afterEach(async () => {
    await stack.write(program([]));
    await mustSucceed(stack.up());
  });
  after(async () => {
    await stack?.remove();
    for (const account of accounts) await account.close();
  });

  const campaignsOf = (account: number) =>
    Array.from({ length: 4 }, (_, index) => ({ id: String(1 + index), name: `Sale ${account}`, status: "running" }));

  /** One resource on the default provider, and one on a provider of its own for each token. */
  function program(tokens: readonly string[], more: object = {}, campaignId = "1"): Record<string, string> {
    const resources: Record<string, object> = {};
    const pause = { type: "hood:CampaignStatus", properties: { campaignId, status: "paused" } };
    if (tokens.length > 0) resources["on-default"] = pause;
    tokens.forEach((token, index) => {
      if (index === 0) return;
      const provider = `account-${index}`;
      const properties = { endpoint: accounts[index]?.url, token: { "fn::secret": token } };
      resources[provider] = { type: "pulumi:providers:hood", properties };
      resources[`on-${provider}`] = { ...pause, options: { provider: `\${${provider}}` } };
    });
    return { "Pulumi.yaml": JSON.stringify({ name: "test", runtime: "yaml", resources, ...more }) };
  }

  const statuses = (id: string) => accounts.map((account) => account.campaign(id).status);
  const resume = (id: string) => {
    for (const account of accounts) account.setStatus(id, "running");
  };

  it("one for each process, in every command, also if a token changes", async () => {
    await stack.write(program([TOKEN, SECOND, THIRD]));
    await mustSucceed(stack.preview());
    await mustSucceed(stack.run(["up", "--yes"]));
    expect(statuses("1")).to.deep.equal(["paused", "paused", "paused"]);
    await mustSucceed(stack.run(["refresh", "--yes", "--skip-preview"]));
    await stack.write(program([TOKEN, `new-${SECOND}`, `new-${THIRD}`]));
    const env = { HOOD_TOKEN: `new-${TOKEN}` };
    resume("1");
    await mustSucceed(stack.run(["up", "--yes", "--refresh"], { env }));
    expect(statuses("1")).to.deep.equal(["paused", "paused", "paused"]);
    await mustSucceed(stack.run(["refresh", "--yes", "--run-program"], { env }));
    await mustSucceed(stack.run(["destroy", "--yes", "--run-program"], { env }));
    await mustSucceed(stack.up({ env }));
    await mustSucceed(
      stack.run(["up", "--yes", "--replace", "urn:pulumi:test::test::pulumi:providers:hood::account-1"], { env }),
    );
    await mustSucceed(stack.run(["destroy", "--yes"], { env }));
  });

  describe("that a person started for PULUMI_DEBUG_PROVIDERS", () => {
    let plugin: ChildProcess;
    let env: NodeJS.ProcessEnv;

    before(async () => {
      plugin = spawn(process.execPath, [join(ROOT, "dist/provider/hosts/plugin/main.js")], {
        env: { PATH: process.env.PATH, HOOD_ENDPOINT: accounts[0]?.url, HOOD_TOKEN: TOKEN },
        stdio: ["ignore", "pipe", "inherit"],
      });
      const [port] = await once(createInterface(plugin.stdout as NodeJS.ReadableStream), "line");
      env = { PULUMI_DEBUG_PROVIDERS: `hood:${port}` };
    });
    after(() => plugin.kill());

    it("works through several commands", async () => {
      await stack.write(program([TOKEN], {}, "2"));
      await mustSucceed(stack.preview({ env }));
      const up = await mustSucceed(stack.run(["up", "--yes"], { env }));
      expect(statuses("2")).to.deep.equal(["paused", "running", "running"]);
      await mustSucceed(stack.run(["refresh", "--yes"], { env }));
      const destroy = await mustSucceed(stack.run(["destroy", "--yes"], { env }));
      expect(up.stdout + destroy.stdout).to.contain("on-default");
    });

    it("fails the preview at two accounts, and never takes the one for the other", async () => {
      await stack.write(program([TOKEN, SECOND], {}, "3"));
      for (const run of [stack.preview, stack.up]) {
        const { code, stdout, stderr } = await run({ env });
        expect(code).to.not.equal(0);
        expect(stdout + stderr).to.contain("one account for each command");
        if (run === stack.preview) expect(statuses("3")).to.deep.equal(["running", "running", "running"]);
      }
      expect(statuses("3").slice(1)).to.deep.equal(["running", "running"]);
    });
  });
});
