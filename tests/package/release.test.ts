import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { ROOT, version } from "../../tools/root";
import { copyRepository, jobsOf, type Repository, scriptOf } from "./repository";

describe("A release", function () {
  this.timeout(120_000);
  let repository: Repository;

  before(async () => {
    repository = await copyRepository();
  });
  afterEach(() => repository.reset());
  after(() => repository.remove());

  it("finds no page that gives a version to a command, and so would have to change with it", async () => {
    const found = await repository.command(
      "git grep -nE '(resource hood |hood-v|hood@)[0-9]' -- '*.md' examples || true",
    );
    expect(found).to.equal("");
  });

  it("is made of the version on main until its tag is there", async () => {
    const state = await scriptOf("release.yml", "version", /git tag/);
    const output = join(repository.folder, "output");
    const outputs = async () => {
      await writeFile(output, "");
      await repository.command(state, { GITHUB_OUTPUT: output });
      return readFile(output, "utf8");
    };
    expect(await outputs()).to.equal(`unreleased=${version}\n`);
    await repository.command(`git tag v${version}`);
    expect(await outputs()).to.equal("");
  });

  it("has the version's own section as its notes, and fails without one", async () => {
    const notes = await scriptOf("release.yml", "pack", /notes\.md/);
    await mkdir(join(repository.folder, "release"));
    await repository.write(
      "CHANGELOG.md",
      "# pulumi-ocamba-hood\n\n## 1.2.10\n\nTen.\n\n## 1.2.1\n\n### Minor Changes\n\n- One.\n\n## 1.2.0\n\nNull.\n",
    );
    await repository.command(notes, { VERSION: "1.2.1" });
    expect((await repository.read("release/notes.md")).trim()).to.equal("### Minor Changes\n\n- One.");
    const failed = await repository.command(notes, { VERSION: "1.2.2" }).catch(() => "failed");
    expect(failed).to.equal("failed");
  });

  for (const [step, pattern, made] of [
    ["the package", /npm publish/, /^npm publish \.\/release\/package\.tgz$/],
    ["the release", /gh release/, /^gh release create v1\.2\.3 .* \.\/release\/plugin\.tar\.gz$/],
  ] as const) {
    it(`makes ${step} once, however often its step runs`, async () => {
      const script = await scriptOf("release.yml", "publish", pattern);
      await mkdir(join(repository.folder, "stubs"));
      await mkdir(join(repository.folder, "release"));
      for (const file of ["package.tgz", "plugin.tar.gz", "notes.md"]) await repository.write(`release/${file}`, "");
      // What was made is there for those who look: the first argument that says "view" asks for it.
      const stub = `echo "\${0##*/} $*" >> calls\ncase "$*" in *view*) test -e made;; *) touch made;; esac`;
      for (const name of ["npm", "gh"])
        await writeFile(join(repository.folder, "stubs", name), `#!/bin/sh\n${stub}\n`, { mode: 0o755 });
      const env = { PATH: `${repository.folder}/stubs:${process.env.PATH}`, VERSION: "1.2.3", GITHUB_SHA: "c0ffee" };
      for (let attempt = 0; attempt < 2; attempt++) await repository.command(script, env);
      const calls = (await repository.read("calls")).trim().split("\n");
      expect(calls.filter((call) => made.test(call))).to.have.length(1);
      expect(calls.filter((call) => call.includes("1.2.3") && call.includes("view"))).to.have.length(2);
      expect(calls).to.have.length(3);
    });
  }
});

describe("The workflows", () => {
  it("name each action by a commit", async () => {
    const workflows = join(ROOT, ".github/workflows");
    const texts = await Promise.all((await readdir(workflows)).map((file) => readFile(join(workflows, file), "utf8")));
    const uses = texts.flatMap((text) => [...text.matchAll(/uses: (.+)$/gm)].map(([, action = ""]) => action));
    expect(uses).to.have.length.above(10);
    const loose = uses.filter((action) => !/^(\.\/\S+|[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$/.test(action));
    expect(loose).to.deep.equal([]);
  });

  it("let only one job prove the project's identity, after approval, and none of our tools' code runs in it", async () => {
    const jobs = Object.entries(await jobsOf("release.yml"));
    const privileged = jobs.filter(([, { permissions }]) => permissions?.["id-token"] !== undefined);
    expect(privileged.map(([name]) => name)).to.deep.equal(["publish"]);
    const [, { environment, steps = [] }] = privileged[0] as (typeof jobs)[number];
    expect(environment).to.equal("release");
    const actions = steps.flatMap(({ uses }) => (uses === undefined ? [] : [uses.split("@")[0]]));
    expect(actions).to.have.members(["actions/download-artifact", "actions/setup-node"]);
    const scripts = steps.flatMap(({ run }) => run ?? []).join("\n");
    expect(scripts).to.not.match(/npm (ci|install|run|exec)|npx|node /);
  });

  it("publish for everybody and with provenance, since the package says so itself", async () => {
    const { publishConfig } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8"));
    expect(publishConfig).to.deep.equal({ access: "public", provenance: true });
  });
});
