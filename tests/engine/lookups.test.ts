import { expect } from "chai";
import { type Simulator, startSimulator } from "../../simulator";
import { mustSucceed, openStack, type Stack, TOKEN } from "./stack";

/** As the documentation of getCampaigns shows it. */
const byLabel = (label: string) => `module.exports = async () => {
  const status = ["running", "scheduled", "paused", "canceled"];
  const campaigns = await hood.getCampaigns({ status, fields: ["name", "labels"] });
  for (const { id, name } of campaigns.filter(({ labels }) => labels?.includes(${JSON.stringify(label)}))) {
    new hood.CampaignCancellation(id, { campaignId: id, expectedName: name, reason: "The offer is over" });
  }
};`;

describe("Lookups on the real engine", function () {
  this.timeout(90_000);
  let hood: Simulator;
  let stack: Stack;

  before(async () => {
    const expired = { status: "running", labels: ["expired"] };
    hood = await startSimulator({
      token: TOKEN,
      rateLimit: "off",
      campaigns: [
        { id: "1000248", name: "Spring sale", ...expired },
        { id: "1000249", name: "Summer sale", ...expired, status: "paused" },
        { id: "1000250", name: "Autumn sale", ...expired, status: "draft" },
        { id: "1000251", name: "Winter sale", ...expired, labels: ["current"] },
      ],
    });
    stack = await openStack({ HOOD_ENDPOINT: hood.url, HOOD_TOKEN: "" });
    await mustSucceed(stack.run(["config", "set", "--secret", "hood:token", TOKEN]));
  });
  beforeEach(() => hood.clearRequests());
  after(async () => {
    await stack.remove();
    await hood.close();
  });

  const sent = () => hood.requests.map(({ method, path }) => `${method} ${path.replace("/v1/hood", "")}`);
  const calls = () => sent().filter((request) => !request.startsWith("GET "));
  const withoutStack = (text: string) => expect(text).to.not.match(/^\s+at /m);

  it("select what a preview shows and an up cancels", async () => {
    await stack.program(byLabel("expired"));
    const plan = await stack.plan();
    expect(plan.map(({ newState }) => newState?.inputs.campaignName)).to.have.members(["Spring sale", "Summer sale"]);
    expect(sent().length).to.be.at.least(1);
    expect(calls()).to.deep.equal([]);
    await mustSucceed(stack.up());
    expect(calls()).to.have.members(["POST /campaigns/1000248/cancel", "POST /campaigns/1000249/cancel"]);
  });

  it("find again what the program cancelled, and so keep its records", async () => {
    await mustSucceed(stack.run(["preview", "--expect-no-changes"]));
    expect(await stack.resources()).to.have.length(2);
  });

  it("leave no token in the state", async () => {
    await stack.program(`module.exports = async () => ({ all: await hood.getCampaigns() });`);
    await mustSucceed(stack.up());
    const state = await stack.stateText();
    expect(state).to.contain("Winter sale").and.not.contain(TOKEN);
  });

  it("ask nothing in a preview while an id isn't known", async () => {
    await stack.program(`
      const ended = new hood.CampaignCancellation("winter", { campaignId: "1000251", reason: "Cold" });
      module.exports = {
        one: hood.getCampaignOutput({ id: ended.id }).name,
        many: hood.getCampaignsOutput({ search: ended.id }).apply((found) => found.length),
      };`);
    await mustSucceed(stack.run(["preview"], { env: { HOOD_PREFLIGHT: "off" } }));
    expect(sent()).to.deep.equal([]);
    await mustSucceed(stack.up());
    const { stdout } = await mustSucceed(stack.run(["stack", "output", "--json"]));
    expect(JSON.parse(stdout)).to.deep.equal({ one: "Winter sale", many: 0 });
  });

  it("are waited for where the program doesn't wait for them, with what it does then", async () => {
    hood.add({ id: "1000300", name: "Late sale", status: "running" });
    hood.fault({ fault: { kind: "status", status: 500 } });
    await stack.program(`
      hood.getCampaign({ id: "1000300" }).then(({ id, name }) => {
        new hood.CampaignCancellation(name, { campaignId: id, reason: "Too late" });
      });`);
    await mustSucceed(stack.up());
    expect(calls()).to.deep.equal(["POST /campaigns/1000300/cancel"]);
  });

  const failing: [string, string][] = [
    ["that are awaited", `module.exports = async () => ({ name: (await hood.getCampaign({ id: "9" })).name });`],
    ["that nobody awaits", `hood.getCampaign({ id: "9" });`],
    ["as outputs", `module.exports = { name: hood.getCampaignOutput({ id: "9" }).name };`],
    ["as outputs that nobody uses", `hood.getCampaignOutput({ id: "9" });`],
  ];
  for (const [which, program] of failing) {
    it(`${which} stop the program where they fail, in a few words`, async () => {
      await stack.program(program);
      const { code, stdout, stderr } = await stack.preview();
      expect(code).to.not.equal(0);
      const [, diagnostics = ""] = stdout.split("Diagnostics:");
      expect(diagnostics.split("error: Can't read campaign 9: HTTP 400")).to.have.length(2, stdout);
      expect(stdout).to.contain("Check the id in Hood");
      withoutStack(stdout + stderr);
    });
  }

  it("say what is missing", async () => {
    await stack.program(`module.exports = () => hood.getCampaigns({ status: "running" });`);
    await mustSucceed(stack.run(["config", "rm", "hood:token"]));
    const { code, stdout, stderr } = await stack.preview();
    expect(code).to.not.equal(0);
    expect(stdout).to.contain("There is no API token for Hood.");
    withoutStack(stdout + stderr);
    expect(sent()).to.deep.equal([]);
  });
});
