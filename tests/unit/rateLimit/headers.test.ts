import { expect } from "chai";
import { parseRateLimit, reportedIn, retryAfter } from "../../../provider/hood/rateLimit/headers";
import type { Answer } from "../../../provider/hood/transport";

function answer(headers: Record<string, string>): Answer {
  return { status: 200, text: "", header: (name) => headers[name] ?? null };
}

function reported(limit: string, remaining: string, reset: string) {
  return reportedIn(
    answer({ "x-ratelimit-limit": limit, "x-ratelimit-remaining": remaining, "x-ratelimit-reset": reset }),
  );
}

describe("what an answer reports of a window", () => {
  it("reads limit, remaining and whole seconds left", () => {
    expect(reported("150", "42", "17")).to.deep.equal({
      limit: 150,
      remaining: 42,
      left: { value: 17_000, unit: 1_000 },
    });
  });

  it("reads decimals as exactly as they are written", () => {
    expect(reported("10", "9", "0.25")?.left).to.deep.equal({ value: 250, unit: 10 });
  });

  it("counts the request itself if the account hasn't yet", () => {
    expect(reported("10", "10", "1")?.remaining).to.equal(9);
  });

  for (const [limit, remaining] of [
    ["", "9"],
    ["10", ""],
    ["10", "-1"],
    ["10", "11"],
    ["0", "0"],
    ["10, 150", "9, 149"],
    ["ten", "9"],
    ["10x", "9"],
  ] as const) {
    it(`ignores limit ${JSON.stringify(limit)} with ${JSON.stringify(remaining)} remaining`, () => {
      expect(reported(limit, remaining, "1")).to.equal(undefined);
    });
  }

  for (const reset of ["", "soon", "-3", "1764032400000", "1:30"]) {
    it(`reads no time from a Reset of ${JSON.stringify(reset)}`, () => {
      expect(reported("10", "9", reset)).to.deep.equal({ limit: 10, remaining: 9 });
    });
  }

  it("reports nothing without the headers", () => {
    expect(reportedIn(answer({}))).to.equal(undefined);
  });
});

describe("how long an answer asks to wait", () => {
  const wait = (text: string) => retryAfter(answer({ "retry-after": text, date: "Wed, 01 Apr 2026 10:00:00 GMT" }), 0);

  for (const [text, expected] of [
    ["17", 17_000],
    [" 0.5 ", 500],
    ["12.25", 12_250],
    // A date, by the account's own clock.
    ["Wed, 01 Apr 2026 10:00:42 GMT", 42_000],
    ["Wed, 01 Apr 2026 09:59:00 GMT", undefined],
    ["0", undefined],
    ["in a while", undefined],
    ["in -1", undefined],
    ["-1.5 s", undefined],
    ["in 17", undefined],
    ["17 s", undefined],
    ["-1", "parallel"],
    ["-10", "parallel"],
    // A day is the longest.
    ["99999999", 86_400_000],
  ] as const) {
    it(`reads ${expected} from ${JSON.stringify(text)}`, () => expect(wait(text)).to.equal(expected));
  }

  it("may be missing", () => expect(retryAfter(answer({}), 0)).to.equal(undefined));

  it("reads a date by the clock of this machine if the answer has no Date", () => {
    const now = Date.parse("2026-04-01T10:00:00Z");
    expect(retryAfter(answer({ "retry-after": "Wed, 01 Apr 2026 11:00:00 GMT" }), now)).to.equal(3_600_000);
  });
});

describe("the windows of a rate limit", () => {
  it("are read in seconds, the shortest first", () => {
    const windows = [
      { limit: 10, length: 1_000 },
      { limit: 150, length: 60_000 },
    ];
    expect(parseRateLimit("10/1s,150/60s")).to.deep.equal(windows);
    expect(parseRateLimit(" 150/60s , 10/1s ")).to.deep.equal(windows);
  });

  it("may be a single one", () => expect(parseRateLimit("1/1s")).to.deep.equal([{ limit: 1, length: 1_000 }]));

  for (const text of [
    "",
    "10",
    "10/s",
    "10/1",
    "10/1m",
    "0/1s",
    "10/0s",
    "-1/1s",
    "1.5/1s",
    "10/1s,",
    "10/1s;150/60s",
    "x",
  ]) {
    it(`aren't read from ${JSON.stringify(text)}, and the error says what is expected`, () => {
      expect(() => parseRateLimit(text)).to.throw("must be windows such as 10/1s,150/60s");
    });
  }
});
