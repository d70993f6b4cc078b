import { expect } from "chai";
import { statuses } from "../../../simulator/lifecycle";
import { closeAll, open } from "./account";

const push = { channel: "push", push: { title: "Hello" } };
const sms = { channel: "sms", integration_id: "1628" };
const email = { channel: "email", integration_id: "1629" };
const ab_test = { name: "Subject", test_split: 30 };

const allowed: [what: string, body: object][] = [
  ["no message", { messages: [] }],
  ["a push message without an integration", { messages: [push] }],
  ["one message per channel", { messages: [push, sms, email] }],
  ["four messages of a channel under test", { messages: [push, push, push, push, sms], ab_test }],
];
const rejected: [what: string, body: object][] = [
  ["messages that are no array", { messages: push }],
  ["a message that is no object", { messages: ["push"] }],
  ["a message without a channel", { messages: [{ push: {} }] }],
  ["a channel that Hood does not have", { messages: [{ channel: "fax" }] }],
  ["an sms without an integration", { messages: [{ channel: "sms" }] }],
  ["an email with a blank integration", { messages: [{ ...email, integration_id: " " }] }],
  ["an integration that is no text", { messages: [{ ...email, integration_id: 1629 }] }],
  ["two messages of a channel without a test", { messages: [push, push, sms] }],
  ["five messages of a channel", { messages: [push, push, push, push, push], ab_test }],
  ["a test that is no object", { ab_test: "Subject" }],
];

const table = {
  cancel: { body: { reason: "Budget cut" }, from: ["scheduled", "running", "paused"], to: "canceled" },
  pause: { body: { reason: "Wrong price" }, from: ["scheduled", "running"], to: "paused" },
  resume: { body: { run_immediately: 1 }, from: ["paused"], to: "running" },
};

