import { expect } from "chai";
import { type Properties, UNKNOWN } from "../../provider/hosts/hosted";
import type { ResourceType } from "../support/inProcess";
import { openInProcess } from "../support/testAccount";

const NAME = "Spring sale";

describe("an attempt to bring a canceled campaign back", () => {
  const on = openInProcess();

  const rows: [type: ResourceType, args: (id: string) => Properties][] = [
    ["CampaignCancellation", (campaignId) => ({ campaignId, reason: "Budget cut" })],
    ["CampaignStatus", (campaignId) => ({ campaignId, status: "canceled", reason: "Budget cut" })],
    ["Campaign", () => ({ name: NAME, scheduledTime: "2099-12-01T09:00:00Z" })],
  ];

  for (const [type, argumentsOf] of rows) {
    it(`fails for a ${type} in the preview, in the words of all`, async () => {
      const existing = on.campaign("running", { name: NAME, create_time: "2026-04-01 12:00:00" });
      const first = on.another({ type });
      const args = argumentsOf(existing);
      const { inputs } = await first.check(undefined, args);
      const { id, outs } = await first.create(inputs);
      on.hood.setStatus(id, "canceled");
      on.hood.clearRequests();

      const next = on.another({ type });
      const news = { ...args, status: "running" };
      const [failure] = (await next.check(inputs, news)).failures;
      // If only the state knows which campaign it is, the comparison fails.
      const error = failure ? undefined : await next.diff(id, outs, news).catch((e) => e);
      expect(failure?.reason ?? error?.message).to.equal(
        [
          `Cancellation is permanent: campaign ${id} "${NAME}" is canceled, and can't become "running".`,
          "Remove what asks for that, or the whole resource: nothing is sent, the campaign stays canceled. To send again, create a new campaign.",
        ].join("\n"),
      );
      expect(on.calls).to.deep.equal([]);
    });
  }

  it("isn't seen in a value that is no text", async () => {
    const args = { campaignId: on.campaign("running"), reason: "Budget cut" };
    const { inputs } = await on.provider.check(undefined, args);
    for (const status of [[UNKNOWN], { toString: "x" }, 7]) {
      const { failures } = await on.provider.check(inputs, { ...args, status });
      expect(failures.map(({ reason }) => reason).join()).to.match(/^status is not an argument/);
    }
  });
});
