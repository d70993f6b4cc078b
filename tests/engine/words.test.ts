import { expect } from "chai";
import { type Simulator, startSimulator } from "../../simulator";
import { expectReadable } from "../support/messages";
import { mustSucceed, openStack, type Stack, TOKEN } from "./stack";

const RUNNING = "1000248";
const DRAFT = "1000250";

describe("What a program says, on the real engine", function () {
  this.timeout(120_000);
  let hood: Simulator;
  let stack: Stack;

  const declared = (draft: object, ended: object = {}) => `
    const ended = new hood.CampaignCancellation("ended", ${JSON.stringify({
      campaignId: RUNNING,
      reason: "Budget cut\nOPS-1234\n",
      ...ended,
    })});
    const nothing = ended.expectedName;
    new hood.CampaignCancellation("draft", {
      expectedName: nothing,
      ...${JSON.stringify({ campaignId: DRAFT, reason: "Budget cut", whenNotCancelable: "accept", ...draft })},
    });
    new hood.Campaign("copy", { name: "Copy", description: nothing, labels: pulumi.secret(nothing), messages: nothing });`;

  before(async () => {
    hood = await startSimulator({
      token: TOKEN,
      campaigns: [
        { id: RUNNING, name: "Spring sale", status: "running" },
        { id: DRAFT, name: "Summer teaser", status: "draft" },
      ],
    });
    stack = await openStack({ HOOD_ENDPOINT: hood.url });
  });
  after(async () => {
    await stack?.remove();
    await hood?.close();
  });

  it("passes on optional outputs that aren't set", async () => {
    await stack.program(declared({}));
    await mustSucceed(stack.up());
    const created = hood.requests.find(({ path, method }) => method === "POST" && path.endsWith("/campaigns"));
    expect(JSON.parse(created?.body ?? "")).to.not.have.any.keys("description", "labels", "messages");
    await mustSucceed(stack.run(["preview", "--expect-no-changes"]));
  });

  it("is the same with the line breaks of another system", async () => {
    await stack.program(declared({}, { reason: "Budget cut\r\nOPS-1234" }));
    await mustSucceed(stack.run(["preview", "--expect-no-changes"]));
  });

  it("can be corrected if it was never sent, and is refused once it was: in the preview, with one error", async () => {
    hood.clearRequests();
    await stack.program(declared({ reason: "Stock is short" }));
    expect((await stack.plan()).map(({ op }) => op))
      .to.include("update")
      .and.not.include("replace");
    await mustSucceed(stack.up());
    expect(hood.requests).to.deep.equal([]);
    await stack.program(declared({ reason: "Stock is short" }, { reason: "Budget cut\u00a0\nOPS-1234\n" }));
    const refused = await stack.preview();
    expect(refused.code).to.not.equal(0);
    const [, diagnostics = ""] = `${refused.stdout}${refused.stderr}`.split("Diagnostics:\n");
    expect(diagnostics.match(/Cancellation is permanent/g), diagnostics).to.have.length(1);
    expect(diagnostics)
      .to.match(/The two reasons differ only in blanks/)
      .and.not.match(/^\s+at /m);
    expectReadable(diagnostics.slice(diagnostics.indexOf("Cancellation is permanent")).split("\n\n", 1)[0] ?? "");
    expect(hood.requests).to.deep.equal([]);
  });

  it("is warned about once, if a setting is misspelt in the config and one in the environment", async () => {
    await stack.program(declared({ reason: "Stock is short" }));
    await mustSucceed(stack.run(["config", "set", "hood:maxCancelations", "1"]));
    const { stdout, stderr } = await mustSucceed(stack.run(["preview"], { env: { HOOD_TIMEOT: "1s" } }));
    const said = `${stdout}${stderr}`.split("Diagnostics:\n")[1] ?? "";
    expect(said).to.contain("hood:maxCancelations (do you mean hood:maxCancellations?)");
    expect(said).to.contain("HOOD_TIMEOT (do you mean HOOD_TIMEOUT?)");
    expect(said.match(/warning: /g), said).to.have.length(1);
  });
});
