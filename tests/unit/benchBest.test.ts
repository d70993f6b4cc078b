import { expect } from "chai";
import fc from "fast-check";
import { bestTimes } from "../../bench/best";

/** The start of a minute. */
const MINUTE = Date.UTC(2026, 2, 2, 10, 0, 0);
const windows = [
  { limit: 10, length: 1_000 },
  { limit: 150, length: 60_000 },
];

/** The last of 280, in seconds since the start of the minute. */
function last(second: number, before: readonly number[] = [], count = 280): number {
  const arrivals = Array<number>(count).fill(MINUTE + second * 1_000);
  return ((bestTimes(windows, arrivals, before).at(-1) ?? 0) - MINUTE) / 1_000;
}

describe("The best that fixed windows allow", () => {
  it("sends everything at once where there is room", () => {
    expect(last(20.3, [], 10)).to.equal(20.3);
  });

  it("goes on at the next whole second, not a second later", () => {
    expect(last(20.3, [], 11)).to.equal(21);
    expect(last(20.3, [], 21)).to.equal(22);
  });

  it("spends this minute's 150 in 15 s, and the rest from the next minute on", () => {
    expect(last(0, [], 150)).to.equal(14);
    expect(last(0)).to.equal(72);
  });

  it("crosses into the next minute without a pause where this one isn't used up", () => {
    expect(last(50, [], 250)).to.equal(60 + 14);
    expect(last(50)).to.equal(120 + 2);
  });

  it("counts what came before in the same minute, and nothing older", () => {
    const before = Array.from({ length: 20 }, (_, index) => MINUTE + 1_000 + index * 100);
    expect(last(10, before, 130)).to.equal(10 + 12);
    expect(last(10, before, 131)).to.equal(60);
    const minuteBefore = before.map((at) => at - 60_000);
    expect(last(10, minuteBefore, 150)).to.equal(10 + 14);
  });

  it("counts what came before in the same second", () => {
    expect(last(20.5, [MINUTE + 20_100, MINUTE + 20_200], 8)).to.equal(20.5);
    expect(last(20.5, [MINUTE + 20_100, MINUTE + 20_200], 9)).to.equal(21);
  });

  it("overruns no window, and moves no request that could have gone out earlier", () => {
    const anyWindow = fc.record({ limit: fc.integer({ min: 1, max: 5 }), length: fc.integer({ min: 1, max: 40 }) });
    fc.assert(
      fc.property(
        fc.array(anyWindow, { minLength: 1, maxLength: 3 }),
        fc.nat(200),
        fc.array(fc.nat(200), { maxLength: 5 }),
        fc.integer({ min: 1, max: 20 }),
        (some, start, offsets, count) => {
          const asked = offsets.map((offset) => start - offset);
          const before = bestTimes(some, asked).filter((time) => time <= start);
          const times = bestTimes(some, Array<number>(count).fill(start), before);
          const room = (moment: number, earlier: readonly number[]) =>
            some.every(({ limit, length }) => {
              const window = (time: number) => Math.floor(time / length);
              return earlier.filter((time) => window(time) === window(moment)).length < limit;
            });
          expect(times).to.have.length(count);
          times.forEach((time, index) => {
            const earlier = [...before, ...times.slice(0, index)];
            expect(room(time, earlier)).to.equal(true);
            for (let moment = start; moment < time; moment++) expect(room(moment, earlier)).to.equal(false);
          });
        },
      ),
    );
  });
});
