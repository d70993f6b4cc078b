import { expect } from "chai";
import { parseRateLimit, type Reported } from "../../../provider/hood/rateLimit/headers";
import { opens } from "../../../provider/hood/rateLimit/policy";
import {
  accepted,
  begin,
  counted,
  type Estimate,
  ended,
  found as foundIn,
  fuller,
  joined,
  nobody,
  rejected,
  type State,
  sent,
  tooMany,
} from "../../../provider/hood/rateLimit/state";
import type { Report, WindowState } from "../../../provider/hood/rateLimit/window";
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

const TRIP = 30;
const CHANCE = 0.5;
/** How exactly a beginning can be told while trips differ by 8 ms. */
const JITTER = 18;
const second = (remaining: number, left?: number): Reported => ({
  limit: 10,
  remaining,
  ...(left !== undefined && { left: { value: left * 1_000, unit: 1_000 } }),
});
const minute = (remaining: number, left?: number): Reported => ({ ...second(remaining, left), limit: 150 });

/** What is known, with a method for each event. A round trip takes 30 ms, and never more or less. */
class Known {
  constructor(public state: State = begin(parseRateLimit("10/1s,150/60s"), 10)) {
    // Else the usual difference of trips would shrink with each answer.
    this.state = { ...state, deviation: 8 };
  }

  send(at: number): this {
    this.state = sent(this.state, at, CHANCE);
    return this;
  }

  accept(at: number, reported?: Reported, answered = at + TRIP): this {
    // So that it is still 8 when this answer has been counted as one like all others.
    const before = { ...this.state, deviation: 8 / 0.9, roundTrip: answered - at };
    const exchange = { sent: at, answered };
    this.state = accepted(ended(before, exchange, CHANCE), exchange, reported);
    return this;
  }

  /** Sends and accepts. */
  go(at: number, reported?: Reported): this {
    return this.send(at).accept(at, reported);
  }

  reject(at: number, wait?: number): this {
    const exchange = { sent: at, answered: at + TRIP };
    this.state = rejected(ended(this.state, exchange, CHANCE), exchange, wait);
    return this;
  }

  get second(): WindowState {
    return this.state.windows[0] as WindowState;
  }

  get minute(): WindowState {
    return this.state.windows[1] as WindowState;
  }

  get report(): Report | undefined {
    return this.second.report;
  }
}

const known = (more: Partial<State> = {}) => new Known({ ...begin(parseRateLimit("10/1s,150/60s"), 10), ...more });
const start = ({ start: from }: WindowState) => from && [from.from, from.to].map(Math.round);

