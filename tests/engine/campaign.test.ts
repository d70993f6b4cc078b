import { expect } from "chai";
import { type Simulator, startSimulator } from "../../simulator";
import { mustSucceed, openStack, type Stack, TOKEN } from "./stack";

const declared = (args: object, more = "") =>
  `${more}\nnew hood.Campaign("spring-sale", ${JSON.stringify({ name: "Spring sale", ...args })}, typeof options === "undefined" ? {} : options);`;

describe("A campaign's definition on the real engine", function () {
  this.timeout(120_000);
  let hood: Simulator;
  let stack: Stack;

  const calls = () =>
    hood.requests
      .filter(({ method }) => method !== "GET")
      .map(({ method, path, body }) => [method, path.replace(/.*campaigns/, ""), JSON.parse(body ?? "null")]);
  const only = () => {
    const [campaign, ...others] = hood.campaigns.values();
    if (!campaign || others.length > 0) throw new Error("There should be one campaign.");
    return campaign;
  };

  before(async () => {
    hood = await startSimulator({ token: TOKEN });
    stack = await openStack({ HOOD_ENDPOINT: hood.url });
  });
  beforeEach(() => hood.clearRequests());
  after(async () => {
    await stack?.remove();
    await hood?.close();
  });

  it("is created once, although the answer is lost", async () => {
    hood.fault({ match: ({ method }) => method === "POST", fault: { kind: "drop", processed: true } });
    await stack.program(
      declared({ scheduledTime: "2099-12-01T09:00:00Z", labels: ["spring"], description: "Flowers" }),
    );
    await mustSucceed(stack.preview());
    expect(calls()).to.deep.equal([]);
    await mustSucceed(stack.up());
    expect(calls()).to.have.length(1);
    expect(only()).to.include({ name: "Spring sale", status: "scheduled", scheduled_time: "2099-12-01 09:00:00" });
    await mustSucceed(stack.run(["preview", "--expect-no-changes"]));
  });

  it("is edited by what differs, and by nothing else", async () => {
    await stack.program(declared({ scheduledTime: "2099-12-01T09:00:00Z", labels: ["spring", "eu"] }));
    await mustSucceed(stack.up());
    expect(calls()).to.deep.equal([["PATCH", `/${only().id}`, { labels: ["spring", "eu"], description: null }]]);
  });

  it("shows what was changed in Hood after a refresh, and puts it right", async () => {
    only().labels = ["autumn"];
    await mustSucceed(stack.run(["refresh", "--yes", "--skip-preview"]));
    const { stdout } = await mustSucceed(stack.run(["preview", "--diff"]));
    expect(stdout).to.contain("autumn").and.contain("spring");
    hood.clearRequests();
    await mustSucceed(stack.up());
    expect(calls()).to.deep.equal([["PATCH", `/${only().id}`, { labels: ["spring", "eu"] }]]);
  });

  it("takes no edits while it is running: refused in the preview, with the way out", async () => {
    hood.setStatus(only().id, "running");
    await stack.program(declared({ scheduledTime: "2099-12-01T09:00:00Z", labels: ["late"] }));
    const refused = await stack.preview();
    expect(refused.code).to.not.equal(0);
    const [, said = ""] = refused.stdout.split("Diagnostics:\n");
    expect(said).to.contain(`${only().id} "Spring sale"`).and.contain("running").and.contain("labels");
    expect(said).to.contain("CampaignStatus").and.contain("paused").and.contain("dependsOn");
    expect(said).to.not.match(/^\s+at /m);
    expect(calls()).to.deep.equal([]);
  });

  it("is paused and then edited by one program, in one up", async () => {
    const { id } = only();
    const paused = `const pause = new hood.CampaignStatus("pause", { campaignId: "${id}", status: "paused" });
      const options = { dependsOn: pause };`;
    await stack.program(declared({ scheduledTime: "2099-12-01T09:00:00Z", labels: ["late"] }, paused));
    await mustSucceed(stack.preview());
    expect(calls()).to.deep.equal([]);
    await mustSucceed(stack.up());
    expect(calls().map(([method, path]) => `${method} ${path}`)).to.deep.equal([`POST /${id}/pause`, `PATCH /${id}`]);
    expect(only()).to.deep.include({ status: "paused", labels: ["late"] });
  });

  it("can't be removed where its deletionPolicy prevents that, and ends with it where it says so", async () => {
    const policy = (deletionPolicy: string) =>
      stack.program(declared({ scheduledTime: "2099-12-01T09:00:00Z", labels: ["late"], deletionPolicy }));
    await policy("prevent");
    await mustSucceed(stack.up());
    const prevented = await stack.run(["destroy", "--yes", "--skip-preview"]);
    expect(prevented.code).to.not.equal(0);
    expect(prevented.stdout).to.contain("deletionPolicy");
    await policy("cancel");
    await mustSucceed(stack.up());
    hood.clearRequests();
    await mustSucceed(stack.run(["destroy", "--yes", "--skip-preview"]));
    expect(calls().map(([method, path]) => `${method} ${path}`)).to.deep.equal([`POST /${only().id}/cancel`]);
    expect(only().status).to.equal("canceled");
  });
});
