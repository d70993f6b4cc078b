import { expect } from "chai";
import { Ceiling } from "../../provider/hood/limiter/ceiling";

/** Good answers until the ceiling rises. */
function rise(ceiling: Ceiling): number {
  const before = ceiling.value;
  for (let answers = 1; answers < 10_000; answers++) {
    ceiling.good();
    if (ceiling.value > before) return answers;
  }
  throw new Error("It never rises.");
}

describe("limiter: a number that Hood complains about", () => {
  it("falls to what was borne, and never below 1", () => {
    const ceiling = new Ceiling(10);
    ceiling.lower(4, 0, 10);
    expect(ceiling.value).to.equal(4);
    ceiling.lower(0, 20, 30);
    expect(ceiling.value).to.equal(1);
  });

  it("rises by one after a long run of good answers, up to where it began", () => {
    const ceiling = new Ceiling(3);
    ceiling.lower(2, 0, 10);
    expect(rise(ceiling)).to.be.at.least(30);
    expect(ceiling.value).to.equal(3);
    for (let answers = 0; answers < 1_000; answers++) ceiling.good();
    expect(ceiling.value).to.equal(3);
  });

  it("rises later after each new complaint, so that complaints get rare", () => {
    const ceiling = new Ceiling(10);
    ceiling.lower(5, 0, 10);
    const first = rise(ceiling);
    ceiling.lower(5, 20, 30);
    expect(rise(ceiling)).to.equal(2 * first);
  });

  it("takes the complaints about requests that were sent together for one", () => {
    const once = new Ceiling(10);
    once.lower(5, 0, 10);
    const together = new Ceiling(10);
    for (const borne of [7, 6, 5]) together.lower(borne, 0, 10);
    expect(together.value).to.equal(5);
    expect(rise(together)).to.equal(rise(once));
  });
});