describe("what a request and its answer tell", () => {
  it("of those on their way: each until it has ended, whatever became of it", () => {
    const { state } = known().send(100).send(100).send(120);
    expect(state).to.deep.include({ inFlight: [100, 100, 120], lastSent: 120, changed: 120, chance: CHANCE });
    expect(ended(state, { sent: 100, answered: 130 }, 0.7)).to.deep.include({
      inFlight: [100, 120],
      changed: 130,
      chance: 0.7,
    });
  });

  it("of this process's own count: all that were answered within the window's length, close ones together", () => {
    const { state } = known().go(0).go(20).go(25).go(900);
    expect(state.windows[0]?.own).to.deep.equal([
      { from: 0, until: 50, count: 2 },
      { from: 25, until: 55, count: 1 },
      { from: 900, until: 930, count: 1 },
    ]);
    expect(state.windows[1]?.own).to.deep.equal([{ from: 0, until: 930, count: 4 }]);
    expect(ended(state, { sent: 1_000, answered: 1_051 }, 0).windows[0]?.own.map(({ until }) => until)).to.deep.equal([
      55, 930, 1_051,
    ]);
  });

  it("of trips: the usual time, and how much it varies", () => {
    const state = accepted(begin([], 10), { sent: 0, answered: 80 }, undefined);
    expect(state.roundTrip).to.be.closeTo(40, 1e-9);
    expect(state.deviation).to.be.closeTo(8 + 4.2, 1e-9);
  });

  it("of a run of 429s: that it is over, but only if the request went out after them", () => {
    const some = { rejections: 3, rejected: 500 };
    expect(known(some).go(499).state.rejections).to.equal(3);
    expect(known(some).go(500).state.rejections).to.equal(0);
  });

  describe("if the second is reported", () => {
    it("what remains of it, and what others have used", () => {
      const { report } = known().go(100, second(7));
      expect(report).to.deep.include({ remaining: 7, others: 2, own: 1, counted: 1, sent: 100 });
      expect(report?.end).to.equal(100 + 1_000 + 2 * JITTER);
    });

    it("the fewest that were seen, with those on their way beside", () => {
      const some = known().go(100, second(9)).send(200).send(210).accept(210, second(7), 240);
      expect(some.report).to.deep.include({ remaining: 7, counted: 2, others: 0, sent: 210 });
      expect(some.accept(200, second(8), 245).report).to.deep.include({ remaining: 7, counted: 3, others: 0 });
    });

    it("that others are at work, at once", () => {
      expect(known().go(100, second(9)).state.estimate.clients).to.equal(1);
      expect(known().go(100, second(8)).state.estimate.clients).to.equal(2);
      expect(known().go(100, second(5)).state.estimate.clients).to.equal(5);
    });

    it("that another second began, if no fewer remain than before", () => {
      const some = known().go(100, second(5)).go(300, second(9));
      expect(start(some.second)).to.deep.equal([100 - JITTER, 300 + JITTER]);
      expect(some.report).to.deep.include({ remaining: 9, own: 1, others: 0 });
      expect(known().go(100, second(5)).go(300, second(5)).report).to.include({ sent: 300 });
      expect(start(known().go(100, second(5)).go(300, second(5)).second)).to.deep.equal([82, 318]);
      expect(start(known().go(100, second(5)).go(300, second(4)).second)).to.equal(undefined);
    });

    it("nothing of the kind if the two were sent together: their order isn't known", () => {
      const together = known().send(100).send(130).accept(100, second(5), 160).accept(130, second(6), 170);
      expect(start(together.second)).to.equal(undefined);
      expect(together.report).to.deep.include({ remaining: 5, sent: 100 });
      const apart = known().send(100).send(136).accept(100, second(5), 160).accept(136, second(6), 170);
      expect(start(apart.second)).to.deep.equal([82, 154]);
    });

    it("ever more exactly, but not more exactly than trips allow", () => {
      const some = known().go(100, second(5)).go(300, second(9)).go(1_180, second(4)).go(1_260, second(9));
      expect(start(some.second)).to.deep.equal([1_162, 1_278]);
      some.go(2_200, second(4)).go(2_205, second(9));
      expect(some.second.start && some.second.start.to - some.second.start.from).to.be.at.least(2 * JITTER);
    });

    it("that what was known is wrong, if it is contradicted twice", () => {
      const some = known().go(100, second(5)).go(200, second(9)).go(1_500, second(4)).go(1_600, second(8));
      expect(start(some.second)).to.deep.equal([82, 218]);
      expect(some.second.doubt).to.equal(1);
      some.go(2_500, second(4)).go(2_600, second(8));
      expect(start(some.second)).to.deep.equal([2_482, 2_618]);
      expect(some.second.doubt).to.equal(2);
      expect(some.go(3_500, second(4)).go(3_600, second(8)).second.doubt).to.equal(0);
      some.go(4_200, second(4)).go(4_300, second(8));
      expect(start(some.second)).to.deep.equal([3_482, 3_618]);
    });

    it("nothing any more if it is contradicted again and again: then this process's own count decides", () => {
      const doubtful = (some: Known) => known({ windows: [{ ...some.second, doubt: 20 }, some.minute] });
      const some = doubtful(known()).go(100, second(5)).go(200, second(9));
      expect(some.second).to.include({ doubt: 17 });
      const worse = doubtful(some).go(700, second(4)).go(800, second(8));
      expect(worse.second).to.include({ doubt: 21, report: undefined, start: undefined });
      expect(worse.go(900, second(3)).go(950, second(2)).second).to.include({ report: undefined, doubt: 21 });
    });

    it("how many clients there are, from one second to the next", () => {
      const some = known().go(100, second(5)).go(200, second(9)).go(600, second(4));
      const { estimate } = some.go(1_300, second(9)).state;
      // Of the second that began at 218: five of others beside two of our own, by 600.
      const part = (600 - 218) / 850;
      expect(estimate.others).to.equal(4);
      expect(estimate.windows).to.be.closeTo(part, 0.001);
      expect(estimate.own).to.be.closeTo(2 * part, 0.001);
      expect(estimate.clients).to.be.closeTo(1 / (0.8 * (2 / (2 + 4 / part)) + 0.03), 0.01);
    });

    it("that it is still the same one, unless more are left, and the two weren't sent together", () => {
      const two = (at: number) => known().send(100).send(at).accept(100, second(5), 160).accept(at, second(6), 170);
      expect(two(130).report).to.deep.include({ remaining: 5, sent: 100 });
      expect(two(137).report).to.deep.include({ remaining: 6, sent: 137 });
      expect(known().go(100, second(7)).go(400, second(5)).report?.end).to.equal(1_100 + 2 * JITTER);
    });

    it("how many of those on their way it may not count yet", () => {
      const some = known().send(100).send(200).send(210).accept(210, second(5)).accept(100, second(7));
      expect(some.report).to.deep.include({ remaining: 5, counted: 2 });
    });

    it("that another one began once its end has passed, however few remain", () => {
      const some = known().go(100, second(5)).go(1_136, second(3));
      expect(some.report).to.deep.include({ remaining: 3, sent: 1_136, others: 6, end: 2_136 + 2 * JITTER });
    });

    it("how others used the second before, as soon as another one shows", () => {
      const some = known().go(100, second(5)).go(200, second(9)).go(600, second(4)).go(1_180, second(9));
      expect(some.state.estimate.others).to.equal(4);
    });

    it("counts those of its own whose answers reported the minute, or nothing", () => {
      const some = known().go(100, second(5)).go(200, second(9)).go(1_300, minute(3)).go(1_400);
      expect(some.go(1_500, second(7)).report).to.deep.include({ remaining: 7, others: 0 });
      expect(some.go(1_600, second(5)).report).to.deep.include({ remaining: 5, others: 1 });
    });
  });

  describe("if the minute is reported", () => {
    it("when it ends, within the second that is left", () => {
      const some = known().go(100, minute(5, 17));
      expect(start(some.minute)).to.deep.equal([100 + 16_000 - JITTER, 100 + 17_000 + JITTER]);
      expect(some.minute.report).to.deep.include({ remaining: 5 });
      expect(some.minute.report?.end).to.be.closeTo(17_118, 0.01);
      expect(some.state.estimate.clients).to.equal(1);
    });

    it("how the account rounds: up unless a 0 is seen, down if that is all, to the nearest if both", () => {
      const down = known().go(0, second(9, 0)).go(100, minute(5, 17));
      expect(start(down.minute)).to.deep.equal([17_100 - JITTER, 18_100 + JITTER]);
      const nearest = known().go(0, second(9, 0)).go(50, second(8, 1)).go(100, minute(5, 17));
      expect(start(nearest.minute)).to.deep.equal([16_600 - JITTER, 17_600 + JITTER]);
    });

    it("nothing of what was read by another rounding", () => {
      const some = known().go(0, minute(9, 17)).go(2_000, second(9, 0));
      expect(start(some.minute)).to.equal(undefined);
      expect(start(known().go(0, minute(9, 17)).go(2_000, second(9, 1)).minute)).to.deep.equal([15_982, 17_018]);
    });

    it("which of two windows with one limit it is, by the time left", () => {
      const two = () => new Known(begin(parseRateLimit("10/1s,10/60s"), 10));
      expect(two().go(100, second(5, 1)).second.report).to.include({ remaining: 5 });
      const longer = two().go(100, second(5, 17));
      expect([longer.second.report, longer.minute.report?.remaining]).to.deep.equal([undefined, 5]);
    });

    it("that one ended unseen, if as many remain of the second as our own count leaves none of the minute", () => {
      const many = (count: number, remaining: number) => {
        const base = known();
        const own = [{ from: 0, until: 0, count }];
        const windows = base.state.windows.map((span, at) => (at === 1 ? { ...span, own } : span));
        return known({ windows }).go(100, second(remaining)).minute.own;
      };
      expect(many(143, 9)).to.have.length(0);
      expect(many(141, 9)).to.have.length(1);
      expect(many(143, 8)).to.have.length(0);
      expect(many(143, 7)).to.have.length(1);
    });
  });
});

