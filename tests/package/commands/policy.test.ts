import { cp, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { expect } from "chai";
import { type Simulator, startSimulator } from "../../../simulator";
import { ROOT } from "../../../tools/root";
import { link, TOKEN } from "../../engine/stack";
import { pulumiHere } from "./project";
import { filled } from "./reading";
import { openShell, type Shell } from "./shell";
import { type Taken, takeFor } from "./taken";

const FIRST = "examples/policy/README.md: What must hold before a campaign ends";
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
  let hood: Simulator;
  let shell: Shell;
  let taken: Taken;

  before(async () => {
    hood = await startSimulator({ token: TOKEN, campaigns: [{ id: "1", name: "Spring sale", status: "running" }] });
    taken = await takeFor("policy");
    shell = await openShell({ HOOD_ENDPOINT: hood.url, HOOD_TOKEN: TOKEN });
    await link(shell.folder);
    await writeFile(join(shell.folder, "Pulumi.yaml"), "name: campaigns\nruntime: nodejs\n");
    await copyPack(join(shell.home, "policy"));
    await shell.run("pulumi stack init test");
  });
  after(async () => {
    await shell?.remove();
    await hood?.close();
  });

  const program = (declared: string) =>
    writeFile(join(shell.folder, "index.js"), `const hood = require("pulumi-ocamba-hood");\n${declared}`);
  const posts = () => hood.requests.filter(({ method }) => method === "POST").map(({ path }) => basename(path));

  it("install it, and let an update through, where the CLI starts folders; start it as a file elsewhere", async () => {
    await program(PAUSE);
    const first = taken.block(FIRST);
    // Which of the two a machine has depends on where its CLI is from, as the page says.
    const startsFolders = await shell.run(first).then(
      () => true,
      ({ message }: Error) => {
        expect(message).to.match(/could not read plugin \[.*\]: not supported/);
        return false;
      },
    );
    await program(END);
    const { text } = await shell.run(taken.block(AS_A_FILE), { code: "failure" });
    expect(text, text).to.contain("no ticket in it matches");

    await program(PAUSE);
    if (!startsFolders) await shell.run(filled(first, { "--policy-pack ../policy ": "--policy-pack ../policy/pack " }));
    expect(posts()).to.deep.equal(["pause"]);
  });

  it("are all of them", () => expect(taken.left()).to.deep.equal([]));
});
