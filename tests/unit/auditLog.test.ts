import { execFile, execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { type AuditedCall, type AuditLine, appendToAuditLog, checkAuditLog } from "../../provider/auditLog";
import { UserError } from "../../provider/errors";
import { Operation } from "../../provider/hosts/operation";
import { expectReadable, thrown } from "../support/messages";
import { silentEngine } from "../support/silentEngine";

const call: AuditedCall = {
  action: "cancel",
  callId: "5f0c3f4e-8f0d-4a56-9d6a-3f3a9c1d2b10",
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

  it("gets a line of JSON for each call, and keeps what an earlier version wrote", async () => {
    const before = JSON.stringify({ time: "2026-04-01T12:00:00.000Z", action: "cancel", outcome: "accepted" });
    await writeFile(file, `${before}\n`, { mode: 0o600 });
    appendToAuditLog(file, line);
    appendToAuditLog(file, { ...line, campaignId: "2" });
    const [kept, first, second, ...rest] = await lines();
    expect(kept).to.equal(before);
    expect(JSON.parse(first ?? "")).to.deep.equal(line);
    expect(JSON.parse(second ?? "")).to.deep.equal({ ...line, campaignId: "2" });
    expect(rest).to.deep.equal([]);
  });

  it("holds texts in which nothing is left that a shell or another interpreter would run", async () => {
    const reason = '$(a) `b` $c <?php #{d} @{e} "; f; " \\" \\';
    appendToAuditLog(file, { ...line, reason, campaignName: reason });
    const [text = ""] = await lines();
    expect(JSON.parse(text)).to.include({ reason, campaignName: reason });
    expect(text).to.not.match(/[$`<#@]|[^\\]\\(\\\\)*"(?![,:}])/);
  });

  it("goes on after a line that the disk cut short, on a line of its own", async () => {
    const module = require.resolve("../../provider/auditLog");
    const append = (reason: string) =>
      `require(${JSON.stringify(module)}).appendToAuditLog(${JSON.stringify(file)}, { time: "now", reason: ${JSON.stringify(reason)} })`;
    // A file may grow to one block and no further, as on a disk that is full.
    const full = `trap '' XFSZ; ulimit -f 1; exec "$0" -e "$1"`;
    const script = `try { ${append("x".repeat(3_000))} } catch (error) { console.log(error.message) }`;
    const { stdout } = await promisify(execFile)("bash", ["-c", full, process.execPath, script]);
    expect(stdout).to.contain("the disk is full");
    const cut = (await readFile(file, "utf8")).length;
    expect(cut).to.be.within(1, 3_000);
    appendToAuditLog(file, line);
    appendToAuditLog(file, line);
    const text = await readFile(file, "utf8");
    expect(text[cut]).to.equal("\n");
    expect(text.slice(cut + 1)).to.equal(`${JSON.stringify(line)}\n`.repeat(2));
  });

  it("takes whole lines from several processes at once", async () => {
    const module = require.resolve("../../provider/auditLog");
    const script = `const { appendToAuditLog } = require(${JSON.stringify(module)});
      for (let n = 0; n < 200; n++) appendToAuditLog(${JSON.stringify(file)}, { time: "now", n, reason: "x".repeat(5000) });`;
    await Promise.all(Array.from({ length: 4 }, () => promisify(execFile)(process.execPath, ["-e", script])));
    const written = (await lines()).map((text) => JSON.parse(text));
    expect(written).to.have.length(800);
    expect(written.every(({ reason }) => reason.length === 5_000)).to.equal(true);
  });

  it("is readable by its owner alone where it is new", async () => {
    appendToAuditLog(file, line);
    expect((await stat(file)).mode & 0o077).to.equal(0);
  });

  it("is checked before anything is done, and the check leaves nothing", async () => {
    await checkAuditLog(file);
    expect(await readdir(folder)).to.deep.equal([]);
    for (const text of ["", JSON.stringify(line)]) {
      await writeFile(file, text, { mode: 0o600 });
      await checkAuditLog(file);
      expect(await readFile(file, "utf8")).to.equal(text);
    }
  });

  it("may lie in a folder below the program's, or anywhere by its absolute path", async () => {
    const here = await mkdtemp("audit-");
    try {
      for (const where of [
        `${here}/audit.jsonl`,
        `./${here}/..audit.jsonl`,
        path.resolve(here, "a", "..", "b.jsonl"),
      ]) {
        await checkAuditLog(where);
        appendToAuditLog(where, line);
        await checkAuditLog(where);
      }
      expect(await readdir(here)).to.have.members(["audit.jsonl", "..audit.jsonl", "b.jsonl"]);
    } finally {
      await rm(here, { recursive: true });
    }
  });

  describe("can't be", () => {
    const elsewhere = "elsewhere.jsonl";
    const log = `${JSON.stringify(line)}\n`;
    const other = () => path.join(folder, elsewhere);
    // Only root can give a file away.
    const isRoot = process.getuid?.() === 0;
    const cases: [what: string, where: string, says: string, prepare?: () => unknown][] = [
      ["a folder", ".", "it isn't a file"],
      ["in a folder that isn't there", "missing/audit.jsonl", "ENOENT: no such file or directory"],
      ["a name that is too long", "x".repeat(300), "ENAMETOOLONG"],
      ["below a file", "audit.jsonl/audit.jsonl", "ENOTDIR", () => writeFile(file, log, { mode: 0o600 })],
      ["a link to a log", "audit.jsonl", "a symbolic link", () => [write(other(), log), symlinkSync(other(), file)]],
      ["a link to nothing", "audit.jsonl", "a symbolic link", () => symlink(other(), file)],
      [
        "a loop of links",
        "audit.jsonl",
        "a symbolic link",
        () => [symlinkSync(file, other()), symlinkSync(other(), file)],
      ],
      [
        "reached through a link",
        "link/audit.jsonl",
        "its folder is reached through a symbolic link",
        () => [mkdirSync(other()), symlinkSync(other(), path.join(folder, "link"))],
      ],
      [
        "a file with a second name",
        "audit.jsonl",
        "another name too",
        () => [write(file, log), linkSync(file, other())],
      ],
      ["open to its group", "audit.jsonl", "(mode 640)", () => [write(file, log), chmodSync(file, 0o640)]],
      ["open to everybody", "audit.jsonl", "(mode 666)", () => [write(file, ""), chmodSync(file, 0o666)]],
      ["a file of something else", "audit.jsonl", "something else", () => write(file, "export PATH=/bin\n")],
      ["a short file of something else", "audit.jsonl", "something else", () => write(file, "{}\n")],
      ["a device", "/dev/null", "it isn't a file"],
      ["a pipe", "audit.jsonl", "it isn't a file", () => execFileSync("mkfifo", [file])],
      ["a process's memory", "/proc/self/mem", "it isn't on a disk"],
      ["the system's settings", "/sys/audit.jsonl", "it isn't on a disk"],
    ];
    if (isRoot) {
      cases.push([
        "another user's file",
        "audit.jsonl",
        "belongs to another user",
        () => [write(file, log), chownSync(file, 65_534, 65_534)],
      ]);
    }
    const write = (where: string, text: string) => writeFileSync(where, text, { mode: 0o600 });
    for (const [what, where, says, prepare] of process.platform === "linux" ? cases : cases.slice(0, 2)) {
      it(`${what}: the check says so with what to do, and nothing is written`, async () => {
        await prepare?.();
        const audit = path.resolve(folder, where);
        const { message } = await thrown(UserError, () => checkAuditLog(audit));
        expect(message).to.contain("hood:auditLog").and.contain("can't be written").and.contain(says);
        expectReadable(message);
        const content = () =>
          [file, other()].map((name) => existsSync(name) && statSync(name).isFile() && readFileSync(name, "utf8"));
        const before = content();
        expect(() => appendToAuditLog(audit, line)).to.throw();
        expect(content()).to.deep.equal(before);
      });
    }

    for (const where of ["../audit.jsonl", "a/../../audit.jsonl", ".."]) {
      it(`out of the program's folder by ${where}: the check gives the absolute path`, async () => {
        const { message } = await thrown(UserError, () => checkAuditLog(where));
        expect(message)
          .to.contain("leads out of the program's folder")
          .and.contain(JSON.stringify(path.resolve(where)));
        expectReadable(message);
        expect(() => appendToAuditLog(where, line)).to.throw("leads out");
      });
    }
  });

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

    it("fails a call that is to go out and couldn't be written down", async () => {
      const { engine, operation } = operationWith(path.join(folder, "missing/audit.jsonl"));
      const error = await thrown(Error, () => operation.audit({ ...call, outcome: "started" }));
      expect(error.message).to.equal("the audit log can't be written: ENOENT: no such file or directory");
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
