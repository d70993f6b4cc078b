import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import type { SimulatorOptions } from "../../simulator";
import { ROOT } from "../../tools/package";
import { cancellation, type Declared, HOSTS, mustFail, mustSucceed, onAccount, onStack, type Program } from "./stack";

const NODE = "name: test\nruntime: nodejs\n";

/** An example's files, in this suite's project. */
async function filesOf(example: string): Promise<Record<string, string>> {
  const folder = join(ROOT, "examples", example);
  const entries = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isFile());
  const read = async ({ name }: { name: string }) => [name, await readFile(join(folder, name), "utf8")] as const;
  const files = Object.fromEntries(await Promise.all(entries.map(read)));
  const project = files["Pulumi.yaml"]?.replace(/^name: .*\n/, "name: test\n") ?? NODE;
  return { ...files, "Pulumi.yaml": project, "package.json": JSON.stringify({ name: "test", main: "index.ts" }) };
}

/** What is configured stays so. */
const set = (values: Readonly<Record<string, string>>) =>
  Object.entries(values).flatMap(([key, value]) => ["--config", `${key}=${value}`]);

describe("The example on the real engine", function () {
  this.timeout(240_000);
  const on = onAccount(afterEach);
  const open = async (name: string, account: SimulatorOptions = {}) => {
    await on.account(account);
    // Each error of a program's own would take Pulumi's SDK 15 s of CPU: the colouring of a trace that leads through it.
    await on.open("npm classes", { NODE_OPTIONS: "--stack-trace-limit=1" });
    await on.stack.write(await filesOf(name));
  };

  it("campaign-lifecycle leads a campaign from draft to canceled, one edit at a time, and never back", async () => {
    await open("campaign-lifecycle");
    const stages = { draft: /^POST/, scheduled: /^PATCH/, paused: /pause$/, running: /resume$/, canceled: /cancel$/ };
    for (const [stage, call] of Object.entries(stages)) {
      on.hood.clearRequests();
      await mustSucceed(on.stack.run(["up", "--yes", "--skip-preview", ...set({ stage })]));
      expect(on.calls()).to.have.length(1);
      expect(on.calls()[0]).to.match(call);
      const live = [...on.hood.campaigns.values()].map(({ name, status }) => [name, status]);
      expect(live).to.deep.equal([["Autumn sale", stage]]);
    }
    on.hood.clearRequests();
    const back = on.stack.run(["preview", ...set({ stage: "running" })]);
    expect(await mustFail(back)).to.contain("Cancellation is permanent");
    expect(on.calls()).to.deep.equal([]);
  });

  it("emergency-stop pauses what it finds, cancels it for good if it is told to, and stops if that is more than max", async () => {
    const statuses = ["running", "scheduled", "paused", "sent", "canceled"];
    const offers = statuses.map((status, index) => ({ name: `Offer ${index}`, status, labels: ["offer"] }));
    const others = Array.from({ length: 11 }, (_, index) => ({ name: `Other ${index}`, labels: ["other"] }));
    await open("emergency-stop", { campaigns: [...offers, ...others] });
    const live = () => [...on.hood.campaigns.values()].slice(0, 5).map(({ status }) => status);
    const reason = "Wrong price, OPS-1234";
    const without = on.stack.run(["preview", ...set({ reason, label: "" })]);
    expect(await mustFail(without)).to.contain("Set label or search: nothing says which campaigns to stop.");
    const tooMany = on.stack.run(["preview", ...set({ label: "other" })]);
    expect(await mustFail(tooMany)).to.contain("11 campaigns are found, and max allows 10.");
    expect(on.calls()).to.deep.equal([]);
    await mustSucceed(on.stack.run(["up", "--yes", "--skip-preview", ...set({ label: "offer" })]));
    expect(on.calls()).to.have.length(2);
    expect(live()).to.deep.equal(["paused", "paused", "paused", "sent", "canceled"]);
    const canceled = set({ search: "Offer", status: "canceled" });
    await mustSucceed(on.stack.run(["up", "--yes", "--skip-preview", ...canceled]));
    expect(on.calls()).to.have.length(5);
    expect(live()).to.deep.equal(["canceled", "canceled", "canceled", "sent", "canceled"]);
    await mustSucceed(on.stack.run(["preview", "--expect-no-changes"]));
  });
});

