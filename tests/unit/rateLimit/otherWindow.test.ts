import { expect } from "chai";
import { parseRateLimit, type Reported } from "../../../provider/hood/rateLimit/headers";
import { accepted, begin, ended, found as foundIn, type State, sent } from "../../../provider/hood/rateLimit/state";

/** An account whose answers come each 500 ms and report these, one after the other: [limit, seconds left]. */
function stateAfter(windows: string, reports: readonly (readonly [number, number | undefined])[], step = 500): State {
  let state = begin(parseRateLimit(windows), 10);
  for (const [number, [limit, seconds]] of reports.entries()) {
    const at = number * step;
    const left = seconds === undefined ? {} : { left: { value: seconds * 1_000, unit: 1_000 } };
    const reported: Reported = { limit, remaining: limit - 1, ...left };
    const exchange = { sent: at, answered: at + 10 };
    state = accepted(ended(sent(state, at, 0.5), exchange, 0.5), exchange, reported);
  }
  return state;
}

describe("an account whose windows aren't as configured", () => {
  const usual = "10/1s,150/60s";
  const limits = (state: State) => state.windows.map(({ window }) => window.limit);
  const found = (state: State) => foundIn(state).map(({ limit, configured }) => [limit, configured.limit]);

  it("is noticed as soon as a longer time is left than the shorter window lasts", () => {
    expect(found(stateAfter(usual, [[60, 17]]))).to.deep.equal([[60, 150]]);
    expect(found(stateAfter(usual, [[60, 1]]))).to.deep.equal([]);
    expect(found(stateAfter(usual, [[60, 60]]))).to.deep.equal([[60, 150]]);
    expect(found(stateAfter(usual, [[60, 2]]))).to.deep.equal([[60, 150]]);
  });

  it("is noticed by its second only after eight answers that show nothing longer, in more than three of them", () => {
    const three = (count: number) => Array.from({ length: count }, () => [3, 1] as const);
    expect(found(stateAfter(usual, three(7)))).to.deep.equal([]);
    expect(found(stateAfter(usual, three(8)))).to.deep.equal([[3, 10]]);
    expect(found(stateAfter(usual, three(30), 100))).to.deep.equal([]);
    expect(found(stateAfter(usual, three(32), 100))).to.deep.equal([[3, 10]]);
    const inTurns = three(7).flatMap((each) => [each, [4, 1] as const]);
    expect(found(stateAfter(usual, inTurns))).to.deep.equal([]);
    expect(found(stateAfter(usual, [...inTurns, [4, 1]]))).to.deep.equal([[4, 10]]);
    expect(found(stateAfter(usual, [[3, 0], ...three(1).map(() => [3, 0] as const), [3, 0], [3, 0]]))).to.deep.equal(
      [],
    );
  });

  it("is noticed at once if only one window is configured", () => {
    expect(found(stateAfter("150/60s", [[60, 1]]))).to.deep.equal([[60, 150]]);
  });

  it("is kept to if it allows less, and not if it allows more: that is for the settings", () => {
    expect(limits(stateAfter(usual, [[60, 17]]))).to.deep.equal([10, 60]);
    expect(limits(stateAfter(usual, [[700, 17]]))).to.deep.equal([10, 150]);
  });

  it("is told once for each limit", () => {
    const twice = [60, 17] as const;
    expect(found(stateAfter(usual, [twice, twice, [700, 12], twice, [700, 11]]))).to.deep.equal([[60, 150]]);
    expect(
      found(
        stateAfter(usual, [
          [700, 17],
          [700, 16],
          [700, 15],
        ]),
      ),
    ).to.deep.equal([[700, 150]]);
  });

  it("isn't known by a limit whose window was reported as configured, whose time left is missing, or longer than any", () => {
    expect(
      found(
        stateAfter(usual, [
          [150, 20],
          [60, 17],
        ]),
      ),
    ).to.deep.equal([]);
    expect(
      found(
        stateAfter(usual, [
          [60, undefined],
          [60, undefined],
        ]),
      ),
    ).to.deep.equal([]);
    expect(found(stateAfter(usual, [[60, 61]]))).to.deep.equal([]);
  });
});
