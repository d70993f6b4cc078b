import { execFile } from "node:child_process";
import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { type Simulator, type SimulatorOptions, startSimulator } from "../../simulator";
import { link, mustSucceed, openStack, ROOT, type Stack, TOKEN } from "./stack";

const FILES = ["Pulumi.yaml", "index.ts"];

/** An example as it stands, on an account of its own. */
function openExample(name: string, account: SimulatorOptions): { hood: Simulator; stack: Stack } {
  const opened = {} as { hood: Simulator; stack: Stack };
  before(async () => {
    opened.hood = await startSimulator({ token: TOKEN, ...account });
    opened.stack = await openStack({ HOOD_ENDPOINT: opened.hood.url }, async (folder) => {
      await link(folder);
      await writeFile(join(folder, "package.json"), JSON.stringify({ name, main: "index.ts" }));
      for (const file of FILES) await cp(join(ROOT, "examples", name, file), join(folder, file));
    });
  });
  beforeEach(() => opened.hood.clearRequests());
  after(async () => {
    await opened.stack?.remove();
    await opened.hood?.close();
  });
  return opened;
}

function callsTo(hood: Simulator): string[] {
  const calls = hood.requests.filter(({ method }) => method !== "GET");
  return calls.map(({ method, path }) => `${method} ${path.replace("/v1/hood/campaigns", "").replace(/^\/\d+/, "")}`);
}

describe("examples/campaign-lifecycle on the real engine", function () {
  this.timeout(120_000);
  const on = openExample("campaign-lifecycle", {});
  const only = () => [...on.hood.campaigns.values()];

  const stages: [stage: string, calls: string[]][] = [
    ["draft", ["POST "]],
    ["scheduled", ["PATCH "]],
    ["paused", ["POST /pause"]],
    ["running", ["POST /resume"]],
    ["canceled", ["POST /cancel"]],
  ];
  for (const [stage, calls] of stages) {
    it(`${stage}: one edit, previewed and applied, and nothing is left to do`, async () => {
      await mustSucceed(on.stack.run(["config", "set", "stage", stage]));
      await mustSucceed(on.stack.preview());
      expect(callsTo(on.hood)).to.deep.equal([]);
      await mustSucceed(on.stack.up());
      expect(callsTo(on.hood)).to.deep.equal(calls);
      expect(only().map(({ name, status }) => [name, status])).to.deep.equal([["Spring sale", stage]]);
      await mustSucceed(on.stack.run(["preview", "--expect-no-changes"]));
    });
  }

  it("never leads back from there", async () => {
    await mustSucceed(on.stack.run(["config", "set", "stage", "running"]));
    const refused = await on.stack.preview();
    expect(refused.code).to.not.equal(0);
    expect(refused.stdout).to.contain("Cancellation is permanent");
    expect(callsTo(on.hood)).to.deep.equal([]);
  });
});

describe("examples/cancel-by-label on the real engine", function () {
  this.timeout(120_000);
  const campaigns = Array.from({ length: 14 }, (_, index) => ({
    name: `Offer ${index}`,
    status: index === 3 ? "paused" : "running",
    labels: index < 8 ? ["expired", "eu"] : ["eu"],
  }));
  const on = openExample("cancel-by-label", { campaigns });
  const canceled = () => [...on.hood.campaigns.values()].filter(({ status }) => status === "canceled");

  it("shows what it would cancel, and cancels that, and nothing else", async () => {
    await mustSucceed(on.stack.run(["config", "set", "label", "expired"]));
    await mustSucceed(on.stack.run(["config", "set", "reason", "The offer is over"]));
    const steps = await on.stack.plan();
    expect(steps.map(({ newState }) => newState?.inputs.campaignName)).to.have.length(8);
    expect(callsTo(on.hood)).to.deep.equal([]);
    await mustSucceed(on.stack.up());
    expect(canceled()).to.have.length(8);
    expect(canceled().every(({ labels }) => labels.includes("expired"))).to.equal(true);
  });

  it("still finds them in the next run, which has nothing to do", async () => {
    await mustSucceed(on.stack.run(["preview", "--expect-no-changes"]));
    expect(callsTo(on.hood)).to.deep.equal([]);
  });

  it("fails in the preview if a label matches more campaigns than the cap", async () => {
    on.hood.add(...Array.from({ length: 11 }, () => ({ status: "running", labels: ["expired"] })));
    const refused = await on.stack.preview();
    expect(refused.code).to.not.equal(0);
    expect(refused.stdout).to.contain("more than 10 campaigns");
    expect(callsTo(on.hood)).to.deep.equal([]);
  });
});

describe("examples/emergency-stop on the real engine", function () {
  this.timeout(240_000);
  const offers = ["running", "scheduled", "paused", "sent", "canceled"].map((status, index) => ({
    name: `Offer ${index}`,
    status,
    labels: ["offer"],
  }));
  const others = Array.from({ length: 11 }, (_, index) => ({ name: `Other ${index}`, labels: ["other"] }));
  const on = openExample("emergency-stop", { campaigns: [...offers, ...others] });
  const set = (key: string, value: string) => mustSucceed(on.stack.run(["config", "set", key, value]));
  const statuses = () => [...on.hood.campaigns.values()].slice(0, 5).map(({ status }) => status);

  before(() => set("reason", "Wrong price, OPS-1234"));

  const rejected: [what: string, label: string, says: string][] = [
    ["without a selection", "", "Set label or search: nothing says which campaigns to stop."],
    ["if it finds more than max", "other", "11 campaigns are found, and max allows 10."],
  ];
  for (const [what, label, says] of rejected) {
    it(`fails in the preview ${what}`, async () => {
      await set("label", label);
      const { code, stdout } = await on.stack.preview();
      expect(stdout).to.contain(says);
      expect(code).to.not.equal(0);
      expect(callsTo(on.hood)).to.deep.equal([]);
    });
  }

  it("pauses what has the label, and finds nothing to do in the next run", async () => {
    await set("label", "offer");
    expect(await on.stack.plan()).to.have.length(3);
    await mustSucceed(on.stack.up());
    expect(callsTo(on.hood)).to.deep.equal(["POST /pause", "POST /pause"]);
    expect(statuses()).to.deep.equal(["paused", "paused", "paused", "sent", "canceled"]);
    await mustSucceed(on.stack.run(["preview", "--expect-no-changes"]));
  });

  it("then cancels what a search finds of it, for good, and adopts what is canceled", async () => {
    await set("search", "Offer");
    await set("status", "canceled");
    await mustSucceed(on.stack.up());
    expect(callsTo(on.hood)).to.deep.equal(["POST /cancel", "POST /cancel", "POST /cancel"]);
    expect(statuses()).to.deep.equal(["canceled", "canceled", "canceled", "sent", "canceled"]);
    await mustSucceed(on.stack.run(["preview", "--expect-no-changes"]));
  });
});

describe("The examples", function () {
  this.timeout(60_000);

  it("are right in their types", async () => {
    const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
    await promisify(execFile)(process.execPath, [tsc, "-p", join(ROOT, "examples")]);
  });
});
