import { expect } from "chai";
import { startSimulator } from "../../simulator";
import type { Program } from "./program";
import { mustSucceed, openStack, TOKEN } from "./stack";

const RATE_LIMIT = "8/3s";
const WAITING = /\d+ done, \d+ waiting for the account's rate limit until \d\d:\d\d:\d\d UTC \(\d s\)/;
const range = (from: number, count: number) => Array.from({ length: count }, (_, index) => String(from + index));
const program = (ids: readonly string[]): Program =>
  Object.fromEntries(
    ids.map((id) => [`end-${id}`, { type: "CampaignCancellation", args: { campaignId: id, reason: "Budget cut" } }]),
  );

describe("Many cancellations on the real engine", function () {
  this.timeout(120_000);

  it("of two stacks at once share the account's windows, and say how many are done and how long they wait", async () => {
    // Each has more than two windows' worth: one that the other leaves alone has to wait long enough for a line too.
    const [first, second] = [range(1_000, 20), range(2_000, 20)];
    const campaigns = [...first, ...second].map((id) => ({ id, name: `Campaign ${id}`, status: "running" }));
    const hood = await startSimulator({ token: TOKEN, rateLimit: RATE_LIMIT, campaigns });
    const settings = { HOOD_ENDPOINT: hood.url, HOOD_RATE_LIMIT: RATE_LIMIT };
    const [one, two] = [await openStack("npm classes", settings), await openStack("plugin", settings)];
    try {
      await one.declare(program(first));
      await two.declare(program(second));
      const up = ["up", "--yes", "--skip-preview", "--parallel", "64"];
      const ran = await Promise.all([one, two].map((stack) => mustSucceed(stack.run(up))));
      for (const { stdout } of ran) expect(stdout).to.match(WAITING);
      const effects = hood.requests.flatMap(({ effect }) => (effect?.to === "canceled" ? effect.campaignId : []));
      expect(effects)
        .to.have.members([...first, ...second])
        .and.have.length(40);
      for (const [stack, ids] of [
        [one, first],
        [two, second],
      ] as const) {
        const resources = await stack.resources();
        expect(resources.map(({ id }) => id)).to.have.members(ids);
        for (const { outputs } of resources) expect(outputs).to.include({ status: "canceled" });
      }
    } finally {
      for (const stack of [one, two]) await stack.remove();
      await hood.close();
    }
  });
});
