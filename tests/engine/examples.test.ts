import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { type Simulator, type SimulatorOptions, startSimulator } from "../../simulator";
import { mustFail, mustSucceed, openStack, ROOT, type Stack, TOKEN } from "./stack";

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
  let hood: Simulator;
  let stack: Stack;

  const open = async (name: string, account: SimulatorOptions = {}) => {
    hood = await startSimulator({ token: TOKEN, ...account });
    // Each error of a program's own would take Pulumi's SDK 15 s of CPU: the colouring of a trace that leads through it.
    stack = await openStack("npm classes", { HOOD_ENDPOINT: hood.url, NODE_OPTIONS: "--stack-trace-limit=1" });
    await stack.write(await filesOf(name));
  };
  afterEach(async () => {
    await stack?.remove();
    await hood?.close();
  });
  const calls = () => hood.requests.flatMap(({ method, path }) => (method === "GET" ? [] : `${method} ${path}`));

  it("campaign-lifecycle leads a campaign from draft to canceled, one edit at a time, and never back", async () => {
    await open("campaign-lifecycle");
    const stages = { draft: /^POST/, scheduled: /^PATCH/, paused: /pause$/, running: /resume$/, canceled: /cancel$/ };
    for (const [stage, call] of Object.entries(stages)) {
      hood.clearRequests();
      await mustSucceed(stack.run(["up", "--yes", "--skip-preview", ...set({ stage })]));
      expect(calls()).to.have.length(1);
      expect(calls()[0]).to.match(call);
      const live = [...hood.campaigns.values()].map(({ name, status }) => [name, status]);
      expect(live).to.deep.equal([["Spring sale", stage]]);
    }
    hood.clearRequests();
    const back = stack.run(["preview", ...set({ stage: "running" })]);
    expect(await mustFail(back)).to.contain("Cancellation is permanent");
    expect(calls()).to.deep.equal([]);
  });

  it("cancel-by-label cancels what has the label, and fails in the preview if that is more than its cap", async () => {
    const campaigns = Array.from({ length: 14 }, (_, index) => ({
      name: `Offer ${index}`,
      status: index === 3 ? "paused" : "running",
      labels: index < 8 ? ["expired", "eu"] : ["eu"],
    }));
    await open("cancel-by-label", { campaigns });
    const configured = set({ label: "expired", reason: "The offer is over" });
    await mustSucceed(stack.run(["up", "--yes", "--skip-preview", ...configured]));
    const canceled = [...hood.campaigns.values()].filter(({ status }) => status === "canceled");
    expect(canceled.map(({ labels }) => labels.includes("expired"))).to.deep.equal(Array(8).fill(true));
    // It still finds those that are canceled by now.
    await mustSucceed(stack.run(["preview", "--expect-no-changes"]));
    hood.add(...Array.from({ length: 11 }, () => ({ status: "running", labels: ["expired"] })));
    hood.clearRequests();
    expect(await mustFail(stack.preview())).to.contain("more than 10 campaigns");
    expect(calls()).to.deep.equal([]);
  });

  it("emergency-stop pauses what it finds, cancels it for good if it is told to, and stops if that is more than max", async () => {
    const statuses = ["running", "scheduled", "paused", "sent", "canceled"];
    const offers = statuses.map((status, index) => ({ name: `Offer ${index}`, status, labels: ["offer"] }));
    const others = Array.from({ length: 11 }, (_, index) => ({ name: `Other ${index}`, labels: ["other"] }));
    await open("emergency-stop", { campaigns: [...offers, ...others] });
    const live = () => [...hood.campaigns.values()].slice(0, 5).map(({ status }) => status);
    const reason = "Wrong price, OPS-1234";
    const without = stack.run(["preview", ...set({ reason, label: "" })]);
    expect(await mustFail(without)).to.contain("Set label or search: nothing says which campaigns to stop.");
    const tooMany = stack.run(["preview", ...set({ label: "other" })]);
    expect(await mustFail(tooMany)).to.contain("11 campaigns are found, and max allows 10.");
    expect(calls()).to.deep.equal([]);
    await mustSucceed(stack.run(["up", "--yes", "--skip-preview", ...set({ label: "offer" })]));
    expect(calls()).to.have.length(2);
    expect(live()).to.deep.equal(["paused", "paused", "paused", "sent", "canceled"]);
    const canceled = set({ search: "Offer", status: "canceled" });
    await mustSucceed(stack.run(["up", "--yes", "--skip-preview", ...canceled]));
    expect(calls()).to.have.length(5);
    expect(live()).to.deep.equal(["canceled", "canceled", "canceled", "sent", "canceled"]);
    await mustSucceed(stack.run(["preview", "--expect-no-changes"]));
  });
});

describe("The demo, on the root project and its examples/cancel-campaign,", function () {
  this.timeout(120_000);

  it("tells the whole story, and leaves nothing behind", async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [join(ROOT, "dist/tools/demo.js")], { cwd: ROOT });
    for (const told of ["Preview", "Up", "Up again", "Another campaign", "Refresh", "Destroy", "That was all of it"]) {
      expect(stdout).to.include(told);
    }
    expect(stdout)
      .to.match(/previousStatus: "running"/)
      .and.match(/Cancellation is permanent/)
      .and.match(/outcome *: "canceled"/);
    for (const left of [".demo", "Pulumi.demo.yaml"]) expect(existsSync(join(ROOT, left)), left).to.equal(false);
  });
});
