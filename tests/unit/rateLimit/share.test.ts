import { expect } from "chai";
import { Allowance } from "../../../provider/hood/rateLimit/share";

/** Good answers until the allowance rises. */
function rise(allowance: Allowance): number {
  const before = allowance.value;
  for (let answers = 1; answers < 10_000; answers++) {
    allowance.good();
    if (allowance.value > before) return answers;
  }
  throw new Error("It never rises.");
}

describe("how many requests of this process a window takes beside those of others", () => {
  it("falls to what the window took, and never below half of its limit", () => {
    const allowance = new Allowance(10);
    allowance.lower(7, 0, 10);
    expect(allowance.value).to.equal(7);
    allowance.lower(0, 20, 30);
    expect(allowance.value).to.equal(5);
  });

  it("rises by a tenth of a large window at a time", () => {
    const allowance = new Allowance(75);
    allowance.lower(40, 0, 10);
    rise(allowance);
    expect(allowance.value).to.equal(48);
  });

  it("rises by one after a long run of good answers, up to where it began", () => {
    const allowance = new Allowance(3);
    allowance.lower(2, 0, 10);
    expect(rise(allowance)).to.be.at.least(30);
    expect(allowance.value).to.equal(3);
    for (let answers = 0; answers < 1_000; answers++) allowance.good();
    expect(allowance.value).to.equal(3);
  });

  it("rises later after each new 429, so that 429s get rare", () => {
    const allowance = new Allowance(10);
    allowance.lower(5, 0, 10);
    const first = rise(allowance);
    allowance.lower(5, 20, 30);
    expect(rise(allowance)).to.equal(2 * first);
  });

  it("counts the 429s to requests that were sent together as one", () => {
    const once = new Allowance(10);
    once.lower(5, 0, 10);
    const together = new Allowance(10);
    for (const taken of [7, 6, 5]) together.lower(taken, 0, 10);
    expect(together.value).to.equal(5);
    expect(rise(together)).to.equal(rise(once));
  });
});
