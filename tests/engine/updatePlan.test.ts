import { expect } from "chai";
import { type Simulator, startSimulator } from "../../simulator";
import type { Declared, Program } from "./program";
import { mustFail, mustSucceed, openStack, type Stack, TOKEN } from "./stack";

const cancellation = (campaignId: string): Declared => ({
  type: "CampaignCancellation",
  args: { campaignId, reason: "Budget cut" },
});
const PROGRAM: Program = {
  sale: cancellation("1"),
  terms: { type: "CampaignStatus", args: { campaignId: "2", status: "paused" } },
  made: { type: "Campaign", args: { name: "Made", draft: true } },
};

describe("An update that is held to the plan of a preview", function () {
  this.timeout(60_000);
  let hood: Simulator;
  let stack: Stack;

  before(async () => {
    const campaigns = ["1", "2", "3"].map((id) => ({ id, name: `Campaign ${id}`, status: "running" }));
    hood = await startSimulator({ token: TOKEN, campaigns });
    stack = await openStack("npm classes", { HOOD_ENDPOINT: hood.url });
    await stack.declare(PROGRAM);
    await mustSucceed(stack.run(["preview", "--save-plan", "plan.json"]));
  });
  after(async () => {
    await stack?.remove();
    await hood?.close();
  });

  const upByPlan = () => stack.run(["up", "--yes", "--plan", "plan.json"]);
  const changes = () => hood.requests.filter(({ method }) => method !== "GET");

  it("ends no campaign that the plan doesn't name", async () => {
    await stack.declare({ other: cancellation("3"), ...PROGRAM });
    expect(await mustFail(upByPlan())).to.contain("create is not allowed by the plan");
    expect(changes()).to.deep.equal([]);
    await stack.declare(PROGRAM);
  });

  it("ends no campaign that isn't any more what the preview showed", async () => {
    hood.setStatus("1", "paused");
    const violated = /violates plan: properties changed: \+\+previousStatus\[\{running\}!=\{paused\}\]/;
    expect(await mustFail(upByPlan())).to.match(violated);
    expect(changes()).to.deep.equal([]);
    hood.setStatus("1", "running");
  });

  it("does what was planned", async () => {
    await mustSucceed(upByPlan());
    expect(changes()).to.have.length(3);
  });
});
