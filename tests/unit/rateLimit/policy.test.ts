import { expect } from "chai";
import { parseRateLimit } from "../../../provider/hood/rateLimit/headers";
import { opens } from "../../../provider/hood/rateLimit/policy";
import { begin, type State } from "../../../provider/hood/rateLimit/state";
import type { Report, WindowState } from "../../../provider/hood/rateLimit/window";

const NOW = 500;
const NEVER = Number.POSITIVE_INFINITY;
/** A report of a second that has ended. */
const OVER: Report = { remaining: 5, counted: 0, end: 90, sent: 50, own: 5, others: 0 };
/** A second that begins about 100 ms after each whole one: within 20 ms, within 200 ms, and not known at all. */
const EXACT: Partial<WindowState> = { report: OVER, start: { from: 90, to: 110 } };
const ROUGH: Partial<WindowState> = { report: OVER, start: { from: 0, to: 200 } };
const UNKNOWN: Partial<WindowState> = { report: OVER };

function report(remaining: number, more: Partial<Report> = {}): { report: Report } {
  return { report: { ...OVER, end: 1_110, sent: 450, remaining, ...more } };
}

/** So many answered requests in the present minute. */
function own(...batches: readonly (readonly [number, number])[]): Pick<WindowState, "own"> {
  return { own: batches.map(([until, count]) => ({ from: until, until, count })) };
}

function state(
  second: Partial<WindowState>,
  more: Partial<State> & { clients?: number } = {},
  minute: Partial<WindowState> = {},
): State {
  const { clients = 1, ...rest } = more;
  const base = begin(parseRateLimit("10/1s,150/60s"), 10);
  const windows = base.windows.map((known, index) => ({ ...known, ...SOME, ...(index === 0 ? second : minute) }));
  const estimate = { ...base.estimate, clients };
  return { ...base, windows, estimate, lastSent: 450, changed: NOW, chance: 0.5, ...rest };
}

/** One of this process's own went out long ago. */
const SOME = own([0, 0]);

/** The time between two requests of one of four clients. */
const GAP = 340;
const minuteEnds = { start: { from: 29_200, to: 30_200 } };
const few = (remaining: number, more: Partial<Report> = {}) => ({
  ...minuteEnds,
  ...report(remaining, { end: 30_200, ...more }),
});
const plenty = { ...EXACT, ...report(9) };

type Row = [string, State, number, { now?: number; waiting?: number }?];

