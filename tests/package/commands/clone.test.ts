import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { ensureEngine } from "../../../tools/engine";
import { ROOT, version } from "../../../tools/root";
import { copySources } from "../sources";
import { filled, readPages } from "./reading";
import { openScene } from "./scene";
import { openShell } from "./shell";

const FORMATTED = "tests/seed.ts";

describe("The commands of the pages, in a clone", function () {
  this.timeout(240_000);
  const scene = openScene("clone", {
    account: {},
    openShell: () => openShell({}),
    prepare: () => copySources(scene.shell.folder),
  });

  const span = (text: string) => scene.shell.run(scene.taken.span(text));
  const read = (file: string) => readFile(join(scene.shell.folder, file), "utf8");
  const write = (file: string, text: string) => writeFile(join(scene.shell.folder, file), text);

  it("find the engine", async () => {
    const { stdout } = await span("npm run engine");
    expect(stdout.trim().split("\n").at(-1)).to.equal(await ensureEngine());
  });

  it("run the tests of one file", async () => {
    const { stdout } = await span("npm run build && npx mocha dist/tests/resources/cancel.test.js");
    expect(stdout).to.match(/\n[1-9]\d* passed, 0 failed\n$/);
  });

  it("put formats right", async () => {
    const text = await read(FORMATTED);
    await write(FORMATTED, text.replace(/\n/, "   ;\n\n\n"));
    await span("npm run format");
    expect(await read(FORMATTED)).to.equal(text);
  });

  it("write schema.json and docs/reference.md", async () => {
    const files = ["schema.json", "docs/reference.md"];
    const texts = await Promise.all(files.map(read));
    for (const file of files) await rm(join(scene.shell.folder, file));
    await span("npm run schema");
    expect(await Promise.all(files.map(read))).to.deep.equal(texts);
  });

  it("make the pictures", async () => {
    const pictures = (await readdir(join(ROOT, "docs/pictures"))).map((name) => `docs/pictures/${name}`);
    const before = await Promise.all(pictures.map(read));
    await rm(join(scene.shell.folder, "docs/pictures"), { recursive: true });
    await span("npm run pictures");
    expect(await readdir(join(scene.shell.folder, "docs/pictures"))).to.have.length(pictures.length);
    expect(await Promise.all(pictures.map(read))).to.deep.equal(before);
  });

  it("pack the plugin, and print how it is installed, as docs/plugin.md has it", async () => {
    const { stdout } = await span("npm run plugin");
    const { blocks } = await readPages();
    const { text = "" } =
      blocks.find(({ where, language }) => where === "docs/plugin.md: Install the plugin" && language === "sh") ?? {};
    const folder = `${join(scene.shell.folder, "dist/plugin")}/`;
    expect(stdout.trim().split("\n").at(-1)?.replace(folder, "")).to.equal(filled(text, { VERSION: version }));
  });

  it("write a changeset", async () => {
    const changesets = () => readdir(join(scene.shell.folder, ".changeset"));
    const before = await changesets();
    await scene.shell.run(scene.taken.span("npx changeset"), {
      answers: [
        [/What kind of change/, "\r"],
        [/Summary/, "Campaigns can be told apart.\r"],
        [/Is this your desired changeset/, "\r"],
      ],
    });
    const [added = ""] = (await changesets()).filter((name) => !before.includes(name));
    expect(await read(`.changeset/${added}`)).to.match(/^---\n"pulumi-ocamba-hood": patch\n---\n\nCampaigns can be/);
    await span("npx changeset --empty");
    expect(await changesets()).to.have.length(before.length + 2);
  });

  it("start the simulator, until Ctrl-C", async () => {
    await write("campaigns.json", JSON.stringify([{ id: "1", name: "Spring sale", status: "running" }]));
    const command = scene.taken.span("npm run simulator -- --port 4010 --seed campaigns.json");
    // Somebody else may have that port on this machine: 0 stands for one that is free.
    const { text } = await scene.shell.run(filled(command, { 4010: "0" }), { interruptAt: /Stop it with Ctrl-C/ });
    expect(text)
      .to.contain("Hood simulator with 1 campaign.")
      .and.match(/HOOD_ENDPOINT=http:\/\/127\.0\.0\.1:\d+\//)
      .and.contain("The simulator has stopped.");
  });

  it("are all of them", () => expect(scene.taken.left()).to.deep.equal([]));
});
