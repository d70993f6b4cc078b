import fc from "fast-check";
import { histories } from "./arbitraries";
import type { History } from "./history";
import { playInVirtualTime, virtualTime } from "./inVirtualTime";
import { BrokenPromise } from "./play";
import { describeHistory } from "./print";

const RUNS = Number(process.env.MODEL_RUNS ?? 200);
const SEED = Number(process.env.MODEL_SEED ?? 1_000_248);
/** Where in the seed's histories to begin, as a failure names it. */
const PATH = process.env.MODEL_PATH;
const STEPS = 12;
/** More real time than a history can need. */
const STUCK = 20_000;
/** For all histories together, and for making one shorter that failed. */
const LONGEST = 60_000 + RUNS * 500;

describe(`${RUNS} histories of edits, operations and faults`, function () {
  this.timeout(LONGEST + 2 * STUCK);
  virtualTime();

  it("keep every promise", async () => {
    const property = fc.asyncProperty(histories(STEPS), playInVirtualTime);
    const limits = { timeout: STUCK, interruptAfterTimeLimit: LONGEST, markInterruptAsFailure: true };
    const outcome = await fc.check(property, { seed: SEED, numRuns: RUNS, path: PATH, ...limits });
    if (outcome.failed) throw new Error(explain(outcome));
  });
});

function explain({
  counterexample,
  counterexamplePath,
  seed,
  numShrinks,
  errorInstance,
}: fc.RunDetails<[History]>): string {
  if (!counterexample) return `${RUNS} histories took more than ${LONGEST} ms.`;
  const { message } = errorInstance as Error;
  return [
    `a history breaks a promise (made shorter ${numShrinks} times).`,
    errorInstance instanceof BrokenPromise ? message : `${describeHistory(counterexample[0])}\n${message}`,
    `Again: MODEL_SEED=${seed} MODEL_PATH=${counterexamplePath} npx mocha dist/tests/model/model.test.js`,
  ].join("\n");
}
