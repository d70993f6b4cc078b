import { expect } from "chai";
import { retryAfter, shownIn } from "../../provider/hood/rateLimit/headers";
import type { Answer } from "../../provider/hood/transport";

function answer(headers: Record<string, string>): Answer {
  return { status: 200, text: "", header: (name) => headers[name] ?? null };
}

function shown(limit: string, remaining: string, reset: string) {
  return shownIn(
    answer({ "x-ratelimit-limit": limit, "x-ratelimit-remaining": remaining, "x-ratelimit-reset": reset }),
  );
}

describe("limiter: what an answer shows of a window", () => {
  it("reads limit, remaining and whole seconds left", () => {
    expect(shown("150", "42", "17")).to.deep.equal({
      limit: 150,
      remaining: 42,
      left: { value: 17_000, unit: 1_000 },
    });
  });

  it("takes decimals as exact as they are written", () => {
    expect(shown("10", "9", "0.25")?.left).to.deep.equal({ value: 250, unit: 10 });
  });

  it("counts the request itself where the account hasn't yet", () => {
    expect(shown("10", "10", "1")?.remaining).to.equal(9);
  });

  for (const [limit, remaining] of [
    ["", "9"],
    ["10", ""],
    ["10", "-1"],
    ["10", "11"],
    ["10, 150", "9, 149"],
    ["ten", "9"],
  ] as const) {
    it(`ignores limit ${JSON.stringify(limit)} with ${JSON.stringify(remaining)} remaining`, () => {
      expect(shown(limit, remaining, "1")).to.equal(undefined);
    });
  }

  for (const reset of ["", "soon", "-3", "1764032400000", "1:30"]) {
    it(`takes a Reset of ${JSON.stringify(reset)} for no time`, () => {
      expect(shown("10", "9", reset)).to.deep.equal({ limit: 10, remaining: 9 });
    });
  }

  it("shows nothing without the headers", () => {
    expect(shownIn(answer({}))).to.equal(undefined);
  });
});

describe("limiter: how long a 429 asks to wait", () => {
  const wait = (text: string) => retryAfter(answer({ "retry-after": text, date: "Wed, 01 Apr 2026 10:00:00 GMT" }));

  it("reads seconds", () => expect(wait("17")).to.equal(17_000));
  it("reads decimal seconds", () => expect(wait(" 0.5 ")).to.equal(500));
  it("reads a date by the account's own clock", () => expect(wait("Wed, 01 Apr 2026 10:00:42 GMT")).to.equal(42_000));
  it("takes a date in the past for nothing", () => expect(wait("Wed, 01 Apr 2026 09:59:00 GMT")).to.equal(undefined));
  it("takes 0 for nothing: the wait is unknown", () => expect(wait("0")).to.equal(undefined));
  it("takes anything else for nothing", () => expect(wait("in a while")).to.equal(undefined));
  it("takes -1 for too many in parallel", () => expect(wait("-1")).to.equal("parallel"));
  it("never waits for more than a day", () => expect(wait("99999999")).to.equal(86_400_000));
  it("takes a missing one for nothing", () => expect(retryAfter(answer({}))).to.equal(undefined));

  it("reads a date by the clock of this computer where the account tells no time", () => {
    const inAnHour = new Date(Date.now() + 3_600_000).toUTCString();
    expect(retryAfter(answer({ "retry-after": inAnHour }))).to.be.within(3_500_000, 3_600_000);
  });
});
