import { expect } from "chai";
import { startSimulator } from "../../simulator";
import { until } from "../support/testAccount";
import { openPluginStack } from "./pluginStack";
import { mustSucceed, TOKEN } from "./stack";

const COUNT = 100;
const MOST_PARALLEL = 10;

/** Cancellations of so many campaigns, in YAML; what is JSON is YAML too. */
function program(): Record<string, string> {
  const resources = Object.fromEntries(
    Array.from({ length: COUNT }, (_, index) => [
      `sale-${index}`,
      { type: "hood:CampaignCancellation", properties: { campaignId: String(index + 1), reason: "Budget cut" } },
    ]),
  );
  return { "Pulumi.yaml": JSON.stringify({ name: "test", runtime: "yaml", resources }) };
}

describe("Ctrl-C while cancellations wait", function () {
  this.timeout(240_000);

  it("gives up what waits, records all that happened, and the next up goes on from there", async () => {
    const campaigns = Array.from({ length: COUNT }, (_, index) => ({ id: String(index + 1), status: "running" }));
    const hood = await startSimulator({ token: TOKEN, campaigns, latency: 50 });
    const stack = await openPluginStack(program(), { HOOD_ENDPOINT: hood.url, HOOD_MAX_CANCELLATIONS: "100" });
    const posts = () => hood.requests.filter(({ method }) => method === "POST");
    const ended = () => [...hood.campaigns.values()].filter(({ status }) => status === "canceled");
    try {
      let pid = 0;
      const args = ["up", "--yes", "--skip-preview", "--parallel", "200"];
      const up = stack.run(args, { onStart: (started) => (pid = started) });
      await until(() => ended().length >= 15);
      process.kill(pid, "SIGINT");
      const signalled = Date.now();
      const { code, stdout } = await up;
      expect(code).to.not.equal(0);
      expect(stdout).to.contain("stopped before its turn came").and.contain("Run the same command again");

      const before = posts().filter(({ at }) => at <= signalled).length;
      expect(posts().length - before).to.be.at.most(MOST_PARALLEL);
      expect(ended().length).to.be.below(COUNT);
      const recorded = (await stack.resources()).map(({ id }) => id);
      expect(recorded).to.have.members(ended().map(({ id }) => id));

      await mustSucceed(stack.run(args));
      expect(ended()).to.have.length(COUNT);
      expect(posts().filter(({ effect }) => effect)).to.have.length(COUNT);
      await mustSucceed(stack.run(["preview", "--expect-no-changes"]));
    } finally {
      await stack.remove();
      await hood.close();
    }
  });
});
