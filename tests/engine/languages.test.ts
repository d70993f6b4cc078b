import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { ensureLanguages } from "../../tools/engine/languages";
import { openCli } from "../../tools/pulumi";
import { activated } from "../support/python";
import { mustSucceed } from "./stack";

interface Program {
  readonly language: string;
  readonly project: string;
  readonly files: Readonly<Record<string, string>>;
}

const PROGRAMS: Program[] = [
  {
    language: "YAML",
    project: `name: test
runtime: yaml
outputs:
  greeting: Hello from \${pulumi.project}
`,
    files: {},
  },
  {
    language: "Python",
    project: "name: test\nruntime: python\n",
    files: {
      "__main__.py": 'import pulumi\npulumi.export("greeting", f"Hello from {pulumi.get_project()}")\n',
    },
  },
];

describe("Programs in other languages on the real engine", function () {
  this.timeout(120_000);
  let home: string;
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), "hood language "));
  });
  afterEach(() => rm(home, { recursive: true }));

  for (const { language, project, files } of PROGRAMS) {
    it(`${language}: previewed, applied, and nothing is left to do`, async () => {
      const languages = await ensureLanguages();
      const python = activated(languages);
      const folder = join(home, "the program");
      await mkdir(folder);
      for (const [name, text] of Object.entries({ "Pulumi.yaml": project, ...files })) {
        await writeFile(join(folder, name), text);
      }
      const folders = [python.folder];
      const cli = await openCli({ bin: languages.bin, folders, cwd: folder, scratch: home });
      const run = (...args: string[]) => mustSucceed(cli(args, { env: python.env }));

      await run("stack", "init", "test");
      expect((await run("preview")).stdout).to.match(/greeting\s*: "Hello from test"/);
      expect(JSON.parse((await run("stack", "output", "--json")).stdout)).to.deep.equal({});
      await run("up", "--yes", "--skip-preview");
      expect(JSON.parse((await run("stack", "output", "--json")).stdout)).to.deep.equal({
        greeting: "Hello from test",
      });
      await run("preview", "--expect-no-changes");
    });
  }
});
