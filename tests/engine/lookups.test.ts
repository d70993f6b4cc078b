import { expect } from "chai";
import { type Simulator, startSimulator } from "../../simulator";
import { inYaml } from "./program";
import { mustFail, mustSucceed, openStack, type Stack, TOKEN } from "./stack";

/** As the documentation of getCampaigns shows it; beside it, what isn't waited for, and what isn't known in the preview. */
const PROGRAM = `module.exports = async () => {
  const status = ["running", "scheduled", "paused", "canceled"];
  const campaigns = await hood.getCampaigns({ status, fields: ["name", "labels"] });
  for (const { id, name } of campaigns.filter(({ labels }) => labels?.includes("expired"))) {
    new hood.CampaignCancellation(id, { campaignId: id, expectedName: name, reason: "The offer is over" });
  }
  hood.getCampaign({ id: "1000252" }).then(({ id, name }) => {
    new hood.CampaignCancellation(name, { campaignId: id, reason: "Too late" });
  });
  const ended = new hood.CampaignCancellation("winter", { campaignId: "1000251", reason: "Cold" });
  return {
    all: await hood.getCampaigns(),
    one: hood.getCampaignOutput({ id: ended.id }).name,
    many: hood.getCampaignsOutput({ search: ended.id }).apply((found) => found.length),
  };
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
        { id: "1000251", name: "Winter sale", status: "running", labels: ["current"] },
        { id: "1000252", name: "Late sale", status: "running" },
      ],
    });
    stack = await openStack("npm classes", { HOOD_ENDPOINT: hood.url, HOOD_TOKEN: "", HOOD_MAX_WAIT: "5s" });
    await mustSucceed(stack.run(["config", "set", "--secret", "hood:token", TOKEN]));
  });
  beforeEach(() => hood.clearRequests());
  after(async () => {
    await stack?.remove();
    await hood?.close();
  });

  const sent = () => hood.requests.map(({ method, path }) => `${method} ${path.replace("/v1/hood", "")}`);
  const calls = () => sent().filter((request) => !request.startsWith("GET "));

  it("select what a preview shows and an up cancels, and are waited for by themselves", async () => {
    await stack.program(PROGRAM);
    const plan = await stack.plan();
    const names = ["Spring sale", "Summer sale", "Late sale", "Winter sale"];
    expect(plan.map(({ newState }) => newState?.inputs.campaignName)).to.have.members(names);
    expect(calls()).to.deep.equal([]);
    hood.fault({ fault: { kind: "status", status: 500 } });
    await mustSucceed(stack.up());
    const canceled = ["1000248", "1000249", "1000251", "1000252"];
    expect(calls()).to.have.members(canceled.map((id) => `POST /campaigns/${id}/cancel`));
    expect(await stack.outputs()).to.deep.include({ one: "Winter sale", many: 0 });
    const state = await stack.stateText();
    expect(state).to.contain("Winter sale").and.not.contain(TOKEN);
  });

  it("find again what the program canceled, and so keep it in the state", async () => {
    await mustSucceed(stack.run(["preview", "--expect-no-changes"]));
    expect(calls()).to.deep.equal([]);
  });

  it("ask nothing in a preview while an id isn't known", async () => {
    await stack.program(`
      const ended = new hood.CampaignCancellation("another", { campaignId: "1000251", reason: "Cold" });
      module.exports = { one: hood.getCampaignOutput({ id: ended.id }), many: hood.getCampaignsOutput({ search: ended.id }) };`);
    await mustSucceed(stack.preview({ env: { HOOD_PREFLIGHT: "off" } }));
    expect(sent()).to.deep.equal([]);
  });

  const failing: [which: string, program: string][] = [
    ["that nobody awaits", `hood.getCampaign({ id: "9" });`],
    ["as outputs that nobody uses", `hood.getCampaignOutput({ id: "9" });`],
  ];
  for (const [which, program] of failing) {
    it(`${which} stop the program if they fail, with one error`, async () => {
      await stack.program(program);
      const diagnostics = await mustFail(stack.preview());
      expect(diagnostics.split("error: Can't read campaign 9: HTTP 400")).to.have.length(2, diagnostics);
      expect(diagnostics).to.contain("Check the id in Hood");
    });
  }

  it("show a line and an error if the account asks to wait, and say that the token is missing", async () => {
    await stack.program(`module.exports = () => hood.getCampaigns({ status: "running" });`);
    hood.fault({ times: 3, fault: { kind: "status", status: 429, retryAfter: 2 } });
    const waits = await stack.preview();
    expect(waits.stdout).to.match(/Waiting for the account's rate limit until \d\d:\d\d:\d\d UTC \([12] s\)/);
    expect(await mustFail(waits))
      .to.contain("hood:maxWait allows 5 s")
      .and.contain("HOOD_MAX_WAIT");
    hood.clearRequests();
    await mustSucceed(stack.run(["config", "rm", "hood:token"]));
    expect(await mustFail(stack.preview())).to.contain("There is no API token for Hood.");
    expect(sent()).to.deep.equal([]);
  });

  it("are answered by the plugin too", async () => {
    const plugin = await openStack("plugin", { HOOD_ENDPOINT: hood.url });
    try {
      const variables = {
        found: { "fn::invoke": { function: "hood:getCampaigns", arguments: { status: ["draft"], sort: "name" } } },
        one: { "fn::invoke": { function: "hood:getCampaign", arguments: { id: "1000250" } } },
      };
      const outputs = { first: `\${found.campaigns[0].name}`, name: `\${one.name}` };
      await plugin.write(inYaml({}, { variables, outputs }));
      await mustSucceed(plugin.up());
      expect(await plugin.outputs()).to.deep.equal({ first: "Autumn sale", name: "Autumn sale" });
    } finally {
      await plugin.remove();
    }
  });
});
