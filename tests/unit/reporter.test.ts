import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect } from "chai";

const MOCHA = require.resolve("mocha/bin/mocha.js");
const REPORTER = path.resolve(__dirname, "../reporter.js");

describe("the reporter", () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "hood-reporter-"));
  after(() => rmSync(folder, { recursive: true }));

  const runs: [what: string, program: string, last: string, status: number][] = [
    ["what passed", 'it("a", () => {}); it("b", () => {});', "2 passed, 0 failed", 0],
    [
      "what failed, hooks too, and what was skipped",
      `it("a", () => {}); it("b", () => { throw new Error("no"); }); it("c");
       describe("d", () => { before(() => { throw new Error("no"); }); it("e", () => {}); });`,
      "1 passed, 2 failed, 1 skipped",
      2,
    ],
  ];
  for (const [what, program, last, status] of runs) {
    it(`ends with the sum of ${what}`, () => {
      const file = path.join(folder, "program.js");
      writeFileSync(file, program);
      const args = [MOCHA, "--no-config", "--reporter", REPORTER, file];
      const ran = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
      expect(ran.stdout.trimEnd().split("\n").at(-1)).to.equal(last);
      expect(ran.status).to.equal(status);
    });
  }
});
