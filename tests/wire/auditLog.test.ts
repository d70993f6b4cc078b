import { mkdtemp, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { expect } from "chai";
import { type EngineServer, startEngineServer } from "../support/engineServer";
import { expectReadable } from "../support/messages";
import type { ProviderProcess } from "../support/providerProcess";
import { openWire } from "../support/wire";

const reason = "Budget cut";

describe("the audit log of an update", function () {
  this.timeout(20_000);
  const wire = openWire();
  let engine: EngineServer;
  let folder: string;
  let file: string;
  let provider: ProviderProcess;

  before(async () => {
    engine = await startEngineServer({ project: "shop", stack: "prod" });
    folder = await mkdtemp(path.join(os.tmpdir(), "hood-audit-"));
    file = path.join(folder, "audit.jsonl");
    provider = await wire.another({ engine: engine.address, config: { auditLog: file } });
  });
  afterEach(() => rm(file, { force: true }));
  after(async () => {
    await provider.stop();
    engine.close();
    await rm(folder, { recursive: true });
  });

  const check = (campaignId: string) => provider.check(undefined, { campaignId, reason });
  const text = () => readFile(file, "utf8").catch(() => "");
  const lines = async () =>
    (await text())
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line));

  it("holds nothing after a preview", async () => {
    await check(wire.campaign("running"));
    expect(await text()).to.equal("");
  });

  it("holds a line for a call, with its project and stack", async () => {
    const campaignId = wire.campaign("running");
    await provider.create((await check(campaignId)).inputs);
    const [{ time, ...line }] = await lines();
    expect(await lines()).to.have.length(1);
    expect(time).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(line).to.deep.equal({
      action: "cancel",
      campaignId,
      campaignName: "Spring sale",
      reason,
      outcome: "accepted",
      httpStatus: 204,
      project: "shop",
      stack: "prod",
    });
  });

  it("holds a line for each call, also one that Hood refused", async () => {
    const campaignId = wire.campaign("running");
    const { inputs } = await check(campaignId);
    const match = ({ method }: { method: string }) => method === "POST";
    wire.hood.fault({ match, before: (hood) => hood.setStatus(campaignId, "canceled") });
    expect((await provider.create(inputs)).outs).to.include({ outcome: "alreadyCanceled" });
    const [line] = await lines();
    expect(line).to.include({ campaignId, outcome: "refused", httpStatus: 400 });
    expect(line.traceId).to.match(/^[0-9a-f-]{36}$/);
  });

  it("holds whole lines, however many calls there are at once", async () => {
    const ids = Array.from({ length: 30 }, () => wire.campaign("running"));
    await Promise.all(ids.map(async (id) => provider.create((await check(id)).inputs)));
    const logged = (await lines()).map(({ campaignId }) => campaignId);
    expect(logged).to.have.members(ids);
    expect(await text()).not.to.contain("canary");
  });

  it("holds nothing where nothing is sent", async () => {
    const campaignId = wire.campaign("canceled");
    const { outs } = await provider.create((await check(campaignId)).inputs);
    await provider.read(campaignId, outs);
    await provider.update(campaignId, outs, { campaignId, reason, expectedName: "Spring sale" });
    await provider.delete(campaignId, outs);
    expect(await text()).to.equal("");
  });

  it("fails the preview where it couldn't be written", async () => {
    const missing = path.join(folder, "missing", "audit.jsonl");
    const other = await wire.another({ config: { auditLog: missing } });
    try {
      const { failures } = await other.check(undefined, { campaignId: wire.campaign("running"), reason });
      expect(failures).to.have.length(1);
      expect(failures[0]?.reason).to.contain(missing).and.contain("hood:auditLog");
      expectReadable(failures[0]?.reason ?? "");
    } finally {
      await other.stop();
    }
  });

  it("does without project and stack where the engine can't be asked", async () => {
    const other = await wire.another({ config: { auditLog: file } });
    try {
      const campaignId = wire.campaign("running");
      const { inputs } = await other.check(undefined, { campaignId, reason });
      expect((await other.create(inputs)).outs).to.include({ outcome: "canceled" });
      const [line] = await lines();
      expect(line).to.include({ campaignId }).and.not.have.any.keys("project", "stack");
    } finally {
      await other.stop();
    }
  });
});
