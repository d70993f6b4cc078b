import { expect } from "chai";
import { parseRateLimit } from "../../../provider/hood/rateLimit/headers";

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
