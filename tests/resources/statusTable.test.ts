import { expect } from "chai";
import { thrown } from "../support/messages";
import { ProviderError } from "../support/providerError";
import { openInProcess } from "../support/testAccount";

const STATUSES = ["draft", "manual", "scheduled", "running", "paused", "canceled", "sent", "needs_decision"];
const DESIRED = ["running", "paused", "scheduled", "canceled"];
const TIME = "2099-12-01T09:00:00Z";

describe("every status that can be declared, from every status", () => {
  const on = openInProcess({ type: "CampaignStatus" });

  const argumentsFor = (campaignId: string, status: string) => ({
    campaignId,
    status,
    reason: "Stock is short",
    ...(status === "scheduled" && { scheduledTime: TIME }),
  });

  for (const live of [...STATUSES, "archived"]) {
    for (const desired of DESIRED) {
      it(`${desired} from ${live}: takes the calls that the preview shows, or fails before anything is sent`, async () => {
        const id = on.campaign(live);
        const { inputs, failures } = await on.provider.check(undefined, argumentsFor(id, desired));
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
        expect(on.hood.campaign(id).status).to.equal(desired);
        expect(outs).to.include({ status: desired, previousStatus: live, currentStatus: desired });
      });
    }
  }

  it("shows a path wherever there is one", async () => {
    const reachable: string[] = [];
    for (const live of STATUSES) {
      for (const desired of DESIRED) {
        const { failures } = await on.provider.check(undefined, argumentsFor(on.campaign(live), desired));
        if (failures.length === 0) reachable.push(`${live}-${desired}`);
      }
    }
    const moves = ["scheduled", "running", "paused"].flatMap((live) => DESIRED.map((desired) => `${live}-${desired}`));
    expect(reachable).to.have.members([...moves, "canceled-canceled"]);
  });
});
