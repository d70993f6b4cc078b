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
    stack = await openStack("npm classes", { HOOD_ENDPOINT: hood.url });
  });
  after(async () => {
    await stack.remove();
    await hood.close();
  });

  it("keeps the live name out of previews, states and warnings, beside one that is no secret, though it is an output", async () => {
    const open =
      'new hood.CampaignCancellation("open", { campaignId: "1000249", reason: "Late", expectedName: pulumi.output(NAME) });';
    const program = `const NAME = ${JSON.stringify(NAME)};
      new hood.CampaignCancellation("secret", { campaignId: "1000248", reason: "Late", expectedName: pulumi.secret(NAME) });\n`;
    await stack.program(program + open);
    const shown = (await stack.plan()).find(({ urn }) => urn.endsWith("::open"))?.newState?.inputs;
    expect(shown).to.include({ campaignName: NAME, expectedName: NAME }).and.not.have.property("__secretName");

    await stack.program(program);
    const all: string[] = [];
    const run = async (args: readonly string[]) => {
      const { stdout, stderr } = await mustSucceed(stack.run(args));
      all.push(stdout, stderr, await stack.stateText());
    };
    await run(["preview", "--json"]);
    await run(["up", "--yes", "--diff"]);
    await run(["up", "--yes", "--skip-preview", "--refresh", "--expect-no-changes"]);
    await run(["destroy", "--yes", "--skip-preview"]);
    expect(all.join("\n")).to.contain("Removed campaign 1000248 [secret]").and.not.contain("X-99");
    expect(hood.campaign("1000248").status).to.equal("canceled");
  });
});
