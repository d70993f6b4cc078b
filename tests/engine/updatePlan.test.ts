import { expect } from "chai";
import { type Simulator, startSimulator } from "../../simulator";
import { mustSucceed, openStack, type Stack, TOKEN } from "./stack";

const END = `new hood.CampaignCancellation("sale", { campaignId: "1", reason: "Budget cut" });`;
const PAUSE = `new hood.CampaignStatus("terms", { campaignId: "2", status: "paused" });`;
const NEW = `const made = new hood.Campaign("made", { name: "Made", draft: true });`;
const OTHER_END = `new hood.CampaignCancellation("other", { campaignId: "3", reason: "Budget cut" });`;

describe("An update that is held to the plan of a preview", function () {
  this.timeout(60_000);
  let hood: Simulator;
  let stack: Stack;

  beforeEach(async () => {
    const campaigns = ["1", "2", "3"].map((id) => ({ id, name: `Campaign ${id}`, status: "running" }));
    hood = await startSimulator({ token: TOKEN, campaigns });
    stack = await openStack({ HOOD_ENDPOINT: hood.url });
    await stack.program(END + PAUSE + NEW);
    await mustSucceed(stack.run(["preview", "--save-plan", "plan.json"]));
  });
  afterEach(async () => {
    await stack.remove();
    await hood.close();
  });

  const upByPlan = () => stack.run(["up", "--yes", "--plan", "plan.json"]);
  const changes = () => hood.requests.filter(({ method }) => method !== "GET");

  it("does what was planned, and then nothing", async () => {
    await mustSucceed(upByPlan());
    expect(changes()).to.have.length(3);
    await mustSucceed(stack.run(["preview", "--save-plan", "plan.json"]));
    await mustSucceed(upByPlan());
    expect(changes()).to.have.length(3);
  });

  it("ends no campaign that the plan doesn't name", async () => {
    await stack.program(END + PAUSE + NEW + OTHER_END);
    const { code, stdout } = await upByPlan();
    expect(code).to.not.equal(0);
    expect(stdout).to.contain("create is not allowed by the plan");
    expect(changes()).to.deep.equal([]);
  });

  it("ends no campaign that isn't any more what the preview showed", async () => {
    hood.setStatus("1", "paused");
    const { code, stdout } = await upByPlan();
    expect(code).to.not.equal(0);
    expect(stdout).to.match(/violates plan: properties changed: \+\+previousStatus\[\{running\}!=\{paused\}\]/);
    expect(changes()).to.deep.equal([]);
  });
});