describe("simulator: changes", () => {
  afterEach(closeAll);

  for (const [action, { body, from, to }] of Object.entries(table)) {
    for (const status of [...statuses, "archived"]) {
      const allowed = from.includes(status);
      it(`${action} from ${status} is ${allowed ? "done" : "rejected"}`, async () => {
        const { hood, call } = await open({ campaigns: [{ id: "7", status }] });
        const reply = await call("POST", `/campaigns/7/${action}`, body);
        expect(reply.status).to.equal(allowed ? 204 : 400);
        expect(hood.campaign("7").status).to.equal(allowed ? to : status);
        expect(hood.requests[0]?.effect).to.deep.equal(allowed ? { campaignId: "7", from: status, to } : undefined);
      });
    }
  }

  it("answers a 204 without a body, and shows the new status at once", async () => {
    const { call, clock } = await open({ campaigns: [{ id: "7", status: "scheduled" }] });
    clock.now += 60_000;
    const reply = await call("POST", "/campaigns/7/cancel", { reason: "Budget cut" });
    expect(reply.text).to.equal("");
    expect(reply.headers.get("content-length")).to.equal(null);
    const [item] = (await call("GET", "/campaigns/7")).json.items;
    expect(item).to.include({ status: "canceled", next_run_time: null, update_time: "2026-03-02 10:01:00" });
  });

  it("a second cancel is rejected and changes nothing", async () => {
    const { hood, call } = await open({ campaigns: [{ id: "7" }] });
    expect((await call("POST", "/campaigns/7/cancel", { reason: "first" })).status).to.equal(204);
    expect((await call("POST", "/campaigns/7/cancel", { reason: "second" })).status).to.equal(400);
    expect(hood.campaign("7").reason).to.equal("first");
  });

  it("resume at a time makes the campaign scheduled", async () => {
    const { hood, call } = await open({ campaigns: [{ id: "7", status: "paused" }] });
    const reply = await call("POST", "/campaigns/7/resume", { scheduled_time: "2026-03-03 08:00:00" });
    expect(reply.status).to.equal(204);
    const time = "2026-03-03 08:00:00";
    expect(hood.campaign("7")).to.include({ status: "scheduled", scheduled_time: time, next_run_time: time });
  });

  const badResumes = {
    "both fields": { run_immediately: 1, scheduled_time: "2026-03-03 08:00:00" },
    "neither field": {},
    "a past time": { scheduled_time: "2026-03-02 09:59:59" },
    "a time in another form": { scheduled_time: "2026-03-03T08:00:00Z" },
    "a day that does not exist": { scheduled_time: "2026-02-30 08:00:00" },
    "an hour that does not exist": { scheduled_time: "2026-03-03 24:00:00" },
    "run_immediately false": { run_immediately: false },
  };
  for (const [what, body] of Object.entries(badResumes)) {
    it(`resume with ${what} is rejected`, async () => {
      const { hood, call } = await open({ campaigns: [{ id: "7", status: "paused" }] });
      expect((await call("POST", "/campaigns/7/resume", body)).status).to.equal(400);
      expect(hood.campaign("7").status).to.equal("paused");
    });
  }

  const reasons: [what: string, body: unknown, status: number][] = [
    ["text that is not JSON", "{reason:", 400],
    ["an array", [], 400],
    ["null", "null", 400],
    ["no body", undefined, 400],
    ["no reason", {}, 400],
    ["a reason that is a number", { reason: 5 }, 400],
    ["a blank reason", { reason: " " }, 400],
    ["a long reason", { reason: "x".repeat(100_000) }, 204],
  ];
  for (const [what, body, status] of reasons) {
    it(`cancel with ${what} answers ${status}`, async () => {
      const { hood, call } = await open({ campaigns: [{ id: "7" }] });
      expect((await call("POST", "/campaigns/7/cancel", body)).status).to.equal(status);
      expect(hood.campaign("7").status).to.equal(status === 204 ? "canceled" : "running");
    });
  }

  const creations: [body: object, status: string][] = [
    [{ status: "draft", run_immediately: true }, "draft"],
    [{ is_draft: true }, "draft"],
    [{}, "manual"],
    [{ run_immediately: null, scheduled_time: null }, "manual"],
    [{ run_immediately: 1 }, "running"],
    [{ run_immediately: true }, "running"],
    [{ scheduled_time: "2026-03-03 08:00:00" }, "scheduled"],
    [{ recurrence: { every: "day" } }, "scheduled"],
  ];
  for (const [body, status] of creations) {
    it(`create with ${JSON.stringify(body)} makes it ${status}`, async () => {
      const { hood, call } = await open();
      const reply = await call("POST", "/campaigns", { name: "Spring sale", labels: ["sale"], ...body });
      expect(reply.status).to.equal(201);
      expect(reply.json).to.deep.include({ name: "Spring sale", labels: ["sale"], status });
      expect(hood.campaign(reply.json.id).status).to.equal(status);
      expect(hood.requests[0]?.effect).to.deep.equal({ campaignId: reply.json.id, from: null, to: status });
    });
  }

  it("createStatus makes a create answer 200", async () => {
    const { call } = await open({ createStatus: 200 });
    expect((await call("POST", "/campaigns", { name: "Spring sale" })).status).to.equal(200);
  });

  for (const body of [
    {},
    { name: " " },
    { name: "Spring sale", status: "running" },
    { name: "Spring sale", id: "5" },
    { name: "Spring sale", labels: "sale" },
    { name: "Spring sale", labels: ["sale", 5] },
    { name: "Spring sale", metadata: [] },
    { name: "Spring sale", recurrence: "daily" },
    { name: "Spring sale", end_time: "soon" },
    { name: "Spring sale", run_immediately: "yes" },
    { name: "Spring sale", description: 5 },
    { name: `${"Ж".repeat(50)}.` },
    { name: "Spring sale", scheduled_time: "2026-03-01 08:00:00" },
  ]) {
    it(`create with ${JSON.stringify(body)} is rejected`, async () => {
      const { hood, call } = await open();
      expect((await call("POST", "/campaigns", body)).status).to.equal(400);
      expect(hood.campaigns.size).to.equal(0);
    });
  }

  it("a name may have 100 bytes, and fields that nobody knows are kept as they came", async () => {
    const { call } = await open();
    const body = { name: "Ж".repeat(50), colour: { red: null, green: [1, null] }, deal_id: "1000251" };
    const { status, json } = await call("POST", "/campaigns", { ...body, run_immediately: true, is_draft: false });
    expect(status).to.equal(201);
    expect(json).to.deep.include({ ...body, was_launched: true, run_counter: 0 });
    expect(json).to.not.have.any.keys("run_immediately", "is_draft");
  });

  it("an edit is a merge patch: what is left out stays, null removes, objects merge", async () => {
    const metadata = { owner: "ana", cost: { centre: "12", limit: 5 } };
    const { hood, call } = await open({
      campaigns: [{ id: "7", name: "Spring", status: "draft", labels: ["a"], metadata, targeting: { country: "HR" } }],
    });
    const patch = { description: "New", labels: null, targeting: null, metadata: { owner: null, cost: { limit: 6 } } };
    const reply = await call("PATCH", "/campaigns/7", patch);
    expect(reply.status).to.equal(204);
    expect(reply.text).to.equal("");
    expect(hood.campaign("7")).to.deep.include({
      name: "Spring",
      description: "New",
      labels: [],
      targeting: undefined,
      metadata: { cost: { centre: "12", limit: 6 } },
    });
  });

  for (const status of ["running", "canceled", "sent", "needs_decision"]) {
    it(`an edit of a ${status} campaign is rejected`, async () => {
      const { hood, call } = await open({ campaigns: [{ id: "7", name: "Spring", status }] });
      expect((await call("PATCH", "/campaigns/7", { name: "Summer" })).status).to.equal(400);
      expect(hood.campaign("7").name).to.equal("Spring");
    });
  }

  for (const status of ["draft", "manual", "scheduled", "paused"]) {
    it(`an edit of a ${status} campaign is done`, async () => {
      const { hood, call } = await open({ campaigns: [{ id: "7", name: "Spring", status }] });
      expect((await call("PATCH", "/campaigns/7", { name: "Summer" })).status).to.equal(204);
      expect(hood.campaign("7")).to.include({ name: "Summer", status });
    });
  }

  it("a draft takes any known status, and nothing goes back to draft", async () => {
    const { hood, call } = await open({ campaigns: [{ id: "7", status: "draft" }] });
    expect((await call("PATCH", "/campaigns/7", { status: "archived" })).status).to.equal(400);
    expect((await call("PATCH", "/campaigns/7", { status: "scheduled" })).status).to.equal(204);
    expect((await call("PATCH", "/campaigns/7", { status: "draft" })).status).to.equal(400);
    expect(hood.campaign("7").status).to.equal("scheduled");
  });

  // The examples of RFC 7386, appendix A, that can be told inside of a field.
  const merges: [before: unknown, patch: unknown, after: unknown][] = [
    [{ a: "b" }, { a: "c" }, { a: "c" }],
    [{ a: "b" }, { b: "c" }, { a: "b", b: "c" }],
    [{ a: "b" }, { a: null }, {}],
    [{ a: "b", b: "c" }, { a: null }, { b: "c" }],
    [{ a: ["b"] }, { a: "c" }, { a: "c" }],
    [{ a: "c" }, { a: ["b"] }, { a: ["b"] }],
    [{ a: { b: "c" } }, { a: { b: "d", c: null } }, { a: { b: "d" } }],
    [{ a: [{ b: "c" }] }, { a: [1] }, { a: [1] }],
    [
      ["a", "b"],
      ["c", "d"],
      ["c", "d"],
    ],
    [{ a: "b" }, ["c"], ["c"]],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: "b", c: null }, { a: "b" }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
    [{}, JSON.parse('{"__proto__":{"a":null,"b":1}}'), JSON.parse('{"__proto__":{"b":1}}')],
  ];
  for (const [before, patch, after] of merges) {
    it(`${JSON.stringify(before)} with ${JSON.stringify(patch)} becomes ${JSON.stringify(after)}`, async () => {
      const { call } = await open({ campaigns: [{ id: "7", status: "draft", targeting: before }] });
      expect((await call("PATCH", "/campaigns/7", { targeting: patch })).status).to.equal(204);
      const [item] = (await call("GET", "/campaigns/7")).json.items;
      expect(JSON.stringify(item.targeting)).to.equal(JSON.stringify(after));
    });
  }

  const launches: [status: string, given: object, after: object][] = [
    ["running", {}, { was_launched: true, next_run_time: null }],
    ["running", { scheduled_time: "2026-03-03 08:00:00" }, { was_launched: true, next_run_time: null }],
    ["manual", {}, { was_launched: false, next_run_time: null }],
    ["scheduled", {}, { was_launched: false, next_run_time: null }],
    ["scheduled", { scheduled_time: "2026-03-03 08:00:00" }, { next_run_time: "2026-03-03 08:00:00" }],
    ["scheduled", { recurrence: { every: "day" } }, { next_run_time: "2026-03-03 10:00:00" }],
  ];
  for (const [status, given, after] of launches) {
    it(`a draft with ${JSON.stringify(given)} edited to ${status} is that`, async () => {
      const { hood, call } = await open({ campaigns: [{ id: "7", status: "draft", ...given }] });
      expect((await call("PATCH", "/campaigns/7", { status })).status).to.equal(204);
      expect(hood.requests[0]?.effect).to.deep.equal({ campaignId: "7", from: "draft", to: status });
      expect(hood.campaign("7")).to.include({ status, ...after });
    });
  }

  it("a draft whose time has passed cannot be scheduled without another one", async () => {
    const scheduled_time = "2026-03-02 10:00:00";
    const { hood, call } = await open({ campaigns: [{ id: "7", status: "draft", scheduled_time }] });
    expect((await call("PATCH", "/campaigns/7", { status: "scheduled" })).status).to.equal(400);
    const another = { status: "scheduled", scheduled_time: "2026-03-03 10:00:00" };
    expect((await call("PATCH", "/campaigns/7", another)).status).to.equal(204);
    expect(hood.campaign("7").status).to.equal("scheduled");
  });

  for (const status of ["draft", "manual", "scheduled", "paused"]) {
    it(`run_immediately in an edit leaves a ${status} campaign in its status`, async () => {
      const { hood, call } = await open({ campaigns: [{ id: "7", status }] });
      expect((await call("PATCH", "/campaigns/7", { run_immediately: true })).status).to.equal(204);
      expect(hood.campaign("7")).to.include({ status }).and.not.have.property("run_immediately");
    });
  }

  for (const status of ["manual", "scheduled", "paused"]) {
    it(`a ${status} campaign takes no status from an edit`, async () => {
      const { hood, call } = await open({ campaigns: [{ id: "7", status }] });
      for (const patch of [{ status: "running" }, { status: "draft" }, { status: null }, { is_draft: true }]) {
        expect((await call("PATCH", "/campaigns/7", patch)).status, JSON.stringify(patch)).to.equal(400);
      }
      expect((await call("PATCH", "/campaigns/7", { status, is_draft: false })).status).to.equal(204);
      expect(hood.campaign("7")).to.include({ status }).and.not.have.property("is_draft");
    });
  }

  for (const patch of [
    { name: null },
    { name: "x".repeat(101) },
    { id: "8" },
    { scheduled_time: "soon" },
    { labels: [["sale"]] },
    { status: "archived" },
    "[]",
    "",
  ]) {
    it(`an edit with ${JSON.stringify(patch)} is rejected`, async () => {
      const { hood, call } = await open({ campaigns: [{ id: "7", status: "draft" }] });
      const before = structuredClone(hood.campaign("7"));
      expect((await call("PATCH", "/campaigns/7", patch)).status).to.equal(400);
      expect(hood.campaign("7")).to.deep.equal(before);
    });
  }

  for (const [cases, statuses] of [
    [allowed, { create: 201, edit: 204 }],
    [rejected, { create: 400, edit: 400 }],
  ] as const) {
    for (const [what, body] of cases) {
      it(`create with ${what} answers ${statuses.create}`, async () => {
        const { hood, call } = await open();
        expect((await call("POST", "/campaigns", { name: "Spring sale", ...body })).status).to.equal(statuses.create);
        expect(hood.campaigns.size).to.equal(statuses.create === 201 ? 1 : 0);
      });

      it(`an edit to ${what} answers ${statuses.edit}`, async () => {
        const { hood, call } = await open({ campaigns: [{ id: "7", status: "draft" }] });
        const before = structuredClone(hood.campaign("7"));
        expect((await call("PATCH", "/campaigns/7", body)).status).to.equal(statuses.edit);
        if (statuses.edit === 400) expect(hood.campaign("7")).to.deep.equal(before);
      });
    }
  }

  it("an edit is judged by what comes of it", async () => {
    const { call } = await open({ campaigns: [{ id: "7", status: "draft", ab_test, messages: [push, push] }] });
    expect((await call("PATCH", "/campaigns/7", { ab_test: null })).status).to.equal(400);
    expect((await call("PATCH", "/campaigns/7", { ab_test: null, messages: [push] })).status).to.equal(204);
    expect((await call("PATCH", "/campaigns/7", { messages: [push, push] })).status).to.equal(400);
    expect((await call("PATCH", "/campaigns/7", { messages: [push, push], ab_test })).status).to.equal(204);
  });

  it("messages get ids, and know whose they are", async () => {
    const { hood, call } = await open({ campaigns: [{ id: "7", status: "draft", messages: [push] }] });
    const whose = { company_id: "1000000", campaign_id: "7" };
    expect(hood.campaign("7").messages).to.deep.equal([{ ...whose, ...push, id: "1024" }]);
    const [first] = hood.campaign("7").messages;
    expect((await call("PATCH", "/campaigns/7", { messages: [sms, { ...first, name: "Reminder" }] })).status).to.equal(
      204,
    );
    expect(hood.campaign("7").messages).to.deep.equal([
      { ...whose, ...sms, id: "1025" },
      { ...whose, ...push, id: "1024", name: "Reminder" },
    ]);
  });
});
