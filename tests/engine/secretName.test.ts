import { expect } from "chai";
import { type Simulator, startSimulator } from "../../simulator";
import { mustSucceed, openStack, type Stack, TOKEN } from "./stack";

const NAME = "Quiet launch of the X-99";

describe("A secret expectedName on the real engine", function () {
  this.timeout(90_000);
  let hood: Simulator;
  let stack: Stack;

  before(async () => {
    const campaigns = ["1000248", "1000249"].map((id) => ({ id, name: NAME, status: "running" }));
    hood = await startSimulator({ token: TOKEN, rateLimit: "off", campaigns });
    stack = await openStack({ HOOD_ENDPOINT: hood.url, HOOD_TOKEN: TOKEN });
  });
  after(async () => {
    await stack.remove();
    await hood.close();
  });

  it("keeps the live name out of previews, states and warnings", async () => {
    await stack.program(`
      const secret = pulumi.secret(${JSON.stringify(NAME)});
      new hood.CampaignCancellation("secret", { campaignId: "1000248", reason: "Late", expectedName: secret });`);
    const all: string[] = [];
    const run = async (args: readonly string[]) => {
      const { stdout, stderr } = await mustSucceed(stack.run(args));
      all.push(stdout, stderr);
    };
    await run(["preview", "--diff"]);
    await run(["preview", "--json"]);
    await run(["up", "--yes", "--skip-preview"]);
    all.push(await stack.stateText());
    await run(["up", "--yes", "--skip-preview", "--expect-no-changes"]);
    await run(["refresh", "--yes", "--skip-preview"]);
    all.push(await stack.stateText());
    await run(["destroy", "--yes", "--skip-preview"]);
    expect(all.join("\n")).to.contain("Removed campaign 1000248 [secret]").and.not.contain("X-99");
    expect(hood.campaign("1000248").status).to.equal("canceled");
  });

  it("shows a name that is no secret, though it is an output", async () => {
    await stack.program(`
      const expectedName = pulumi.output(${JSON.stringify(NAME)});
      new hood.CampaignCancellation("open", { campaignId: "1000249", reason: "Late", expectedName });`);
    const [step] = await stack.plan();
    expect(step?.newState?.inputs).to.include({ campaignName: NAME, expectedName: NAME });
    expect(step?.newState?.inputs).to.not.have.property("__secretName");
  });
});
