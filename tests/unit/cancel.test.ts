import { expect } from "chai";
import type { AuditedCall } from "../../provider/auditLog";
import { endCampaign, objectionsTo } from "../../provider/cancel";
import { UncertainError, UserError } from "../../provider/errors";
import { type Account, openAccount } from "../../provider/hood/account";
import { HoodError } from "../../provider/hood/errors";
import { UNKNOWN } from "../../provider/unknown";
import { type FaultRule, type Simulator, type SimulatorOptions, startSimulator } from "../../simulator";
import { type InstantClock, instantClock } from "../support/instantClock";
import { expectReadable, thrown } from "../support/messages";

const token = "canary-token-1234567890";
const args = { campaignId: "1000248", reason: "Budget cut" };
const isCancel: FaultRule["match"] = ({ method }) => method === "POST";
const isLook: FaultRule["match"] = ({ method }) => method === "GET";

describe("ending a campaign", () => {
  let hood: Simulator;
  let clock: InstantClock;
  let account: Account;
  let audited: AuditedCall[];

  async function open(options: SimulatorOptions = {}, endpoint?: string): Promise<void> {
    await hood?.close();
    clock = instantClock();
    audited = [];
    hood = await startSimulator({
      token,
      rateLimit: "off",
      now: () => 1_777_636_800_000 + clock.now(),
      campaigns: [{ id: "1000248", name: "Spring sale", status: "running" }],
      ...options,
    });
    const rateLimit = [{ limit: 1_000, length: 1_000 }];
    account = openAccount({ endpoint: endpoint ?? hood.url, token, timeout: 5_000, maxParallel: 10, rateLimit }, clock);
  }

  beforeEach(() => open());
  afterEach(() => hood.close());

  const context: Parameters<typeof endCampaign>[0] = {
    account: () => account,
    audit: async (call) => {
      audited.push(call);
    },
  };
  const end = (more: object = {}, calledBefore = false) => endCampaign(context, { ...args, ...more }, { calledBefore });
  const posts = () => hood.requests.filter(({ method }) => method === "POST");
  const effects = () => hood.requests.flatMap(({ effect }) => effect ?? []);
  const expectOneEffect = () =>
    expect(effects()).to.deep.equal([{ campaignId: "1000248", from: "running", to: "canceled" }]);

  describe("that is cancelable", () => {
    for (const status of ["scheduled", "running", "paused"]) {
      it(`cancels one that is ${status}, with a look and a call`, async () => {
        hood.setStatus("1000248", status);
        const ended = await end();
        expect(ended).to.include({ outcome: "canceled", previousStatus: status });
        expect(ended.campaign).to.include({ id: "1000248", name: "Spring sale", status: "canceled" });
        expect(hood.requests.map(({ method }) => method)).to.deep.equal(["GET", "POST"]);
        expect(hood.campaign("1000248")).to.include({ status: "canceled", reason: "Budget cut" });
        expect(clock.pauses).to.deep.equal([]);
      });
    }

    it("says when, in UTC", async () => {
      const before = Date.now();
      const { canceledAt = "" } = await end();
      expect(canceledAt).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      expect(Date.parse(canceledAt)).to.be.within(before, Date.now());
    });

    it("doesn't look again at what was just looked at", async () => {
      await account.look("1000248");
      await end();
      expect(hood.requests.map(({ method }) => method)).to.deep.equal(["GET", "POST"]);
    });

    it("sends an id and a reason as they are", async () => {
      const id = "12345678901234567891";
      hood.add({ id, name: "Big", status: "running" });
      await end({ campaignId: id, reason: 'Q4 "cut" – 予算' });
      expect(posts()[0]?.path).to.equal(`/v1/hood/campaigns/${id}/cancel`);
      expect(JSON.parse(posts()[0]?.body ?? "")).to.deep.equal({ reason: 'Q4 "cut" – 予算' });
    });
  });

  describe("that has ended", () => {
    it("adopts a cancellation that was there before, with its time", async () => {
      hood.setStatus("1000248", "canceled");
      const ended = await end();
      expect(ended).to.include({ outcome: "alreadyCanceled", previousStatus: "canceled" });
      expect(ended.canceledAt).to.equal("2026-05-01T12:00:00Z");
      expect(posts()).to.deep.equal([]);
    });

    for (const status of ["sent", "needs_decision", "draft", "manual"]) {
      it(`refuses one that is ${status}, and sends nothing`, async () => {
        hood.setStatus("1000248", status);
        const { message } = await thrown(UserError, end);
        expect(message).to.contain(status).and.contain('"Spring sale"').and.contain("whenNotCancelable");
        expect(posts()).to.deep.equal([]);
      });

      it(`accepts one that is ${status} where that is allowed, and sends nothing`, async () => {
        hood.setStatus("1000248", status);
        const ended = await end({ whenNotCancelable: "accept" });
        expect(ended).to.include({ outcome: "notNeeded", previousStatus: status });
        expect(ended).not.to.have.property("canceledAt");
        expect(posts()).to.deep.equal([]);
      });
    }

    it("leaves an unknown status alone, also where anything is accepted", async () => {
      hood.setStatus("1000248", "archived");
      const { message } = await thrown(UserError, () => end({ whenNotCancelable: "accept" }));
      expect(message).to.contain('"archived"').and.contain("left alone");
      expect(posts()).to.deep.equal([]);
    });
  });

  it("sends nothing to a campaign of another name", async () => {
    const { message } = await thrown(UserError, () => end({ expectedName: "Summer sale" }));
    expect(message).to.contain('"Spring sale"').and.contain('"Summer sale"');
    expect(posts()).to.deep.equal([]);
    expect((await end({ expectedName: "Spring sale" })).outcome).to.equal("canceled");
  });

  describe("when the answer of the call is lost", () => {
    const afterwards: [string, FaultRule["fault"]][] = [
      ["the connection ends", { kind: "drop", processed: true }],
      ["it answers 500", { kind: "status", status: 500, processed: true }],
      ["it answers 503 with words", { kind: "status", status: 503, message: "Busy.", processed: true }],
      ["a gateway's page comes", { kind: "html", status: 502, processed: true }],
      ["a login page comes", { kind: "html", status: 200, processed: true }],
      ["a redirect comes", { kind: "redirect", location: "https://login.example/", processed: true }],
      ["JSON is cut off", { kind: "truncate" }],
      ["200 with a body comes instead of 204", { kind: "body" }],
      ["the answer breaks in the middle", { kind: "reset" }],
    ];
    for (const [what, fault] of afterwards) {
      it(`finds out that it took effect (${what})`, async () => {
        hood.fault({ match: isCancel, fault });
        const ended = await end();
        expect(ended).to.include({ outcome: "canceled", previousStatus: "running" });
        expect(ended.canceledAt).to.equal("2026-05-01T12:00:00Z");
        expect(posts()).to.have.length(1);
        expectOneEffect();
      });
    }

    const before: [string, FaultRule["fault"]][] = [
      ["the connection ends", { kind: "drop" }],
      ["it answers 500", { kind: "status", status: 500 }],
      ["a gateway's page comes", { kind: "html", status: 502 }],
      ["a redirect comes", { kind: "redirect", location: "https://login.example/" }],
    ];
    for (const [what, fault] of before) {
      it(`sends it again when it took none, but only after two looks (${what})`, async () => {
        hood.fault({ match: isCancel, fault });
        expect(await end()).to.include({ outcome: "canceled", previousStatus: "running" });
        expect(hood.requests.map(({ method }) => method)).to.deep.equal(["GET", "POST", "GET", "GET", "POST"]);
        expect(clock.pauses).to.deep.equal([250, 3_500]);
        expectOneEffect();
      });
    }

    it("doesn't believe a stale look", async () => {
      await open({ staleFor: 2_000 });
      hood.fault({ match: isCancel, fault: { kind: "drop", processed: true } });
      expect((await end()).outcome).to.equal("canceled");
      expect(hood.requests.map(({ method }) => method)).to.deep.equal(["GET", "POST", "GET", "GET"]);
      expectOneEffect();
    });

    it("has one effect even where looks stay stale for longer than it waits", async () => {
      await open({ staleFor: 5_000 });
      hood.fault({ match: isCancel, fault: { kind: "drop", processed: true } });
      expect((await end()).outcome).to.equal("canceled");
      expect(posts().map(({ status }) => status)).to.deep.equal(["dropped", 400]);
      expectOneEffect();
    });

    it("counts what its own call did, also under a new name", async () => {
      await account.look("1000248");
      hood.campaign("1000248").name = "Summer sale";
      hood.fault({ match: isCancel, fault: { kind: "drop", processed: true } });
      expect((await end({ expectedName: "Spring sale" })).outcome).to.equal("canceled");
      expectOneEffect();
    });

    it("gives up after four calls, and doesn't claim to know what they did", async () => {
      hood.fault({ match: isCancel, times: Infinity, fault: { kind: "status", status: 500 } });
      const { message } = await thrown(UncertainError, end);
      expect(posts()).to.have.length(4);
      expect(message).to.contain("HTTP 500").and.contain("trace_id").and.contain("it still shows as running");
      expectReadable(message);
      expect(effects()).to.deep.equal([]);
    });

    it("judges what the campaign has become meanwhile", async () => {
      const sentMeanwhile: FaultRule = {
        match: isCancel,
        before: (simulator) => simulator.setStatus("1000248", "sent"),
        fault: { kind: "drop" },
      };
      hood.fault(sentMeanwhile);
      await thrown(UserError, end);
      hood.setStatus("1000248", "running");
      hood.fault(sentMeanwhile);
      expect((await end({ whenNotCancelable: "accept" })).outcome).to.equal("notNeeded");
      expect(effects()).to.deep.equal([]);
    });
  });

  describe("when Hood refuses the call", () => {
    it("adopts the cancellation of a person who was first", async () => {
      hood.fault({ match: isCancel, before: (simulator) => simulator.setStatus("1000248", "canceled") });
      expect(await end()).to.include({ outcome: "alreadyCanceled", previousStatus: "running" });
      expect(posts().map(({ status }) => status)).to.deep.equal([400]);
      expect(effects()).to.deep.equal([]);
    });

    it("judges a campaign that was sent meanwhile by whenNotCancelable", async () => {
      const rule: FaultRule = { match: isCancel, before: (simulator) => simulator.setStatus("1000248", "sent") };
      hood.fault(rule);
      const { message } = await thrown(UserError, end);
      expect(message).to.contain('"sent"');
      hood.setStatus("1000248", "running");
      hood.fault(rule);
      expect((await end({ whenNotCancelable: "accept" })).outcome).to.equal("notNeeded");
    });

    it("gives Hood's words where the campaign is still cancelable, and doesn't insist", async () => {
      const message = "The reason is not acceptable.";
      hood.fault({ match: isCancel, fault: { kind: "status", status: 400, message } });
      const error = await thrown(UserError, end);
      expect(error).not.to.be.an.instanceOf(UncertainError);
      expect(error.message).to.contain(message).and.contain("HTTP 400").and.contain("trace_id");
      expect(error.message).to.contain('Nothing was done: it is still campaign 1000248 "Spring sale" (running)');
      expectReadable(error.message);
      expect(posts()).to.have.length(1);
    });

    it("waits as 429 asks, and then cancels with one effect", async () => {
      hood.fault({ match: isCancel, times: 3, fault: { kind: "status", status: 429, retryAfter: 7 } });
      expect((await end()).outcome).to.equal("canceled");
      expect(posts()).to.have.length(4);
      expect(clock.now()).to.be.at.least(21_000);
      expectOneEffect();
    });
  });

  describe("when nothing more can be found out", () => {
    it("is uncertain once a call went out and no look succeeds", async () => {
      hood.fault({ match: isCancel, fault: { kind: "drop", processed: true } });
      await account.look("1000248");
      hood.fault({ match: isLook, times: Infinity, fault: { kind: "status", status: 500 } });
      const { message } = await thrown(UncertainError, end);
      expect(message).to.contain("Can't look at campaign 1000248: HTTP 500");
    });

    it("is uncertain when the token expires after the call", async () => {
      await account.look("1000248");
      hood.fault({ match: isCancel, fault: { kind: "drop", processed: true } });
      hood.fault({ match: isLook, before: (simulator) => simulator.expireTokens() });
      const { message } = await thrown(UncertainError, end);
      expect(message).to.contain("HTTP 401");
      expect(posts()).to.have.length(1);
      expectOneEffect();
    });

    it("is uncertain when Hood refuses a second call and looks still show the time before the first", async () => {
      await open({ staleFor: 60_000 });
      hood.fault({ match: isCancel, fault: { kind: "drop", processed: true } });
      const { message } = await thrown(UncertainError, end);
      expect(message).not.to.contain("Nothing was done");
      expectOneEffect();
    });

    it("is certain that nothing was done when the token expires before the call", async () => {
      await account.look("1000248");
      hood.expireTokens();
      const error = await thrown(HoodError, end);
      expect(error).to.include({ kind: "unauthorized" });
      expect(effects()).to.deep.equal([]);
      expect(audited.map(({ outcome }) => outcome)).to.deep.equal(["failed"]);
    });

    it("is certain that nothing was done when the first look fails", async () => {
      hood.fault({ match: isLook, times: Infinity, fault: { kind: "status", status: 500 } });
      expect(await thrown(HoodError, end)).to.include({ kind: "lost" });
      expect(posts()).to.deep.equal([]);
    });

    it("is uncertain when the first look fails and an earlier operation had called", async () => {
      hood.fault({ match: isLook, times: Infinity, fault: { kind: "status", status: 500 } });
      await thrown(UncertainError, () => end({}, true));
    });
  });

  describe("after an earlier operation had called", () => {
    it("counts a canceled campaign as its own, and calls no more", async () => {
      hood.setStatus("1000248", "canceled");
      expect((await end({}, true)).outcome).to.equal("canceled");
      expect(posts()).to.deep.equal([]);
    });

    it("cancels one that is still cancelable", async () => {
      expect((await end({}, true)).outcome).to.equal("canceled");
      expectOneEffect();
    });

    it("looks now, whatever was seen before", async () => {
      await account.look("1000248");
      hood.setStatus("1000248", "canceled");
      expect((await end({}, true)).outcome).to.equal("canceled");
      expect(posts()).to.deep.equal([]);
    });
  });

  describe("is audited", () => {
    const call = { action: "cancel", campaignId: "1000248", campaignName: "Spring sale", reason: "Budget cut" };

    it("once for a call that is accepted, and never for a look", async () => {
      await thrown(UserError, () => end({ expectedName: "Summer sale" }));
      expect(audited).to.deep.equal([]);
      await end();
      expect(audited).to.deep.equal([{ ...call, outcome: "accepted", httpStatus: 204, traceId: undefined }]);
    });

    it("for each call, with what Hood said", async () => {
      hood.fault({ match: isCancel, fault: { kind: "drop" } });
      hood.fault({ match: isCancel, fault: { kind: "status", status: 500 } });
      hood.fault({ match: isCancel, before: (simulator) => simulator.setStatus("1000248", "canceled") });
      await end();
      expect(audited.map(({ outcome, httpStatus }) => [outcome, httpStatus])).to.deep.equal([
        ["unsure", undefined],
        ["unsure", 500],
        ["refused", 400],
      ]);
      for (const { traceId } of audited.slice(1)) expect(traceId).to.match(/^[0-9a-f-]{36}$/);
    });
  });
});

