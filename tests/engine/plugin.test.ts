import { expect } from "chai";
import { type Simulator, startSimulator } from "../../simulator";
import { openPluginStack, type PluginStack } from "./pluginStack";
import { mustSucceed, TOKEN } from "./stack";

interface Declared {
  readonly type: string;
  readonly properties: object;
  readonly options?: object;
}

/** A program in YAML; what is JSON is YAML too. */
const program = (resources: Record<string, Declared>, more: object = {}) => ({
  "Pulumi.yaml": JSON.stringify({ name: "test", runtime: "yaml", resources, ...more }),
});

const cancellation = (campaignId: string, more: object = {}): Declared => ({
  type: "hood:CampaignCancellation",
  properties: { campaignId, reason: "Budget cut", ...more },
});

describe("The plugin on the real engine", function () {
  this.timeout(120_000);
  let hood: Simulator;
  let stack: PluginStack;

  const posts = () => hood.requests.filter(({ method }) => method === "POST");

  before(async () => {
    hood = await startSimulator({
      token: TOKEN,
      campaigns: [
        { id: "1000248", name: "Spring sale", status: "running" },
        { id: "1000249", name: "Old offer", status: "canceled" },
        { id: "1000250", name: "Teaser", status: "running" },
      ],
    });
    stack = await openPluginStack(program({}), { HOOD_ENDPOINT: hood.url });
  });
  beforeEach(() => hood.clearRequests());
  after(async () => {
    await stack?.remove();
    await hood?.close();
  });

  const importing = (type: string, name: string, id: string) =>
    stack.run(["import", `hood:index:${type}`, name, id, "--yes", "--skip-preview", "--protect=false"]);

  it("imports a campaign that is canceled, as what Pulumi had no part in", async () => {
    await mustSucceed(importing("CampaignCancellation", "old-offer", "1000249"));
    const [imported] = await stack.resources();
    expect(imported?.id).to.equal("1000249");
    expect(imported?.outputs).to.include({ campaignName: "Old offer", status: "canceled", outcome: "alreadyCanceled" });
    const reason = imported?.inputs.reason;
    await stack.write(program({ "old-offer": cancellation("1000249", { reason }) }));
    await mustSucceed(stack.run(["preview", "--expect-no-changes"]));
    expect(posts()).to.deep.equal([]);
  });

  it("refuses to import one that isn't canceled, and says why", async () => {
    const refused = await importing("CampaignCancellation", "spring-sale", "1000248");
    expect(refused.code).to.not.equal(0);
    const said = refused.stdout + refused.stderr;
    expect(said).to.contain('Campaign 1000248 "Spring sale" can\'t be imported').and.contain("running");
    expect(said).to.not.match(/^\s+at /m);
    expect(await stack.resources()).to.have.length(1);
    expect(posts()).to.deep.equal([]);
  });

  it("imports a status and a campaign as they are", async () => {
    await mustSucceed(importing("CampaignStatus", "teaser-status", "1000250"));
    await mustSucceed(importing("Campaign", "teaser", "1000250"));
    const byType = new Map((await stack.resources()).map(({ type, inputs }) => [type, inputs]));
    expect(byType.get("hood:index:CampaignStatus")).to.include({ status: "running", campaignId: "1000250" });
    expect(byType.get("hood:index:Campaign")).to.include({ name: "Teaser" });
    await stack.write(program({}));
    await mustSucceed(stack.up());
    expect(posts()).to.deep.equal([]);
  });

  it("knows in the preview what an output will be", async () => {
    const outputs = { outcome: `\${spring-sale.outcome}`, when: `\${spring-sale.canceledAt}` };
    await stack.write(program({ "spring-sale": cancellation("1000248") }, { outputs }));
    const { stdout } = await mustSucceed(stack.run(["preview", "--diff"]));
    expect(stdout).to.match(/outcome\s*: "canceled"/);
    expect(hood.campaign("1000248").status).to.equal("running");
  });

  it("tells what it has to say on the resource's own row", async () => {
    await mustSucceed(stack.up());
    await stack.write(program({}));
    const { stdout } = await mustSucceed(stack.up());
    const [, row = ""] = stdout.split("Diagnostics:\n");
    expect(row).to.match(/hood:index:CampaignCancellation \(spring-sale\):\n\s+warning: Removed campaign 1000248/);
  });

  it("gives a detailed diff of each kind of change, none of which replaces", async () => {
    hood.setStatus("1000250", "running");
    const args = { campaignId: "1000250", status: "paused", expectedName: "Teaser" };
    const declared = (more: object) =>
      program({ teaser: { type: "hood:CampaignStatus", properties: { ...args, ...more } } });
    await stack.write(declared({}));
    await mustSucceed(stack.up());
    const diffOf = async (): Promise<unknown> => {
      const { stdout } = await mustSucceed(stack.run(["preview", "--json"]));
      const steps: { op: string; urn: string; detailedDiff?: unknown }[] = JSON.parse(stdout).steps;
      const step = steps.find(({ urn }) => urn.endsWith("::teaser"));
      return { op: step?.op, ...(step?.detailedDiff as object) };
    };
    await stack.write(declared({ reason: "Stock" }));
    expect(await diffOf()).to.deep.equal({ op: "update", reason: { kind: "add", inputDiff: false } });
    await stack.write(declared({ expectedName: undefined }));
    expect(await diffOf()).to.deep.equal({ op: "update", expectedName: { kind: "delete", inputDiff: false } });
    await stack.write(declared({ status: "running" }));
    expect(await diffOf()).to.deep.equal({ op: "update", status: { kind: "update", inputDiff: false } });
    await stack.write(declared({}));
    hood.setStatus("1000250", "running");
    await mustSucceed(stack.run(["refresh", "--yes", "--skip-preview"]));
    expect(await diffOf()).to.deep.equal({ op: "update", currentStatus: { kind: "update", inputDiff: false } });
    await stack.write(program({}));
    await mustSucceed(stack.up());
  });

  it("lets no two resources manage one campaign", async () => {
    const pause = { type: "hood:CampaignStatus", properties: { campaignId: "1000250", status: "paused" } };
    await stack.write(program({ "pause-it": pause, "end-it": cancellation("1000250") }));
    const refused = await stack.preview();
    expect(refused.code).to.not.equal(0);
    expect(refused.stdout).to.match(
      /Campaign(Status "pause-it"|Cancellation "end-it") and .* both manage the status of campaign 1000250/,
    );
    expect(posts()).to.deep.equal([]);
  });

  it("keeps a secret that a program gives it", async () => {
    hood.setStatus("1000250", "running");
    const reason = { "fn::secret": "Known to the board only" };
    const properties = { campaignId: "1000250", status: "paused", reason };
    await stack.write(program({ teaser: { type: "hood:CampaignStatus", properties } }));
    const ran = [await mustSucceed(stack.run(["preview", "--diff"])), await mustSucceed(stack.up())];
    ran.push(await mustSucceed(stack.run(["refresh", "--yes", "--skip-preview"])));
    ran.push(await mustSucceed(stack.run(["stack", "export"])));
    for (const { stdout, stderr } of ran) expect(stdout + stderr).to.not.contain("board only");
    expect(hood.requests.some(({ body }) => body?.includes("Known to the board only"))).to.equal(true);
    await stack.write(program({}));
    await mustSucceed(stack.up());
  });

  it("answers lookups", async () => {
    const variables = {
      found: { "fn::invoke": { function: "hood:getCampaigns", arguments: { status: ["canceled"], sort: "name" } } },
      one: { "fn::invoke": { function: "hood:getCampaign", arguments: { id: "1000250" } } },
    };
    const outputs = { first: `\${found.campaigns[0].name}`, name: `\${one.name}` };
    await stack.write(program({}, { variables, outputs }));
    await mustSucceed(stack.up());
    const { stdout } = await mustSucceed(stack.run(["stack", "output", "--json"]));
    expect(JSON.parse(stdout)).to.deep.equal({ first: "Old offer", name: "Teaser" });
  });
});

