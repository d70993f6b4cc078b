import { expect } from "chai";
import { type Simulator, startSimulator } from "../../simulator";
import { mustSucceed, openStack, type Stack, TOKEN } from "./stack";

const ID = "1000248";
const declared = (args: object) =>
  `new hood.CampaignStatus("spring-sale", ${JSON.stringify({ campaignId: ID, reason: "Stock is short", ...args })});`;

describe("A campaign's status on the real engine", function () {
  this.timeout(120_000);
  let hood: Simulator;
  let stack: Stack;

  const calls = () => hood.requests.filter(({ method }) => method !== "GET").map(({ path }) => path.split("/").at(-1));
  const status = () => hood.campaign(ID).status;

  before(async () => {
    hood = await startSimulator({ token: TOKEN, campaigns: [{ id: ID, name: "Spring sale", status: "running" }] });
    stack = await openStack({ HOOD_ENDPOINT: hood.url });
  });
  beforeEach(() => hood.clearRequests());
  after(async () => {
    await stack.remove();
    await hood.close();
  });

  it("is moved from running to scheduled in one up: pause and resume, which the preview shows", async () => {
    await stack.program(declared({ status: "scheduled", scheduledTime: "2099-12-01T10:00:00+01:00" }));
    const [step] = await stack.plan();
    expect(step?.newState?.inputs).to.deep.include({
      campaignName: "Spring sale",
      previousStatus: "running",
      plannedActions: ["pause", "resume"],
    });
    expect(calls()).to.deep.equal([]);
    await mustSucceed(stack.up());
    expect(calls()).to.deep.equal(["pause", "resume"]);
    expect(hood.campaign(ID)).to.include({ status: "scheduled", scheduled_time: "2099-12-01 09:00:00" });
  });

  it("makes no diff and no request when time has moved the campaign on, also after a refresh", async () => {
    hood.setStatus(ID, "running");
    expect(await stack.plan()).to.deep.equal([]);
    expect(hood.requests).to.deep.equal([]);
    await mustSucceed(stack.run(["refresh", "--yes", "--skip-preview"]));
    hood.setStatus(ID, "sent");
    await mustSucceed(stack.run(["refresh", "--yes", "--skip-preview"]));
    const [{ outputs } = { outputs: {} }] = await stack.resources();
    expect(outputs).to.include({ status: "scheduled", currentStatus: "sent" });
    await mustSucceed(stack.run(["preview", "--expect-no-changes"]));
    expect(calls()).to.deep.equal([]);
  });

  it("is put right where a refresh finds what time can't explain", async () => {
    hood.setStatus(ID, "running");
    await stack.program(declared({ status: "paused" }));
    await mustSucceed(stack.up());
    hood.setStatus(ID, "running");
    hood.clearRequests();
    await mustSucceed(stack.run(["preview", "--expect-no-changes"]));
    expect(hood.requests).to.deep.equal([]);
    await mustSucceed(stack.run(["refresh", "--yes", "--skip-preview"]));
    const preview = await mustSucceed(stack.preview());
    expect(preview.stdout).to.contain('campaign 1000248 "Spring sale" running: `pulumi up` brings it back to "paused"');
    expect(calls()).to.deep.equal([]);
    await mustSucceed(stack.up());
    expect(calls()).to.deep.equal(["pause"]);
    expect(status()).to.equal("paused");
    await mustSucceed(stack.run(["preview", "--expect-no-changes"]));
  });

  it("is left alone once a refresh found it canceled, and warned of, since nobody edited the program", async () => {
    hood.setStatus(ID, "canceled");
    await mustSucceed(stack.run(["refresh", "--yes", "--skip-preview"]));
    const { stdout } = await mustSucceed(stack.up());
    expect(stdout).to.contain('The status "paused" of campaign 1000248 "Spring sale" is out of reach: it is canceled');
    expect(calls()).to.deep.equal([]);
  });

  it("canceled, is final", async () => {
    hood.setStatus(ID, "running");
    await stack.program(declared({ status: "canceled", reason: "Budget cut" }));
    await mustSucceed(stack.up());
    expect(calls()).to.deep.equal(["cancel"]);
    await stack.program(declared({ status: "running" }));
    const refused = await stack.preview();
    expect(refused.code).to.not.equal(0);
    expect(refused.stdout).to.contain("Cancellation is permanent");
  });

  it("is managed by no second resource, whether its id is known at once or later", async () => {
    for (const id of [`"${ID}"`, `pulumi.output("${ID}")`]) {
      await stack.program(`
        new hood.CampaignStatus("pause-it", { campaignId: ${id}, status: "paused" });
        new hood.CampaignCancellation("end-it", { campaignId: ${id}, reason: "Budget cut" });`);
      const refused = await stack.preview();
      expect(refused.code, refused.stdout).to.not.equal(0);
      expect(refused.stdout).to.contain('CampaignStatus "pause-it" and CampaignCancellation "end-it" both manage');
      expect(refused.stdout + refused.stderr).to.not.match(/^\s+at /m);
    }
    expect(calls()).to.deep.equal([]);
  });

  it("is let go by a destroy, which sends nothing", async () => {
    await mustSucceed(stack.run(["destroy", "--yes", "--skip-preview"]));
    expect(hood.requests).to.deep.equal([]);
    expect(status()).to.equal("canceled");
  });
});
