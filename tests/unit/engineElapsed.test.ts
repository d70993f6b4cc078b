import { mock } from "node:test";
import { expect } from "chai";
import { withElapsed } from "../../tools/engine/elapsed";

describe("progress of a long step", () => {
  beforeEach(() => mock.timers.enable({ apis: ["Date", "setInterval"] }));
  afterEach(() => mock.timers.reset());

  it("says every 20 s how long it has taken, until the step ends", async () => {
    const lines: string[] = [];
    const result = await withElapsed(
      "Building",
      (line) => lines.push(line),
      async () => {
        for (let seconds = 0; seconds < 65; seconds += 5) mock.timers.tick(5_000);
        return "built";
      },
    );
    mock.timers.tick(60_000);
    expect(result).to.equal("built");
    expect(lines).to.deep.equal([
      "Building",
      "Building: 20 s so far",
      "Building: 40 s so far",
      "Building: 1 min 0 s so far",
    ]);
  });

  it("ends with the step when that fails", async () => {
    const lines: string[] = [];
    const failed = await withElapsed(
      "Building",
      (line) => lines.push(line),
      () => Promise.reject(new Error("no space left")),
    ).catch((error: Error) => error.message);
    mock.timers.tick(60_000);
    expect(failed).to.equal("no space left");
    expect(lines).to.deep.equal(["Building"]);
  });
});
