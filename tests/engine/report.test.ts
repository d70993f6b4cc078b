import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect } from "chai";
import { UNKNOWN } from "../../provider/hosts/hosted";
import type { Report } from "../../report/report";
import { type Simulator, startSimulator } from "../../simulator";
import { version } from "../../tools/root";
import type { Declared } from "./program";
import { HOSTS, mustFail, mustSucceed, openStack, ROOT, type Stack, type Step, TOKEN } from "./stack";

/** Not the environment of whoever runs the tests. */
function plan(input: string, ...args: string[]) {
  const env = { PATH: process.env.PATH, GITHUB_SHA: "abc" };
  const command = [join(ROOT, "dist/report/main.js"), ...args];
  const { status: code, stdout, stderr } = spawnSync(process.execPath, command, { input, encoding: "utf8", env });
  return { code, stdout, stderr };
}
const json = (input: string): Report => JSON.parse(plan(input, "--format", "json").stdout);
const names = (entries: readonly { resource: string }[]) => entries.map(({ resource }) => resource).sort();

/** Somebody else's resources: forty, of which those before `changed` have another value. */
const others = (changed: number) => `
const made = { create: async (inputs) => ({ id: "x", outs: inputs }), update: async (id, olds, inputs) => ({ outs: inputs }) };
class Other extends pulumi.dynamic.Resource { constructor(name, props) { super(made, name, props); } }
for (let i = 0; i < 40; i++) new Other("other-" + i, { value: i < ${changed} ? "new" : "old" });\n`;
const END = (name: string, id: string, more = "") =>
  `new hood.CampaignCancellation("${name}", { campaignId: ${id}, reason: "Budget cut"${more} });\n`;
const CAMPAIGN = (name: string, more: string, options = "") =>
  `const ${name} = new hood.Campaign("${name}", { name: "${name}", ${more} }, { ${options} });\n`;
const ENDS_WITH_IT = 'draft: true, deletionPolicy: "cancel"';

