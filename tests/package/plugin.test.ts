import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { type Simulator, startSimulator } from "../../simulator";
import { ROOT, repository, version } from "../../tools/package";
import { packPlugin } from "../../tools/plugin";
import { mustSucceed, openStack, type Stack, TOKEN } from "../engine/stack";
import { blockOf } from "./blocks";

const PAGE = "docs/plugin.md";

describe("The plugin, on a machine that has none", function () {
  this.timeout(240_000);
  let home: string;
  let archive: string;
  let downloads: http.Server;
  let asked: string[];
  let hood: Simulator;
  let stack: Stack;

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
    hood = await startSimulator({
      token: TOKEN,
      campaigns: [{ id: "1000248", name: "Spring sale", status: "running" }],
    });
    const { port } = downloads.address() as AddressInfo;
    stack = await openStack("plugin", {
      HOOD_ENDPOINT: hood.url,
      PULUMI_HOME: await mkdtemp(join(home, "pulumi ")),
      // In place of GitHub, which a release is downloaded from.
      PULUMI_PLUGIN_DOWNLOAD_URL_OVERRIDES: `^github://api\\.github\\.com/${repository}$=http://127.0.0.1:${port}`,
    });
  });
  afterEach(async () => {
    await stack?.remove();
    await hood?.close();
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
    [
      "examples/yaml",
      false,
      async () => yaml((await readFile(join(ROOT, "examples/yaml/Pulumi.yaml"), "utf8")).replace(/^(?:.+\n){3}/, "")),
    ],
  ];
  for (const [what, isDownloaded, files] of programs) {
    it(`is ${isDownloaded ? "downloaded" : "installed from its archive"} for ${what}, which then cancels a campaign`, async () => {
      await stack.write(await files());
      const install = ["plugin", "install", "resource", "hood", version, "--file", archive];
      if (!isDownloaded) await mustSucceed(stack.run(install));
      // The token of the environment wins over it, though the provider that Pulumi makes is named after the download.
      await mustSucceed(stack.run(["config", "set", "--secret", "hood:token", "rolled-long-ago"]));
      await mustSucceed(stack.run(["config", "set", "--secret", "tokenOfBrandA", TOKEN]));
      await mustSucceed(stack.up());
      expect(hood.campaign("1000248").status).to.equal("canceled");
      const { outcome } = await stack.outputs();
      expect(outcome).to.equal(what.includes("provider") ? undefined : "canceled");
      expect([...new Set(asked)]).to.have.length(isDownloaded ? 1 : 0);
      for (const path of asked)
        expect(path).to.match(RegExp(`^/pulumi-resource-hood-v${version}-\\w+-\\w+\\.tar\\.gz$`));
    });
  }
});
