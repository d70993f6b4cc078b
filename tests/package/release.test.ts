import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { expect } from "chai";
import { version } from "../../provider/hood/transport";
import { packPlugin, ROOT } from "../../tools/package";
import { copyRepository, jobsOf, type Repository, run, scriptOf } from "./repository";

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

  it("isn't made before the package names its repository", async () => {
    const check = await scriptOf("release.yml", "pack", /OWNER_NOT_SET/);
    for (const file of ["package.json", "schema.json"])
      await repository.write(file, (await repository.read(file)).replaceAll("OWNER_NOT_SET", "acme"));
    await repository.command(check);
    await repository.write("schema.json", '{ "repository": "https://github.com/OWNER_NOT_SET/pulumi-ocamba-hood" }');
    expect(await repository.command(check).catch(() => "failed")).to.equal("failed");
  });

  for (const [step, pattern, made] of [
    ["the package", /npm publish/, /^npm publish \.\/release\/package\.tgz$/],
    [
      "the release",
      /gh release/,
      /^gh release create v1\.2\.3 .* \.\/release\/plugin\.tar\.gz \.\/release\/SHA256SUMS$/,
    ],
  ] as const) {
    it(`makes ${step} once, however often its step runs`, async () => {
      const script = await scriptOf("release.yml", "publish", pattern);
      await mkdir(join(repository.folder, "stubs"));
      await mkdir(join(repository.folder, "release"));
      for (const file of ["package.tgz", "plugin.tar.gz", "SHA256SUMS", "notes.md"])
        await repository.write(`release/${file}`, "");
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

describe("The plugin's archives", function () {
  this.timeout(60_000);
  let folder: string;
  let own: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "hood archives "));
    own = await packPlugin(join(folder, "first"));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const sha256 = async (path: string) =>
    createHash("sha256")
      .update(await readFile(path))
      .digest("hex");

  it("have the names that Pulumi looks for, one for each platform, and checksums that fit", async () => {
    const platforms = ["darwin-amd64", "darwin-arm64", "linux-amd64", "linux-arm64", "windows-amd64", "windows-arm64"];
    const names = platforms.map((platform) => `pulumi-resource-hood-v${version}-${platform}.tar.gz`);
    expect(await readdir(join(folder, "first"))).to.have.members([...names, "SHA256SUMS"]);
    expect(names).to.include(basename(own));
    const sums = await Promise.all(
      names.map(async (name) => `${await sha256(join(folder, "first", name))}  ${name}\n`),
    );
    expect(await readFile(join(folder, "first/SHA256SUMS"), "utf8")).to.equal(sums.join(""));
  });

  it("have the same bytes each time, also if they are packed from elsewhere", async () => {
    const script = `require(${JSON.stringify(join(ROOT, "dist/tools/package.js"))}).packPlugin("second")`;
    await run(process.execPath, ["-e", script], { cwd: folder });
    expect(await sha256(join(folder, "second", basename(own)))).to.equal(await sha256(own));
  });

  it("leave a folder that they are extracted into to those who could use it before", async () => {
    const target = join(folder, "bin");
    await mkdir(target, { mode: 0o755 });
    await run("tar", ["-xpzf", own, "-C", target]);
    const modes = async (name: string) => ((await stat(join(target, name))).mode & 0o777).toString(8);
    expect(await modes(".")).to.equal("755");
    expect(await modes("pulumi-resource-hood")).to.equal("755");
    expect(await modes("schema.json")).to.equal("644");
    const { stdout } = await run(join(target, "pulumi-resource-hood"), ["--version"]);
    expect(stdout.trim()).to.equal(version);
  });

  it("are root's, of one time, and hold no folders", async () => {
    const { stdout } = await run("tar", ["-tvzf", own], { env: { ...process.env, TZ: "UTC" } });
    const entries = stdout.trim().split("\n");
    expect(entries).to.have.length(6);
    for (const entry of entries) expect(entry).to.match(/^-rw(-r--r--|xr-xr-x) +\S*?0\S* .*1985/);
  });
});

describe("The workflows", () => {
  it("let only one job prove the project's identity, after approval, and none of our tools' code runs in it", async () => {
    const jobs = Object.entries(await jobsOf("release.yml"));
    const privileged = jobs.filter(([, { permissions }]) => permissions?.["id-token"] !== undefined);
    expect(privileged.map(([name]) => name)).to.deep.equal(["publish"]);
    const [, { environment, steps = [] }] = privileged[0] as (typeof jobs)[number];
    expect(environment).to.equal("release");
    const actions = steps.flatMap(({ uses }) => (uses === undefined ? [] : [uses.split("@")[0]]));
    const ours = ["actions/attest-build-provenance", "actions/download-artifact", "actions/setup-node"];
    expect(actions).to.have.members(ours);
    const scripts = steps.flatMap(({ run }) => run ?? []).join("\n");
    expect(scripts).to.not.match(/npm (ci|install|run|exec)|npx|node /);
  });

  it("publish for everybody and with provenance, since the package says so itself", async () => {
    const { publishConfig } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8"));
    expect(publishConfig).to.deep.equal({ access: "public", provenance: true });
  });
});
