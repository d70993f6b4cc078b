import { expect } from "chai";
import { type Simulator, startSimulator } from "../../simulator";
import type { Declared, Program } from "./program";
import { mustFail, mustSucceed, openStack, type Stack, TOKEN } from "./stack";

const ID = "1000248";
const TIME = "2099-12-01T10:00:00+01:00";
const status = (args: object, campaignId = ID): Declared => ({ type: "CampaignStatus", args: { campaignId, ...args } });

describe("A campaign's status on the real engine", function () {
  this.timeout(120_000);
  let hood: Simulator;
  let stack: Stack;

  const calls = () =>
    hood.requests
      .filter(({ method }) => method !== "GET")
      .map(({ method, path }) => `${method} ${path.split("/").at(-1)}`);

  before(async () => {
    hood = await startSimulator({ token: TOKEN, campaigns: [{ id: ID, name: "Spring sale", status: "running" }] });
    stack = await openStack("npm classes", { HOOD_ENDPOINT: hood.url });
  });
  beforeEach(() => hood.clearRequests());
  after(async () => {
    await stack?.remove();
    await hood?.close();
  });

  it("is moved from running to scheduled in one up, by the calls that the preview shows", async () => {
    await stack.declare({ sale: status({ status: "scheduled", scheduledTime: TIME }) });
    const [step] = await stack.plan();
    expect(step?.newState?.inputs).to.deep.include({
      campaignName: "Spring sale",
      previousStatus: "running",
      plannedActions: ["pause", "resume"],
    });
    expect(calls()).to.deep.equal([]);
    await mustSucceed(stack.up());
    expect(calls()).to.deep.equal(["POST pause", "POST resume"]);
    expect(hood.campaign(ID)).to.include({ status: "scheduled", scheduled_time: "2099-12-01 09:00:00" });
  });

  it("is no diff if time has moved the campaign on, also after a refresh", async () => {
    hood.setStatus(ID, "sent");
    await mustSucceed(stack.run(["refresh", "--yes", "--skip-preview"]));
    const [{ outputs } = { outputs: {} }] = await stack.resources();
    expect(outputs).to.include({ status: "scheduled", currentStatus: "sent" });
    await mustSucceed(stack.run(["preview", "--expect-no-changes"]));
    expect(calls()).to.deep.equal([]);
  });

  it("is managed by no second resource, not even if its id is known only later", async () => {
    hood.setStatus(ID, "running");
    const once = `pulumi.output(${JSON.stringify(ID)})`;
    for (const id of [JSON.stringify(ID), once]) {
      await stack.program(`
        new hood.CampaignStatus("pause-it", { campaignId: ${id}, status: "paused" });
        new hood.CampaignCancellation("end-it", { campaignId: ${id}, reason: "Budget cut" });`);
      const said = await mustFail(stack.preview());
      expect(said).to.contain('CampaignStatus "pause-it" and CampaignCancellation "end-it" both manage');
    }
    expect(calls()).to.deep.equal([]);
  });

  it("is brought to paused, and the campaign then edited, by one program in one up", async () => {
    const summer = (labels: string[]): Declared => ({
      type: "Campaign",
      args: { name: "Summer", labels, scheduledTime: TIME },
    });
    await stack.declare({ summer: summer([]) });
    await mustSucceed(stack.up());
    const { id = "" } = [...hood.campaigns.values()].find(({ name }) => name === "Summer") ?? {};
    hood.setStatus(id, "running");
    const paused: Program = {
      pause: status({ status: "paused" }, id),
      summer: { ...summer(["late"]), options: { dependsOn: ["pause"] } },
    };
    await stack.declare(paused);
    hood.clearRequests();
    await mustSucceed(stack.run(["up", "--yes"]));
    expect(calls()).to.deep.equal(["POST pause", `PATCH ${id}`]);
    expect(hood.campaign(id)).to.deep.include({ status: "paused", labels: ["late"] });
  });
});
