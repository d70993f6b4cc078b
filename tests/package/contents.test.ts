import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { ROOT } from "../../tools/root";
import { npmPack, type Packed } from "./packed";

/** In bytes, packed. */
const BUDGET = 260_000;
const ALLOWED =
  /^(dist\/(provider|sdk|simulator)\/.*\.(js|d\.ts)|dist\/(doctor|report)\/.*\.js|schema\.json|package\.json|README\.md|LICENSE|CHANGELOG\.md)$/;

describe("What is published", function () {
  this.timeout(30_000);
  let packed: Packed;

  before(async () => {
    packed = await npmPack(ROOT, ["--dry-run"]);
  });

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
    const { bin } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8"));
    expect(Object.keys(bin)).to.have.members(["hood-doctor", "hood-plan", "pulumi-resource-hood"]);
    for (const path of Object.values<string>(bin)) {
      expect(await readFile(join(ROOT, path), "utf8"), path).to.match(/^#!\/usr\/bin\/env node\n/);
    }
  });
});
