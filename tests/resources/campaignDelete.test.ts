import { expect } from "chai";
import { expectReadable, thrown } from "../support/messages";
import { ProviderError } from "../support/providerError";
import { openInProcess } from "../support/testAccount";

describe("delete of a campaign", () => {
  const on = openInProcess({ type: "Campaign" });
  const stateOf = (campaignId: string, more: object = {}) => ({
    name: "Spring sale",
    campaignId,
    status: "running",
    ...more,
  });
  /** What the user is told. */
  const remove = async (id: string, more: object = {}) => {
    const next = on.another();
    await next.delete(id, stateOf(id, more));
    for (const message of next.engine.warnings) expectReadable(message);
    return next.engine.warnings;
  };
  /** What the user is told if it fails. */
  const failing = async (id: string, more: object, provider = on.another()) => {
    const { message } = await thrown(ProviderError, () => provider.delete(id, stateOf(id, more)));
    expectReadable(message);
    return message;
  };

  for (const policy of [{}, { deletionPolicy: "abandon" }]) {
    it(`sends nothing by ${JSON.stringify(policy)}, and says what stays`, async () => {
      const id = on.campaign("running");
      const told = await remove(id, policy);
      expect(told).to.have.length(1);
      expect(told[0]).to.contain(
        `Removed campaign ${id} "Spring sale" from the Pulumi state. Nothing was sent to Hood`,
      );
      expect(on.sent).to.deep.equal([]);
    });
  }

  it("fails if the policy prevents it, and says what to do", async () => {
    const id = on.campaign("running");
    const message = await failing(id, { deletionPolicy: "prevent" });
    expect(message).to.contain(`The resource of campaign ${id} "Spring sale" isn't removed`);
    expect(message).to.contain('set deletionPolicy to "abandon"').and.contain("`pulumi up`");
    expect(on.sent).to.deep.equal([]);
  });

  for (const status of ["scheduled", "running", "paused"]) {
    it(`cancels a campaign that is ${status}, if the policy says so`, async () => {
      const id = on.campaign(status);
      const told = await remove(id, { deletionPolicy: "cancel" });
      expect(told).to.have.length(1);
      expect(told[0]).to.contain("canceled the campaign for good");
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
      expect(told[0]).to.contain(`Nothing was left to cancel: the campaign is "${status}"`);
      expect(on.calls).to.deep.equal([]);
    });
  }

  it("keeps to the cap", async () => {
    const [first, second] = [on.campaign("running"), on.campaign("running")];
    const capped = on.another({ config: { maxCancellations: "1" } });
    await capped.delete(first, stateOf(first, { deletionPolicy: "cancel" }));
    const message = await failing(second, { deletionPolicy: "cancel" }, capped);
    expect(message).to.contain("hood:maxCancellations");
    const sent = on.campaign("sent");
    await capped.delete(sent, stateOf(sent, { deletionPolicy: "cancel" }));
    expect(on.canceled).to.deep.equal([first]);
  });

  it("fails if Hood doesn't let it cancel, and says how to remove the resource all the same", async () => {
    const id = on.campaign("running");
    on.faultCancel(id, { fault: { kind: "status", status: 401 } });
    const message = await failing(id, { deletionPolicy: "cancel" });
    expect(message).to.contain("HTTP 401").and.contain('set deletionPolicy to "abandon"');
  });

  it("is finished by the next one if it is unknown whether the campaign was canceled", async () => {
    const id = on.campaign("running");
    on.faultCancel(id, {
      fault: { kind: "drop", processed: true },
      before: () => on.faultRead(id, { fault: { kind: "status", status: 401 } }),
    });
    const message = await failing(id, { deletionPolicy: "cancel" });
    expect(message).to.contain("It is unknown whether").and.contain("its resource stays in the Pulumi state");
    expect(message).to.contain("; put a valid token into HOOD_TOKEN (or hood:token) first.");
    expectReadable(message);
    await remove(id, { deletionPolicy: "cancel" });
    expect(on.canceled).to.deep.equal([id]);
    expect(on.calls).to.have.length(1);
  });
});
