import { expect } from "chai";
import { expectReadable } from "../support/messages";
import { openInProcess } from "../support/testAccount";
import { openWarned } from "../support/warnings";

const record = {
  campaignId: "1000248",
  reason: "Budget cut",
  campaignName: "Spring sale",
  previousStatus: "running",
  status: "canceled",
  outcome: "canceled",
};

describe("delete", () => {
  const on = openInProcess();
  const warned = openWarned(on);

  for (const [outcome, says] of [
    ["canceled", "the campaign stays cancelled"],
    ["alreadyCanceled", "the campaign stays cancelled"],
    ["notNeeded", "the campaign stays as it is"],
    [undefined, "never certain"],
  ] as const) {
    it(`sends nothing, and warns what stays behind (${outcome ?? "no outcome"})`, async () => {
      const before = warned.logs.length;
      await warned.provider.delete("1000248", { ...record, outcome });
      const logs = warned.logs.slice(before);
      expect(logs.map(({ severity }) => severity)).to.deep.equal(["WARNING"]);
      const message = logs[0]?.message ?? "";
      expect(message).to.contain('campaign 1000248 "Spring sale"').and.contain("nothing was sent").and.contain(says);
      expectReadable(message);
      expect(on.sent).to.deep.equal([]);
    });
  }

  it("prints nothing itself", () => expect(warned.provider.output).to.match(/^\d+\n$/));

  it("works without a token, an account or an engine", async () => {
    const bare = await on.another({ config: { token: "", endpoint: "http://127.0.0.1:1/v1/hood" } });
    try {
      await bare.delete("1000248", record);
    } finally {
      await bare.stop();
    }
    expect(on.sent).to.deep.equal([]);
  });
});
