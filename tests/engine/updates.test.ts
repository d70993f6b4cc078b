import { expect } from "chai";
import { type Simulator, startSimulator } from "../../simulator";
import { until } from "../support/testAccount";
import type { Declared, Program } from "./program";
import { type Host, mustFail, mustSucceed, openStack, type Stack, TOKEN } from "./stack";

const WAITING = /\d+ done, \d+ waiting for the account's rate limit until \d\d:\d\d:\d\d UTC \(\d s\)/;
const UP = ["up", "--yes", "--skip-preview", "--parallel", "200"];
const range = (from: number, count: number) => Array.from({ length: count }, (_, index) => String(from + index));
const cancellation = (campaignId: string): Declared => ({
  type: "CampaignCancellation",
  args: { campaignId, reason: "Budget cut" },
});
const cancellations = (ids: readonly string[]): Program =>
  Object.fromEntries(ids.map((id) => [`end-${id}`, cancellation(id)]));

describe("An update on the real engine", function () {
  this.timeout(120_000);
  let hood: Simulator;
  const stacks: Stack[] = [];

  afterEach(async () => {
    for (const stack of stacks.splice(0)) await stack.remove();
    await hood?.close();
  });

  /** An account with these campaigns, which run. */
  const account = async (ids: readonly string[], more: object = {}) => {
    const campaigns = ids.map((id) => ({ id, name: `Campaign ${id}`, status: "running" }));
    hood = await startSimulator({ token: TOKEN, campaigns, ...more });
  };
  const open = async (host: Host, settings: NodeJS.ProcessEnv = {}): Promise<Stack> => {
    const stack = await openStack(host, { HOOD_ENDPOINT: hood.url, ...settings });
    stacks.push(stack);
    return stack;
  };
  const posts = () => hood.requests.filter(({ method }) => method === "POST");
  const ended = () => posts().flatMap(({ effect }) => (effect?.to === "canceled" ? effect.campaignId : []));

  it("shares the account's windows with another stack's, and says how many are done and how long they wait", async () => {
    // Each has more than two windows' worth: one that the other leaves alone has to wait long enough for a line too.
    const ids = [range(1_000, 20), range(2_000, 20)] as const;
    await account(ids.flat(), { rateLimit: "8/3s" });
    const settings = { HOOD_RATE_LIMIT: "8/3s" };
    const [one, two] = [await open("npm classes", settings), await open("plugin", settings)];
    await one.declare(cancellations(ids[0]));
    await two.declare(cancellations(ids[1]));
    const ran = await Promise.all([one, two].map((stack) => mustSucceed(stack.run(UP))));
    for (const { stdout } of ran) expect(stdout).to.match(WAITING);
    expect(ended()).to.have.members(ids.flat()).and.have.length(40);
    for (const [index, stack] of [one, two].entries()) {
      const resources = await stack.resources();
      expect(resources.map(({ id }) => id)).to.have.members(ids[index] ?? []);
      for (const { outputs } of resources) expect(outputs).to.include({ status: "canceled" });
    }
  });

  it("gives up at a Ctrl-C what waits, records all that happened, and the next one goes on from there", async () => {
    const ids = range(1, 40);
    await account(ids, { latency: 50, rateLimit: "10/1s" });
    const stack = await open("plugin", { HOOD_RATE_LIMIT: "10/1s" });
    await stack.declare(cancellations(ids));
    let pid = 0;
    const up = stack.run(UP, { onStart: (started) => (pid = started) });
    await until(() => ended().length >= 12);
    process.kill(pid, "SIGINT");
    const signalled = Date.now();
    const said = await mustFail(up);
    expect(said).to.contain("stopped before its turn came").and.contain("Run the same command again");
    // As many as may be on their way at once.
    expect(posts().filter(({ at }) => at > signalled).length).to.be.at.most(10);
    expect(ended().length).to.be.below(ids.length);
    expect((await stack.resources()).map(({ id }) => id)).to.have.members(ended());
    await mustSucceed(stack.run(UP));
    expect(ended()).to.have.members(ids).and.have.length(ids.length);
  });

  it("that is held to the plan of a preview does that, or nothing", async () => {
    await account(["1", "2", "3"]);
    const stack = await open("plugin");
    const program: Program = {
      sale: cancellation("1"),
      terms: { type: "CampaignStatus", args: { campaignId: "2", status: "paused" } },
      made: { type: "Campaign", args: { name: "Made", draft: true } },
    };
    const upByPlan = () => stack.run(["up", "--yes", "--plan", "plan.json"]);
    await stack.declare(program);
    await mustSucceed(stack.run(["preview", "--save-plan", "plan.json"]));
    await stack.declare({ other: cancellation("3"), ...program });
    expect(await mustFail(upByPlan())).to.contain("create is not allowed by the plan");
    await stack.declare(program);
    hood.setStatus("1", "paused");
    const violated = /violates plan: properties changed: \+\+previousStatus\[\{running\}!=\{paused\}\]/;
    expect(await mustFail(upByPlan())).to.match(violated);
    expect(posts()).to.deep.equal([]);
    hood.setStatus("1", "running");
    await mustSucceed(upByPlan());
    expect(posts()).to.have.length(3);
  });
});
