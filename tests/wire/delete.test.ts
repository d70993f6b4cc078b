import { expect } from "chai";
import { type EngineServer, startEngineServer } from "../support/engineServer";
import { expectReadable } from "../support/messages";
import type { ProviderProcess } from "../support/providerProcess";
import { openWire } from "../support/wire";

const record = {
  campaignId: "1000248",
  reason: "Budget cut",
  campaignName: "Spring sale",
  previousStatus: "running",
  status: "canceled",
  outcome: "canceled",
};

describe("delete", () => {
  const wire = openWire();
  let engine: EngineServer;
  let provider: ProviderProcess;

  before(async function () {
    this.timeout(30_000);
    engine = await startEngineServer();
    provider = await wire.another({ engine: engine.address });
  });

  after(async () => {
    await provider.stop();
    engine.close();
  });

  for (const [outcome, says] of [
    ["canceled", "the campaign stays cancelled"],
    ["alreadyCanceled", "the campaign stays cancelled"],
    ["notNeeded", "the campaign stays as it is"],
    [undefined, "never certain"],
  ] as const) {
    it(`sends nothing, and warns what stays behind (${outcome ?? "no outcome"})`, async () => {
      const before = engine.logs.length;
      await provider.delete("1000248", { ...record, outcome });
      const logs = engine.logs.slice(before);
      expect(logs.map(({ severity }) => severity)).to.deep.equal(["WARNING"]);
      const message = logs[0]?.message ?? "";
      expect(message).to.contain('campaign 1000248 "Spring sale"').and.contain("nothing was sent").and.contain(says);
      expectReadable(message);
      expect(wire.sent).to.deep.equal([]);
    });
  }

  it("prints nothing itself", () => expect(provider.output).to.match(/^\d+\n$/));

  it("works without a token, an account or an engine", async () => {
    const bare = await wire.another({ config: { token: "", endpoint: "http://127.0.0.1:1/v1/hood" } });
    try {
      await bare.delete("1000248", record);
    } finally {
      await bare.stop();
    }
    expect(wire.sent).to.deep.equal([]);
  });
});
