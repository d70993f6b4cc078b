import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { type Simulator, startSimulator } from "../../simulator";
import { openPluginStack, type PluginStack } from "./pluginStack";
import { link, mustSucceed, openStack, ROOT, type Stack, TOKEN } from "./stack";

const account = { token: TOKEN, campaigns: [{ id: "1000248", name: "Spring sale", status: "running" }] };

async function filesOf(example: string): Promise<Record<string, string>> {
  const folder = join(ROOT, "examples", example);
  const names = await readdir(folder);
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), "utf8")])),
  );
}

/** Of the examples that are configured, as the example in TypeScript is in this repository. */
async function configure({ run }: PluginStack | Stack): Promise<void> {
  for (const [key, value] of Object.entries({
    campaignId: "1000248",
    reason: "Budget cut, OPS-1234",
    expectedName: "Spring sale",
  })) {
    await mustSucceed(run(["config", "set", key, value]));
  }
}

/** What an account is asked and told by a preview, an update, and a preview that finds nothing to do. */
async function effectsOf(hood: Simulator, stack: PluginStack | Stack): Promise<string[]> {
  hood.clearRequests();
  const preview = await mustSucceed(stack.run(["preview", "--diff"]));
  expect(preview.stdout)
    .to.match(/campaignName\s*: "Spring sale"/)
    .and.match(/previousStatus\s*: "running"/);
  await mustSucceed(stack.up());
  await mustSucceed(stack.run(["preview", "--expect-no-changes"]));
  const { stdout } = await mustSucceed(stack.run(["stack", "output", "--json"]));
  expect(JSON.parse(stdout)).to.include({ campaign: "Spring sale", outcome: "canceled" });
  return hood.requests.map(({ method, path, body }) => `${method} ${path} ${body ?? ""}`);
}

describe("The same program in every language", function () {
  this.timeout(120_000);
  let expected: string[];

  before(async () => {
    const hood = await startSimulator(account);
    const stack = await openStack({ HOOD_ENDPOINT: hood.url }, async (folder) => {
      await link(folder);
      for (const [name, text] of Object.entries(await filesOf("cancel-campaign"))) {
        await writeFile(join(folder, name), text);
      }
    });
    try {
      await configure(stack);
      expected = await effectsOf(hood, stack);
    } finally {
      await stack.remove();
      await hood.close();
    }
    expect(expected.filter((request) => request.startsWith("POST"))).to.have.length(1);
  });

  for (const language of ["yaml", "python"]) {
    it(`examples/${language} has the effects of the TypeScript program`, async () => {
      const hood = await startSimulator(account);
      const stack = await openPluginStack(await filesOf(language), { HOOD_ENDPOINT: hood.url });
      try {
        if (language === "python") await configure(stack);
        expect(await effectsOf(hood, stack)).to.deep.equal(expected);
      } finally {
        await stack.remove();
        await hood.close();
      }
    });
  }
});
