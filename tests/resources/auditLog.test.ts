import { mkdtemp, readdir, readFile, rm, symlink } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { expect } from "chai";
import { type EngineServer, startEngineServer } from "../support/engineServer";
import { expectReadable } from "../support/messages";
import type { ProviderProcess } from "../support/providerProcess";
import { openInProcess, until } from "../support/testAccount";

const reason = "Budget cut";

describe("the audit log of an update", function () {
  this.timeout(20_000);
  const on = openInProcess();
  let engine: EngineServer;
  let folder: string;
  let file: string;
  let provider: ProviderProcess;

  before(async () => {
    engine = await startEngineServer({ project: "shop", stack: "prod" });
    folder = await mkdtemp(path.join(os.tmpdir(), "hood-audit-"));
    file = path.join(folder, "audit.jsonl");
    provider = await on.another({ engine: engine.address, config: { auditLog: file } });
  });
  afterEach(() => rm(file, { force: true }));
  after(async () => {
    await provider.stop();
    engine.close();
    await rm(folder, { recursive: true });
  });

  const check = (campaignId: string) => provider.check(undefined, { campaignId, reason });
  const text = () => readFile(file, "utf8").catch(() => "");
  const all = async () =>
    (await text())
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  /** What came of each call. */
  const lines = async () => (await all()).filter(({ outcome }) => outcome !== "started");

  it("holds nothing after a preview", async () => {
    await check(on.campaign("running"));
    expect(await text()).to.equal("");
  });

  it("holds a line before a call and one after it, with its project and stack", async () => {
    const campaignId = on.campaign("running");
    await provider.create((await check(campaignId)).inputs);
    const both = await all();
    const call = { action: "cancel", campaignId, campaignName: "Spring sale", reason, project: "shop", stack: "prod" };
    const [{ callId }] = both;
    expect(callId).to.match(/^[0-9a-f-]{36}$/);
    for (const line of both) expect(line.time).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(both.map(({ time: _, ...line }) => line)).to.deep.equal([
      { ...call, callId, outcome: "started" },
      { ...call, callId, outcome: "accepted", httpStatus: 204 },
    ]);
  });

  it("holds the call of a process that was killed before the answer came, and none that still waited", async () => {
    const killed = await on.another({ engine: engine.address, config: { auditLog: file, maxParallel: "1" } });
    const [first, second] = ["Spring sale", "Summer sale"].map((name) => on.campaign("running", { name }));
    const inputs = [first, second].map((campaignId) => ({ campaignId, reason }));
    for (const news of inputs) await killed.check(undefined, news);
    const endings: Promise<void>[] = [];
    on.faultCancel(String(first), { before: () => endings.push(killed.stop()) });
    const calls = inputs.map((news) => killed.create(news).catch(() => undefined));
    await until(() => endings.length > 0);
    await Promise.all([...endings, ...calls]);
    expect(on.canceled).to.deep.equal([first]);
    expect((await all()).map(({ campaignId, outcome }) => [campaignId, outcome])).to.deep.equal([[first, "started"]]);
  });

  it("has one line before a call that the account puts off, however often", async () => {
    const campaignId = on.campaign("running");
    const { inputs } = await check(campaignId);
    on.faultCancel(campaignId, { times: 2, fault: { kind: "status", status: 429, retryAfter: 1 } });
    expect((await provider.create(inputs)).outs).to.include({ outcome: "canceled" });
    expect((await all()).map(({ outcome }) => outcome)).to.deep.equal(["started", "accepted"]);
  });

  it("is there before anything is sent: a file that has become another one since the preview ends nothing", async () => {
    const campaignId = on.campaign("running");
    const { inputs } = await check(campaignId);
    const target = path.join(folder, "target");
    await symlink(target, file);
    const error = await provider.create(inputs).catch((caught: Error) => caught);
    expect((error as Error).message)
      .to.contain("the audit log can't be written")
      .and.contain("Nothing was sent");
    expectReadable((error as Error).message);
    expect(on.canceled).to.deep.equal([]);
    expect(await readdir(folder)).to.not.contain("target");
  });

  it("holds a line for each call, also one that Hood refused", async () => {
    const campaignId = on.campaign("running");
    const { inputs } = await check(campaignId);
    const match = ({ method }: { method: string }) => method === "POST";
    on.hood.fault({ match, before: (hood) => hood.setStatus(campaignId, "canceled") });
    expect((await provider.create(inputs)).outs).to.include({ outcome: "alreadyCanceled" });
    const [line] = await lines();
    expect(line).to.include({ campaignId, outcome: "refused", httpStatus: 400 });
    expect(line.traceId).to.match(/^[0-9a-f-]{36}$/);
  });

  it("holds whole lines, however many calls there are at once", async () => {
    const ids = Array.from({ length: 30 }, () => on.campaign("running"));
    await Promise.all(ids.map(async (id) => provider.create((await check(id)).inputs)));
    const logged = (await lines()).map(({ campaignId }) => campaignId);
    expect(logged).to.have.members(ids);
    expect(await text()).not.to.contain("canary");
  });

  it("holds nothing where nothing is sent", async () => {
    const campaignId = on.campaign("canceled");
    const { outs } = await provider.create((await check(campaignId)).inputs);
    await provider.read(campaignId, outs);
    await provider.update(campaignId, outs, { campaignId, reason, expectedName: "Spring sale" });
    await provider.delete(campaignId, outs);
    expect(await text()).to.equal("");
  });

  const unfit: [what: string, where: () => string, says: string][] = [
    ["lies in a folder that isn't there", () => path.join(folder, "missing", "audit.jsonl"), "ENOENT"],
    ["leads out of the program's folder", () => "../audit.jsonl", "leads out of the program's folder"],
    ["is a folder", () => folder, "it isn't a file"],
    ["is a process's memory", () => "/proc/self/mem", process.platform === "linux" ? "on a disk" : "ENOENT"],
  ];
  for (const [what, where, says] of unfit) {
    it(`fails the preview if its path ${what}`, async () => {
      const other = await on.another({ config: { auditLog: where() } });
      try {
        const { failures } = await other.check(undefined, { campaignId: on.campaign("running"), reason });
        expect(failures).to.have.length(1);
        expect(failures[0]?.reason).to.contain(where()).and.contain(says).and.contain("hood:auditLog");
        expectReadable(failures[0]?.reason ?? "");
      } finally {
        await other.stop();
      }
    });
  }

  it("does without project and stack where the engine can't be asked", async () => {
    const other = await on.another({ config: { auditLog: file } });
    try {
      const campaignId = on.campaign("running");
      const { inputs } = await other.check(undefined, { campaignId, reason });
      expect((await other.create(inputs)).outs).to.include({ outcome: "canceled" });
      const [line] = await lines();
      expect(line).to.include({ campaignId }).and.not.have.any.keys("project", "stack");
    } finally {
      await other.stop();
    }
  });
});
