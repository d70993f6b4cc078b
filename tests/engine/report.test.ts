import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect } from "chai";
import { type Simulator, startSimulator } from "../../simulator";
import { mustSucceed, openStack, ROOT, type Stack, TOKEN } from "./stack";

const BIN = join(ROOT, "dist/report/main.js");

function plan(input: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...args], { input, encoding: "utf8" });
  return { code: status, stdout, stderr };
}

/** Somebody else's resources: forty, of which those before `changed` have another value. */
const strangers = (changed: number) => `
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
    await stack.program(strangers(0));
    const report = plan((await mustSucceed(preview())).stdout);
    expect(report.stdout).to.equal(
      "### No campaign would end\n\nThis change touches no campaign.\n\n40 other changes in this stack, not listed here.\n",
    );
    expect(report.code).to.equal(0);
    await mustSucceed(stack.up());
  });

  it("finds three ends among the changes of a stranger's stack, exit code 2", async () => {
    await stack.program(strangers(37) + endings(["1", "2", "3", "4"]));
    const { stdout } = await mustSucceed(preview());
    const report = plan(stdout);
    expect(report.code).to.equal(2);
    expect(report.stdout).to.contain("### 3 campaigns would end for good\n");
    expect(report.stdout).to.contain(
      "| `＜/td＞｜＠everyone ＜script＞` | `1` | `running` | `Budget cut` | CampaignCancellation `end-1` |",
    );
    expect(report.stdout).to.contain("| `Winter` | `4` | `canceled` | Ended already: adopted, nothing is sent. |");
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
      /^### The preview failed: .*\n\n.*\n\nCampaignCancellation `end-2`:\n\n```\n.*Summer teaser/,
    );
  });

  it("says what to do where there is no preview, exit code 1", async () => {
    const failed = await preview(["--stack", "nope"]);
    const report = plan(failed.stdout);
    expect(report.stdout).to.equal("");
    expect(report.stderr)
      .to.contain("standard input is empty")
      .and.to.contain("pulumi preview --json | npx --no -- hood-plan");
    expect(report.stderr).not.to.match(/^\s+at /m);
    expect(report.code).to.equal(1);
  });

  it("explains itself", () => {
    const help = plan("", "--help");
    expect(help.stdout).to.contain("--format").and.to.contain("Exit code");
    expect([help.code, plan("", "--format", "xml").code]).to.deep.equal([0, 1]);
  });
});