describe("The demo, on the root project and its examples/cancel-campaign,", function () {
  this.timeout(120_000);

  it("holds each step to what it should do, and leaves nothing behind", async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [join(ROOT, "dist/tools/demo.js")], { cwd: ROOT });
    expect(stdout).to.include("Cancellation is permanent").and.include("That was all of it");
    for (const left of [".demo", "Pulumi.demo.yaml"]) expect(existsSync(join(ROOT, left)), left).to.equal(false);
  });
});

const PACK = join(ROOT, "examples/policy");
/** Does what the language host does: the one here is older than packs that are started through it. */
const LAUNCHER = `#!/bin/sh
cd "${PACK}" && exec "${process.execPath}" "${ROOT}/node_modules/@pulumi/pulumi/cmd/run-policy-pack/index.js" "$1" .\n`;

const OPEN = {
  "end-needs-ticket": { pattern: "OPS-\\d+" },
  "protected-campaigns": { names: ["^Legal"] },
  "cap-on-ends": { max: 3 },
  "end-window": { days: ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], from: "00:00", to: "24:00" },
  "expected-name-in-production": { stacks: "^test$" },
};
const STRICT = {
  ...OPEN,
  "protected-campaigns": { names: ["^Offer 2"] },
  "cap-on-ends": { max: 1 },
  "end-window": { days: [] },
};

const status = (id: string, args: object): Declared => ({ type: "CampaignStatus", args: { campaignId: id, ...args } });
const program = (reason: string, guard: (id: string) => object): Program => ({
  sale: cancellation("1", { reason, ...guard("1") }),
  terms: status("2", { status: "canceled", reason, ...guard("2") }),
  pause: status("3", { status: "paused", reason }),
});
/** One of its ends is a status that only the update will know. */
const BAD: Program = {
  ...program("Budget cut", () => ({})),
  later: status("4", { status: `\${pause.currentStatus}`, reason: "Budget cut" }),
};
const GOOD = program("Budget cut, OPS-1234", (id) => ({ expectedName: `Offer ${id}` }));

for (const host of HOSTS) {
  describe(`examples/policy on the real engine, through the ${host}`, function () {
    this.timeout(120_000);
    const campaigns = ["1", "2", "3", "4"].map((id) => ({ id, name: `Offer ${id}`, status: "running" }));
    const on = onStack(host, { campaigns });
    before(() => writeFile(join(on.stack.folder, "pack.sh"), LAUNCHER, { mode: 0o755 }));

    /** A command with the pack in some configuration. */
    async function under(config: object, ...args: string[]) {
      await on.stack.write({ "config.json": JSON.stringify(config) });
      const at = (file: string) => join(on.stack.folder, file);
      return on.stack.run([...args, "--policy-pack", at("pack.sh"), "--policy-pack-config", at("config.json")]);
    }

    it("stops in the preview what each policy is there for, and nothing else", async () => {
      await on.stack.declare(BAD);
      const ran = await under(STRICT, "up", "--yes");
      await mustFail(ran);
      expect(ran.stdout)
        .to.contain('campaign 1 "Offer 1" for good, and its reason names no ticket')
        .and.contain('campaign 2 "Offer 2" for good, and it is protected')
        .and.contain('campaign 4 "Offer 4" for good')
        .and.contain("would end 3 campaigns for good, and 1 is all")
        .and.contain("Campaigns may end: never")
        .and.contain('Add expectedName, which is "Offer 2"')
        .and.not.contain('"Offer 3"');
      expect(on.calls()).to.deep.equal([]);
    });

    // The rules have both hosts' names in a table of their own: one of them shows what an update does.
    if (host === "plugin") {
      it("lets an update through that keeps to all of it, and has nothing against it later", async () => {
        await on.stack.declare(GOOD);
        await mustSucceed(under(OPEN, "up", "--yes", "--skip-preview"));
        expect(on.calls()).to.have.length(3);
        await on.stack.declare(GOOD, { changed: "yes" });
        await mustSucceed(under(STRICT, "up", "--yes", "--skip-preview"));
        expect(on.calls()).to.have.length(3);
      });

      it("takes the configuration that lies beside it, and no wrong one", async () => {
        const example: object = JSON.parse(await readFile(join(PACK, "policy-config.json"), "utf8"));
        await mustSucceed(under(example, "preview"));
        await mustFail(under({ ...example, "cap-on-ends": { max: "5" } }, "preview"));
      });
    }
  });
}
