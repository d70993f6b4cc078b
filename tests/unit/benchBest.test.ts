import { expect } from "chai";
import fc from "fast-check";
import { bestTimes } from "../../bench/best";

describe("The best that fixed windows allow", () => {
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
