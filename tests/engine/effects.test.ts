import { expect } from "chai";
import { type Simulator, startSimulator } from "../../simulator";
import { descendantsOf, kill } from "../support/processTree";
import { mustSucceed, openStack, type Stack, TOKEN } from "./stack";

const PROGRAM = `new hood.CampaignCancellation("spring-sale", { campaignId: "1000248", reason: "Budget cut" });`;

describe("One effect on the real engine", function () {
  this.timeout(90_000);
  let hood: Simulator;
  let stack: Stack;

  beforeEach(async () => {
    hood = await startSimulator({
      token: TOKEN,
      campaigns: [
        { id: "1000248", name: "Spring sale", status: "running" },
        { id: "2", name: "Autumn sale", status: "running" },
      ],
    });
    stack = await openStack({ HOOD_ENDPOINT: hood.url, HOOD_TIMEOUT: "2s" });
    await stack.program(PROGRAM);
  });
  afterEach(async () => {
    await stack.remove();
    await hood.close();
  });

  const posts = () => hood.requests.filter(({ method }) => method === "POST");
  const effects = () => hood.requests.filter(({ effect }) => effect?.to === "canceled");
  const isCancel = ({ method }: { method: string }) => method === "POST";

  /** An update that is killed, with all its processes, as soon as so many calls have arrived. */
  async function killedUp(env: NodeJS.ProcessEnv, calls: number): Promise<void> {
    let cli = 0;
    const killed = stack.run(["up", "--yes", "--skip-preview"], { env, onStart: (id) => (cli = id) });
    while (posts().length < calls) await new Promise((resolve) => setTimeout(resolve, 20));
    const family = descendantsOf(cli);
    process.kill(cli, "SIGKILL");
    kill(family);
    await killed;
  }

  it("when the call succeeds but its answer is lost", async () => {
    hood.fault({ match: isCancel, fault: { kind: "drop", processed: true } });
    await mustSucceed(stack.up());
    expect(posts()).to.have.length(1);
    expect((await stack.resources())[0]?.outputs).to.include({ status: "canceled", outcome: "canceled" });
  });

  it("when a person cancels it between the look and the call", async () => {
    hood.fault({ match: isCancel, before: (account) => account.setStatus("1000248", "canceled") });
    await mustSucceed(stack.up());
    expect((await stack.resources())[0]?.outputs).to.include({ status: "canceled", outcome: "alreadyCanceled" });
    expect(effects()).to.deep.equal([]);
  });

  it("when engine and provider are killed between the call and the record", async () => {
    hood.fault({ match: isCancel, fault: { kind: "stall", processed: true } });
    await killedUp({ HOOD_TIMEOUT: "60s" }, 1);
    await mustSucceed(stack.run(["cancel", "--yes"]));
    expect(await stack.resources()).to.deep.equal([]);

    await mustSucceed(stack.up());
    expect(posts()).to.have.length(1);
    expect(effects()).to.have.length(1);
    expect((await stack.resources())[0]?.outputs).to.include({ status: "canceled", outcome: "alreadyCanceled" });
    await mustSucceed(stack.run(["preview", "--expect-no-changes"]));
  });

  it("when an update is killed that was to write its state only at its end", async () => {
    await stack.program(`
      const first = ${PROGRAM}
      new hood.CampaignCancellation("autumn-sale", { campaignId: "2", reason: "Budget cut" }, { dependsOn: first });`);
    hood.fault({ match: ({ path }) => path.endsWith("/2/cancel"), fault: { kind: "stall", processed: true } });
    await killedUp({ HOOD_TIMEOUT: "60s", PULUMI_EXPERIMENTAL: "true", PULUMI_SKIP_CHECKPOINTS: "true" }, 2);
    await mustSucceed(stack.run(["cancel", "--yes"]));
    expect(await stack.resources()).to.deep.equal([]);

    await mustSucceed(stack.up());
    expect(posts()).to.have.length(2);
    const outcomes = (await stack.resources()).map(({ outputs }) => outputs.outcome);
    expect(outcomes).to.deep.equal(["alreadyCanceled", "alreadyCanceled"]);
  });

  it("when nobody can tell, it is recorded as unfinished, and the next up finishes it", async () => {
    hood.fault({
      match: isCancel,
      fault: { kind: "drop", processed: true },
      before: (account) => account.expireTokens(),
    });
    const failed = await stack.up();
    expect(failed.code).to.not.equal(0);
    expect(failed.stdout + failed.stderr)
      .to.match(/It is unknown whether/)
      .and.to.not.match(/^\s+at /m);
    expect((await stack.resources())[0]?.outputs)
      .to.include({ status: "unknown" })
      .and.not.have.property("outcome");

    const restarted = await startSimulator({
      token: TOKEN,
      campaigns: [{ id: "1000248", name: "Spring sale", status: "canceled" }],
    });
    const env = { HOOD_ENDPOINT: restarted.url };
    await mustSucceed(stack.up({ env }));
    expect((await stack.resources())[0]?.outputs).to.include({ status: "canceled", outcome: "canceled" });
    expect(restarted.requests.filter(isCancel)).to.deep.equal([]);
    await mustSucceed(stack.run(["preview", "--expect-no-changes"], { env }));
    await restarted.close();
  });

  it("the token stays out of the state, except in the engine's encrypted copy of the config", async () => {
    await mustSucceed(stack.run(["config", "set", "--secret", "hood:token", TOKEN]));
    const { stdout, stderr } = await mustSucceed(
      stack.run(["up", "--yes", "--diff", "--logflow", "--logtostderr", "--verbose", "9"], { env: { HOOD_TOKEN: "" } }),
    );
    expect(hood.campaign("1000248").status).to.equal("canceled");
    expect(stdout + stderr).to.not.include(TOKEN);
    expect(await stack.stateText()).to.not.include(TOKEN);
    expect(hood.requests.every(({ authorized }) => authorized)).to.equal(true);
  });
});
