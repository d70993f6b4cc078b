import { expect } from "chai";
import {
  type Interval,
  intersect,
  meet,
  middle,
  moved,
  next,
  slidBy,
  widened,
  width,
} from "../../../provider/hood/rateLimit/window";

const interval = (from: number, to: number): Interval => ({ from, to });
/** Clocks drift by a tenth of a millisecond each second. */
const DRIFT = 0.1;

describe("an interval in which a moment lies", () => {
  it("has a width and a middle", () => {
    expect([width(interval(100, 140)), middle(interval(100, 140))]).to.deep.equal([40, 120]);
  });

  it("is what two of them have in common, a single moment too, or nothing", () => {
    expect(intersect(interval(0, 100), interval(60, 200))).to.deep.equal(interval(60, 100));
    expect(intersect(interval(60, 200), interval(0, 100))).to.deep.equal(interval(60, 100));
    expect(intersect(interval(0, 100), interval(100, 200))).to.deep.equal(interval(100, 100));
    expect(intersect(interval(0, 100), interval(101, 200))).to.equal(undefined);
  });

  it("is less exact the further away it is moved, back too, since clocks drift", () => {
    expect(moved(interval(100, 140), 1_000, 0)).to.deep.equal(interval(100, 140));
    expect(moved(interval(100, 140), 1_000, 2)).to.deep.equal(interval(2_100 - 2 * DRIFT, 2_140 + 2 * DRIFT));
    expect(moved(interval(100, 140), 1_000, -1)).to.deep.equal(interval(-900 - DRIFT, -860 + DRIFT));
    expect(slidBy(1_000)).to.be.closeTo(1_000 + DRIFT, 1e-9);
  });

  it("returns next when it may not have passed yet", () => {
    expect(next(interval(100, 140), 1_000, 139)).to.deep.equal(interval(100, 140));
    expect(next(interval(100, 140), 1_000, 140)).to.deep.equal(interval(1_100 - DRIFT, 1_140 + DRIFT));
    expect(next(interval(2_100, 2_140), 1_000, 500).from).to.be.closeTo(1_100, 2 * DRIFT);
  });

  it("meets another one of a moment that returns, whole periods later or earlier", () => {
    expect(meet(interval(100, 200), interval(3_150, 3_400), 1_000)).to.deep.equal(interval(3_150, 3_200 + 3 * DRIFT));
    expect(meet(interval(3_100, 3_200), interval(50, 150), 1_000)).to.deep.equal(interval(100 - 3 * DRIFT, 150));
    expect(meet(interval(0, 400), interval(950, 960), 1_000)).to.equal(undefined);
    expect(meet(interval(0, 400), interval(1_380, 1_700), 1_000)).to.deep.equal(interval(1_380, 1_400 + DRIFT));
    expect(meet(interval(900, 1_000), interval(1_700, 1_950), 1_000)).to.deep.equal(interval(1_900 - DRIFT, 1_950));
  });

  it("meets another one where the two are nearest, if they meet in two places of one period", () => {
    expect(meet(interval(0, 900), interval(850, 1_150), 1_000)).to.deep.equal(interval(1_000 - DRIFT, 1_150));
  });

  it("is widened about its middle, and never narrowed", () => {
    expect(widened(interval(100, 110), 20)).to.deep.equal(interval(95, 115));
    expect(widened(interval(100, 140), 20)).to.deep.equal(interval(100, 140));
  });
});
