import { expect } from "chai";
import { intersect } from "../../../provider/hood/rateLimit/interval";
import { Roundings, WindowStart } from "../../../provider/hood/rateLimit/windowStart";

const MINUTE = 60_000;

/** An account whose minute ends at `end`, asked at `sent` and heard `trip` later. */
function ask(start: WindowStart, end: number, sent: number, trip: number, round: (seconds: number) => number): void {
  const left = (end - (sent + trip / 2)) / 1_000;
  start.learnLeft(sent, sent + trip, { value: round(left) * 1_000, unit: 1_000 });
}

describe("the start of a window", () => {
  let roundings: Roundings;
  let minute: WindowStart;

  beforeEach(() => {
    roundings = new Roundings();
    minute = new WindowStart(MINUTE, roundings);
  });

  it("is unknown at first: a request counts for a whole length of the window", () => {
    expect(minute.interval).to.equal(undefined);
    expect(minute.clears(500, Number.POSITIVE_INFINITY)).to.be.within(60_500, 60_510);
  });

  it("lies within a second on either side of what one answer reports", () => {
    ask(minute, 20_300, 0, 10, Math.ceil);
    expect(minute.interval?.from).to.be.within(19_900, 20_300);
    expect(minute.interval?.to).to.be.within(20_300, 22_100);
  });

  for (const [name, round] of [
    ["up", Math.ceil],
    ["down", Math.floor],
    ["to the nearest", Math.round],
  ] as const) {
    it(`always lies in the interval if the account rounds ${name}`, () => {
      for (let sent = 0; sent < 58_000; sent += 1_337) {
        ask(minute, 58_800, sent, 40, round);
        expect(minute.interval?.from, `at ${sent}`).to.be.at.most(58_800);
        expect(minute.interval?.to, `at ${sent}`).to.be.at.least(58_800);
      }
    });
  }

  it("is known to the way there and back after answers at the right moments", () => {
    roundings.refute("down");
    roundings.refute("nearest");
    for (const sent of [9_900, 10_299, 11_250, 12_310]) ask(minute, 20_305, sent, 10, Math.ceil);
    const interval = minute.interval;
    expect((interval?.to ?? 0) - (interval?.from ?? 0)).to.be.below(50);
  });

  it("can't be rounded up if a Reset is 0", () => {
    minute.learnLeft(0, 10, { value: 0, unit: 1_000 });
    minute.learnLeft(100, 110, { value: 60_000, unit: 1_000 });
    minute.learnLeft(900, 910, { value: 59_000, unit: 1_000 });
    expect([...roundings.possible]).not.to.include("up");
  });

  it("is known at once if the Reset has decimals", () => {
    minute.learnLeft(0, 10, { value: 20_000, unit: 1 });
    expect(minute.interval?.from).to.be.within(19_995, 20_000);
    expect(minute.interval?.to).to.be.within(20_010, 20_015);
  });

  it("gets less certain with each period, since clocks drift apart", () => {
    minute.learnBetween({ from: 1_000, to: 1_010 });
    const later = minute.first("from", 10 * MINUTE);
    expect(later?.from).to.be.below(10 * MINUTE + 1_000);
    expect(later?.to).to.be.above(10 * MINUTE + 1_010);
  });

  it("frees the place of a request only when it has certainly passed since the answer", () => {
    minute.learnBetween({ from: 1_000, to: 1_200 });
    expect(minute.clears(900, Number.POSITIVE_INFINITY)).to.equal(1_200);
    expect(minute.clears(1_100, Number.POSITIVE_INFINITY)).to.be.above(61_000);
  });

  it("frees the place of one that was answered within the uncertain time if its own Reset showed its window", () => {
    minute.learnBetween({ from: 1_000, to: 1_200 });
    expect(minute.clears(1_100, 2_100)).to.equal(1_200);
  });

  it("can't lie where it is known not to", () => {
    expect(minute.mayLieIn({ from: 0, to: 10 })).to.equal(true);
    minute.learnBetween({ from: 1_000, to: 1_200 });
    expect(minute.mayLieIn({ from: 1_300, to: 60_900 })).to.equal(false);
    expect(minute.mayLieIn({ from: 1_100, to: 1_150 })).to.equal(true);
    expect(minute.mayLieIn({ from: 1_300, to: 61_100 })).to.equal(true);
  });

  it("is unknown again when every rounding is refuted: a clock was set", () => {
    minute.learnLeft(0, 10, { value: 20_000, unit: 1 });
    minute.learnLeft(100, 110, { value: 45_000, unit: 1 });
    expect(minute.interval).to.equal(undefined);
    expect([...roundings.possible]).to.have.members(["up", "nearest", "down"]);
    minute.learnLeft(200, 210, { value: 44_900, unit: 1 });
    expect(minute.interval?.from).to.be.within(45_095, 45_100);
  });

  it("lies in the narrower of two intervals that meet in two places of a period", () => {
    const narrower = { from: 500, to: 1_150 };
    expect(intersect({ from: 0, to: 700 }, narrower, 1_000)).to.equal(narrower);
  });
});
