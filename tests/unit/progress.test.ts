import { mock } from "node:test";
import { expect } from "chai";
import { Progress } from "../../provider/progress";

describe("progress", () => {
  let wait: number;
  let lines: string[];
  let rows: (string | undefined)[];
  let progress: Progress;

  beforeEach(() => {
    mock.timers.enable({ apis: ["setInterval", "Date"], now: Date.parse("2026-05-01T12:00:00Z") });
    wait = 0;
    lines = [];
    rows = [];
    const show = (line: string, row?: string) => {
      lines.push(line);
      rows.push(row);
    };
    progress = new Progress({ total: () => 3, wait: () => wait, show });
  });
  afterEach(() => mock.timers.reset());

  /** A cancellation that goes on until it is ended. */
  function begin(row?: string) {
    let end = (_error?: Error) => {};
    const act = () =>
      new Promise<string>((resolve, reject) => {
        end = (error) => (error ? reject(error) : resolve("done"));
      });
    return { result: progress.count(act, row), end: (error?: Error) => end(error) };
  }

  it("gives what the cancellation gives, or throws what it throws", async () => {
    const [first, second] = [begin(), begin()];
    first.end();
    second.end(new Error("no"));
    expect(await first.result).to.equal("done");
    expect(await second.result.catch((error: Error) => error.message)).to.equal("no");
  });

  it("is silent while nothing waits", async () => {
    const { result, end } = begin();
    mock.timers.tick(5_000);
    end();
    await result;
    expect(lines).to.deep.equal([]);
  });

  it("says each second how many are done, how many wait, and until when", async () => {
    const [first, second] = [begin(), begin()];
    wait = 30_000;
    first.end();
    await first.result;
    mock.timers.tick(1_000);
    wait = 29_000;
    mock.timers.tick(1_000);
    expect(lines).to.deep.equal([
      "1 done, 2 waiting for the account's rate limit until 12:00:31 UTC (30 s)",
      "1 done, 2 waiting for the account's rate limit until 12:00:31 UTC (29 s)",
    ]);
    second.end();
    await second.result;
  });

  it("ends when all have ended, and begins again with the next", async () => {
    wait = 30_000;
    const first = begin();
    first.end();
    await first.result;
    mock.timers.tick(5_000);
    expect(lines).to.deep.equal([]);
    const second = begin();
    mock.timers.tick(1_000);
    expect(lines).to.have.length(1);
    second.end();
    await second.result;
  });

  it("stands on the row of the one that has waited longest, where rows are known", async () => {
    wait = 30_000;
    const [first, second] = [begin("first"), begin("second")];
    mock.timers.tick(1_000);
    first.end();
    await first.result;
    mock.timers.tick(1_000);
    expect(rows).to.deep.equal(["first", "second"]);
    second.end();
    await second.result;
  });
});
