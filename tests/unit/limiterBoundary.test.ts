import { expect } from "chai";
import { Boundary } from "../../provider/hood/rateLimit/boundary";
import { Roundings } from "../../provider/hood/rateLimit/rounding";
import { intersect } from "../../provider/hood/rateLimit/span";

const MINUTE = 60_000;

/** An account whose minute ends at `end`, asked at `sent` and heard `trip` later. */
function ask(boundary: Boundary, end: number, sent: number, trip: number, round: (seconds: number) => number): void {
  const left = (end - (sent + trip / 2)) / 1_000;
  boundary.learnLeft(sent, sent + trip, { value: round(left) * 1_000, unit: 1_000 });
}

describe("limiter: where a window begins", () => {
  let roundings: Roundings;
  let minute: Boundary;

  beforeEach(() => {
    roundings = new Roundings();
    minute = new Boundary(MINUTE, roundings);
  });

  it("is unknown at first: a request counts for a whole length", () => {
    expect(minute.span).to.equal(undefined);
    expect(minute.clears(500, Number.POSITIVE_INFINITY)).to.be.within(60_500, 60_510);
  });

  it("lies within a second on either side of what one answer tells", () => {
    ask(minute, 20_300, 0, 10, Math.ceil);
    expect(minute.span?.from).to.be.within(19_900, 20_300);
    expect(minute.span?.to).to.be.within(20_300, 22_100);
  });

  for (const [name, round] of [
    ["up", Math.ceil],
    ["down", Math.floor],
    ["to the nearest", Math.round],
  ] as const) {
    it(`always lies in the span when the account rounds ${name}`, () => {
      for (let sent = 0; sent < 58_000; sent += 1_337) {
        ask(minute, 58_800, sent, 40, round);
        expect(minute.span?.from, `at ${sent}`).to.be.at.most(58_800);
        expect(minute.span?.to, `at ${sent}`).to.be.at.least(58_800);
      }
    });
  }

  it("is known to the way there and back after answers at the right moments", () => {
    roundings.refute("down");
    roundings.refute("nearest");
    for (const sent of [9_900, 10_299, 11_250, 12_310]) ask(minute, 20_305, sent, 10, Math.ceil);
    const span = minute.span;
    expect((span?.to ?? 0) - (span?.from ?? 0)).to.be.below(50);
  });

  it("a Reset of 0 rules out rounding up", () => {
    minute.learnLeft(0, 10, { value: 0, unit: 1_000 });
    minute.learnLeft(100, 110, { value: 60_000, unit: 1_000 });
    minute.learnLeft(900, 910, { value: 59_000, unit: 1_000 });
    expect([...roundings.possible]).not.to.include("up");
  });

  it("decimals tell it at once", () => {
    minute.learnLeft(0, 10, { value: 20_000, unit: 1 });
    expect(minute.span?.from).to.be.within(19_995, 20_000);
    expect(minute.span?.to).to.be.within(20_010, 20_015);
  });

  it("gets less certain with each period, since clocks drift apart", () => {
    minute.learnBetween({ from: 1_000, to: 1_010 });
    const later = minute.first("from", 10 * MINUTE);
    expect(later?.from).to.be.below(10 * MINUTE + 1_000);
    expect(later?.to).to.be.above(10 * MINUTE + 1_010);
  });

  it("lets a request go only when a boundary has certainly passed since its answer", () => {
    minute.learnBetween({ from: 1_000, to: 1_200 });
    expect(minute.clears(900, Number.POSITIVE_INFINITY)).to.equal(1_200);
    expect(minute.clears(1_100, Number.POSITIVE_INFINITY)).to.be.above(61_000);
  });

  it("lets one that was answered within the uncertain time go when its own Reset told which window it was", () => {
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

  it("forgets all when every rounding is refuted: a clock was set", () => {
    minute.learnLeft(0, 10, { value: 20_000, unit: 1 });
    minute.learnLeft(100, 110, { value: 45_000, unit: 1 });
    expect(minute.span).to.equal(undefined);
    expect([...roundings.possible]).to.have.members(["up", "nearest", "down"]);
    minute.learnLeft(200, 210, { value: 44_900, unit: 1 });
    expect(minute.span?.from).to.be.within(45_095, 45_100);
  });

  it("two spans that meet in two places of a period leave the narrower", () => {
    const narrower = { from: 500, to: 1_150 };
    expect(intersect({ from: 0, to: 700 }, narrower, 1_000)).to.equal(narrower);
  });
});