describe("what a 429 tells", () => {
  const blocked = (some: Known) => Math.round(some.state.blocked);

  it("is obeyed, if it asks for a longer time than any window lasts", () => {
    expect(blocked(known().send(100).reject(100, 70_000))).to.equal(70_130);
  });

  it("is obeyed, if it asks for longer than the second lasts, and what was reported of longer windows is forgotten", () => {
    const some = known().go(0, minute(0, 8)).send(100).reject(100, 7_000);
    expect(blocked(some)).to.equal(7_130);
    expect(some.minute.report?.end).to.be.at.most(7_130);
    expect(blocked(known().go(0, second(9)).send(100).reject(100, 1_001))).to.equal(1_131);
  });

  it("means the longer window that was reported last, if it asks for no time", () => {
    expect(blocked(known().go(0, minute(1, 20)).send(100).reject(100))).to.equal(20_018);
  });

  it("means one client more, if the second is full", () => {
    const some = known().go(0, second(9)).send(100).reject(100, 1_000);
    expect(some.state).to.deep.include({ rejections: 1, rejected: 130 });
    expect(blocked(some)).to.equal(130 + 600);
    expect(some.state.estimate.clients).to.equal(2);
  });

  it("shows that nothing was left of the second", () => {
    expect(start(known().go(0, second(1)).send(100).reject(100, 1_000).go(300, second(0)).second)).to.deep.equal([
      82, 318,
    ]);
  });

  it("is about the second if it asks for a second, whatever came before", () => {
    const some = known().go(0, second(9)).go(50, minute(1, 20)).send(100).reject(100, 1_000);
    expect(blocked(some)).to.equal(130 + 600);
    expect(blocked(some.send(800).reject(800, 1_000))).to.equal(830 + 600);
  });

  it("is waited out to the next second, if it is known when that begins", () => {
    const some = known().go(100, second(5)).go(200, second(9)).send(1_400).reject(1_400, 1_000);
    const gap = 850 / (10 / some.state.estimate.clients);
    expect(blocked(some)).to.equal(Math.round(2_218.2 + gap / 2));
  });

  it("is never waited out for less than it asks for, except for its rounding", () => {
    const some = new Known(begin(parseRateLimit("150/60s"), 10)).go(0, minute(5, 20)).send(100).reject(100, 40_000);
    expect(blocked(some)).to.equal(130 + 39_000);
  });

  it("asks for more and more time, if it doesn't say how much, up to half a minute", () => {
    const some = known();
    const pauses: number[] = [];
    for (let at = 0; pauses.length < 6; at = some.state.blocked) {
      some.send(at).reject(at);
      pauses.push(Math.round(some.state.blocked - at - TRIP));
    }
    expect(pauses).to.deep.equal([1_250, 2_000, 4_000, 8_000, 16_000, 30_000]);
    const late = rejected({ ...some.state, chance: 1 }, { sent: 500_000, answered: 500_000 }, undefined);
    expect(late.blocked, "by chance").to.equal(500_000 + 1.3 * 30_000);
  });

  it("is one, if several were sent together", () => {
    const some = known().send(0).send(10).reject(0).reject(10);
    expect(some.state.rejections).to.equal(1);
    expect(some.send(30).reject(30).state.rejections).to.equal(1);
    expect(some.send(60).reject(60).state.rejections).to.equal(2);
  });

  it("without any headers, is waited out for as long as it says and somewhat more", () => {
    expect(blocked(known().go(0).send(100).reject(100, 1_000))).to.equal(130 + 1_250);
    expect(blocked(known().go(0).send(100).reject(100))).to.equal(130 + 1_250);
    expect(known().go(0).send(100).reject(100).state.estimate.clients).to.equal(1);
  });

  it("changes nothing that is already waited for", () => {
    expect(blocked(known({ blocked: 9_000 }).send(100).reject(100, 7_000))).to.equal(9_000);
    expect(opens(known().send(100).reject(100, 7_000).state, 200, 1)).to.equal(7_130);
    expect(rejected(begin([], 10), { sent: 0, answered: 10 }, 1_000).rejections).to.equal(1);
  });

  describe("of too many at once", () => {
    const many = (count: number) => {
      const some = known();
      for (let each = 0; each < count; each++) some.send(100);
      return some;
    };
    const answered = ({ state }: Known, at: number) => {
      const exchange = { sent: at, answered: at + TRIP };
      return tooMany(ended(state, exchange, CHANCE), exchange);
    };

    it("halves what may be on its way, counted from those that were, once for all that were sent before", () => {
      const state = answered(many(6), 100);
      expect(state.parallel).to.deep.equal({ most: 10, limit: 3, since: 130 });
      expect(tooMany(state, { sent: 129, answered: 140 }).parallel).to.equal(state.parallel);
      expect(tooMany(state, { sent: 130, answered: 140 }).parallel).to.include({ limit: 1, since: 140 });
      expect(answered(many(1), 100).parallel).to.include({ limit: 1 });
      expect(answered(many(14), 100).parallel).to.include({ limit: 5 });
    });

    it("raises it by one with each 32 good answers that were sent since, up to the setting", () => {
      const some = new Known({ ...known().state, parallel: { most: 4, limit: 2, since: 100 } });
      expect(some.go(99).state.parallel.limit).to.equal(2);
      for (let each = 0; each < 32; each++) some.go(100);
      expect(some.state.parallel.limit).to.equal(3);
      for (let each = 0; each < 60; each++) some.go(300);
      expect(some.state.parallel.limit).to.equal(4);
    });
  });
});

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