describe("Two accounts in one program", function () {
  this.timeout(120_000);
  const SECOND = "second-account-token-42";

  it("have each their own token and pace, whatever the environment holds, and the tokens stay secrets", async () => {
    const [first, second] = await Promise.all(
      [TOKEN, SECOND].map((token) =>
        startSimulator({ token, campaigns: [{ id: "1", name: "Sale", status: "running" }], rateLimit: "2/1s,60/60s" }),
      ),
    );
    if (!first || !second) throw new Error("There are two accounts.");
    const provider = (endpoint: string, token: object) => ({
      type: "pulumi:providers:hood",
      properties: { endpoint, token, rateLimit: "2/1s,60/60s" },
    });
    const on = (name: string): Declared => ({ ...cancellation("1"), options: { provider: `\${${name}}` } });
    const stack = await openPluginStack(
      program({
        // Not the engine's own, whatever it may look like.
        default_one: provider(first.url, { "fn::secret": TOKEN }),
        two: provider(second.url, { "fn::secret": SECOND }),
        "sale-one": on("default_one"),
        "sale-two": on("two"),
      }),
      { HOOD_TOKEN: "token-of-the-environment", HOOD_ENDPOINT: "http://127.0.0.1:1" },
    );
    try {
      const preview = await mustSucceed(stack.run(["preview", "--diff"]));
      const up = await mustSucceed(stack.up());
      const { stdout: state } = await mustSucceed(stack.run(["stack", "export"]));
      for (const hood of [first, second]) expect(hood.campaign("1").status).to.equal("canceled");
      for (const text of [preview.stdout, preview.stderr, up.stdout, up.stderr, state]) {
        expect(text).to.not.contain(TOKEN).and.not.contain(SECOND);
      }
      expect(preview.stdout).to.match(/token\s*: \[secret\]/);
    } finally {
      await stack.remove();
      await Promise.all([first.close(), second.close()]);
    }
  });
});
