import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { type Packed, packPackage } from "../../tools/package";
import { ROOT, repository } from "../../tools/root";
import { run } from "./packed";

/** In bytes, packed. */
const BUDGET = 280_000;
const ALLOWED =
  /^(dist\/(provider|sdk|simulator)\/.*\.(js|d\.ts)|dist\/(doctor|report)\/.*\.js|schema\.json|package\.json|README\.md|LICENSE|CHANGELOG\.md)$/;

describe("What is published", function () {
  this.timeout(60_000);
  let folder: string;
  let packed: Packed & { readonly path: string };
  let manifest: Record<string, unknown>;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "hood published "));
    packed = await packPackage(folder);
    const { stdout } = await run("tar", ["-xOzf", packed.path, "package/package.json"]);
    manifest = JSON.parse(stdout);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it("is what programs and pipelines need, and nothing else", () => {
    const paths = packed.files.map(({ path }) => path);
    expect(paths).to.include.members(["dist/sdk/index.js", "dist/provider/index.js", "schema.json", "README.md"]);
    expect(paths.filter((path) => !ALLOWED.test(path))).to.deep.equal([]);
  });

  it("was all compiled from what there is: if not, remove dist and build again", () => {
    const compiled = packed.files.map(({ path }) => path).filter((path) => path.endsWith(".js"));
    const stale = compiled.filter((path) => !existsSync(join(ROOT, path.replace(/^dist\//, "").replace(/js$/, "ts"))));
    expect(stale).to.deep.equal([]);
  });

  it("points at no source map", async () => {
    const texts = packed.files.filter(({ path }) => path.endsWith(".js"));
    for (const { path } of texts)
      expect(await readFile(join(ROOT, path), "utf8"), path).to.not.contain("sourceMappingURL");
  });

  it("keeps within its budget", () => expect(packed.size).to.be.below(BUDGET));

  it("has commands that can be started", async () => {
    const bin = manifest.bin as Record<string, string>;
    expect(Object.keys(bin)).to.have.members(["hood-doctor", "hood-plan", "pulumi-resource-hood"]);
    for (const path of Object.values(bin)) {
      expect(await readFile(join(ROOT, path), "utf8"), path).to.match(/^#!\/usr\/bin\/env node\n/);
    }
  });

  it("says nothing of how this repository is worked on", () => {
    const fields = ["scripts", "workspaces", "overrides", "allowScripts", "devDependencies"];
    expect(Object.keys(manifest).filter((field) => fields.includes(field))).to.deep.equal([]);
    expect(manifest).to.include.keys("main", "exports", "dependencies", "peerDependencies", "engines", "publishConfig");
  });

  it("names one repository", () => {
    const page = `https://github.com/${repository}`;
    const { homepage, bugs } = manifest;
    expect(repository).to.match(/^[\w-]+\/[\w-]+$/);
    expect({ homepage, bugs }).to.deep.equal({ homepage: `${page}#readme`, bugs: `${page}/issues` });
  });

  for (const [tool, command] of [
    ["publint", "publint/src/cli.js"],
    ["attw", "@arethetypeswrong/cli/dist/index.js"],
  ] as const) {
    it(`is right for bundlers and for every way to resolve modules, says ${tool}`, async () => {
      await run(process.execPath, [join(ROOT, "node_modules", command), packed.path]);
    });
  }
});
