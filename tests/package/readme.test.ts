import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect } from "chai";
import { ensureEngine } from "../../tools/engine";
import { packPackage, ROOT, repository } from "../../tools/package";
import { onAccount, TOKEN } from "../engine/stack";
import { type Block, blockOf, blocksOf, filesBelow, OLDEST, pages, run, TYPESCRIPT } from "./repository";

const TSC = join(ROOT, "node_modules/typescript/bin/tsc");
const SETTINGS = { strict: true, target: "es2022", module: "commonjs", moduleResolution: "node", skipLibCheck: true };
/** What a block leaves to its reader. */
const IMPORTS = `import * as pulumi from "@pulumi/pulumi";\nimport * as hood from "pulumi-ocamba-hood";\n`;
const TEASER = 'new hood.CampaignStatus("teaser", { campaignId: "1000250", status: "paused" });\n';

/** In bytes, packed. */
const BUDGET = 280_000;
const ALLOWED =
  /^(dist\/(provider|sdk|simulator)\/.*\.(js|d\.ts)|dist\/(doctor|report)\/.*\.js|docs\/doctor\.md|schema\.json|package\.json|README\.md|LICENSE|CHANGELOG\.md)$/;

let home: string;
let packed: Awaited<ReturnType<typeof packPackage>>;
before(async function () {
  this.timeout(60_000);
  home = await mkdtemp(join(tmpdir(), "hood readme "));
  packed = await packPackage(home);
});
after(() => rm(home, { recursive: true, force: true }));

