import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { transpileModule } from "typescript";
import { parse } from "yaml";
import { version } from "../../provider/hood/transport";
import { resources as hosted } from "../../provider/hosts/resources";
import { ensureEngine } from "../../tools/engine";
import { ROOT } from "../../tools/package";
import { openCli } from "../../tools/pulumi";
import { packageSchema } from "../../tools/schema/schema";
import { referencePage, withEveryLanguage } from "../../tools/schema/write";
import { run } from "./repository";

interface Schema {
  readonly resources: Record<string, { inputProperties: object; properties: Record<string, unknown> }>;
}

const read = async (): Promise<Schema> => JSON.parse(await readFile(join(ROOT, "schema.json"), "utf8"));

describe("schema.json", function () {
  this.timeout(60_000);

  it("is what `npm run schema` writes from the sources", async () => {
    expect(await read()).to.deep.equal(JSON.parse(JSON.stringify(withEveryLanguage(packageSchema(version)))));
  });

  it("is shown to people by docs/reference.md, which the same command writes", async () => {
    expect(await readFile(join(ROOT, "docs/reference.md"), "utf8")).to.equal(referencePage(packageSchema(version)));
  });

  it("describes everything: with an example and the API's page, and for optional arguments what leaving them out means", () => {
    const { resources, functions, types, config } = packageSchema(version);
    for (const [name, { description }] of Object.entries({ ...resources, ...functions }))
      expect(description, name)
        .to.match(/^In TypeScript:\n\n```ts\n/m)
        .and.match(/^In YAML:\n\n```yaml\n/m)
        .and.match(/docs\.ocamba\.com\/api\/hood\/v1\.0\/reference\/\w/);
    const filledIn = [
      ...Object.values(resources).map((one) => ({
        ...one,
        properties: one.inputProperties,
        required: one.requiredInputs,
      })),
      ...Object.values(functions).map(({ description, inputs }) => ({ description, ...inputs })),
      ...Object.values(types).flatMap((type) => ("properties" in type ? [type] : [])),
      { description: "", properties: config.variables, required: ["token"] },
    ];
    const saysDefault = /^Default: |\bleft out\b/m;
    const gaps = filledIn.flatMap(({ description, properties, required }) =>
      Object.keys(properties).filter(
        (name) => !required.includes(name) && !saysDefault.test(description + properties[name]?.description),
      ),
    );
    expect(gaps).to.deep.equal([]);
    expect(JSON.stringify([resources, functions, types, config])).not.to.contain('"description":""');
  });

  it("has each example in six languages", async () => {
    const { resources, functions } = withEveryLanguage(packageSchema(version));
    for (const [name, { description }] of Object.entries({ ...resources, ...functions })) {
      const [, chooser = ""] = /\{\{% example %\}\}([\s\S]*)\{\{% \/example %\}\}/.exec(description) ?? [];
      const examples = Object.fromEntries(
        [...chooser.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = "", text = ""]) => [language, text]),
      );
      expect(examples, name).to.have.all.keys("typescript", "python", "go", "csharp", "java", "yaml");
      const { typescript = "", python = "", yaml = "" } = examples;
      expect(transpileModule(typescript, { reportDiagnostics: true }).diagnostics, name).to.deep.equal([]);
      expect(parse(yaml), name).to.have.any.keys("resources", "variables");
      await run("python3", ["-c", "import ast, sys; ast.parse(sys.argv[1])", python]);
    }
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
