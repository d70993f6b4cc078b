import { spawnSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { type Simulator, startSimulator } from "../../simulator";
import { version } from "../../tools/root";
import { mustSucceed, openStack, ROOT, type Stack, TOKEN } from "./stack";

const BIN = join(ROOT, "dist/report/main.js");

/** Not the environment of whoever runs the tests. */
function plan(input: string, ...args: string[]) {
  const env = { PATH: process.env.PATH, GITHUB_SHA: "abc" };
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...args], { input, encoding: "utf8", env });
  return { code: status, stdout, stderr };
}

/** Somebody else's resources: forty, of which those before `changed` have another value. */
const unknownProperties = (changed: number) => `
const made = { create: async (inputs) => ({ id: "x", outs: inputs }), update: async (id, olds, inputs) => ({ outs: inputs }) };
class Other extends pulumi.dynamic.Resource { constructor(name, props) { super(made, name, props); } }
for (let i = 0; i < 40; i++) new Other("other-" + i, { value: i < ${changed} ? "new" : "old" });
`;

const endings = (ids: readonly string[]) =>
  ids
    .map((id) => `new hood.CampaignCancellation("end-${id}", { campaignId: "${id}", reason: "Budget cut" });`)
    .join("\n");

describe("hood-plan behind the real engine", function () {
  this.timeout(120_000);
  let hood: Simulator;
  let stack: Stack;

  const preview = (args: readonly string[] = []) => stack.run(["preview", "--json", ...args]);

  before(async () => {
    hood = await startSimulator({
      token: TOKEN,
      campaigns: [
        { id: "1", name: "</td>|@everyone <script>", status: "running" },
        { id: "2", name: "Summer teaser", status: "scheduled" },
        { id: "3", name: "Autumn", status: "paused" },
        { id: "4", name: "Winter", status: "canceled" },
      ],
    });
    stack = await openStack({ HOOD_ENDPOINT: hood.url });
  });
  after(async () => {
    await stack.remove();
    await hood.close();
  });

  it("says that nothing ends, exit code 0", async () => {
    await stack.program(unknownProperties(0));
    const report = plan((await mustSucceed(preview())).stdout);
    expect(report.stdout).to.equal(
      [
        "<!-- hood-plan test/test -->\n### No campaign would end",
        "Project `test`, stack `test`, commit `abc`.",
        "This change touches no campaign.",
        "40 other changes in this stack, not listed here.",
        "Removals that an interrupted update left over are listed only if the preview ran with --show-replacement-steps.\n",
      ].join("\n\n"),
    );
    expect(report.code).to.equal(0);
    await mustSucceed(stack.up());
  });

  it("finds three ends among the changes of a stranger's stack, exit code 2", async () => {
    await stack.program(unknownProperties(37) + endings(["1", "2", "3", "4"]));
    const { stdout } = await mustSucceed(preview());
    const report = plan(stdout);
    expect(report.code).to.equal(2);
    expect(report.stdout).to.contain("### 3 campaigns would end for good\n");
    const rows = report.stdout.replaceAll(/ +/g, " ");
    expect(rows).to.contain(
      "| `＜/td＞｜＠everyone ＜script＞` | `1` | `running` | `Budget cut` | CampaignCancellation `end-1` |",
    );
    expect(rows).to.contain("| `Winter` | `4` | `canceled` | Canceled already. Nothing is sent. |");
    expect(report.stdout).to.contain("\n37 other changes in this stack, not listed here.\n");
    const { irreversible, recorded, otherChanges } = JSON.parse(plan(stdout, "--format", "json").stdout);
    expect(irreversible.map(({ campaignId }: { campaignId: string }) => campaignId)).to.deep.equal(["1", "2", "3"]);
    expect([recorded.length, otherChanges]).to.deep.equal([1, 37]);
  });

  it("counts an id that is known only later, and keeps a secret, exit code 2", async () => {
    await stack.program(`
      const fresh = new hood.Campaign("fresh", { name: "Fresh", draft: true });
      new hood.CampaignCancellation("end-it", { campaignId: fresh.id, reason: "Budget cut" });
      new hood.CampaignStatus("end-2", { campaignId: "2", status: "canceled", reason: pulumi.secret("hush") });
      new hood.CampaignStatus("pause-1", { campaignId: "1", status: "paused", reason: "Stock is short" });`);
    const report = plan((await mustSucceed(preview())).stdout, "--format", "text");
    expect(report.code).to.equal(2);
    expect(report.stdout).to.contain(
      '- Campaign "Summer teaser", id "2", status "scheduled"\n    reason: "[secret]"\n',
    );
    expect(report.stdout).to.contain("- Campaign not known, id not known, status not known\n");
    expect(report.stdout).to.contain("Pause: running to paused.");
    expect(report.stdout).to.contain("New campaign: a draft");
  });

  it("says what would be launched, exit code 3, and which settings aren't the default", async () => {
    await stack.program(`
      new hood.Campaign("now", { name: "Now", runImmediately: true });
      new hood.CampaignStatus("resume", { campaignId: "3", status: "running" });
      new hood.Campaign("later", { name: "Later", draft: true });`);
    await mustSucceed(stack.run(["config", "set", "hood:endpoint", hood.url]));
    await mustSucceed(stack.run(["config", "set", "--secret", "hood:token", TOKEN]));
    const { stdout } = await mustSucceed(preview());
    await mustSucceed(stack.run(["config", "rm", "hood:endpoint"]));
    await mustSucceed(stack.run(["config", "rm", "hood:token"]));
    const { launches, reversible, settings, about } = JSON.parse(plan(stdout, "--format", "json").stdout);
    const names = (entries: { resource: string }[]) => entries.map(({ resource }) => resource);
    expect([names(launches), names(reversible)]).to.deep.equal([["now", "resume"], ["later"]]);
    expect(about).to.deep.equal({ project: "test", stack: "test", commit: "abc" });
    expect(settings).to.deep.equal([
      { name: "hood:endpoint", value: hood.url },
      { name: "hood:token", value: "[secret]" },
    ]);
    const { code, stdout: report } = plan(stdout, "--stack", "acme/test/test", "--commit", "def");
    expect(code).to.equal(3);
    expect(report)
      .to.contain("### No campaign would end, and 2 campaigns would be launched\n")
      .and.contain("commit `def`");
    expect(plan(stdout, "--stack", "prod")).to.deep.include({ code: 1, stdout: "" });
  });

  it("counts this package's provider under another type as an end, exit code 2", async () => {
    await stack.program(`
      const __provider = 'exports.handler=()=>require("pulumi-ocamba-hood/provider").campaignCancellation';
      const label = { __provider, campaignId: "1", reason: "x" };
      new pulumi.CustomResource("pulumi-nodejs:dynamic/site:Label", "label", label);
      new pulumi.CustomResource("pulumi-nodejs:dynamic/site:Hidden", "hidden", { ...label, __provider: pulumi.secret(__provider) });`);
    const report = plan((await mustSucceed(preview())).stdout);
    expect(report.code).to.equal(2);
    expect(report.stdout)
      .to.contain("this package's provider under another type")
      .and.contain("doesn't show its provider's code");
  });

  it("never gives two previews one fingerprint in which a secret stands for another campaign", async () => {
    const fingerprints: string[] = [];
    for (const id of ["1", "2"]) {
      await stack.program(
        `new hood.CampaignCancellation("end", { campaignId: pulumi.secret("${id}"), reason: "Budget cut" });`,
      );
      const { stdout } = plan((await mustSucceed(preview())).stdout, "--format", "json");
      fingerprints.push(JSON.parse(stdout).fingerprint);
    }
    expect(new Set(fingerprints).size).to.equal(2);
  });

  it("names the replacement of an end first, in its own words", async () => {
    const end = (id: string) => `new hood.CampaignCancellation("e", { campaignId: "${id}", reason: "Budget cut" });`;
    await stack.program(unknownProperties(0) + end("4"));
    await mustSucceed(stack.up());
    await stack.program(unknownProperties(0) + end("2"));
    const urn = "urn:pulumi:test::test::pulumi-nodejs:dynamic/hood:CampaignCancellation::e";
    const replaced = await mustSucceed(preview(["--replace", urn, "--show-replacement-steps"]));
    const report = plan(replaced.stdout);
    expect(report.code).to.equal(2);
    expect(report.stdout)
      .to.contain("### 1 campaign would end for good\n")
      .and.contain("Replaces the cancellation of `Winter` `4`, and would end `Summer teaser` `2`")
      .and.not.contain("--show-replacement-steps");
  });

  it("lists the removal that an interrupted update left over, if the preview shows it", async () => {
    const older = `new hood.Campaign("c", { name: "Left", draft: true, deletionPolicy: "cancel" });`;
    await stack.program(unknownProperties(0) + older);
    await mustSucceed(stack.up());
    const state = JSON.parse((await mustSucceed(stack.run(["stack", "export"]))).stdout);
    const found = state.deployment.resources.find(({ urn }: { urn: string }) => urn.endsWith("Campaign::c"));
    state.deployment.resources.push({ ...found, id: "77", delete: true });
    await writeFile(join(stack.folder, "state.json"), JSON.stringify(state));
    await mustSucceed(stack.run(["stack", "import", "--file", "state.json"]));
    expect(plan((await mustSucceed(preview())).stdout).code).to.equal(0);
    const shown = plan((await mustSucceed(preview(["--show-replacement-steps"]))).stdout, "--format", "json");
    const { irreversible } = JSON.parse(shown.stdout);
    expect([shown.code, irreversible.map(({ resource }: { resource: string }) => resource)]).to.deep.equal([2, ["c"]]);
  });

  it("tells a removal that ends a campaign from one that the engine only forgets", async () => {
    const declared = (name: string, opts: string) =>
      `new hood.Campaign("${name}", { name: "${name}", draft: true, deletionPolicy: "cancel" }, { ${opts} });`;
    await stack.program(declared("ends", "") + declared("stays", "retainOnDelete: true"));
    await mustSucceed(stack.up());
    await stack.program("");
    const { stdout, code } = plan((await mustSucceed(preview())).stdout, "--format", "json");
    const names = (entries: { resource: string }[]) => entries.map(({ resource }) => resource);
    const { irreversible, removed } = JSON.parse(stdout);
    expect([names(irreversible), names(removed), code]).to.deep.equal([["ends"], ["stays"], 2]);
  });

  it("shows what was refused, exit code 1", async () => {
    await stack.program(
      `new hood.CampaignCancellation("end-2", { campaignId: "2", reason: "Budget cut", expectedName: "Other" });`,
    );
    const failed = await preview();
    expect(failed.code).not.to.equal(0);
    const report = plan(failed.stdout);
    expect(report.code).to.equal(1);
    expect(report.stdout).to.match(
      /\n### The preview failed: .*\n\n.*\n\n.*\n\nCampaignCancellation `end-2`:\n\n```\n.*Summer teaser/,
    );
  });

  it("says what to do where there is no preview, exit code 1", async () => {
    const failed = await preview(["--stack", "nope"]);
    const report = plan(failed.stdout);
    expect(report.stdout).to.equal("");
    expect(report.stderr)
      .to.contain("standard input is empty")
      .and.to.contain("node node_modules/pulumi-ocamba-hood/dist/report/main.js");
    expect(report.stderr).not.to.match(/^\s+at /m);
    expect(report.code).to.equal(1);
  });

  it("explains itself", () => {
    const help = plan("", "--help");
    expect(plan("", "--version").stdout).to.equal(`${version}\n`);
    const plugin = join(ROOT, "dist/provider/hosts/plugin/main.js");
    expect(spawnSync(process.execPath, [plugin, "--version"], { encoding: "utf8" }).stdout).to.equal(`${version}\n`);
    expect(help.stdout).to.contain("--format").and.to.contain("Exit code");
    expect([help.code, plan("", "--format", "xml").code]).to.deep.equal([0, 1]);
  });
});
