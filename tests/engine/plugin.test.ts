import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect } from "chai";
import { type Simulator, startSimulator } from "../../simulator";
import { type Declared, inJavaScript, inYaml, type Program } from "./program";
import { link, mustFail, mustSucceed, openStack, ROOT, type Stack, TOKEN } from "./stack";

const cancellation = (campaignId: string): Declared => ({
  type: "CampaignCancellation",
  args: { campaignId, reason: "Budget cut" },
});

// The plugin refuses a second configuration: so each of these commands gives one to each process.
describe("Several accounts in one program on the real engine", function () {
  this.timeout(120_000);
  const TOKENS = [TOKEN, "second-account-token-42", "third-account-token-4242"];
  /** The first one isn't the engine's own, whatever it may look like. */
  const PROVIDERS = ["default_one", "two"];
  const ROTATED = TOKENS.map((token) => `new-${token}`);
  let accounts: Simulator[];
  let stack: Stack;

  before(async () => {
    const campaigns = ["1", "2", "3"].map((id) => ({ id, name: "Sale", status: "running" }));
    accounts = await Promise.all(TOKENS.map((token) => startSimulator({ token: [token, `new-${token}`], campaigns })));
    stack = await openStack("plugin", { HOOD_ENDPOINT: accounts[0]?.url });
  });
  after(async () => {
    await stack?.remove();
    for (const account of accounts) await account.close();
  });

  /** One resource on the default provider, and one on a provider of its own for each further token. */
  const declare = (tokens: readonly string[], campaignId: string) => {
    const pause = { type: "hood:CampaignStatus", properties: { campaignId, status: "paused" } };
    const resources: Record<string, object> = { "on-default": pause };
    for (const [index, token] of tokens.slice(1).entries()) {
      const provider = PROVIDERS[index] ?? "";
      const properties = { endpoint: accounts[index + 1]?.url, token: { "fn::secret": token } };
      resources[provider] = { type: "pulumi:providers:hood", properties };
      resources[`on-${provider}`] = { ...pause, options: { provider: `\${${provider}}` } };
    }
    return stack.write(inYaml({}, { resources }));
  };
  const statuses = (id: string) => accounts.map((account) => account.campaign(id).status);

  it("have each their own token, also if it changes, and it stays a secret", async () => {
    await declare(TOKENS, "1");
    const up = await mustSucceed(stack.run(["up", "--yes", "--diff"]));
    expect(statuses("1")).to.deep.equal(["paused", "paused", "paused"]);
    for (const text of [up.stdout, up.stderr, await stack.stateText()]) {
      for (const token of TOKENS) expect(text).to.not.contain(token);
    }
    expect(up.stdout).to.match(/token\s*: \[secret\]/);
    for (const account of accounts) account.setStatus("1", "running");
    await declare(ROTATED, "1");
    const env = { HOOD_TOKEN: ROTATED[0] };
    await mustSucceed(stack.run(["up", "--yes", "--skip-preview", "--refresh"], { env }));
    expect(statuses("1")).to.deep.equal(["paused", "paused", "paused"]);
    const urn = "urn:pulumi:test::test::pulumi:providers:hood::default_one";
    await mustSucceed(stack.run(["up", "--yes", "--skip-preview", "--replace", urn], { env }));
    await mustSucceed(stack.run(["destroy", "--yes", "--skip-preview", "--run-program"], { env }));
  });

  describe("with a plugin that a person started for PULUMI_DEBUG_PROVIDERS,", () => {
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

    it("one account works through several commands", async () => {
      await declare([TOKEN], "2");
      await mustSucceed(stack.run(["up", "--yes"], { env }));
      expect(statuses("2")).to.deep.equal(["paused", "running", "running"]);
      await mustSucceed(stack.destroy({ env }));
    });

    it("two fail the preview, and never is the one taken for the other", async () => {
      await declare(TOKENS.slice(0, 2), "3");
      expect(await mustFail(stack.preview({ env }))).to.contain("one account for each command");
      expect(statuses("3")).to.deep.equal(["running", "running", "running"]);
      expect(await mustFail(stack.up({ env }))).to.contain("one account for each command");
      expect(statuses("3").slice(1)).to.deep.equal(["running", "running"]);
    });
  });
});

describe("The plugin on the real engine", function () {
  this.timeout(120_000);

  it("adopts what the npm classes canceled, as they do what it canceled, and nothing is sent", async () => {
    const hood = await startSimulator({ token: TOKEN, campaigns: [{ id: "1", status: "running" }] });
    const stack = await openStack("plugin", { HOOD_ENDPOINT: hood.url });
    const program: Program = { sale: cancellation("1") };
    const inState = async () => (await stack.resources()).map(({ type, outputs }) => `${type} ${outputs.outcome}`);
    try {
      await link(stack.folder);
      for (const [files, state] of [
        [inJavaScript(program), "pulumi-nodejs:dynamic/hood:CampaignCancellation canceled"],
        [inYaml(program), "hood:index:CampaignCancellation alreadyCanceled"],
        [inJavaScript(program), "pulumi-nodejs:dynamic/hood:CampaignCancellation alreadyCanceled"],
      ] as const) {
        await stack.write(files);
        await mustSucceed(stack.up());
        expect(await inState()).to.deep.equal([state]);
      }
      expect(hood.requests.filter(({ method }) => method === "POST")).to.have.length(1);
    } finally {
      await stack.remove();
      await hood.close();
    }
  });
});
