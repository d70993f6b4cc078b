import { execFile, execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { type AuditedCall, type AuditLine, appendToAuditLog, checkAuditLog } from "../../provider/auditLog";
import { UserError } from "../../provider/errors";
import { UNKNOWN } from "../../provider/hosts/hosted";
import { EngineOperation, OperationMemory } from "../../provider/operation";
import { duplicateFailures } from "../../provider/resources/guards";
import { unknown } from "../../provider/resources/resource";
import type { FaultRule } from "../../simulator";
import { expectReadable, thrown } from "../support/accounts";
import { failed, isCreate, openInProcess, silentEngine } from "../support/testAccount";

describe("a second resource for the same campaign", () => {
  const declared = (name: string) => `urn:pulumi:dev::shop::my:Parent$hood:index:Campaign${name}`;
  const check = (memory: OperationMemory, urn: string | undefined, campaignId: unknown) =>
    duplicateFailures({ urn: urn && declared(urn), memory }, campaignId);

  it("fails, with both names, since which of them wins would be chance", () => {
    const memory = new OperationMemory();
    expect(check(memory, "Cancellation::a", "7")).to.deep.equal([]);
    const [{ property, reason } = { property: "", reason: "" }, ...others] = check(memory, "Status::b::c", "7");
    expect([property, others]).to.deep.equal(["campaignId", []]);
    expect(reason)
      .to.contain('CampaignCancellation "a" and CampaignStatus "b::c" both manage the status of campaign 7')
      .and.contain("removing a resource sends nothing");
    expectReadable(reason);
  });

  it("is none if it is the same one, is for another campaign, or isn't told or known yet", () => {
    const memory = new OperationMemory();
    const ids = ["7", "7", "8", unknown, unknown].map((id) => ["Status::a", id] as const);
    const others = [
      [undefined, "7"],
      ["Status::b", unknown],
      ["Status::b", 7],
      ["Status::b", "9"],
    ] as const;
    for (const [urn, id] of [...ids, ...others]) expect(check(memory, urn, id)).to.deep.equal([]);
  });
});

describe("the cap on cancellations", () => {
  const on = openInProcess({ config: { maxCancellations: "2" } });
  const reason = "Budget cut";
  const check = async (campaignId: string, provider = on.provider) =>
    (await provider.check(undefined, { campaignId, reason })).failures.map((failure) => failure.reason);

  it("fails the campaign that is one too many in this operation, and no other", async () => {
    const ids = ["running", "canceled", "paused", "running", "scheduled"].map((status) => on.campaign(status));
    const own = (index: number) => check(ids[index] ?? "", on.provider.as({ resource: `own-${index}` }));
    for (const index of [0, 1, 2, 0, 1, 2]) expect(await own(index)).to.deep.equal([]);
    const [message = "", ...others] = await own(3);
    const three = [ids[0], ids[2], ids[3]].map((id) => `campaign ${id} "Spring sale"`).join(", ");
    expect(message)
      .to.contain("more than 2 campaigns")
      .and.contain(`hood:maxCancellations (or HOOD_MAX_CANCELLATIONS) allows: ${three}.\nCancellation is permanent`)
      .and.contain("HOOD_MAX_CANCELLATIONS=1000 pulumi up");
    expectReadable(message);
    expect(others).to.deep.equal([]);
    // By then it isn't only the last one that can't be canceled with all the others.
    for (const index of [3, 0]) expect((await own(index))[0]).to.match(new RegExp(`If this one .*::own-${index}'`));
    expect(await check(ids[4] ?? "", on.another())).to.deep.equal([]);
    expect(on.canceled).to.deep.equal([]);
  });

  it("counts campaigns whose id isn't known yet, and names the first ones", async () => {
    const provider = on.another({ resource: null, config: { maxCancellations: "600" } });
    for (let n = 0; n < 600; n++) expect(await check(UNKNOWN, provider)).to.deep.equal([]);
    const [message] = await check(UNKNOWN, provider);
    const five = Array(5).fill("a campaign whose id is only known in the update").join(", ");
    expect(message)
      .to.contain(`allows: ${five} and 596 more so far.\n`)
      .and.contain("HOOD_MAX_CANCELLATIONS=1200 pulumi up")
      .and.contain("`pulumi up --target 'URN'`");
  });

  it("counts what an update would cancel again, each once", async () => {
    const provider = on.another();
    const [first = "", second = "", third = "", fourth = ""] = [1, 2, 3, 4].map(() => on.campaign("running"));
    const diff = (campaignId: string) => {
      const inputs = { campaignId, reason, campaignName: "Spring sale", previousStatus: "running" };
      return provider.diff(campaignId, { ...inputs, status: "running", outcome: "canceled" }, inputs);
    };
    // A refresh compares without a check. It sends nothing, so it counts nothing.
    for (const id of [first, second, third, fourth]) expect((await diff(id)).changes).to.equal(true);
    await provider.check({ campaignId: first, reason }, { campaignId: first, reason });
    for (const id of [first, second, first]) expect((await diff(id)).changes).to.equal(true);
    const { message } = await failed(() => diff(third));
    expect(message).to.contain("more than 2 campaigns");
    expect(message).to.contain("allows. The state has 3 of them still to do, edited by nobody: campaign");
    expect(on.calls).to.deep.equal([]);
  });

  for (const isFirst of [true, false]) {
    it(`names what fills it, and what can be canceled alone, ${isFirst ? "before" : "after"} what is still to do`, async () => {
      const provider = on.another({ config: { maxCancellations: "1" } });
      const [id, old] = [on.campaign("running"), on.campaign("running")];
      const args = { campaignId: old, reason };
      const outs = { ...args, campaignName: "Spring sale", status: "running", outcome: "canceled" };
      const due = { id: old, args, inputs: args, outs };
      const urgent = async () => (await check(id, provider.as({ resource: "urgent" })))[0];
      const refreshed = () =>
        on.preview(due, {}, provider.as({ resource: "old" })).then(
          () => undefined,
          ({ message }) => message,
        );
      const [earlier, later] = isFirst ? [urgent, refreshed] : [refreshed, urgent];
      expect(await earlier()).to.equal(undefined);
      const message = String(await later());
      for (const part of [
        `allows: campaign ${id} "Spring sale". The state has 1 of them still to do, edited by nobody`,
        `by nobody: campaign ${old} "Spring sale".`,
        "cancel it alone: `pulumi up --target 'urn:pulumi:test::unit::hood:index:CampaignCancellation::urgent'`.",
        isFirst ? `If campaign ${id} "Spring sale"` : "If this one",
      ])
        expect(message).to.contain(part);
      expectReadable(message);
    });
  }
});

describe("the cap, and what is done already", () => {
  const on = openInProcess({ config: { maxCancellations: "0" } });

  it("doesn't count an end of unknown effect that is seen to be done", async () => {
    const campaignId = on.campaign("canceled");
    const args = { campaignId, reason: "Late" };
    expect((await on.provider.check(args, args)).failures).to.deep.equal([]);
    await on.provider.diff(campaignId, { ...args, campaignName: "Spring sale", status: "unknown" }, args);
    expect(on.provider.engine.warnings.join()).to.contain("Nothing is left to do for");
  });
});

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

  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "hood-audit-"));
    file = path.join(folder, "audit.jsonl");
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  const text = () => (fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "");
  const lines = () => text().split("\n").slice(0, -1);

  it("gets a line of JSON for each call, keeps what an earlier version wrote, and is its owner's alone if it is new", async () => {
    appendToAuditLog(file, { ...line, campaignId: "2" });
    expect(fs.statSync(file).mode & 0o077).to.equal(0);
    const before = JSON.stringify({ time: "2026-04-01T12:00:00.000Z", action: "cancel", outcome: "accepted" });
    fs.writeFileSync(file, `${before}\n`);
    appendToAuditLog(file, line);
    appendToAuditLog(file, { ...line, campaignId: "2" });
    expect(lines()).to.deep.equal([before, ...[line, { ...line, campaignId: "2" }].map((one) => JSON.stringify(one))]);
  });

  it("holds texts in which nothing is left that a shell or another interpreter would run", async () => {
    const reason = '$(a) `b` $c <?php #{d} @{e} "; f; " \\" \\';
    appendToAuditLog(file, { ...line, reason, campaignName: reason });
    const [written = ""] = lines();
    expect(JSON.parse(written)).to.include({ reason, campaignName: reason });
    expect(written).to.not.match(/[$`<#@]|[^\\]\\(\\\\)*"(?![,:}])/);
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
    const cut = text().length;
    expect(cut).to.be.within(1, 3_000);
    appendToAuditLog(file, line);
    appendToAuditLog(file, line);
    expect(text()[cut]).to.equal("\n");
    expect(text().slice(cut + 1)).to.equal(`${JSON.stringify(line)}\n`.repeat(2));
  });

  it("takes whole lines from several processes at once", async () => {
    const module = require.resolve("../../provider/auditLog");
    const script = `const { appendToAuditLog } = require(${JSON.stringify(module)});
      for (let n = 0; n < 200; n++) appendToAuditLog(${JSON.stringify(file)}, { time: "now", n, reason: "x".repeat(5000) });`;
    await Promise.all(Array.from({ length: 4 }, () => promisify(execFile)(process.execPath, ["-e", script])));
    const written = lines().map((one) => JSON.parse(one));
    expect(written).to.have.length(800);
    expect(written.every(({ reason }) => reason.length === 5_000)).to.equal(true);
  });

  it("is closed after each line and each check", async () => {
    const open = () => (process.platform === "linux" ? fs.readdirSync("/proc/self/fd").length : 0);
    appendToAuditLog(file, line);
    const before = open();
    for (let n = 0; n < 20; n++) {
      appendToAuditLog(file, line);
      await checkAuditLog(file);
    }
    expect(open()).to.be.below(before + 20);
  });

  it("is checked before anything is done, and the check leaves nothing", async () => {
    await checkAuditLog(file);
    expect(fs.readdirSync(folder)).to.deep.equal([]);
    for (const content of ["", JSON.stringify(line)]) {
      fs.writeFileSync(file, content, { mode: 0o600 });
      await checkAuditLog(file);
      expect(text()).to.equal(content);
    }
  });

  it("may lie in a folder below the program's, or anywhere by its absolute path", async () => {
    const here = fs.mkdtempSync("audit-");
    try {
      for (const where of [`${here}/a`, `./${here}/..b`, path.resolve(here, "a", "..", "c")]) {
        await checkAuditLog(where);
        appendToAuditLog(where, line);
        await checkAuditLog(where);
      }
      expect(fs.readdirSync(here)).to.have.members(["a", "..b", "c"]);
    } finally {
      fs.rmSync(here, { recursive: true });
    }
  });

  describe("can't be", () => {
    const elsewhere = "elsewhere.jsonl";
    const log = `${JSON.stringify(line)}\n`;
    const other = () => path.join(folder, elsewhere);
    const write = (where: string, content: string, mode = 0o600) => {
      fs.writeFileSync(where, content, { mode: 0o600 });
      fs.chmodSync(where, mode);
    };
    const link = () => fs.symlinkSync(other(), file);
    const linked = () => [fs.mkdirSync(other()), fs.symlinkSync(other(), path.join(folder, "link"))];
    const THROUGH = "its folder is reached through a symbolic link";
    const given = () => [write(file, log), fs.chownSync(file, 65_534, 65_534)];
    const LOG = "audit.jsonl";
    const cases: [what: string, where: string, says: string, prepare?: () => unknown][] = [
      ["a folder", ".", "it isn't a file"],
      ["in a folder that isn't there", "missing/audit.jsonl", "ENOENT: no such file or directory."],
      ["a link to a log", LOG, "a symbolic link", () => [write(other(), log), link()]],
      ["a link to nothing", LOG, "a symbolic link", link],
      ["a loop", LOG, "a symbolic link", () => [fs.symlinkSync(file, other()), link()]],
      ["reached through a link", "link/audit.jsonl", THROUGH, linked],
      ["a file of two names", LOG, "another name too", () => [write(file, log), fs.linkSync(file, other())]],
      ["open to its group", LOG, "(mode 640)", () => write(file, log, 0o640)],
      ["a file of something else", LOG, "something else", () => write(file, "export PATH=/bin\n")],
      ["a short file of something else", LOG, "something else", () => write(file, '":"')],
      ["a device", "/dev/null", "it isn't a file"],
      ["a pipe", LOG, "it isn't a file", () => execFileSync("mkfifo", [file])],
      ["a process's memory", "/proc/self/mem", "it isn't on a disk"],
      // Only root can give a file away.
      ...(process.getuid?.() === 0 ? [["another user's file", LOG, "belongs to another user", given] as const] : []),
    ].map((row) => row as (typeof cases)[number]);
    for (const [what, where, says, prepare] of process.platform === "linux" ? cases : cases.slice(0, 2)) {
      it(`${what}: the check says so with what to do, and nothing is written`, async () => {
        await prepare?.();
        const audit = path.resolve(folder, where);
        const { message } = await thrown(UserError, () => checkAuditLog(audit));
        expect(message).to.contain("hood:auditLog").and.contain("can't be written").and.contain(says);
        expectReadable(message);
        const content = () =>
          [file, other()].map(
            (name) => fs.existsSync(name) && fs.statSync(name).isFile() && fs.readFileSync(name, "utf8"),
          );
        const before = content();
        expect(() => appendToAuditLog(audit, line)).to.throw();
        expect(content()).to.deep.equal(before);
      });
    }

    for (const where of ["../audit.jsonl", ".."]) {
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

  it("never fails a call that was made: the line goes to the user instead", async () => {
    const engine = silentEngine({ project: "shop", stack: "prod" });
    const operation = new EngineOperation(engine);
    operation.configure((key) => (key === "auditLog" ? path.join(folder, "missing/audit.jsonl") : undefined));
    await operation.audit(call);
    expect(engine.warnings).to.have.length(1);
    expect(engine.warnings[0]).to.contain("couldn't be written").and.contain('"campaignId":"1000248"');
    expectReadable(engine.warnings[0] ?? "");
  });

  describe("of an update", () => {
    const on = openInProcess({ stack: { project: "shop", stack: "prod" } });
    const reason = "Budget cut";
    const audited = (more: object = {}) => on.another({ config: { auditLog: file }, ...more });
    const all = () => lines().map((one) => JSON.parse(one));

    it("holds nothing after a preview, nor if nothing is sent", async () => {
      const provider = audited();
      await provider.check(undefined, { campaignId: on.campaign("running"), reason });
      const { id, outs } = await on.apply({ campaignId: on.campaign("canceled"), reason }, provider);
      await provider.read(id, outs);
      await provider.update(id, outs, { campaignId: id, reason, expectedName: "Spring sale" });
      await provider.delete(id, outs);
      expect(text()).to.equal("");
    });

    it("holds a line before a call and one after it, with its project and stack", async () => {
      const campaignId = on.campaign("running");
      await on.apply({ campaignId, reason }, audited());
      const both = all();
      const cancel = {
        action: "cancel",
        campaignId,
        campaignName: "Spring sale",
        reason,
        project: "shop",
        stack: "prod",
      };
      const [{ callId }] = both;
      expect(callId).to.match(/^[0-9a-f-]{36}$/);
      expect(text()).not.to.contain("canary");
      for (const { time } of both) expect(new Date(time).toISOString()).to.equal(time);
      expect(both.map(({ time: _, ...others }) => others)).to.deep.equal([
        { ...cancel, callId, outcome: "started" },
        { ...cancel, callId, outcome: "accepted", httpStatus: 204 },
      ]);
    });

    it("holds the end alone of a call whose turn never comes while what it stands on is recent", async () => {
      const slow = on.another({ config: { auditLog: file, rateLimit: "1/61s" } });
      await failed(() => on.apply({ campaignId: on.campaign("running"), reason }, slow));
      expect(all().map(({ outcome, httpStatus }) => [outcome, httpStatus])).to.deep.equal([["failed", undefined]]);
    });

    const canceled: FaultRule["before"] = ({ campaigns }) => {
      for (const campaign of campaigns.values()) campaign.status = "canceled";
    };
    const answered = (status: number, more: object = {}) => ({ fault: { kind: "status", status, ...more } as const });
    const unsure = [{ fault: { kind: "drop" } }, answered(500), { before: canceled }] as const;
    const again = { times: 2, ...answered(429, { retryAfter: 1 }) };
    /** What comes over calls, and the outcomes in the log, each with its HTTP status. */
    const rules: [what: string, rules: readonly Omit<FaultRule, "match">[], outcomes: string][] = [
      ["what came of each call", unsure, "started, unsure, started, unsure 500, started, refused 400"],
      ["one line before a call that the account puts off, however often", [again], "started, accepted 204"],
      [
        "the end of a call that came too late after it was put off",
        [answered(429, { retryAfter: 75 })],
        "started, failed 429, started, accepted 204",
      ],
      ["a call that can't have happened", [answered(401)], "started, failed 401"],
    ];
    for (const [what, faults, outcomes] of rules) {
      it(`holds ${what}`, async () => {
        const campaignId = on.campaign("running");
        for (const rule of faults) on.faultCancel(campaignId, rule);
        await on.apply({ campaignId, reason }, audited()).catch(() => {});
        const written = all();
        const told = written.map(({ outcome, httpStatus }) => (httpStatus ? `${outcome} ${httpStatus}` : outcome));
        expect(told.join(", ")).to.equal(outcomes);
        for (const { outcome, traceId } of written) {
          if (outcome === "refused") expect(traceId).to.match(/^[0-9a-f-]{36}$/);
        }
      });
    }

    it("holds what came of a create and of an edit, also of a create whose answer was lost", async () => {
      const provider = audited({ type: "Campaign" });
      const { id, outs } = await on.apply({ name: "Spring sale" }, provider);
      await provider.update(id, outs, { name: "Autumn sale" });
      on.fault({ match: isCreate, fault: { kind: "body" } });
      await on.apply({ name: "Winter sale" }, provider);
      on.fault({ match: isCreate, fault: { kind: "status", status: 403 } });
      await on.apply({ name: "Summer sale" }, provider).catch(() => {});
      expect(
        all().map(({ action, outcome, campaignId, campaignName }) => [action, outcome, campaignId, campaignName]),
      ).to.deep.equal([
        ["create", "started", undefined, "Spring sale"],
        ["create", "accepted", id, "Spring sale"],
        ["edit", "started", id, "Spring sale"],
        ["edit", "accepted", id, "Spring sale"],
        ["create", "started", undefined, "Winter sale"],
        ["create", "unsure", undefined, "Winter sale"],
        ["create", "started", undefined, "Summer sale"],
        ["create", "refused", undefined, "Summer sale"],
      ]);
    });

    for (const [type, says] of [
      ["CampaignCancellation", /^The audit log .* can't be written: it is a symbolic link\./],
      ["CampaignStatus", /the audit log can't be written[\s\S]*Nothing was sent/],
    ] as const) {
      it(`is there before anything is sent: if the file has become another one since the preview, a ${type} does nothing`, async () => {
        const provider = audited({ type });
        const args = {
          campaignId: on.campaign("running"),
          reason,
          ...(type === "CampaignStatus" && { status: "paused" }),
        };
        const { inputs } = await provider.check(undefined, args);
        fs.symlinkSync(path.join(folder, "target"), file);
        expect((await failed(() => provider.create(inputs))).message).to.match(says);
        expect(on.calls).to.deep.equal([]);
        expect(provider.engine.warnings).to.deep.equal([]);
        expect(fs.readdirSync(folder)).to.deep.equal(["audit.jsonl"]);
      });
    }
  });
});
