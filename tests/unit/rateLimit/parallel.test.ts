import { expect } from "chai";
import { Parallel } from "../../../provider/hood/rateLimit/parallel";

describe("how many requests may be on their way at once", () => {
  let parallel: Parallel;

  beforeEach(() => {
    parallel = new Parallel(8);
  });

  const send = (count: number, kind = "POST") => {
    for (let each = 0; each < count; each++) parallel.sent(kind);
  };
  /** One of those on their way is one too many. */
  function reject(sent: number, answered: number, times = 1, kind = "POST"): number {
    parallel.ended(kind);
    return parallel.rejected(kind, { sent, answered }, times);
  }
  const accept = (count: number, sent: number, kind = "POST") => {
    for (let each = 0; each < count; each++) parallel.accepted(kind, sent);
  };
  /** How many more may go out. */
  function free(): number {
    let count = 0;
    for (; !parallel.isFull; count++) parallel.sent("more");
    for (let each = 0; each < count; each++) parallel.ended("more");
    return count;
  }

  it("is the setting at first", () => {
    expect(free()).to.equal(8);
    send(5);
    expect(free()).to.equal(3);
    parallel.ended("POST");
    expect(free()).to.equal(4);
  });

  it("is halved, counted from those that were on their way, once for all that were sent before", () => {
    send(6);
    reject(0, 10);
    expect(free()).to.equal(0);
    reject(9, 20);
    reject(9, 20);
    expect(free()).to.equal(0);
    parallel.ended("POST");
    expect(free()).to.equal(1);
    reject(10, 30);
    parallel.ended("POST");
    expect(free(), "of one").to.equal(1);
  });

  it("is never less than one", () => {
    send(1);
    reject(0, 10);
    send(1);
    reject(20, 30);
    expect(free()).to.equal(1);
  });

  it("is raised by one with each 24 good answers that were sent since, up to the setting", () => {
    send(7);
    reject(0, 10);
    for (let each = 0; each < 6; each++) parallel.ended("POST");
    accept(100, 9);
    accept(23, 10);
    expect(free()).to.equal(3);
    accept(1, 10);
    expect(free()).to.equal(4);
    accept(23, 10);
    expect(free()).to.equal(4);
    accept(1_000, 10);
    expect(free()).to.equal(8);
  });

  it("counts good answers from the beginning after another rejection", () => {
    send(7);
    reject(0, 10);
    for (let each = 0; each < 6; each++) parallel.ended("POST");
    accept(23, 10);
    send(2);
    reject(20, 30);
    parallel.ended("POST");
    accept(1, 30);
    expect(free()).to.equal(1);
  });

  it("makes a request that is one too many alone pause, twice as long each time, up to half a minute", () => {
    const pauses = [1, 2, 3, 7, 8, 20].map((times) => {
      send(1);
      return reject(0, 10, times);
    });
    expect(pauses).to.deep.equal([250, 500, 1_000, 16_000, 30_000, 30_000]);
  });

  it("lets it go on without a pause as soon as another ends, once", () => {
    send(3);
    expect(reject(0, 10, 1)).to.equal(0);
    expect(reject(0, 20, 2)).to.equal(500);
  });

  it("makes all of its kind wait for as long as that happens in a row, and no others", () => {
    send(1);
    reject(0, 10);
    expect(parallel.opens("POST")).to.equal(260);
    expect(parallel.opens("GET")).to.equal(Number.NEGATIVE_INFINITY);
    send(2);
    expect(parallel.opens("POST"), "one is on its way").to.equal(Number.POSITIVE_INFINITY);
    parallel.ended("POST");
    reject(10, 20);
    expect(parallel.opens("POST")).to.equal(520);
    send(1);
    reject(19, 30);
    expect(parallel.opens("POST"), "sent together with the one before").to.equal(530);
    send(1);
    parallel.ended("POST");
    accept(1, 40);
    send(1);
    expect(parallel.opens("POST"), "after a good answer").to.equal(530);
  });
});
