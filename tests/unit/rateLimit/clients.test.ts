import { expect } from "chai";
import { counted, type Estimate, fuller, joined, nobody } from "../../../provider/hood/rateLimit/state";

/** After so many seconds in which this process and the others sent so many each. */
function shared(own: number, others: number, seconds: number): Estimate {
  let estimate = nobody;
  for (let second = 0; second < seconds; second++) estimate = counted(estimate, { own, others }, 1);
  return estimate;
}

describe("how many clients share the account", () => {
  it("is one as long as hardly anybody else is seen", () => {
    expect(shared(10, 0, 5)).to.include({ clients: 1 });
    expect(counted(nobody, { own: 9, others: 0.39 }, 1).clients).to.equal(1);
    expect(counted(nobody, { own: 9, others: 0.4 }, 1).clients).to.be.above(1.1);
  });

  for (const [own, others, clients] of [
    [5, 5, 1 / 0.43],
    [2.5, 7.5, 1 / 0.23],
    [1, 9, 1 / 0.11],
    [9, 1, 1 / 0.75],
    [0, 10, 20],
  ] as const) {
    it(`is ${clients.toFixed(2)} if this one sends ${own} and the others ${others} of each second`, () => {
      expect(shared(own, others, 30).clients).to.be.closeTo(clients, 0.001);
    });
  }

  it("counts a part of a second for what would have come of the whole", () => {
    expect(counted(nobody, { own: 5, others: 2 }, 0.4).clients).to.be.closeTo(1 / 0.43, 0.001);
  });

  it("forgets the past by a quarter with each second, and faster if nobody else is seen until late in it", () => {
    const estimate: Estimate = { clients: 3, windows: 4, others: 8, own: 12 };
    expect(counted(estimate, { own: 2, others: 1 }, 0.5)).to.deep.include({ windows: 3.5, others: 7, own: 10 });
    for (const [others, part, left] of [
      [0, 0.61, 6 * 0.4],
      [0, 0.6, 6],
      [1, 0.9, 7],
    ] as const)
      expect(counted(estimate, { own: 2, others }, part).others).to.be.closeTo(left, 1e-9);
  });

  for (const [what, before, own, others, clients] of [
    ["to two at least", nobody, 4, 1, 2],
    ["by what they used beside this process", nobody, 3, 6, 3],
    ["to twenty at most", nobody, 0, 9, 20],
    ["and never falls", { ...nobody, clients: 17 }, 1, 9, 17],
    ["or doesn't, if none is there", nobody, 4, 0, 1],
    ["by less if nobody was there before", { ...nobody, windows: 1 }, 4, 1, 1.25],
  ] as const) {
    it(`grows at once with the first others, ${what}`, () =>
      expect(joined(before, { own, others }).clients).to.equal(clients));
  }

  it("grows by a half with each window that was fuller than expected, from two to twenty", () => {
    expect(fuller(nobody).clients).to.equal(2);
    expect(fuller({ ...nobody, clients: 3 }).clients).to.equal(3.5);
    expect(fuller({ ...nobody, clients: 19.8 }).clients).to.equal(20);
  });
});
