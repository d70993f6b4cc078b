import { expect } from "chai";
import { type Simulator, startSimulator } from "../../simulator";
import { mustSucceed, openStack, type Stack, TOKEN } from "./stack";

const PROGRAM = `
const ended = new hood.CampaignCancellation("spring-sale", {
  campaignId: "1000248",
  reason: "Budget cut, OPS-1234",
  expectedName: "Spring sale",
});
exports.outcome = ended.outcome;
`;

describe("A campaign's end on the real engine", function () {
  this.timeout(60_000);
  let hood: Simulator;
  let stack: Stack;
  const methods = () => hood.requests.map(({ method }) => method);

  before(async () => {
    hood = await startSimulator({
      token: [TOKEN, "rotated-token-77"],
      campaigns: [{ id: "1000248", name: "Spring sale", status: "running" }],
    });
    stack = await openStack({ HOOD_ENDPOINT: hood.url });
    await stack.program(PROGRAM);
  });
  beforeEach(() => hood.clearRequests());
  after(async () => {
    await stack.remove();
    await hood.close();
  });

  it("preview shows the live campaign and sends GET requests only", async () => {
    const { stdout } = await mustSucceed(stack.run(["preview", "--diff"]));
    expect(stdout).to.match(/campaignName\s*: "Spring sale"/);
    expect(stdout).to.match(/previousStatus\s*: "running"/);
    const [step, ...others] = await stack.plan();
    expect(others).to.deep.equal([]);
    expect(step?.op).to.equal("create");
    expect(step?.newState?.inputs).to.include({ campaignName: "Spring sale", previousStatus: "running" });
    expect(methods()).to.not.be.empty;
    expect(new Set(methods())).to.deep.equal(new Set(["GET"]));
    expect(hood.campaign("1000248").status).to.equal("running");
  });

  it("up cancels it with exactly one POST, and records what happened", async () => {
    await mustSucceed(stack.up());
    expect(methods().filter((method) => method === "POST")).to.have.length(1);
    expect(hood.campaign("1000248").status).to.equal("canceled");
    const [resource] = await stack.resources();
    expect(resource?.id).to.equal("1000248");
    expect(resource?.type).to.equal("pulumi-nodejs:dynamic/hood:CampaignCancellation");
    expect(resource?.outputs).to.include({
      campaignId: "1000248",
      reason: "Budget cut, OPS-1234",
      expectedName: "Spring sale",
      campaignName: "Spring sale",
      previousStatus: "running",
      status: "canceled",
      outcome: "canceled",
    });
    expect(resource?.outputs.canceledAt).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
  });

  it("up again is no diff and no request, also with another token", async () => {
    const env = { HOOD_TOKEN: "rotated-token-77" };
    await mustSucceed(stack.run(["preview", "--expect-no-changes"], { env }));
    await mustSucceed(stack.run(["up", "--yes", "--skip-preview", "--expect-no-changes"], { env }));
    expect(methods()).to.deep.equal([]);
  });

  it("holds at most 1.2 KB in the state, none of it code", async () => {
    const [resource] = await stack.resources();
    const { inputs, outputs } = resource ?? {};
    expect(JSON.stringify({ inputs, outputs }).length).to.be.below(1_200);
    expect(inputs?.__provider).to.equal(
      'exports.handler=()=>require("pulumi-ocamba-hood/provider").campaignCancellation',
    );
  });

  it("a changed guard is an update of the record alone", async () => {
    await stack.program(PROGRAM.replace("expectedName:", 'whenNotCancelable: "accept", expectedName:'));
    await mustSucceed(stack.up());
    expect((await stack.resources())[0]?.outputs).to.include({ whenNotCancelable: "accept", outcome: "canceled" });
    expect(methods()).to.deep.equal([]);
  });

  it("refresh only looks, and finds nothing to change", async () => {
    await mustSucceed(stack.run(["refresh", "--yes", "--skip-preview", "--expect-no-changes"]));
    expect(methods()).to.deep.equal(["GET"]);
  });

  it("a forced replacement sends no second POST", async () => {
    const [resource] = await stack.resources();
    const { stdout } = await mustSucceed(stack.run(["stack", "--show-urns"]));
    const urn = /urn:\S*hood:CampaignCancellation::spring-sale/.exec(stdout)?.[0] ?? "";
    await mustSucceed(stack.run(["up", "--yes", "--skip-preview", "--replace", urn]));
    expect(resource).to.not.equal(undefined);
    expect(methods()).to.not.include("POST");
    expect((await stack.resources())[0]?.outputs).to.include({ outcome: "alreadyCanceled", status: "canceled" });
  });

  it("destroy sends nothing, and warns that the campaign stays canceled", async () => {
    const { stdout } = await mustSucceed(stack.run(["destroy", "--yes", "--skip-preview"]));
    expect(stdout).to.match(/warning: Removed campaign 1000248 "Spring sale" from the Pulumi state/);
    expect(methods()).to.deep.equal([]);
    expect(hood.campaign("1000248").status).to.equal("canceled");
  });
});
