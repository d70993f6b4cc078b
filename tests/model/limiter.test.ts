import { expect } from "chai";
import type { Clock } from "../../provider/hood/clock";
import { parseRateLimit } from "../../provider/hood/rateLimit/headers";
import { Limiter } from "../../provider/hood/rateLimit/limiter";
import type { Answer } from "../../provider/hood/transport";
import { type Outcome, type Paces, play, playAll, rows, summary } from "./limiterScenarios";

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

  it("starves nobody beside two that read no headers, nor them: each of the four is done after half of the time, on the average", async () => {
    const outcomes: Outcome[] = [];
    for (let seed = 1; seed <= ALIGNMENTS; seed++) {
      outcomes.push(await play({ clients: [100, 100, 100, 100] }, seed, (number, clock) => paced(clock, number < 2)));
    }
    // At 400 alignments, it is 0.88 and 0.90 for the two that read, and 0.51 and 0.52 for the two that don't.
    for (const client of [0, 1, 2, 3]) {
      const done = outcomes.reduce((sum, { finished }) => sum + (finished[client] ?? Number.NaN), 0) / ALIGNMENTS;
      expect(done).to.be.within(0.5, 1);
    }
    expect(summary(outcomes).median, "share of the best, median").to.be.at.least(0.9);
  });

  it("starves nobody: of four with as much to do, the first is done after more than a third of the time, on the average", async () => {
    const outcomes = await playAll({ clients: [100, 100, 100, 100] }, ALIGNMENTS);
    const first = outcomes.map(({ finished }) => Math.min(...finished));
    expect(first.reduce((sum, at) => sum + at, 0) / ALIGNMENTS).to.be.above(1 / 3);
  });
});

/** @param reads whether it reads the headers of answers. */
function paced(clock: Clock, reads: boolean): Paces {
  const limiter = new Limiter({ windows: parseRateLimit("10/1s,150/60s"), maxParallel: 10, clock });
  const without = ({ header, ...answer }: Answer): Answer => ({
    ...answer,
    header: (name) => (name.startsWith("x-ratelimit") ? null : header(name)),
  });
  return reads ? limiter : { run: (send) => limiter.run(async () => without(await send())) };
}

/** Without headers, nobody overruns a window by requests of its own. */
function expectNoOverrun(outcomes: readonly Outcome[], clients: number): void {
  if (clients > 1) return;
  for (const { overruns, setup } of outcomes) expect(overruns, JSON.stringify(setup)).to.equal(0);
}
