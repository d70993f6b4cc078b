import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { type Simulator, startSimulator } from "../../../simulator";
import { ensureLanguages } from "../../../tools/engine/languages";
import { packPlugin } from "../../../tools/plugin/pack";
import { version } from "../../../tools/root";
import { filled } from "./reading";
import { openShell, type Shell } from "./shell";
import { type Taken, takeFor } from "./taken";

const TOKEN_OF_BRAND_A = "token-of-brand-a";
const PROJECT = "name: brands\nruntime: yaml\nconfig:\n  tokenOfBrandA: { type: string, secret: true }\n";

describe("The commands of the pages, with the plugin's archive", function () {
  this.timeout(120_000);
  let hood: Simulator;
  let shell: Shell;
  let taken: Taken;

  before(async () => {
    hood = await startSimulator({
      token: TOKEN_OF_BRAND_A,
      campaigns: [{ id: "1000248", name: "Spring sale", status: "running" }],
    });
    taken = await takeFor("plugin");
    const { bin, hosts } = await ensureLanguages();
    const env = {
      HOOD_ENDPOINT: hood.url,
      HOOD_TOKEN: "another-account",
      // One that isn't installed is looked for on this machine only.
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    };
    shell = await openShell(env, bin, hosts);
    await packPlugin(shell.folder);
  });
  after(async () => {
    await shell?.remove();
    await hood?.close();
  });

  it("install it", async () => {
    await shell.run(filled(taken.block("docs/which-door.md: Install the plugin"), { VERSION: version }));
    expect((await shell.run("pulumi plugin ls")).stdout).to.match(/^hood +resource /m);
  });

  it("lead to a program with two accounts that can be previewed", async () => {
    const program = taken.block("docs/which-door.md: Settings of the plugin", "yaml");
    await writeFile(join(shell.folder, "Pulumi.yaml"), PROJECT + program);
    await shell.run("pulumi stack init test && pulumi config set --secret tokenOfBrandA", { input: TOKEN_OF_BRAND_A });
    const { stdout } = await shell.run("pulumi preview --diff");
    expect(stdout).to.contain('campaignName  : "Spring sale"');
  });

  it("are all of them", () => expect(taken.left()).to.deep.equal([]));
});
