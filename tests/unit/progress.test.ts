import { mock } from "node:test";
import { expect } from "chai";
import { Progress } from "../../provider/progress";

describe("progress", () => {
  let shown: string[];
  let wait: number;
  let progress: Progress;

  beforeEach(() => {
    mock.timers.enable({ apis: ["setInterval", "Date"], now: Date.UTC(2026, 4, 1, 12, 0, 0) });
    shown = [];
    wait = 0;
    progress = new Progress({ total: () => 300, wait: () => wait, show: (line) => shown.push(line) });
  });
  afterEach(() => mock.timers.reset());

  it("says how many are done, how many wait, and until when", async () => {
    let end = () => {};
    await progress.count(async () => {});
    const counted = progress.count(() => new Promise<void>((resolve) => (end = resolve)));
    wait = 25_500;
    mock.timers.tick(1_000);
    expect(shown).to.deep.equal(["1 done, 299 waiting for the account's rate limit until 12:00:26 UTC (26 s)"]);
    end();
    await counted;
  });

  it("says nothing while nothing waits", async () => {
    let end = () => {};
    const counted = progress.count(() => new Promise<void>((resolve) => (end = resolve)));
    mock.timers.tick(5_000);
    expect(shown).to.deep.equal([]);
    end();
    await counted;
  });

  it("falls silent when all have ended, also the failed ones", async () => {
    wait = 10_000;
    await progress.count(() => Promise.reject(new Error("no"))).catch(() => {});
    mock.timers.tick(5_000);
    expect(shown).to.deep.equal([]);
  });
});