describe("hood-plan behind the real engine", function () {
  this.timeout(120_000);
  let hood: Simulator;
  let stack: Stack;
  const preview = (...args: string[]) => stack.run(["preview", "--json", ...args]);

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
    stack = await openStack("npm classes", { HOOD_ENDPOINT: hood.url });
  });
  after(async () => {
    await stack?.remove();
    await hood?.close();
  });

  it("says that no campaign would end, exit code 0", async () => {
    await stack.program(others(0));
    const { code, stdout } = plan((await mustSucceed(preview())).stdout);
    expect(stdout).to.equal(
      [
        "<!-- hood-plan test/test -->\n### No campaign would end",
        "Project `test`, stack `test`, commit `abc`.",
        "This change touches no campaign.",
        "40 other changes in this stack, not listed here.",
        "Removals that an interrupted update left over are listed only if the preview ran with --show-replacement-steps.\n",
      ].join("\n\n"),
    );
    expect(code).to.equal(0);
  });

  it("says what would be launched, exit code 3, and which settings aren't the default", async () => {
    await stack.program(`${CAMPAIGN("now", "runImmediately: true")}
      new hood.CampaignStatus("resume", { campaignId: "3", status: "running" });\n${CAMPAIGN("later", "draft: true")}`);
    await mustSucceed(stack.run(["config", "set", "hood:endpoint", hood.url]));
    await mustSucceed(stack.run(["config", "set", "--secret", "hood:token", TOKEN]));
    const { stdout } = await mustSucceed(preview());
    const { launches, reversible, settings, about } = json(stdout);
    expect([names(launches), names(reversible)]).to.deep.equal([["now", "resume"], ["later"]]);
    expect(about).to.deep.equal({ project: "test", stack: "test", commit: "abc" });
    expect(settings).to.deep.equal([
      { name: "hood:endpoint", value: hood.url },
      { name: "hood:token", value: "[secret]" },
    ]);
    const { code, stdout: report } = plan(stdout, "--stack", "acme/test/test", "--commit", "def");
    expect(code).to.equal(3);
    expect(report).to.contain("### No campaign would end, and 2 campaigns would be launched\n").and.contain("`def`");
    expect(plan(stdout, "--stack", "prod")).to.deep.include({ code: 1, stdout: "" });
  });

  it("lists every kind of end that a preview can show, exit code 2", async () => {
    const stays = CAMPAIGN("stays", ENDS_WITH_IT, "retainOnDelete: true");
    const ended = [CAMPAIGN("ends", ENDS_WITH_IT), CAMPAIGN("left", ENDS_WITH_IT), END("replaced", '"4"'), stays];
    await stack.program(others(0) + ended.join(""));
    await mustSucceed(stack.up());
    const state = JSON.parse((await mustSucceed(stack.run(["stack", "export"]))).stdout);
    const left = state.deployment.resources.find(({ urn }: { urn: string }) => urn.endsWith("Campaign::left"));
    state.deployment.resources.push({ ...left, id: "77", delete: true });
    await stack.write({ "state.json": JSON.stringify(state) });
    await mustSucceed(stack.run(["stack", "import", "--file", "state.json"]));

    const ends = [END("one", '"1"'), END("recorded", '"4"'), END("replaced", '"2"'), CAMPAIGN("left", ENDS_WITH_IT)];
    const __provider = 'exports.handler=()=>require("pulumi-ocamba-hood/provider").campaignCancellation';
    const source = (secret: string) => `${others(37)}${ends.join("")}${CAMPAIGN("fresh", "draft: true")}
      ${END("unknown", "fresh.id")}${END("hidden", `pulumi.secret("${secret}")`)}
      new hood.CampaignStatus("pause", { campaignId: "1000", status: "paused", reason: "Stock is short" });
      const label = { __provider: ${JSON.stringify(__provider)}, campaignId: "1", reason: "x" };
      new pulumi.CustomResource("pulumi-nodejs:dynamic/site:Label", "label", label);`;
    hood.add(
      { id: "1000", name: "Terms", status: "running" },
      { id: "5", status: "running" },
      { id: "6", status: "running" },
    );
    const urn = "urn:pulumi:test::test::pulumi-nodejs:dynamic/hood:CampaignCancellation::replaced";
    const shown = async (secret: string) => {
      await stack.program(source(secret));
      return (await mustSucceed(preview("--show-replacement-steps", "--replace", urn))).stdout;
    };
    const stdout = await shown("5");
    const { irreversible, recorded, reversible, removed, otherChanges, fingerprint } = json(stdout);
    expect(names(irreversible)).to.deep.equal(["ends", "hidden", "label", "left", "one", "replaced", "unknown"]);
    expect([names(recorded), names(removed), names(reversible)]).to.deep.equal([
      ["recorded"],
      ["stays"],
      ["fresh", "pause"],
    ]);
    expect(otherChanges).to.equal(37);
    const { code, stdout: report } = plan(stdout);
    expect(code).to.equal(2);
    expect(report.replaceAll(/ +/g, " "))
      .to.contain("### 7 campaigns would end for good\n")
      .and.contain("| `＜/td＞｜＠everyone ＜script＞` | `1` | `running` | `Budget cut` | CampaignCancellation `one` |")
      .and.contain("| `Winter` | `4` | `canceled` | Canceled already. Nothing is sent. |")
      .and.contain("Replaces the cancellation of `Winter` `4`, and would end `Summer teaser` `2`")
      .and.contain("this package's provider under another type")
      .and.contain("\n37 other changes in this stack, not listed here.\n");
    const text = plan(stdout, "--format", "text").stdout;
    expect(text)
      .to.contain("- Campaign not known, id not known, status not known\n")
      .and.contain("Pause: running to paused.");
    // What a secret holds isn't shown, but an approval of it is none of another one.
    expect(json(await shown("6")).fingerprint).to.not.equal(fingerprint);
  });

  it("shows why a preview failed, exit code 1", async () => {
    await stack.program(END("end", '"2"', ', expectedName: "Other"'));
    const failed = await preview();
    await mustFail(failed);
    const { code, stdout } = plan(failed.stdout);
    expect(code).to.equal(1);
    expect(stdout).to.match(
      /\n### The preview failed: .*\n\n.*\n\n.*\n\nCampaignCancellation `end`:\n\n```\n.*Summer teaser/,
    );
  });

  it("says what to do without a preview, and explains itself", () => {
    const { code, stdout, stderr } = plan("");
    expect([code, stdout]).to.deep.equal([1, ""]);
    expect(stderr)
      .to.contain("standard input is empty")
      .and.contain("node node_modules/pulumi-ocamba-hood/dist/report/main.js");
    expect(stderr).not.to.match(/^\s+at /m);
    expect(plan("", "--help").stdout).to.contain("--format").and.to.contain("Exit code");
    expect(plan("", "--version").stdout).to.equal(`${version}\n`);
    expect(plan("", "--format", "xml").code).to.equal(1);
    const plugin = join(ROOT, "dist/provider/hosts/plugin/main.js");
    expect(spawnSync(process.execPath, [plugin, "--version"], { encoding: "utf8" }).stdout).to.equal(`${version}\n`);
  });
});

const other: Declared = { type: "CampaignStatus", args: { campaignId: "1", status: "paused" } };
const follower: Declared = {
  type: "CampaignStatus",
  args: { campaignId: "2", status: `\${other.currentStatus}`, reason: "Follows another" },
};

for (const host of HOSTS) {
  it(`A status that only the update will know counts as an end in its preview, through the ${host}`, async function () {
    this.timeout(60_000);
    const campaigns = ["1", "2"].map((id) => ({ id, name: `Offer ${id}`, status: "running" }));
    const hood = await startSimulator({ token: TOKEN, campaigns });
    const stack = await openStack(host, { HOOD_ENDPOINT: hood.url, HOOD_MAX_CANCELLATIONS: "0" });
    try {
      await stack.declare({ other, follower });
      const said = await mustFail(stack.preview());
      expect(said).to.contain("more than 0 campaign").and.contain("only known in the update");
      const allowed = { env: { HOOD_MAX_CANCELLATIONS: "1" } };
      const { stdout } = await mustSucceed(stack.run(["preview", "--json"], allowed));
      expect(plan(stdout).code).to.equal(2);
      expect(json(stdout).irreversible.map(({ campaignName }) => campaignName)).to.deep.equal(["Offer 2"]);
      const { steps } = JSON.parse(stdout) as { steps: Step[] };
      const step = steps.find(({ urn }) => urn.endsWith("::follower"));
      expect(step?.newState?.inputs.plannedActions).to.equal(UNKNOWN);

      await mustSucceed(stack.up());
      const calls = hood.requests.filter(({ method }) => method === "POST");
      expect(calls.map(({ path }) => path.split("/").slice(-2).join(" "))).to.deep.equal(["1 pause", "2 pause"]);
    } finally {
      await stack.remove();
      await hood.close();
    }
  });
}
