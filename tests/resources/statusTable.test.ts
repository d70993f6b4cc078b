import { expect } from "chai";
import { thrown } from "../support/messages";
import { ProviderError } from "../support/providerError";
import { openInProcess } from "../support/testAccount";

const STATUSES = ["draft", "manual", "scheduled", "running", "paused", "canceled", "sent", "needs_decision"];
const WISHES = ["running", "paused", "scheduled", "canceled"];
const TIME = "2099-12-01T09:00:00Z";

describe("every wish from every status", () => {
  const on = openInProcess({ type: "CampaignStatus" });

  const argumentsFor = (campaignId: string, status: string) => ({
    campaignId,
    status,
    reason: "Stock is short",
    ...(status === "scheduled" && { scheduledTime: TIME }),
  });

  for (const live of [...STATUSES, "archived"]) {
    for (const wish of WISHES) {
      it(`${live}, wished ${wish}: ends where the plan said, or was refused before anything was sent`, async () => {
        const id = on.campaign(live);
        const { inputs, failures } = await on.provider.check(undefined, argumentsFor(id, wish));
        expect(on.calls).to.deep.equal([]);
        if (failures.length > 0) {
          expect(inputs.plannedActions ?? []).to.deep.equal([]);
          const { message } = await thrown(ProviderError, () => on.provider.create(inputs));
          expect(message).to.equal(failures[0]?.reason);
          expect(on.calls).to.deep.equal([]);
          expect(on.hood.campaign(id).status).to.equal(live);
          return;
        }
        const { outs } = await on.provider.create(inputs);
        const planned = inputs.plannedActions as string[];
        expect(on.calls).to.deep.equal(planned.map((action) => `POST /campaigns/${id}/${action}`));
        expect(on.hood.campaign(id).status).to.equal(wish);
        expect(outs).to.include({ status: wish, previousStatus: live, currentStatus: wish });
      });
    }
  }

  it("refuses more than it plans from nowhere: what is reachable is planned", async () => {
    const planned: string[] = [];
    for (const live of STATUSES) {
      for (const wish of WISHES) {
        const { failures } = await on.provider.check(undefined, argumentsFor(on.campaign(live), wish));
        if (failures.length === 0) planned.push(`${live}-${wish}`);
      }
    }
    const moves = ["scheduled", "running", "paused"].flatMap((live) => WISHES.map((wish) => `${live}-${wish}`));
    expect(planned).to.have.members([...moves, "canceled-canceled"]);
  });
});
