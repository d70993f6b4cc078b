import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { type AuditedCall, type AuditLine, appendToAuditLog, checkAuditLog } from "../../provider/auditLog";
import { Operation } from "../../provider/doors/operation";
import { UserError } from "../../provider/errors";
import { expectReadable, thrown } from "../support/messages";
import { silentEngine } from "../support/silentEngine";

const call: AuditedCall = {
  action: "cancel",
  campaignId: "1000248",
  campaignName: "Spring\nsale",
  reason: "Budget cut",
  outcome: "accepted",
  httpStatus: 204,
};
const line: AuditLine = { time: "2026-05-01T12:00:00.000Z", ...call };

describe("the audit log", () => {
  let folder: string;
  let file: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "hood-audit-"));
    file = path.join(folder, "audit.jsonl");
  });
  afterEach(() => rm(folder, { recursive: true }));

  const lines = async () => (await readFile(file, "utf8")).split("\n").slice(0, -1);

  it("gets a line of JSON for each call, and keeps what was there", async () => {
    await writeFile(file, "before\n");
    appendToAuditLog(file, line);
    appendToAuditLog(file, { ...line, campaignId: "2" });
    const [before, first, second, ...rest] = await lines();
    expect(before).to.equal("before");
    expect(JSON.parse(first ?? "")).to.deep.equal(line);
    expect(JSON.parse(second ?? "")).to.deep.equal({ ...line, campaignId: "2" });
    expect(rest).to.deep.equal([]);
  });

  it("takes whole lines from several processes at once", async () => {
    const module = require.resolve("../../provider/auditLog");
    const script = `const { appendToAuditLog } = require(${JSON.stringify(module)});
      for (let n = 0; n < 200; n++) appendToAuditLog(${JSON.stringify(file)}, { n, reason: "x".repeat(5000) });`;
    await Promise.all(Array.from({ length: 4 }, () => promisify(execFile)(process.execPath, ["-e", script])));
    const written = (await lines()).map((text) => JSON.parse(text));
    expect(written).to.have.length(800);
    expect(written.every(({ reason }) => reason.length === 5_000)).to.equal(true);
  });

  it("is readable by its owner alone where it is new", async () => {
    appendToAuditLog(file, line);
    expect((await stat(file)).mode & 0o077).to.equal(0);
  });

  it("is checked before anything is done: there, or in a folder that is there", async () => {
    await checkAuditLog(file);
    await writeFile(file, "");
    await checkAuditLog(file);
  });

  for (const [what, where] of [
    ["a folder", "."],
    ["in a folder that isn't there", "missing/audit.jsonl"],
  ] as const) {
    it(`can't be ${what}, which the check says with what to do`, async () => {
      const { message } = await thrown(UserError, () => checkAuditLog(path.join(folder, where)));
      expect(message).to.contain("hood:auditLog").and.contain("HOOD_AUDIT_LOG").and.contain("can't be written");
      expectReadable(message);
    });
  }

  describe("of an operation", () => {
    function operationWith(auditLog?: string) {
      const engine = silentEngine({ project: "shop", stack: "prod" });
      const operation = new Operation(engine);
      operation.configure((key) => (key === "auditLog" ? auditLog : undefined));
      return { engine, operation };
    }

    it("says when, in which project and stack, and what", async () => {
      const before = Date.now();
      await operationWith(file).operation.audit(call);
      const { time, ...rest } = JSON.parse((await lines())[0] ?? "");
      expect(rest).to.deep.equal({ ...call, project: "shop", stack: "prod" });
      expect(new Date(time).toISOString()).to.equal(time);
      expect(Date.parse(time)).to.be.within(before, Date.now());
    });

    it("isn't written where nobody wants it", async () => {
      const { engine, operation } = operationWith();
      await operation.audit(call);
      expect(engine.warnings).to.deep.equal([]);
    });

    it("never fails a call that was made: the line goes to the user instead", async () => {
      const { engine, operation } = operationWith(path.join(folder, "missing/audit.jsonl"));
      await operation.audit(call);
      expect(engine.warnings).to.have.length(1);
      expect(engine.warnings[0]).to.contain("couldn't be written").and.contain('"campaignId":"1000248"');
      expectReadable(engine.warnings[0] ?? "");
    });
  });
});
