import { appendFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { ensureLanguages } from "../../../tools/engine/languages";
import { packPlugin } from "../../../tools/plugin";
import { version } from "../../../tools/root";
import { activated } from "../../support/python";
import { filled } from "./reading";
import { openScene } from "./scene";
import { openShell } from "./shell";

const TOKEN_OF_BRAND_A = "token-of-brand-a";
const PROJECT = "name: brands\nruntime: yaml\nconfig:\n  tokenOfBrandA: { type: string, secret: true }\n";

describe("The commands of the pages, with the plugin's archive", function () {
  this.timeout(120_000);
  const scene = openScene("plugin", {
    account: { token: TOKEN_OF_BRAND_A, campaigns: [{ id: "1000248", name: "Spring sale", status: "running" }] },
    async openShell({ url }) {
      const languages = await ensureLanguages();
      const python = activated(languages);
      const env = {
        ...python.env,
        HOOD_ENDPOINT: url,
        HOOD_TOKEN: "another-account",
        // One that isn't installed is looked for on this machine only.
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      };
      return openShell(env, languages.bin, [python.folder]);
    },
    prepare: () => packPlugin(scene.shell.folder),
  });

  it("install it", async () => {
    await scene.shell.run(filled(scene.taken.block("docs/plugin.md: Install the plugin"), { VERSION: version }));
    expect((await scene.shell.run("pulumi plugin ls")).stdout).to.match(/^hood +resource /m);
  });

  for (const [runtime, heading, language, file] of [
    ["python", "docs/plugin.md: Python", "python", "__main__.py"],
    ["yaml", "docs/plugin.md: YAML", "yaml", "Pulumi.yaml"],
  ] as const) {
    it(`lead to a first program in ${runtime} that cancels a campaign`, async () => {
      const { shell, taken } = scene;
      const folder = join(shell.home, runtime);
      const project = `name: first-${runtime}\nruntime: ${runtime}\n`;
      await mkdir(folder);
      await writeFile(join(folder, "Pulumi.yaml"), project);
      await appendFile(join(folder, file), taken.block(heading, language));
      const options = { cwd: folder, env: { HOOD_TOKEN: TOKEN_OF_BRAND_A } };
      await shell.run("pulumi stack init dev && pulumi up", options);
      expect((await shell.run("pulumi stack output outcome", options)).stdout).to.match(
        /^(canceled|alreadyCanceled)\n/,
      );
    });
  }

  it("lead to a program with two accounts that can be previewed", async () => {
    const program = scene.taken.block("docs/plugin.md: Settings of the plugin", "yaml");
    await writeFile(join(scene.shell.folder, "Pulumi.yaml"), PROJECT + program);
    await scene.shell.run("pulumi stack init test && pulumi config set --secret tokenOfBrandA", {
      input: TOKEN_OF_BRAND_A,
    });
    const { stdout } = await scene.shell.run("pulumi preview --diff");
    expect(stdout).to.contain('campaignName  : "Spring sale"');
  });

  it("are all of them", () => expect(scene.taken.left()).to.deep.equal([]));
});