describe("objections to a campaign", () => {
  const campaign = { id: "1000248", name: "Spring sale", status: "running" };
  const properties = (live: object, guards: object) =>
    objectionsTo({ ...campaign, ...live }, guards).map(({ property }) => property);

  it("are all given at once", () => {
    expect(properties({ status: "sent" }, { expectedName: "Summer sale" })).to.deep.equal([
      "expectedName",
      "campaignId",
    ]);
    expect(properties({ status: "archived" }, { expectedName: "Summer sale" })).to.deep.equal([
      "expectedName",
      "campaignId",
    ]);
  });

  it("compare the name exactly", () => {
    for (const expectedName of ["spring sale", "Spring sale ", "Spring", "Spring  sale"]) {
      expect(properties({}, { expectedName })).to.deep.equal(["expectedName"]);
    }
    expect(properties({}, { expectedName: "Spring sale" })).to.deep.equal([]);
  });

  it("leave guards that aren't known yet for later", () => {
    expect(properties({}, { expectedName: UNKNOWN })).to.deep.equal([]);
    expect(properties({ status: "sent" }, { whenNotCancelable: UNKNOWN })).to.deep.equal([]);
    expect(properties({ status: "archived" }, { whenNotCancelable: UNKNOWN })).to.deep.equal(["campaignId"]);
  });

  it("don't exist where the campaign is canceled already", () => {
    expect(properties({ status: "canceled" }, {})).to.deep.equal([]);
  });
});