/** An account whose answers come each 500 ms and report these, one after the other: [limit, seconds left]. */
function stateAfter(windows: string, reports: readonly (readonly [number, number | undefined])[], step = 500): State {
  let state = begin(parseRateLimit(windows), 10);
  for (const [number, [limit, seconds]] of reports.entries()) {
    const at = number * step;
    const left = seconds === undefined ? {} : { left: { value: seconds * 1_000, unit: 1_000 } };
    const reported: Reported = { limit, remaining: limit - 1, ...left };
    const exchange = { sent: at, answered: at + 10 };
    state = accepted(ended(sent(state, at, 0.5), exchange, 0.5), exchange, reported);
  }
  return state;
}

describe("an account whose windows aren't as configured", () => {
  const usual = "10/1s,150/60s";
  const limits = (state: State) => state.windows.map(({ window }) => window.limit);
  const found = (state: State) => foundIn(state).map(({ limit, configured }) => [limit, configured.limit]);

  it("is noticed as soon as a longer time is left than the shorter window lasts", () => {
    expect(found(stateAfter(usual, [[60, 17]]))).to.deep.equal([[60, 150]]);
    expect(found(stateAfter(usual, [[60, 1]]))).to.deep.equal([]);
    expect(found(stateAfter(usual, [[60, 60]]))).to.deep.equal([[60, 150]]);
    expect(found(stateAfter(usual, [[60, 2]]))).to.deep.equal([[60, 150]]);
  });

  it("is noticed by its second only after eight answers that show nothing longer, in more than three of them", () => {
    const three = (count: number) => Array.from({ length: count }, () => [3, 1] as const);
    expect(found(stateAfter(usual, three(7)))).to.deep.equal([]);
    expect(found(stateAfter(usual, three(8)))).to.deep.equal([[3, 10]]);
    expect(found(stateAfter(usual, three(30), 100))).to.deep.equal([]);
    expect(found(stateAfter(usual, three(32), 100))).to.deep.equal([[3, 10]]);
    const inTurns = three(7).flatMap((each) => [each, [4, 1] as const]);
    expect(found(stateAfter(usual, inTurns))).to.deep.equal([]);
    expect(found(stateAfter(usual, [...inTurns, [4, 1]]))).to.deep.equal([[4, 10]]);
    expect(found(stateAfter(usual, [[3, 0], ...three(1).map(() => [3, 0] as const), [3, 0], [3, 0]]))).to.deep.equal(
      [],
    );
  });

  it("is noticed at once if only one window is configured", () => {
    expect(found(stateAfter("150/60s", [[60, 1]]))).to.deep.equal([[60, 150]]);
  });

  it("is kept to if it allows less, and not if it allows more: that is for the settings", () => {
    expect(limits(stateAfter(usual, [[60, 17]]))).to.deep.equal([10, 60]);
    expect(limits(stateAfter(usual, [[700, 17]]))).to.deep.equal([10, 150]);
  });

  it("is told once for each limit", () => {
    const twice = [60, 17] as const;
    expect(found(stateAfter(usual, [twice, twice, [700, 12], twice, [700, 11]]))).to.deep.equal([[60, 150]]);
    expect(
      found(
        stateAfter(usual, [
          [700, 17],
          [700, 16],
          [700, 15],
        ]),
      ),
    ).to.deep.equal([[700, 150]]);
  });

  it("isn't known by a limit whose window was reported as configured, whose time left is missing, or longer than any", () => {
    expect(
      found(
        stateAfter(usual, [
          [150, 20],
          [60, 17],
        ]),
      ),
    ).to.deep.equal([]);
    expect(
      found(
        stateAfter(usual, [
          [60, undefined],
          [60, undefined],
        ]),
      ),
    ).to.deep.equal([]);
    expect(found(stateAfter(usual, [[60, 61]]))).to.deep.equal([]);
  });
});

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
