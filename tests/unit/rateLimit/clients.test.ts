import { expect } from "chai";
import { counted, type Estimate, fuller, isAlone, joined, nobody } from "../../../provider/hood/rateLimit/clients";

/** After so many seconds in which this process and the others sent so many each. */
function shared(own: number, others: number, seconds: number): Estimate {
  let estimate = nobody;
  for (let second = 0; second < seconds; second++) estimate = counted(estimate, others, 1, own);
  return estimate;
}

describe("how many clients share the account", () => {
  it("is one as long as hardly anybody else is seen", () => {
    expect(isAlone(nobody)).to.equal(true);
    expect(shared(10, 0, 5)).to.include({ clients: 1 });
    expect(counted(nobody, 0.39, 1, 9).clients).to.equal(1);
    expect(counted(nobody, 0.4, 1, 9).clients).to.be.above(1.1);
    expect(counted(nobody, -3, 1, 9).clients).to.equal(1);
    expect(isAlone({ ...nobody, clients: 1.24 })).to.equal(true);
    expect(isAlone({ ...nobody, clients: 1.25 })).to.equal(false);
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
    expect(counted(nobody, 2, 0.4, 5).clients).to.be.closeTo(1 / 0.43, 0.001);
  });

  it("forgets the past by a quarter with each second, and faster if nobody else is seen until late in it", () => {
    const estimate: Estimate = { clients: 3, others: 8, parts: 4, own: 12, windows: 4 };
    expect(counted(estimate, 1, 0.5, 2)).to.deep.include({ others: 7, parts: 3.5, own: 11, windows: 4 });
    expect(counted(estimate, 0, 0.61, 2).others).to.be.closeTo(6 * 0.4, 1e-9);
    expect(counted(estimate, 0, 0.6, 2).others).to.equal(6);
    expect(counted(estimate, 1, 0.9, 2).others).to.equal(7);
  });

  it("grows at once by what the first others used beside this process, to two at least and five at most", () => {
    expect(joined(nobody, 1, 4).clients).to.equal(2);
    expect(joined(nobody, 6, 3).clients).to.equal(3);
    expect(joined(nobody, 9, 1).clients).to.equal(5);
    expect(joined({ ...nobody, clients: 7 }, 9, 1).clients).to.equal(7);
    expect(joined(nobody, 0, 4)).to.equal(nobody);
    expect(joined({ ...nobody, parts: 1 }, 1, 4).clients).to.equal(1.25);
  });

  it("doesn't grow by others who are known for some time", () => {
    const known: Estimate = { clients: 2, others: 10, parts: 2, own: 10, windows: 2 };
    expect(joined(known, 9, 1)).to.equal(known);
    expect(joined({ ...known, others: 0.7 }, 9, 1).clients).to.equal(5);
    expect(joined({ ...known, parts: 1.9 }, 9, 1).clients).to.equal(5);
  });

  it("grows by a half with each window that was fuller than expected, from two to twenty", () => {
    expect(fuller(nobody).clients).to.equal(2);
    expect(fuller({ ...nobody, clients: 3 }).clients).to.equal(3.5);
    expect(fuller({ ...nobody, clients: 19.8 }).clients).to.equal(20);
  });
});
