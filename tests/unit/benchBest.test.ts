import { expect } from "chai";
import fc from "fast-check";
import { bestTimes } from "../../bench/best";

/** The start of a minute. */
const MINUTE = Date.UTC(2026, 2, 2, 10, 0, 0);
const windows = [
  { limit: 10, length: 1_000 },
  { limit: 150, length: 60_000 },
];

/** When the last of so many goes out, in seconds since the start of the minute. */
function last(second: number, before: readonly number[], count: number): number {
  const arrivals = Array<number>(count).fill(MINUTE + second * 1_000);
  return ((bestTimes(windows, arrivals, before).at(-1) ?? 0) - MINUTE) / 1_000;
}

describe("The best that fixed windows allow", () => {
  const earlier = Array.from({ length: 20 }, (_, index) => MINUTE + 1_000 + index * 100);
  const rows: [what: string, second: number, before: number[], count: number, last: number][] = [
    ["at once if there is room", 20.3, [], 10, 20.3],
    ["at the next whole second, not a second later", 20.3, [], 21, 22],
    ["in the next minute, once this one's 150 are spent", 0, [], 280, 72],
    ["in the next minute without a pause, if this one isn't used up", 50, [], 250, 74],
    ["in this minute, of which others have used some", 10, earlier, 130, 22],
    ["in the next minute, once others and it have used this one", 10, earlier, 131, 60],
    ["in this minute, whatever others used in the one before", 10, earlier.map((at) => at - 60_000), 150, 24],
    ["in the next second, once others and it have used this one", 20.5, [MINUTE + 20_100, MINUTE + 20_200], 9, 21],
  ];
  for (const [what, second, before, count, at] of rows) {
    it(`sends the last one ${what}`, () => expect(last(second, before, count)).to.equal(at));
  }

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
