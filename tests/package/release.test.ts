import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { expect } from "chai";
import { version } from "../../provider/hood/transport";
import { packPlugin, ROOT } from "../../tools/package";
import { filesBelow, jobsOf, pages, run, scriptOf } from "./repository";

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "hood release "));
});
after(() => rm(folder, { recursive: true, force: true }));

const CHANGELOG =
  "# pulumi-ocamba-hood\n\n## 1.2.10\n\nTen.\n\n## 1.2.1\n\n### Minor Changes\n\n- One.\n\n## 1.2.0\n\nNull.\n";
const PLACE = (owner: string) => `{ "repository": "https://github.com/${owner}/pulumi-ocamba-hood" }`;
/** What was made is there for those who look: the first argument that says "view" asks for it. */
const STUB = `#!/bin/sh
echo "\${0##*/} $*" >> calls
case "$*" in *view*) test -e made;; *) touch made;; esac\n`;

interface Played {
  readonly step: readonly [job: string, script: RegExp];
  readonly files?: Readonly<Record<string, string>>;
  readonly first?: string;
  readonly times?: number;
  /** What a file holds then; without it, the step fails. */
  readonly leaves?: readonly [file: string, text: string | RegExp];
}
const state = ["version", /git tag/] as const;
const notes = ["pack", /notes\.md/] as const;
const owner = ["pack", /OWNER_NOT_SET/] as const;
const played: Readonly<Record<string, Played>> = {
  "is made of the version on main if there is no tag of it": {
    step: state,
    files: { "package.json": '{ "version": "1.2.1" }' },
    leaves: ["output", "unreleased=1.2.1\n"],
  },
  "isn't made again once its tag is there": {
    step: state,
    files: { "package.json": '{ "version": "1.2.1" }', output: "" },
    first: "git -c user.name=a -c user.email=a@b commit --quiet --allow-empty -m a && git tag v1.2.1",
    leaves: ["output", ""],
  },
  "has the version's own section as its notes": {
    step: notes,
    files: { "CHANGELOG.md": CHANGELOG },
    leaves: ["release/notes.md", "\n### Minor Changes\n\n- One.\n\n"],
  },
  "fails if the changelog has no section for it": {
    step: notes,
    files: { "CHANGELOG.md": CHANGELOG.replace("1.2.1\n", "1.2.2\n") },
  },
  "is made once the package names its repository": {
    step: owner,
    files: { "package.json": PLACE("acme"), "schema.json": PLACE("acme"), output: "" },
    leaves: ["output", ""],
  },
  "isn't made before": { step: owner, files: { "package.json": PLACE("acme"), "schema.json": PLACE("OWNER_NOT_SET") } },
  "publishes the package once, however often its step runs": {
    step: ["publish", /npm publish/],
    times: 2,
    leaves: ["calls", /^npm view .*1\.2\.1 .*\nnpm publish \.\/release\/package\.tgz\nnpm view .*1\.2\.1 .*\n$/],
  },
  "makes the release once, however often its step runs": {
    step: ["publish", /gh release/],
    times: 2,
    leaves: [
      "calls",
      /^gh .* view v1\.2\.1\ngh release create v1\.2\.1 .* \.\/release\/plugin\.tar\.gz \.\/release\/SHA256SUMS\ngh .* view v1\.2\.1\n$/,
    ],
  },
};

describe("A release", () => {
  for (const [what, { step, files = {}, first = "true", times = 1, leaves }] of Object.entries(played)) {
    it(what, async () => {
      const cwd = await mkdtemp(join(folder, "step "));
      for (const name of ["stubs", "release"]) await mkdir(join(cwd, name));
      for (const file of ["package.tgz", "plugin.tar.gz", "SHA256SUMS"])
        await writeFile(join(cwd, "release", file), "");
      for (const name of ["npm", "gh"]) await writeFile(join(cwd, "stubs", name), STUB, { mode: 0o755 });
      for (const [file, text] of Object.entries(files)) await writeFile(join(cwd, file), text);
      const made = { VERSION: "1.2.1", GITHUB_SHA: "c0ffee", GITHUB_OUTPUT: join(cwd, "output") };
      const env = { ...process.env, PATH: `${cwd}/stubs:${process.env.PATH}`, ...made };
      const shell = (lines: string) => run("bash", ["-e", "-o", "pipefail", "-c", lines], { cwd, env });
      await shell(`git init --quiet && ${first}`);
      const script = await scriptOf("release.yml", ...step);
      const failed = leaves ? undefined : await shell(script).catch(() => "failed");
      if (!leaves) return expect(failed).to.equal("failed");
      for (let attempt = 0; attempt < times; attempt++) await shell(script);
      const text = await readFile(join(cwd, leaves[0]), "utf8");
      if (leaves[1] instanceof RegExp) expect(text).to.match(leaves[1]);
      else expect(text).to.equal(leaves[1]);
    });
  }

  it("finds no page that gives a version to a command, and so would have to change with it", async () => {
    const files = [...(await pages()), ...(await filesBelow(["examples"], ".yaml"))];
    const texts = await Promise.all(files.map((file) => readFile(join(ROOT, file), "utf8")));
    expect(files.filter((_, at) => /(?:resource hood |hood-v|hood@)\d/.test(texts[at] ?? ""))).to.deep.equal([]);
  });

  it("lets only one job prove the project's identity, after approval, and none of our tools' code runs in it", async () => {
    const jobs = Object.entries(await jobsOf("release.yml"));
    const privileged = jobs.filter(([, { permissions }]) => permissions?.["id-token"] !== undefined);
    expect(privileged.map(([name]) => name)).to.deep.equal(["publish"]);
    const [, { environment, steps = [] }] = privileged[0] as (typeof jobs)[number];
    expect(environment).to.equal("release");
    const actions = steps.flatMap(({ uses }) => uses?.split("@")[0] ?? []);
    const theirs = ["actions/attest-build-provenance", "actions/download-artifact", "actions/setup-node"];
    expect(actions).to.have.members(theirs);
    const scripts = steps.flatMap(({ run }) => run ?? []).join("\n");
    expect(scripts).to.not.match(/npm (ci|install|run|exec)|npx|node /);
  });
});

describe("The plugin's archives", function () {
  this.timeout(60_000);
  let own: string;
  before(async () => {
    own = await packPlugin(join(folder, "first"));
  });
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

  it("are root's, of one time, hold no folders, and leave the one that they are extracted into to those who could use it", async () => {
    const { stdout: listed } = await run("tar", ["-tvzf", own], { env: { ...process.env, TZ: "UTC" } });
    const entries = listed.trim().split("\n");
    expect(entries).to.have.length(6);
    for (const entry of entries) expect(entry).to.match(/^-rw(-r--r--|xr-xr-x) +\S*?0\S* .*1985/);
    const target = join(folder, "bin");
    await mkdir(target, { mode: 0o755 });
    await run("tar", ["-xpzf", own, "-C", target]);
    for (const [name, mode] of Object.entries({ ".": 0o755, "pulumi-resource-hood": 0o755, "schema.json": 0o644 }))
      expect((await stat(join(target, name))).mode & 0o777, name).to.equal(mode);
    const { stdout } = await run(join(target, "pulumi-resource-hood"), ["--version"]);
    expect(stdout.trim()).to.equal(version);
  });
});
