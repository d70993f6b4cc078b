import { cp, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { expect } from "chai";
import { ROOT } from "../../../tools/root";
import { link, TOKEN } from "../../engine/stack";
import { pulumiHere } from "./project";
import { filled } from "./reading";
import { openScene } from "./scene";
import { openShell } from "./shell";

const FIRST = "examples/policy/README.md: What must hold before a campaign is canceled";
const AS_A_FILE = "examples/policy/README.md: Where it runs";
const PAUSE = 'new hood.CampaignStatus("sale", { campaignId: "1", status: "paused" });';
const END = 'new hood.CampaignCancellation("sale", { campaignId: "1", reason: "Budget cut" });';

async function copyPack(folder: string): Promise<void> {
  const filter = (path: string) => basename(path) !== "node_modules";
  await cp(join(ROOT, "examples/policy"), folder, { recursive: true, filter });
  const manifest = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  manifest.dependencies["@pulumi/pulumi"] = await pulumiHere();
  await writeFile(join(folder, "package.json"), JSON.stringify(manifest));
}

describe("The commands of examples/policy", function () {
  this.timeout(120_000);
  const scene = openScene("policy", {
    account: { token: TOKEN, campaigns: [{ id: "1", name: "Spring sale", status: "running" }] },
    openShell: ({ url }) => openShell({ HOOD_ENDPOINT: url, HOOD_TOKEN: TOKEN }),
    async prepare() {
      await link(scene.shell.folder);
      await writeFile(join(scene.shell.folder, "Pulumi.yaml"), "name: campaigns\nruntime: nodejs\n");
      await copyPack(join(scene.shell.home, "policy"));
      await scene.shell.run("pulumi stack init test");
    },
  });

  const program = (declared: string) =>
    writeFile(join(scene.shell.folder, "index.js"), `const hood = require("pulumi-ocamba-hood");\n${declared}`);
  const posts = () => scene.hood.requests.filter(({ method }) => method === "POST").map(({ path }) => basename(path));

  it("install it, and let an update through, where the CLI starts folders; start it as a file elsewhere", async () => {
    await program(PAUSE);
    const first = scene.taken.block(FIRST);
    // Which of the two a machine has depends on where its CLI is from, as the page says.
    const startsFolders = await scene.shell.run(first).then(
      () => true,
      ({ message }: Error) => {
        expect(message).to.match(/could not read plugin \[.*\]: not supported/);
        return false;
      },
    );
    await program(END);
    const { text } = await scene.shell.run(scene.taken.block(AS_A_FILE), { code: "failure" });
    expect(text, text).to.contain("names no ticket");

    await program(PAUSE);
    if (!startsFolders)
      await scene.shell.run(filled(first, { "--policy-pack ../policy ": "--policy-pack ../policy/pack " }));
    expect(posts()).to.deep.equal(["pause"]);
  });

  it("are all of them", () => expect(scene.taken.left()).to.deep.equal([]));
});
