import { expect } from "chai";
import { type Outcome, playAll, rows, summary } from "./limiterScenarios";

const ALIGNMENTS = 40;
const percent = (share: number) => `${(100 * share).toFixed(2)} %`;

describe(`the limiter on an account with fixed windows, ${ALIGNMENTS} alignments each, in virtual time`, function () {
  this.timeout(60_000);

  for (const { name, share, rejected, ...scenario } of rows) {
    it(`reaches ${share} of the best, and ${percent(rejected)} of 429: ${name}`, async () => {
      const outcomes = await playAll(scenario, ALIGNMENTS);
      const reached = summary(outcomes);
      expect(reached.median, "share of the best, median").to.be.at.least(share);
      expect(reached.rejected, "share of 429s").to.be.at.most(rejected);
      if (scenario.headers === "none") expectNoOverrun(outcomes, scenario.clients.length);
    });
  }

  it("starves nobody: of four with as much to do, the first is done after more than a third of the time, on the average", async () => {
    const outcomes = await playAll({ clients: [100, 100, 100, 100] }, ALIGNMENTS);
    const first = outcomes.map(({ finished }) => Math.min(...finished));
    expect(first.reduce((sum, at) => sum + at, 0) / ALIGNMENTS).to.be.above(1 / 3);
  });
});

/** Without headers, nobody overruns a window by requests of its own. */
function expectNoOverrun(outcomes: readonly Outcome[], clients: number): void {
  if (clients > 1) return;
  for (const { overruns, setup } of outcomes) expect(overruns, JSON.stringify(setup)).to.equal(0);
}
