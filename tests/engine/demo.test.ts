import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { ROOT } from "./stack";

describe("The demo", function () {
  this.timeout(120_000);

  it("tells the whole story on the root project, and leaves nothing behind", async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [join(ROOT, "dist/tools/demo.js")], {
      cwd: ROOT,
    });
    for (const told of ["Preview", "Up", "Up again", "Another campaign", "Refresh", "Destroy", "That was all of it"]) {
      expect(stdout).to.include(told);
    }
    expect(stdout)
      .to.match(/previousStatus: "running"/)
      .and.match(/Cancellation is permanent/);
    for (const left of [".demo", "Pulumi.demo.yaml"]) expect(existsSync(join(ROOT, left)), left).to.equal(false);
  });
});