describe("What is published", function () {
  this.timeout(60_000);
  let manifest: Record<string, unknown>;

  before(async () => {
    const { stdout } = await run("tar", ["-xOzf", packed.path, "package/package.json"]);
    manifest = JSON.parse(stdout);
  });

  it("is what programs and pipelines need, within its budget: compiled from what there is (if not, remove dist and build again)", () => {
    const paths = packed.files.map(({ path }) => path);
    expect(paths).to.include.members(["dist/sdk/index.js", "dist/provider/index.js", "schema.json", "README.md"]);
    expect(paths.filter((path) => !ALLOWED.test(path))).to.deep.equal([]);
    expect(packed.size).to.be.below(BUDGET);
    for (const path of paths.filter((path) => path.endsWith(".js"))) {
      expect(existsSync(join(ROOT, path.replace(/^dist\//, "").replace(/js$/, "ts"))), path).to.equal(true);
      expect(textOf(path), path).to.not.contain("sourceMappingURL");
    }
  });

  it("has commands that can be started, names one repository, and says nothing of how that is worked on", () => {
    const { bin, homepage, bugs } = manifest;
    expect(bin).to.have.all.keys("hood-doctor", "hood-plan", "pulumi-resource-hood");
    for (const path of Object.values(bin as Record<string, string>))
      expect(textOf(path), path).to.match(/^#!\/usr\/bin\/env node\n/);
    const page = `https://github.com/${repository}`;
    expect({ homepage, bugs }).to.deep.equal({ homepage: `${page}#readme`, bugs: `${page}/issues` });
    expect(manifest).to.not.have.any.keys("scripts", "overrides", "allowScripts", "devDependencies");
    expect(manifest).to.include.keys("main", "exports", "dependencies", "peerDependencies", "engines", "publishConfig");
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

describe(`README in an empty project, with the packed tarball and @pulumi/pulumi ${OLDEST.pulumi}`, function () {
  this.timeout(180_000);
  const on = onAccount();
  let folder: string;
  let env: NodeJS.ProcessEnv;
  let program: string;
  /** README's blocks for a shell that weren't run yet. */
  let left: Block[];

  before(async () => {
    folder = join(home, "campaigns");
    const names = { "1000248": "Spring sale", "1000250": "Summer teaser" };
    await on.account({ campaigns: Object.entries(names).map(([id, name]) => ({ id, name, status: "running" })) });
    for (const name of ["state", "tmp"]) await mkdir(join(home, name));
    env = {
      HOME: process.env.HOME,
      // Not the caller's: npm puts this repository's commands on it, which a user doesn't have.
      PATH: [await ensureEngine(), dirname(process.execPath), "/usr/bin", "/bin"].join(delimiter),
      TMPDIR: join(home, "tmp"),
      PULUMI_HOME: join(home, "pulumi"),
      PULUMI_BACKEND_URL: pathToFileURL(join(home, "state")).href,
      PULUMI_CONFIG_PASSPHRASE: "not a secret",
      PULUMI_SKIP_CONFIRMATIONS: "true",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      // Pulumi would check the types in each command; a test below does it once, for all.
      PULUMI_NODEJS_TRANSPILE_ONLY: "true",
      HOOD_ENDPOINT: on.hood.url,
      HOOD_AUDIT_LOG: join(home, "audit.jsonl"),
    };
    Object.assign(env, await template(join(home, "templates")));
    left = (await blocksOf("README.md")).filter(({ language }) => language === "sh");
    program = await blockOf("README.md", "ts", "import * as hood");
  });

  const write = (file: string, text: string) => writeFile(join(folder, file), text);

  /** Runs lines as somebody does who says yes to whatever Pulumi asks. @returns what they print. */
  const bash = (lines: string, { code = 0, input = "", cwd = folder } = {}) =>
    new Promise<string>((resolve, reject) => {
      const child = execFile("bash", ["-ec", lines], { cwd, env }, (error, stdout, stderr) => {
        if ((error?.code ?? 0) === code) resolve(stdout);
        else reject(new Error(`exit code ${error?.code ?? 0}, not ${code}, from ${lines}\n${stdout}${stderr}`));
      });
      child.stdin?.on("error", () => {}).end(input);
    });

  const take = (words: string): string => {
    const block = left.find(({ text }) => text.includes(words));
    left = left.filter((other) => other !== block);
    if (!block) throw new Error(`README has no block with "${words}" any more.`);
    return block.text;
  };
  /** A report as a page would show it: the account of these tests is none that a page would name. */
  const asShown = (report: string) =>
    report
      .replace(/- Not the default: .*\n/g, "")
      .replace("\n\n\n", "\n\n")
      .trim();

  it("makes a project, installs the package, keeps the token as a secret, and finds the campaign's id", async () => {
    // What the registry has is another version, if any.
    const lines = take("pulumi new typescript").replace(/(?<=^npm install )pulumi-ocamba-hood/m, `"${packed.path}"`);
    await bash(lines, { cwd: home });
    await bash(take("config set --secret hood:token"), { input: TOKEN });
    expect(await readFile(join(folder, "Pulumi.dev.yaml"), "utf8")).to.match(/hood:token:\s+secure: /);
    const { items } = JSON.parse(await bash(take("curl")));
    expect(items).to.deep.equal([{ id: "1000248", name: "Spring sale", status: "running" }]);
  });

  it("finds the account as the provider assumes it", async () => {
    const said = await bash(take("hood-doctor"));
    expect(said)
      .to.match(/^ok +config +read/m)
      .and.match(/as far as can be seen/);
    expect(said).not.to.contain(TOKEN).and.not.contain("Spring").and.not.contain("1000248");
    expect(on.calls()).to.deep.equal([]);
  });

  it("reports what would be canceled, as the pages show it", async () => {
    await write("index.ts", program);
    const report = await bash(take("preview --json"), { code: 2 });
    const quoted = textOf("README.md").match(/^>.*$/gm) ?? [];
    expect(asShown(report).split("\n").slice(1)).to.deep.equal(quoted.map((line) => line.replace(/^> ?/, "")));
    const page = "docs/pull-request-report.md";
    await write("index.ts", program + TEASER);
    expect(asShown(await bash(await blockOf(page, "sh"), { code: 2 }))).to.equal(await blockOf(page, "markdown"));
    expect(on.calls()).to.deep.equal([]);
  });

  it("cancels it, once, and writes the audit log as docs/security.md shows it", async () => {
    await write("index.ts", program);
    await bash(take("pulumi up"));
    expect(on.calls()).to.deep.equal(["POST /1000248/cancel"]);
    const lines = (text: string) =>
      text
        .trim()
        .split("\n")
        .map((line) => ({ ...JSON.parse(line), time: "", callId: "" }));
    const noted = lines(await readFile(env.HOOD_AUDIT_LOG ?? "", "utf8"));
    expect(noted).to.deep.equal(lines(await blockOf("docs/security.md", "json", "callId")));
  });

  it("has no other commands than those that other tests run", () => {
    for (const [words, test] of [
      ["npm run demo", "tests/engine/examples.test.ts"],
      ["simulator/main.js", "tests/unit/simulator.test.ts"],
    ] as const) {
      take(words);
      expect(existsSync(join(ROOT, test)), test).to.equal(true);
    }
    expect(left).to.deep.equal([]);
  });

  it("and the other pages and examples have programs that are right in their types, under every module setting", async () => {
    const programs = (await blocksOf(...(await pages()))).filter(
      ({ page, language }) => language === "ts" && !/decisions/.test(page),
    );
    expect(programs).to.have.length.above(5);
    await mkdir(join(folder, "blocks"));
    for (const [index, { text }] of programs.entries()) {
      const whole = /^(?:import|export) /m.test(text) ? text : `export async function block() {\n${text}\n}`;
      await write(`blocks/${index}.ts`, (text.startsWith("import ") ? "" : IMPORTS) + whole);
    }
    for (const name of ["campaign-lifecycle", "cancel-campaign", "emergency-stop"])
      await cp(join(ROOT, "examples", name, "index.ts"), join(folder, "blocks", `${name}.ts`));
    const wrong =
      'import * as hood from "pulumi-ocamba-hood";\n// @ts-expect-error\nnew hood.CampaignCancellation("a", {});\n';
    await write("blocks/wrong.mts", wrong);
    await write("blocks/own.mts", textOf("tests/types/ownOutputs.ts").replace("../../sdk", "pulumi-ocamba-hood"));
    const others = { module: "nodenext", moduleResolution: "nodenext", exactOptionalPropertyTypes: true };
    for (const settings of [{}, others]) {
      const compilerOptions = { ...SETTINGS, noEmit: true, ...settings };
      await write("blocks/tsconfig.json", JSON.stringify({ compilerOptions }));
      await bash(`"${process.execPath}" "${TSC}" -p blocks`);
    }
  });
});

/** A repository with Pulumi's template for TypeScript, as `pulumi new` takes it from GitHub. @returns the settings that name it. */
async function template(folder: string): Promise<NodeJS.ProcessEnv> {
  const files = {
    "Pulumi.yaml": `name: \${PROJECT}\nruntime: nodejs\n`,
    "package.json": JSON.stringify({
      main: "index.ts",
      // npm doesn't replace what is there already by a newer one.
      dependencies: { "@pulumi/pulumi": OLDEST.pulumi },
      devDependencies: Object.fromEntries(TYPESCRIPT.map((one) => one.split(/(?<=.)@/))),
    }),
    "tsconfig.json": JSON.stringify({ compilerOptions: SETTINGS, files: ["index.ts"] }),
  };
  await mkdir(join(folder, "typescript"), { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, "typescript", name), text);
  const commit = "git -c user.name=Pulumi -c user.email=pulumi@example.com commit --quiet --message Templates";
  await run("bash", ["-ec", `git init --quiet --initial-branch main && git add . && ${commit}`], { cwd: folder });
  return {
    // As it is: the CLI takes no escapes here.
    PULUMI_TEMPLATE_GIT_REPOSITORY: `file://${folder}`,
    PULUMI_TEMPLATE_BRANCH: "main",
    PULUMI_DISABLE_REGISTRY_RESOLVE: "true",
  };
}

const LINK = /\]\((?!https?:)([^)\s#]*)(?:#([^)\s]+))?\)/g;
const textOf = (file: string) => readFileSync(join(ROOT, file), "utf8");

/** The headings' anchors as code hosts make them. */
const anchorsOf = (text: string) =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\w\s-]/g, "")
      .trim()
      .replaceAll(/\s/g, "-"),
  );

describe("The pages", () => {
  it("lead only to what is there", async () => {
    const links = (await pages()).flatMap((file) =>
      [...textOf(file).matchAll(LINK)].map(([whole, path, anchor]) => {
        const target = path ? join(dirname(file), path) : file;
        const isThere = existsSync(join(ROOT, target)) && (!anchor || anchorsOf(textOf(target)).includes(anchor));
        return { link: `${file}: ${whole}`, isThere };
      }),
    );
    expect(links).to.have.length.above(30);
    expect(links.filter(({ isThere }) => !isThere)).to.deep.equal([]);
  });

  it("name only commands of this repository that there are", async () => {
    const { scripts } = JSON.parse(textOf("package.json"));
    const named = (await pages()).flatMap((page) =>
      [...textOf(page).matchAll(/npm run ([\w:]+)/g)].map(([, name = ""]) => name),
    );
    expect(named).to.have.length.above(15);
    expect(named.filter((name) => !(name in scripts))).to.deep.equal([]);
  });

  it("quote messages that there are", async () => {
    const sources = (await filesBelow(["provider", "report", "sdk"], ".ts")).map(textOf).join("\n");
    const quoted = [...textOf("docs/troubleshooting.md").matchAll(/^\| `([^`]+)` \|/gm)].map(
      ([, message = ""]) => message,
    );
    expect(quoted).to.have.length.above(20);
    // What stands for something in a message is written as "…": the words between are the message's own.
    const strange = quoted.filter((message) => !message.split("…").every((part) => sources.includes(part.trim())));
    expect(strange).to.deep.equal([]);
  });
});
