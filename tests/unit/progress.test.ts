import { expect } from "chai";
import type { Wait } from "../../provider/hood/waits";
import { Progress } from "../../provider/progress";

describe("the live line", () => {
  let lines: string[];
  let rows: (string | undefined)[];
  let progress: Progress;

  beforeEach(() => {
    lines = [];
    rows = [];
    const show = (line: string, row?: string) => {
      lines.push(line);
      rows.push(row);
    };
    progress = new Progress({ total: () => 3, show });
  });

  const wait = ({ left = 30_000, ...more }: Partial<Wait>): Wait => ({
    purpose: "list campaigns",
    reason: "turn",
    waited: 1_000,
    left,
    until: Date.parse("2026-05-01T12:00:00Z") + left,
    ...more,
  });

  /** A cancellation that goes on until it is ended. */
  function begin(row?: string) {
    let end = (_error?: Error) => {};
    const act = () =>
      new Promise<string>((resolve, reject) => {
        end = (error) => (error ? reject(error) : resolve("done"));
      });
    return { result: progress.count(act, row), end: (error?: Error) => end(error) };
  }

  it("returns what the cancellation returns, or throws what it throws", async () => {
    const [first, second] = [begin(), begin()];
    first.end();
    second.end(new Error("no"));
    expect(await first.result).to.equal("done");
    expect(await second.result.catch((error: Error) => error.message)).to.equal("no");
  });

  const waits: [string, Partial<Wait>, string | undefined][] = [
    ["for the rate limit", {}, "Waiting for the account's rate limit until 12:00:30 UTC (30 s)"],
    [
      "for fewer requests at once",
      { reason: "parallel" },
      "Waiting until 12:00:30 UTC (30 s): the account answers that too many requests are on their way at once",
    ],
    [
      "for a time that the account asked for",
      { reason: "asked" },
      "Waiting as the account asks until 12:00:30 UTC (30 s), to list campaigns",
    ],
    ["for answers", { reason: "answer", waited: 12_000, left: 0 }, "Waiting for an answer for 12 s, to list campaigns"],
    [
      "no longer, since the account asks for too much",
      { reason: "tooLong", waited: 0, left: 2_000 },
      "The account asks to wait until 12:00:02 UTC (2 s), longer than hood:maxWait allows",
    ],
    ["for no more than a few seconds", { waited: 1_000, left: 1_500 }, undefined],
  ];
  for (const [what, given, line] of waits) {
    it(`shows ${line === undefined ? "no line" : "a line"} for a request that waits ${what}`, () => {
      progress.tell(wait(given));
      expect(lines).to.deep.equal(line === undefined ? [] : [line]);
      expect(rows.filter((row) => row !== undefined)).to.deep.equal([]);
    });
  }

  it("says how many cancellations are done, and how many wait, also for a short time", async () => {
    const [first, second] = [begin(), begin()];
    first.end();
    await first.result;
    progress.tell(wait({ left: 1_000 }));
    expect(lines).to.deep.equal(["1 done, 2 waiting for the account's rate limit until 12:00:01 UTC (1 s)"]);
    second.end();
    await second.result;
    progress.tell(wait({ left: 1_000 }));
    expect(lines).to.have.length(1);
  });

  it("stands on the row of the cancellation that began first, if rows are known", async () => {
    const [other, first, second] = [begin(), begin("first"), begin("second")];
    other.end();
    await other.result;
    progress.tell(wait({}));
    first.end();
    await first.result;
    progress.tell(wait({ reason: "answer" }));
    second.end();
    await second.result;
    expect(rows).to.deep.equal(["first", "second"]);
    expect(lines[1]).to.match(/^Waiting for an answer/);
  });
});
