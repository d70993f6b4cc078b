import { expect } from "chai";
import { UNKNOWN } from "../../provider/hosts/hosted";
import { readPreview } from "../../report/preview";
import { buildReport, type Report } from "../../report/report";
import { markdown } from "../../report/writers";
import { cancellation, type Declared, HOSTS, mustSucceed, onStack, type Step, TOKEN } from "./stack";

/** What hood-plan makes of a preview: its arguments and exit codes have tests of their own. */
const reportOf = (stdout: string, exitCode = 0): Report =>
  buildReport(readPreview(Buffer.from(stdout)), { said: {}, exitCode, environment: {} });
const names = (entries: readonly { resource: string }[]) => entries.map(({ resource }) => resource).sort();

/** Somebody else's resources. */
const OTHERS = `
const made = { create: async (inputs) => ({ id: "x", outs: inputs }) };
class Other extends pulumi.dynamic.Resource { constructor(name) { super(made, name, {}); } }
for (const name of ["a", "b", "c"]) new Other(name);\n`;
const END = (name: string, id: string, more = "") =>
  `new hood.CampaignCancellation("${name}", { campaignId: ${id}, reason: "Budget cut"${more} });\n`;
const CAMPAIGN = (name: string, more: string, options = "") =>
  `const ${name} = new hood.Campaign("${name}", { name: "${name}", ${more} }, { ${options} });\n`;
const ENDS_WITH_IT = 'draft: true, deletionPolicy: "cancel"';

const other: Declared = { type: "CampaignStatus", args: { campaignId: "1", status: "paused" } };
const follower: Declared = {
  type: "CampaignStatus",
  args: { campaignId: "2", status: `\${other.currentStatus}`, reason: "Follows another" },
};

for (const host of HOSTS) {
  describe(`The report on a preview of the real engine, through the ${host},`, function () {
    this.timeout(120_000);
    const on = onStack(host, {
      campaigns: [
        { id: "1", name: "</td>|@everyone <script>", status: "running" },
        { id: "2", name: "Summer teaser", status: "scheduled" },
        { id: "3", name: "Autumn", status: "paused" },
        { id: "4", name: "Winter", status: "canceled" },
        { id: "5", status: "running" },
        { id: "6", status: "running" },
        { id: "1000", name: "Terms", status: "running" },
      ],
    });
    const preview = (...args: string[]) => on.stack.run(["preview", "--json", ...args]);

    it("counts a status that only the update will know as an end", async () => {
      await on.stack.declare({ other, follower });
      const { stdout } = await mustSucceed(preview());
      expect(reportOf(stdout).irreversible.map(({ campaignName }) => campaignName)).to.deep.equal(["Summer teaser"]);
      const { steps } = JSON.parse(stdout) as { steps: Step[] };
      const step = steps.find(({ urn }) => urn.endsWith("::follower"));
      expect(step?.newState?.inputs.plannedActions).to.equal(UNKNOWN);
    });

    if (host === "plugin") {
      it("shows why the preview failed", async () => {
        await on.stack.declare({ misnamed: cancellation("2", { expectedName: "Other" }) });
        const { code, stdout } = await preview();
        expect(markdown(reportOf(stdout, code))).to.match(
          /\n### The preview failed: .*\n\n.*\n\n.*\n\nCampaignCancellation `misnamed`:\n\n```\n.*Summer teaser/,
        );
      });
      return;
    }

    it("lists every kind of end and launch that a preview can show, and the settings that aren't the default", async () => {
      const stays = CAMPAIGN("stays", ENDS_WITH_IT, "retainOnDelete: true");
      const ended = [CAMPAIGN("ends", ENDS_WITH_IT), CAMPAIGN("left", ENDS_WITH_IT), END("replaced", '"4"'), stays];
      await on.stack.program(ended.join(""));
      await mustSucceed(on.stack.up());
      const state = JSON.parse((await mustSucceed(on.stack.run(["stack", "export"]))).stdout);
      const left = state.deployment.resources.find(({ urn }: { urn: string }) => urn.endsWith("Campaign::left"));
      state.deployment.resources.push({ ...left, id: "77", delete: true });
      await on.stack.write({ "state.json": JSON.stringify(state) });
      await mustSucceed(on.stack.run(["stack", "import", "--file", "state.json"]));
      await mustSucceed(on.stack.run(["config", "set", "hood:endpoint", on.hood.url]));
      await mustSucceed(on.stack.run(["config", "set", "--secret", "hood:token", TOKEN]));

      const ends = [END("one", '"1"'), END("recorded", '"4"'), END("replaced", '"2"'), CAMPAIGN("left", ENDS_WITH_IT)];
      const __provider = 'exports.handler=()=>require("pulumi-ocamba-hood/provider").campaignCancellation';
      const source = (secret: string) => `${OTHERS}${ends.join("")}${CAMPAIGN("fresh", "draft: true")}
        ${END("unknown", "fresh.id")}${END("hidden", `pulumi.secret("${secret}")`)}${CAMPAIGN("now", "runImmediately: true")}
        new hood.CampaignStatus("pause", { campaignId: "1000", status: "paused", reason: "Stock is short" });
        new hood.CampaignStatus("resume", { campaignId: "3", status: "running" });
        const label = { __provider: ${JSON.stringify(__provider)}, campaignId: "1", reason: "x" };
        new pulumi.CustomResource("pulumi-nodejs:dynamic/site:Label", "label", label);`;
      const urn = "urn:pulumi:test::test::pulumi-nodejs:dynamic/hood:CampaignCancellation::replaced";
      const shown = async (secret: string) => {
        await on.stack.program(source(secret));
        return reportOf((await mustSucceed(preview("--show-replacement-steps", "--replace", urn))).stdout);
      };
      const report = await shown("5");
      const irreversible = ["ends", "hidden", "label", "left", "one", "replaced", "unknown"];
      expect(names(report.irreversible)).to.deep.equal(irreversible);
      const { launches, recorded, removed, reversible } = report;
      expect([launches, recorded, removed, reversible].map(names)).to.deep.equal([
        ["now", "resume"],
        ["recorded"],
        ["stays"],
        ["fresh", "pause"],
      ]);
      expect(report.about).to.deep.include({ project: "test", stack: "test" });
      expect(report.settings).to.deep.equal([
        { name: "hood:endpoint", value: on.hood.url },
        { name: "hood:token", value: "[secret]" },
      ]);
      expect(report.otherChanges).to.equal(3);
      expect(report.irreversible.map(({ campaignName }) => campaignName)).to.include("</td>|@everyone <script>");
      // What a secret holds isn't shown, but an approval of it is none of another one.
      expect((await shown("6")).fingerprint).to.not.equal(report.fingerprint);
    });
  });
}
