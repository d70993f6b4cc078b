import { expect } from "chai";
import { UNKNOWN } from "../../provider/unknown";
import { expectReadable } from "../support/messages";
import { openInProcess } from "../support/testAccount";

const reason = "Budget cut";

describe("the cap", () => {
  const on = openInProcess({ config: { maxCancellations: "2" } });

  it("fails the campaign that is one too many in this operation, and no other", async () => {
    const check = (campaignId: string) => on.provider.check(undefined, { campaignId, reason });
    const [first = "", second = "", third = ""] = ["running", "paused", "scheduled"].map((status) =>
      on.campaign(status),
    );
    const canceled = on.campaign("canceled");
    for (const id of [first, canceled, second, first]) expect((await check(id)).failures).to.deep.equal([]);
    const { failures } = await check(third);
    expect(failures).to.have.length(1);
    expect(failures[0]?.reason).to.contain("more than 2 campaigns").and.contain("hood:maxCancellations");
    expectReadable(failures[0]?.reason ?? "");
    expect(on.canceled).to.deep.equal([]);
  });

  it("counts what can't be seen yet", async () => {
    const provider = await on.another();
    try {
      const check = () => provider.check(undefined, { campaignId: UNKNOWN, reason });
      expect((await check()).failures).to.deep.equal([]);
      expect((await check()).failures).to.deep.equal([]);
      expect((await check()).failures).to.have.length(1);
    } finally {
      await provider.stop();
    }
  });

  it("begins anew with each operation", async () => {
    const provider = await on.another();
    try {
      const { failures } = await provider.check(undefined, { campaignId: on.campaign("running"), reason });
      expect(failures).to.deep.equal([]);
    } finally {
      await provider.stop();
    }
  });
});
