import { expect } from "chai";
import { expectReadable, thrown } from "../support/messages";
import { ProviderError } from "../support/providerError";
import { openInProcess } from "../support/testAccount";
import { openWarned } from "../support/warnings";

describe("removing a campaign", function () {
  this.timeout(20_000);
  const on = openInProcess({ type: "Campaign" });
  const warned = openWarned(on);
  const outs = (campaignId: string, more: object = {}) => ({
    name: "Spring sale",
    campaignId,
    status: "running",
    ...more,
  });
  /** What the user is told. */
  const remove = async (id: string, more: object = {}) => {
    const before = warned.logs.length;
    await warned.provider.delete(id, outs(id, more));
    const told = warned.logs.slice(before).map(({ message }) => message);
    for (const message of told) expectReadable(message);
    return told;
  };

  for (const policy of [{}, { deletionPolicy: "abandon" }]) {
    it(`sends nothing by ${JSON.stringify(policy)}, and says what stays`, async () => {
      const id = on.campaign("running");
      const told = await remove(id, policy);
      expect(told).to.have.length(1);
      expect(told[0]).to.contain(`Only the record of campaign ${id} "Spring sale" was removed, and nothing was sent`);
      expect(on.sent).to.deep.equal([]);
    });
  }

  it("is prevented where that is declared, with the way out", async () => {
    const id = on.campaign("running");
    const props = outs(id, { deletionPolicy: "prevent" });
    const { message } = await thrown(ProviderError, () => on.provider.delete(id, props));
    expect(message).to.contain(`The resource of campaign ${id} "Spring sale" isn't removed`);
    expect(message).to.contain('set deletionPolicy to "abandon"').and.contain("`pulumi up`");
    expectReadable(message);
    expect(on.sent).to.deep.equal([]);
  });

  for (const status of ["scheduled", "running", "paused"]) {
    it(`cancels one that is ${status} where that is declared`, async () => {
      const id = on.campaign(status);
      const told = await remove(id, { deletionPolicy: "cancel" });
      expect(told).to.have.length(1);
      expect(told[0]).to.contain("was cancelled for good");
      expect(on.canceled).to.deep.equal([id]);
      expect(JSON.parse(on.hood.requests.at(-1)?.body ?? "")).to.deep.equal({
        reason: "Removed from the Pulumi program",
      });
    });
  }

  for (const status of ["draft", "manual", "sent", "needs_decision", "canceled"]) {
    it(`sends nothing for one that is ${status}, and says so`, async () => {
      const id = on.campaign(status);
      const told = await remove(id, { deletionPolicy: "cancel" });
      expect(told[0]).to.contain(`nothing was left to cancel: the campaign is "${status}"`);
      expect(on.calls).to.deep.equal([]);
    });
  }

  it("keeps to the cap", async () => {
    const ids = [on.campaign("running"), on.campaign("running")];
    const capped = await on.another({ config: { maxCancellations: "1" } });
    try {
      const [first = "", second = ""] = ids;
      await capped.delete(first, outs(first, { deletionPolicy: "cancel" }));
      const { message } = await thrown(ProviderError, () =>
        capped.delete(second, outs(second, { deletionPolicy: "cancel" })),
      );
      expect(message).to.contain("hood:maxCancellations");
      expect(on.canceled).to.deep.equal([first]);
    } finally {
      await capped.stop();
    }
  });

  it("fails where Hood refuses, with the way to remove it all the same", async () => {
    const id = on.campaign("running");
    on.faultCancel(id, { fault: { kind: "status", status: 401 } });
    const props = outs(id, { deletionPolicy: "cancel" });
    const { message } = await thrown(ProviderError, () => on.provider.delete(id, props));
    expect(message).to.contain("HTTP 401").and.contain('set deletionPolicy to "abandon"');
    expectReadable(message);
  });

  it("is finished by the next removal where its end wasn't certain", async () => {
    const id = on.campaign("running");
    on.faultCancel(id, {
      fault: { kind: "drop", processed: true },
      before: () => on.faultRead(id, { fault: { kind: "status", status: 401 } }),
    });
    const props = outs(id, { deletionPolicy: "cancel" });
    const { message } = await thrown(ProviderError, () => on.provider.delete(id, props));
    expect(message).to.contain("isn't certain");
    expectReadable(message);
    await on.provider.delete(id, props);
    expect(on.canceled).to.deep.equal([id]);
    expect(on.calls).to.have.length(1);
  });
});
