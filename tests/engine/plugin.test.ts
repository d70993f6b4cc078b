import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect } from "chai";
import { version } from "../../provider/hood/transport";
import type { Simulator } from "../../simulator";
import { packPlugin, ROOT, repository } from "../../tools/package";
import { blockOf } from "../package/repository";
import { cancellation, inJavaScript, inYaml, link, mustFail, mustSucceed, onAccount, onStack, TOKEN } from "./stack";

// The plugin refuses a second configuration: so each of these commands gives one to each process.
describe("Several accounts in one program on the real engine", function () {
  this.timeout(120_000);
  const TOKENS = [TOKEN, "second-account-token-42", "third-account-token-4242"];
  /** The first one isn't the engine's own, whatever it may look like. */
  const PROVIDERS = ["default_one", "two"];
  const ROTATED = TOKENS.map((token) => `new-${token}`);
  const on = onAccount();
  let accounts: Simulator[];

  before(async () => {
    const campaigns = ["1", "2", "3"].map((id) => ({ id, name: "Sale", status: "running" }));
    accounts = await Promise.all(TOKENS.map((token) => on.account({ token: [token, `new-${token}`], campaigns })));
    await on.open("plugin", { HOOD_ENDPOINT: accounts[0]?.url });
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
    return on.stack.write(inYaml({}, { resources }));
  };
  const statuses = (id: string) => accounts.map((account) => account.campaign(id).status);

  it("have each their own token, also if it changes, and it stays a secret", async () => {
    await declare(TOKENS, "1");
    const up = await mustSucceed(on.stack.run(["up", "--yes", "--diff"]));
    expect(statuses("1")).to.deep.equal(["paused", "paused", "paused"]);
    for (const text of [up.stdout, up.stderr, await on.stack.stateText()]) {
      for (const token of TOKENS) expect(text).to.not.contain(token);
    }
    expect(up.stdout).to.match(/token\s*: \[secret\]/);
    for (const account of accounts) account.setStatus("1", "running");
    await declare(ROTATED, "1");
    const env = { HOOD_TOKEN: ROTATED[0] };
    await mustSucceed(on.stack.run(["up", "--yes", "--skip-preview", "--refresh"], { env }));
    expect(statuses("1")).to.deep.equal(["paused", "paused", "paused"]);
    const urn = "urn:pulumi:test::test::pulumi:providers:hood::default_one";
    await mustSucceed(on.stack.run(["up", "--yes", "--skip-preview", "--replace", urn], { env }));
    await mustSucceed(on.stack.run(["destroy", "--yes", "--skip-preview", "--run-program"], { env }));
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

    it("one account works, and two fail the preview: never is the one taken for the other", async () => {
      await declare([TOKEN], "2");
      await mustSucceed(on.stack.run(["up", "--yes"], { env }));
      expect(statuses("2")).to.deep.equal(["paused", "running", "running"]);
      await mustSucceed(on.stack.destroy({ env }));
      await declare(TOKENS.slice(0, 2), "3");
      expect(await mustFail(on.stack.preview({ env }))).to.contain("one account for each command");
      expect(statuses("3")).to.deep.equal(["running", "running", "running"]);
    });
  });
});

describe("The plugin on the real engine", function () {
  this.timeout(120_000);
  const on = onStack("plugin", { campaigns: [{ id: "1", status: "running" }] });

  it("adopts what the npm classes canceled, as they do what it canceled, and nothing is sent", async () => {
    const program = { sale: cancellation("1") };
    await link(on.stack.folder);
    for (const [files, state] of [
      [inJavaScript(program), "pulumi-nodejs:dynamic/hood:CampaignCancellation canceled"],
      [inYaml(program), "hood:index:CampaignCancellation alreadyCanceled"],
      [inJavaScript(program), "pulumi-nodejs:dynamic/hood:CampaignCancellation alreadyCanceled"],
    ] as const) {
      await on.stack.write(files);
      await mustSucceed(on.stack.up());
      const resources = await on.stack.resources();
      expect(resources.map(({ type, outputs }) => `${type} ${outputs.outcome}`)).to.deep.equal([state]);
    }
    expect(on.calls()).to.deep.equal(["POST /1/cancel"]);
  });
});

const PAGE = "docs/plugin.md";

describe("The plugin, on a machine that has none", function () {
  this.timeout(240_000);
  let home: string;
  let archive: string;
  let downloads: http.Server;
  let asked: string[];
  const on = onAccount(afterEach);

  before(async () => {
    home = await mkdtemp(join(tmpdir(), "hood machine "));
    archive = await packPlugin(join(home, "release"));
    downloads = http.createServer((request, response) => {
      const path = join(home, "release", request.url ?? "");
      asked.push(request.url ?? "");
      if (existsSync(path)) response.end(readFileSync(path));
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => downloads.listen(0, "127.0.0.1", resolve));
  });
  beforeEach(async () => {
    asked = [];
    await on.account({ campaigns: [{ id: "1000248", name: "Spring sale", status: "running" }] });
    const { port } = downloads.address() as AddressInfo;
    await on.open("plugin", {
      PULUMI_HOME: await mkdtemp(join(home, "pulumi ")),
      // In place of GitHub, which a release is downloaded from.
      PULUMI_PLUGIN_DOWNLOAD_URL_OVERRIDES: `^github://api\\.github\\.com/${repository}$=http://127.0.0.1:${port}`,
    });
  });
  after(async () => {
    downloads?.close();
    await rm(home, { recursive: true, force: true });
  });

  const program = async (language: string, words: string) =>
    (await blockOf(PAGE, language, words)).replaceAll("VERSION", version);
  const yaml = (text: string) => ({ "Pulumi.yaml": `name: test\nruntime: yaml\n${text}\n` });
  const programs: [what: string, isDownloaded: boolean, files: () => Promise<Record<string, string>>][] = [
    ["the page's program in YAML", true, async () => yaml(await program("yaml", "outcome"))],
    [
      "the page's program in Python",
      true,
      async () => ({
        "Pulumi.yaml": "name: test\nruntime: python\n",
        "__main__.py": await program("python", "pulumi.CustomResource"),
      }),
    ],
    [
      "the page's program with a provider of its own",
      false,
      async () =>
        yaml(`config: { tokenOfBrandA: { type: string, secret: true } }\n${await program("yaml", "brand-a")}`),
    ],
  ];
  for (const [what, isDownloaded, files] of programs) {
    it(`is ${isDownloaded ? "downloaded" : "installed from its archive"} for ${what}, which then cancels a campaign`, async () => {
      await on.stack.write(await files());
      const install = ["plugin", "install", "resource", "hood", version, "--file", archive];
      if (!isDownloaded) await mustSucceed(on.stack.run(install));
      // The token of the environment wins over it, though the provider that Pulumi makes is named after the download.
      await mustSucceed(on.stack.run(["config", "set", "--secret", "hood:token", "rolled-long-ago"]));
      await mustSucceed(on.stack.run(["config", "set", "--secret", "tokenOfBrandA", TOKEN]));
      await mustSucceed(on.stack.up());
      expect(on.hood.campaign("1000248").status).to.equal("canceled");
      const { outcome } = await on.stack.outputs();
      expect(outcome).to.equal(what.includes("provider") ? undefined : "canceled");
      expect([...new Set(asked)]).to.have.length(isDownloaded ? 1 : 0);
      for (const path of asked)
        expect(path).to.match(RegExp(`^/pulumi-resource-hood-v${version}-\\w+-\\w+\\.tar\\.gz$`));
    });
  }
});
