import { expect } from "chai";
import { currentHost } from "../support/hosts";
import { openInProcess } from "../support/testAccount";

const NAME = "Spring sale";

describe("from canceled to running", function () {
  this.timeout(20_000);
  const on = openInProcess();
  const host = currentHost();
  const reason = "Budget cut";

  /** Each resource type on record for a campaign that is canceled by now, and the wish to have it running again. */
  const wishes: [provider: string, args: (id: string) => object, wish: object][] = [
    ["campaignCancellation", (campaignId) => ({ campaignId, reason }), { status: "running" }],
    ["campaignStatus", (campaignId) => ({ campaignId, status: "canceled", reason }), { status: "running" }],
    ["campaign", () => ({ name: NAME, scheduledTime: "2099-12-01T09:00:00Z" }), { status: "running" }],
  ];

  for (const [provider, argumentsOf, wish] of wishes) {
    it(`is refused for a ${provider} in the preview, in the words of all`, async () => {
      const existing = on.campaign("running", { name: NAME, create_time: "2026-05-01 12:00:00" });
      const first = await on.another({ provider, host });
      const args = { ...argumentsOf(existing) };
      const { inputs } = await first.check(undefined, args);
      const { id, outs } = await first.create(inputs);
      await first.stop();
      on.hood.setStatus(id, "canceled");
      on.hood.clearRequests();

      const next = await on.another({ provider, host });
      try {
        const checked = await next.check(inputs, { ...args, ...wish });
        const refused = checked.failures.map((failure) => failure.reason);
        // Where only the record of outputs knows which campaign it is, the comparison refuses.
        const error = refused.length > 0 ? undefined : await next.diff(id, outs, { ...args, ...wish }).catch((e) => e);
        const [message = error?.message] = refused;
        expect(message).to.equal(
          [
            `Cancelling is final: campaign ${id} "${NAME}" is canceled, and can't become "running".`,
            "Remove that wish, or the resource with it: nothing is sent, the campaign stays canceled. To send again, create a new campaign.",
          ].join("\n"),
        );
        expect(on.calls).to.deep.equal([]);
      } finally {
        await next.stop();
      }
    });
  }
});
