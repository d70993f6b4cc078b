import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { resources as hosted } from "../../provider/hosts/resources";
import { ensureEngine } from "../../tools/engine";
import { openCli } from "../../tools/pulumi";
import { ROOT, version } from "../../tools/root";
import { referencePage } from "../../tools/schema/reference";
import { packageSchema } from "../../tools/schema/schema";

interface Schema {
  readonly resources: Record<string, { inputProperties: object; properties: Record<string, unknown> }>;
}

const read = async (): Promise<Schema> => JSON.parse(await readFile(join(ROOT, "schema.json"), "utf8"));

describe("schema.json", function () {
  this.timeout(60_000);

  it("is what `npm run schema` writes from the sources", async () => {
    expect(await read()).to.deep.equal(JSON.parse(JSON.stringify(packageSchema(version))));
  });

  it("is shown to people by docs/reference.md, which the same command writes", async () => {
    expect(await readFile(join(ROOT, "docs/reference.md"), "utf8")).to.equal(referencePage(packageSchema(version)));
  });

  it("has the arguments and the live status of each resource, and no others", async () => {
    const { resources } = await read();
    expect(Object.keys(resources)).to.have.members(Object.keys(hosted).map((name) => `hood:index:${name}`));
    for (const [name, { argumentNames, live }] of Object.entries(hosted)) {
      const { inputProperties = {}, properties = {} } = resources[`hood:index:${name}`] ?? {};
      expect(Object.keys(inputProperties), name).to.have.members([...argumentNames]);
      expect(properties, name).to.have.property(live);
    }
  });

  it("is what Pulumi's own check accepts", async () => {
    const scratch = await mkdtemp(join(tmpdir(), "hood schema "));
    try {
      const cli = await openCli({ bin: await ensureEngine(), cwd: ROOT, scratch });
      const { code, stdout, stderr } = await cli(["schema", "check", "schema.json"]);
      expect(code, stdout + stderr).to.equal(0);
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  });
});
