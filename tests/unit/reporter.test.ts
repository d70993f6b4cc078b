import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { expect } from "chai";

const MOCHA = require.resolve("mocha/bin/mocha.js");
const REPORTER = path.resolve(__dirname, "../reporter.js");

describe("the reporter", () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "hood-reporter-"));
  });
  after(() => rm(folder, { recursive: true }));

  async function run(program: string) {
    const file = path.join(folder, "program.js");
    await writeFile(file, program);
    const { stdout, status } = spawnSync(process.execPath, [MOCHA, "--no-config", "--reporter", REPORTER, file], {
      cwd: folder,
      encoding: "utf8",
    });
    return { last: stdout.trimEnd().split("\n").at(-1), status };
  }

  const passing = 'it("a", () => {}); it("b", () => {});';
  const failing = 'it("c", () => { throw new Error("no"); });';

  it("ends with the sum of what passed", async () => {
    expect(await run(passing)).to.deep.equal({ last: "2 passed, 0 failed", status: 0 });
  });

  it("ends with it also after failures", async () => {
    expect(await run(passing + failing)).to.deep.equal({ last: "2 passed, 1 failed", status: 1 });
  });

  it("counts a hook that failed", async () => {
    const hook = 'before(() => { throw new Error("no"); });';
    expect(await run(passing + hook)).to.deep.equal({ last: "0 passed, 1 failed", status: 1 });
  });

  it("never hides what was skipped", async () => {
    expect(await run(`${passing} it("d");`)).to.deep.equal({ last: "2 passed, 0 failed, 1 skipped", status: 0 });
  });
});