const groups: Record<string, Row[]> = {
  "at first and after a 429": [
    ["waits until a 429 allows it", state({}, { blocked: 900 }), 900],
    ["goes if that has passed", state({}, { blocked: NOW }), NOW],
    ["sends the very first alone", state({ own: [] }, { inFlight: [450] }), 1_450],
    ["sends the very first at once", state({ own: [] }), NOW],
    ["sends one alone after a 429", state({}, { rejections: 1, inFlight: [450] }), 1_450],
    ["sends that one at once", state({}, { rejections: 1 }), NOW],
  ],
  "without headers, by its own count": [
    ["goes while fewer than the limit were answered in a second", state(own([300, 9])), NOW],
    ["waits for a second after the answers", state(own([300, 10])), 1_300.1],
    ["waits for as many of them as needed", state(own([200, 2], [300, 3], [400, 6])), 1_200.1],
    ["waits for more of them", state(own([200, 1], [300, 3], [400, 7])), 1_300.1],
    ["counts those on their way", state(own([300, 9]), { inFlight: [450] }), 1_300.1],
    ["waits for an answer if all are on their way", state({}, { inFlight: Array(10).fill(450) }), NEVER],
    ["forgets what was answered long ago", state(own([300, 10])), 1_301, { now: 1_301 }],
    ["counts the minute too", state({}, {}, own([300, 150])), 60_306],
    [
      "forgets what was answered before the minute began",
      state({}, {}, { ...own([300, 150]), start: { from: 400, to: 450 } }),
      NOW,
    ],
    ["counts what may lie in it", state({}, {}, { ...own([401, 150]), start: { from: 400, to: 450 } }), 60_407],
  ],
  "alone, when it is known where a second begins": [
    ["sends one ahead into a new second", state(EXACT), NOW, { waiting: 50 }],
    ["waits for that one's answer", state(EXACT, { inFlight: [450] }), NEVER],
    ["doesn't wait for one of the second before", state(EXACT, { inFlight: [50] }), NOW],
    ["waits for the second if it may not have begun", state(EXACT), 1_110.1, { now: 1_095 }],
    ["sends what fits at once", state({ ...EXACT, ...report(6) }), NOW, { waiting: 6 }],
    ["else spreads it over a part of the second", state({ ...EXACT, ...report(6) }), 535, { waiting: 7 }],
    ["by chance", state({ ...EXACT, ...report(6) }, { chance: 0 }), 517.5, { waiting: 7 }],
    ["counts those on their way", state({ ...EXACT, ...report(8, { counted: -2 }) }), 535, { waiting: 7 }],
    ["sends what is late at once", state({ ...EXACT, ...report(6) }, { changed: 800 }), 810, { waiting: 7, now: 810 }],
    ["waits for the next second at its end", state({ ...EXACT, ...report(6) }), 1_110.1, { now: 1_095 }],
    ["waits for the next second if nothing is left", state({ ...EXACT, ...report(0) }), 1_110],
    [
      "waits for an answer if all that is left is on its way",
      state({ ...EXACT, ...report(2, { counted: -2 }) }, { inFlight: [450] }),
      NEVER,
    ],
    ["or for the next second", state({ ...EXACT, ...report(0) }, { inFlight: [450] }), 1_110],
    ["goes by its own count if the second isn't reported", state({ ...EXACT, ...own([460, 1]) }), NOW],
    ["and waits by it", state({ ...EXACT, ...own([460, 10]) }), 1_460.1],
    ["and at the end", state({ ...EXACT, ...own([460, 1]) }), 1_110.1, { now: 1_095 }],
    ["forgets a second that has ended", state({ ...EXACT, ...report(0, { end: NOW }) }), NOW],
  ],
  "as one of four": [
    ["begins a second within the time for one request", state(EXACT, { clients: 4 }), 110.1 + GAP / 2, { now: 200 }],
    ["goes if that has passed", state(EXACT, { clients: 4 }), NOW],
    [
      "never begins so late that the second may be over",
      state(ROUGH, { clients: 20, chance: 0.99 }),
      999.1,
      { now: 210 },
    ],
    ["leaves three places", state({ ...EXACT, ...report(3) }, { clients: 4 }), 1_110 + GAP / 2],
    ["takes the fourth", state({ ...EXACT, ...report(4) }, { clients: 4 }), NOW],
    [
      "sends its share at once if no more waits",
      state({ ...EXACT, ...report(8) }, { clients: 4 }),
      NOW,
      { waiting: 2 },
    ],
    ["else spreads it", state({ ...EXACT, ...report(8) }, { clients: 4 }), 730, { waiting: 3 }],
    ["spreads a small share up to the end", state({ ...EXACT, ...report(4) }, { clients: 4 }), 960, { waiting: 3 }],
    ["waits while one is on its way", state({ ...EXACT, ...report(9) }, { clients: 4, inFlight: [450] }), NEVER],
    [
      "sends another if a round trip takes long",
      state({ ...EXACT, ...report(9) }, { clients: 4, inFlight: [450], roundTrip: 500 }),
      NOW,
    ],
    [
      "finds out with the last one where the second ends",
      state({ ...ROUGH, ...report(4, { end: 1_200 }) }, { clients: 4 }),
      1_100,
      { waiting: 9 },
    ],
    [
      "by chance",
      state({ ...ROUGH, ...report(4, { end: 1_200 }) }, { clients: 4, chance: 0.25, changed: 1_000.1 }),
      1_050.1,
      { waiting: 9, now: 1_010 },
    ],
    [
      "once",
      state({ ...ROUGH, ...report(4, { end: 1_200 }) }, { clients: 4, lastSent: 1_020 }),
      1_200.1 + GAP / 2,
      { waiting: 9, now: 1_050 },
    ],
    ["not if more is left", state({ ...ROUGH, ...report(5, { end: 1_200 }) }, { clients: 4 }), 940, { waiting: 9 }],
    [
      "not before the answer on its way",
      state({ ...ROUGH, ...report(5, { end: 1_200, counted: -1 }) }, { clients: 4, inFlight: [450], roundTrip: 500 }),
      NEVER,
      { waiting: 9 },
    ],
  ],
  "when it isn't known where a second begins": [
    ["sends one", state(UNKNOWN), NOW],
    ["waits for its answer", state(UNKNOWN, { inFlight: [450], roundTrip: 500 }), NEVER],
    ["waits by its own count if nothing is reported", state({ ...UNKNOWN, ...own([460, 10]) }), 1_460.1],
    ["goes on at intervals", state({ ...UNKNOWN, ...report(6) }), 535],
    ["or at once", state({ ...UNKNOWN, ...report(6) }, { lastSent: 100 }), NOW],
    ["waits if nothing is left", state({ ...UNKNOWN, ...report(0) }), 1_110],
    ["counts those on their way", state({ ...UNKNOWN, ...report(2, { counted: -2 }) }), 1_110],
    ["one of four leaves more time", state({ ...UNKNOWN, ...report(6) }, { clients: 4 }), 790],
    ["of chance", state({ ...UNKNOWN, ...report(6) }, { clients: 4, chance: 0 }), 688],
    ["and tries a new second early", state({ ...UNKNOWN, ...report(3) }, { clients: 4 }), 790],
    ["not after its end", state({ ...UNKNOWN, ...report(3, { end: 780 }) }, { clients: 4 }), 780],
    ["one at a time", state({ ...UNKNOWN, ...report(6) }, { inFlight: [450] }), NEVER],
    ["or as many as a round trip takes", state({ ...UNKNOWN, ...report(6) }, { inFlight: [450], roundTrip: 200 }), 535],
  ],
  "when few are left of the minute": [
    ["sends what is left", state(plenty, {}, few(5)), NOW, { waiting: 5 }],
    ["sends the last at moments that tell its end", state(plenty, {}, few(5)), 700, { waiting: 9 }],
    ["one after the other", state(plenty, { inFlight: [450] }, few(5)), NEVER, { waiting: 9 }],
    ["not the first of many", state(plenty, {}, few(7)), NOW, { waiting: 9 }],
    ["not if there is no time", state(plenty, {}, few(5, { end: 6_500 })), NOW, { waiting: 9 }],
    ["if there is a little more", state(plenty, {}, few(5, { end: 6_501 })), 700, { waiting: 9 }],
    [
      "not if the end is known",
      state(plenty, {}, { ...few(5), start: { from: 30_100, to: 30_196 } }),
      NOW,
      { waiting: 9 },
    ],
    [
      "if it is known a little less",
      state(plenty, {}, { ...few(5), start: { from: 30_100, to: 30_197 } }),
      1_148.5,
      { waiting: 9 },
    ],
    ["waits for its end if nothing is left", state(plenty, {}, few(0)), 30_200],
    ["waits for the answer first", state(plenty, { inFlight: [450] }, few(1, { counted: -1 })), NEVER],
    ["waits for its end if the answer can't help", state(plenty, { inFlight: [450] }, few(0)), 30_200],
    ["one of four leaves three", state(plenty, { clients: 4 }, few(3)), 30_200],
    ["one of four sends the fourth in its time", state(plenty, { clients: 4 }, few(4)), NOW + GAP / 2],
    ["one of two leaves one", state(plenty, { clients: 1.4 }, few(1)), 30_200],
    [
      "one of four finds out about its end",
      state(plenty, { clients: 4, changed: 710 }, few(5)),
      1_700,
      { waiting: 9, now: 720 },
    ],
    [
      "one of four needs three seconds for that",
      state(plenty, { clients: 4 }, few(5, { end: 3_500 })),
      NOW + GAP / 2,
      { waiting: 2 },
    ],
  ],
  "near the end of a minute that isn't reported": [
    ["goes on while more than six are left", state(plenty, {}, own([300, 143])), NOW, { waiting: 9 }],
    ["sends what fits", state(plenty, {}, own([300, 144])), NOW, { waiting: 6 }],
    ["waits for a fresh second", state(plenty, {}, own([300, 144])), 1_110.1, { waiting: 7 }],
    ["waits for an answer first", state(plenty, { inFlight: [450] }, own([300, 143])), NEVER, { waiting: 7 }],
    ["sends the first of a second", state({ ...EXACT, ...own([-501, 1]) }, {}, own([300, 144])), NOW, { waiting: 7 }],
    [
      "waits for the end of what is reported if no second is known",
      state({ ...UNKNOWN, ...report(9) }, {}, own([300, 144])),
      1_110,
      { waiting: 7 },
    ],
  ],
};

describe("when the next request goes out", () => {
  for (const [group, rows] of Object.entries(groups)) {
    describe(group, () => {
      for (const [title, known, expected, { now = NOW, waiting = 1 } = {}] of rows) {
        it(title, () => {
          const at = opens(known, now, waiting);
          if (expected === NEVER) expect(at).to.equal(NEVER);
          else expect(at).to.be.closeTo(expected, 0.21);
        });
      }
    });
  }

  it("is now if no windows are configured", () => expect(opens(begin([], 10), NOW, 1)).to.equal(NOW));
});
