import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { ROOT } from "../../../tools/root";
import { TOKEN } from "../../engine/stack";
import { pack } from "../packed";
import { templates, writePrograms } from "./project";
import { readPages } from "./reading";
import { type Registry, startRegistry } from "./registry";
import { openScene } from "./scene";
import { openShell, type ShellOptions } from "./shell";

const TSC = join(ROOT, "node_modules/typescript/bin/tsc");
const TOKEN_PAGE = "README.md: Configure the token";
const FIRST = "README.md: Cancel one campaign";
const IN_CI = "README.md: In CI";
const REPORT = "docs/pull-request-report.md: A preview as a report for a pull request";
const TEASER = 'new hood.CampaignStatus("teaser", { campaignId: "1000250", status: "paused" });\n';

/** The account of these tests is none that a page would name. */
const withoutEndpoint = (report: string) =>
  report
    .replace(/- Not the default: .*\n/g, "")
    .replace("\n\n\n", "\n\n")
    .trim();

describe("The commands of the pages, from an empty folder", function () {
  this.timeout(120_000);
  let registry: Registry;
  let env: NodeJS.ProcessEnv;
  let folder: string;
  let program: string;
  const scene = openScene("project", {
    account: {
      token: TOKEN,
      campaigns: [
        { id: "1000248", name: "Spring sale", status: "running" },
        { id: "1000250", name: "Summer teaser", status: "running" },
      ],
    },
    openShell: ({ url }) => openShell({ HOOD_ENDPOINT: url }),
    async prepare() {
      registry = await startRegistry(await pack(ROOT, scene.shell.home));
      env = { ...(await templates(join(scene.shell.home, "templates"))), npm_config_registry: registry.url };
      folder = join(scene.shell.folder, "campaigns");
      const { blocks } = await readPages();
      program = blocks.find(({ where, language }) => where === FIRST && language === "ts")?.text ?? "";
    },
  });
  beforeEach(() => scene.hood.clearRequests());
  after(() => registry?.close());

  const run = (lines: string, options?: ShellOptions) => scene.shell.run(lines, { cwd: folder, ...options });
  const write = (source: string) => writeFile(join(folder, "index.ts"), source);
  const span = (text: string, options?: ShellOptions) => run(scene.taken.span(text), options);
  const calls = () => scene.hood.requests.filter(({ method }) => method !== "GET");
  it("make a project, install the package, and store the token as a secret", async () => {
    await scene.shell.run(scene.taken.block("README.md: Install"), { env });
    await run(scene.taken.block(TOKEN_PAGE), { input: TOKEN });
    expect(await readFile(join(folder, "Pulumi.dev.yaml"), "utf8")).to.match(/hood:token:\s+secure: /);
  });

  it("find the campaign's id", async () => {
    const { stdout } = await run(scene.taken.block(TOKEN_PAGE, "sh", 2));
    expect(JSON.parse(stdout).items).to.deep.equal([{ id: "1000248", name: "Spring sale", status: "running" }]);
  });

  it("start the simulator, until Ctrl-C", async () => {
    // Somebody else may have its port on this machine: 0 stands for one that is free.
    const lines = `${scene.taken.block(TOKEN_PAGE, "sh", 1)} --port 0`;
    const { text } = await run(lines, { interruptAt: /Stop it with Ctrl-C/ });
    expect(text)
      .to.contain("Hood simulator with 1 campaign.")
      .and.match(/export HOOD_ENDPOINT=http:\/\/127\.0\.0\.1:/);
  });

  it("leave programs that are right in their types", async () => {
    const programs = (await readPages()).blocks.filter(({ language }) => language === "ts");
    expect(programs).to.have.length.above(5);
    await writePrograms(join(folder, "blocks"), programs);
    await run(`"${process.execPath}" "${TSC}" -p blocks`);
  });

  it("report what would be canceled, as README shows it", async () => {
    await write(program);
    const { stdout } = await run(scene.taken.block(IN_CI), { code: 2 });
    const shown = (await readFile(join(ROOT, "README.md"), "utf8")).match(/^>.*$/gm) ?? [];
    expect(withoutEndpoint(stdout).split("\n").slice(1)).to.deep.equal(shown.map((line) => line.replace(/^> ?/, "")));
  });

  it("report as docs/pull-request-report.md shows it", async () => {
    await write(program + TEASER);
    const { stdout } = await run(scene.taken.block(REPORT), { code: 2 });
    expect(withoutEndpoint(stdout)).to.equal(scene.taken.block(REPORT, "markdown"));
  });

  it("preview without checkpoints", async () => {
    await write(program);
    const { stdout } = await run(scene.taken.block("docs/scaling.md: Checkpoints off"));
    expect(stdout).to.contain("CampaignCancellation spring-sale");
    expect(calls()).to.deep.equal([]);
  });

  it("change a setting", async () => {
    await span("pulumi config set hood:timeout 10s");
    expect((await run("pulumi config get hood:timeout")).stdout).to.equal("10s\n");
  });

  it("cancel the campaign, once, and write the audit log as docs/security.md shows it", async () => {
    const log = join(scene.shell.home, "audit.log");
    await run(scene.taken.block(FIRST), { env: { HOOD_AUDIT_LOG: log } });
    expect(calls().map(({ path }) => path)).to.deep.equal(["/v1/hood/campaigns/1000248/cancel"]);
    const lines = (text: string) =>
      text
        .trim()
        .split("\n")
        .map((line) => ({ ...JSON.parse(line), time: "then", callId: "one" }));
    const noted = lines(await readFile(log, "utf8"));
    expect(noted).to.deep.equal(lines(scene.taken.block("docs/security.md: Audit log", "json")));
  });

  for (const command of ["HOOD_MAX_CANCELLATIONS=1000 pulumi up", "pulumi up --skip-preview", "pulumi cancel"]) {
    it(`do nothing afterwards: ${command}`, async () => {
      await span(command);
      expect(scene.hood.requests).to.deep.equal([]);
    });
  }

  for (const command of ["pulumi refresh", "pulumi refresh --run-program"]) {
    it(`only read: ${command}`, async () => {
      await span(command);
      expect(scene.hood.requests).to.not.be.empty;
      expect(calls()).to.deep.equal([]);
    });
  }

  it("leave what is declared as it is when the package is installed again, and upgraded", async () => {
    await span("npm install pulumi-ocamba-hood@latest", { env });
    await run("pulumi preview --expect-no-changes");
  });

  it("remove the resource from the state, and send nothing", async () => {
    const { text } = await span("pulumi destroy");
    expect(text).to.contain("stays canceled");
    expect(scene.hood.requests).to.deep.equal([]);
  });

  it("are all of them", () => expect(scene.taken.left()).to.deep.equal([]));
});
