import { expect } from "chai";
import { expectReadable } from "../support/messages";
import { openInProcess } from "../support/testAccount";
import { openWarned } from "../support/warnings";

const inputs = { campaignId: "1000248", reason: "Budget cut", campaignName: "Spring sale", previousStatus: "running" };

describe("diff of a record that an update would act on", () => {
  const on = openInProcess();
  const warned = openWarned(on);

  for (const [what, record, says] of [
    ["a refresh found it running", { status: "running", outcome: "notNeeded" }, "`pulumi up` cancels it for good"],
    ["its end isn't certain", { status: "unknown" }, "isn't certain yet"],
  ] as const) {
    it(`warns in the preview where ${what}`, async () => {
      const before = warned.logs.length;
      expect((await warned.provider.diff("1000248", { ...inputs, ...record }, inputs)).changes).to.equal(true);
      const [log, ...others] = warned.logs.slice(before);
      expect(others).to.deep.equal([]);
      expect(log?.severity).to.equal("WARNING");
      expect(log?.message).to.contain('campaign 1000248 "Spring sale"').and.contain(says);
      expectReadable(log?.message ?? "");
      expect(on.sent).to.deep.equal([]);
    });
  }

  it("says nothing where there is nothing to do", async () => {
    const before = warned.logs.length;
    const record = { ...inputs, status: "canceled", outcome: "canceled" };
    expect((await warned.provider.diff("1000248", record, inputs)).changes).to.equal(false);
    expect(warned.logs).to.have.length(before);
  });
});
