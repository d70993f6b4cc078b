import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { type AuditLine, appendToAuditLog, checkAuditLog } from "../../provider/auditLog";

const line: AuditLine = {
  time: "2026-05-01T12:00:00.000Z",
  action: "cancel",
  campaignId: "1000248",
  campaignName: "Spring\nsale",
  reason: "Budget cut",
  outcome: "accepted",
  httpStatus: 204,
  stack: "prod",
  project: "campaigns",
};

describe("audit log", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "hood audit "));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("takes one line of JSON for each call, whatever a name holds", () => {
    const path = join(folder, "audit.jsonl");
    appendToAuditLog(path, line);
    appendToAuditLog(path, { ...line, campaignId: "1000250" });
    const lines = readFileSync(path, "utf8").trimEnd().split("\n");
    expect(lines.map((text) => JSON.parse(text))).to.deep.equal([line, { ...line, campaignId: "1000250" }]);
  });

  it("is found writable without being made", async () => {
    await checkAuditLog(join(folder, "audit.jsonl"));
    expect(() => readFileSync(join(folder, "audit.jsonl"))).to.throw("ENOENT");
  });

  for (const [what, path] of [
    ["a folder that isn't there", "nowhere/audit.jsonl"],
    ["a path that is a folder", "."],
  ] as const) {
    it(`is refused for ${what}, with the setting's name`, async () => {
      const error = await checkAuditLog(join(folder, path)).then(
        () => undefined,
        (thrown: Error) => thrown,
      );
      expect(error?.message).to.match(/can't be written[\s\S]*hood:auditLog/);
      expect(error?.message.split("\n")).to.have.length.at.most(3);
    });
  }
});
