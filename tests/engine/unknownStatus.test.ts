import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect } from "chai";
import { UNKNOWN } from "../../provider/hosts/hosted";
import type { Report } from "../../report/report";
import { type Simulator, startSimulator } from "../../simulator";
import { openPluginStack } from "./pluginStack";
import { mustSucceed, openStack, ROOT, type Stack, type Step, TOKEN } from "./stack";

/** The arguments of each CampaignStatus by its name; `other.output` in angle brackets stands for an output. */
type Declared = Readonly<Record<string, Readonly<Record<string, string>>>>;

interface Host {
  readonly stack: Pick<Stack, "run" | "up" | "resources" | "remove">;
  declare(statuses: Declared): Promise<void>;
}

const OUTPUT = /^<(.*)>$/;

const hosts: Readonly<Record<string, (env: NodeJS.ProcessEnv) => Promise<Host>>> = {
  "the npm classes": async (env) => {
    const stack = await openStack(env);
    const value = (text: string) => OUTPUT.exec(text)?.[1] ?? JSON.stringify(text);
    const declare = (statuses: Declared) => {
      const lines = Object.entries(statuses).map(([name, args]) => {
        const list = Object.entries(args).map(([argument, text]) => `${argument}: ${value(text)}`);
        return `const ${name} = new hood.CampaignStatus("${name}", { ${list.join(", ")} });`;
      });
      return stack.program(lines.join("\n"));
    };
    return { stack, declare };
  },
  "the plugin": async (env) => {
    const stack = await openPluginStack({ "Pulumi.yaml": "name: test\nruntime: yaml\n" }, env);
    const value = (text: string) => text.replace(OUTPUT, (_, output) => `\${${output}}`);
    const declare = (statuses: Declared) => {
      const resources = Object.entries(statuses).map(([name, args]) => {
        const properties = Object.entries(args).map(([argument, text]) => [argument, value(text)]);
        return [name, { type: "hood:CampaignStatus", properties: Object.fromEntries(properties) }];
      });
      const program = { name: "test", runtime: "yaml", resources: Object.fromEntries(resources) };
      return stack.write({ "Pulumi.yaml": JSON.stringify(program) });
    };
    return { stack, declare };
  },
};

const other = { campaignId: "1", status: "paused" };
const ended = { campaignId: "3", status: "canceled", reason: "Budget cut" };
const following = (output: string) => ({ campaignId: "2", status: `<${output}>`, reason: "Follows another" });

for (const [name, open] of Object.entries(hosts)) {
  describe(`A status that only the update will know, through ${name}`, function () {
    this.timeout(120_000);
    let hood: Simulator;
    let host: Host;

    before(async () => {
      const campaigns = ["1", "2", "3"].map((id) => ({ id, name: `Offer ${id}`, status: "running" }));
      hood = await startSimulator({ token: TOKEN, campaigns });
      host = await open({ HOOD_ENDPOINT: hood.url });
    });
    beforeEach(() => hood.clearRequests());
    after(async () => {
      await host?.stack.remove();
      await hood?.close();
    });

    const posts = () =>
      hood.requests.filter(({ method }) => method === "POST").map(({ path }) => path.split("/").slice(-2).join(" "));
    const atMost = (most: number) => ({ env: { HOOD_MAX_CANCELLATIONS: String(most) } });

    /** What hood-plan makes of a preview, and what the preview shows of the one that follows another. */
    async function report() {
      const { stdout } = await mustSucceed(host.stack.run(["preview", "--json"]));
      const { steps } = JSON.parse(stdout) as { steps: Step[] };
      const args = [join(ROOT, "dist/report/main.js"), "--format", "json"];
      const plan = spawnSync(process.execPath, args, { input: stdout, encoding: "utf8" });
      const { irreversible }: Report = JSON.parse(plan.stdout);
      return {
        code: plan.status,
        ends: irreversible.map(({ campaignName }) => campaignName),
        plannedActions: steps.find(({ urn }) => urn.endsWith("::follower"))?.newState?.inputs.plannedActions,
      };
    }

    async function expectOverCap(most: number) {
      const { code, stdout, stderr } = await host.stack.run(["preview"], atMost(most));
      expect(code).to.not.equal(0);
      expect(stdout + stderr)
        .to.contain(`more than ${most} campaign`)
        .and.contain("only known in the update");
      expect(posts()).to.deep.equal([]);
    }

    it("counts as an end if it is new, in the report and for the cap", async () => {
      await host.declare({ other, follower: following("other.currentStatus") });
      expect(await report()).to.deep.equal({ code: 2, ends: ["Offer 2"], plannedActions: UNKNOWN });
      await expectOverCap(0);
    });

    it("is what it turns out to be in the update, and no end then", async () => {
      await mustSucceed(host.stack.up(atMost(0)));
      expect(posts()).to.deep.equal(["1 pause", "2 pause"]);
      const outputs = (await host.stack.resources()).map(({ outputs }) => outputs);
      const follower = outputs.find(({ campaignId }) => campaignId === "2");
      expect(follower).to.deep.include({ status: "paused", currentStatus: "paused", plannedActions: ["pause"] });
    });

    it("counts as an end if it is edited, in the report and for the cap", async () => {
      await host.declare({ other, ended, follower: following("ended.currentStatus") });
      expect(await report()).to.deep.equal({ code: 2, ends: ["Offer 3", "Offer 2"], plannedActions: UNKNOWN });
      await expectOverCap(1);
    });

    it("is counted once in an update in which it turns out to be an end, and is on record after it", async () => {
      await mustSucceed(host.stack.up(atMost(2)));
      expect(posts()).to.deep.equal(["3 cancel", "2 cancel"]);
      await mustSucceed(host.stack.run(["preview", "--expect-no-changes"], atMost(0)));
    });
  });
}
