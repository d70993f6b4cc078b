import { expect } from "chai";
import { statuses } from "../../../simulator/campaigns";
import { closeAll, open } from "./account";

const push = { channel: "push", push: { title: "Hello" } };
const sms = { channel: "sms", integration_id: "1628" };
const TOMORROW = "2026-03-03 08:00:00";
const daily = { recurrence: { every: "day" } };

/** A request about campaign 7; and what the campaign is then, or a new one. Without it, nothing changes and the answer is 400. */
type Row = readonly [what: string, campaign: object, request: string, body: unknown, after?: object];

const cancel = { reason: "Budget cut" };
const table = {
  cancel: { body: cancel, from: ["scheduled", "running", "paused"], to: "canceled" },
  pause: { body: { reason: "Wrong price" }, from: ["scheduled", "running"], to: "paused" },
  resume: { body: { run_immediately: 1 }, from: ["paused"], to: "running" },
};
const actions = Object.entries(table).flatMap(([action, { body, from, to }]) =>
  [...statuses, "archived"].map((status): Row => {
    const after = from.includes(status) ? { status: to } : undefined;
    return [`${action} from ${status}`, { status }, `POST /campaigns/7/${action}`, body, after];
  }),
);

const told = (body: unknown) => JSON.stringify(body).slice(0, 90);
const resume = (what: string, body: object, after?: object): Row => {
  return [`resume with ${what}`, { status: "paused" }, "POST /campaigns/7/resume", body, after];
};
const canceling = (what: string, body: unknown, after?: object): Row => {
  return [`cancel with ${what}`, {}, "POST /campaigns/7/cancel", body, after];
};
const create = (body: object, after?: object): Row => {
  return [`create with ${told(body)}`, {}, "POST /campaigns", { name: "Spring sale", ...body }, after];
};
const edit = (status: string, body: unknown, after?: object, given = {}): Row => {
  const what = `edit of a ${status} campaign with ${told(body)} beside ${told(given)}`;
  return [what, { status, name: "Spring", ...given }, "PATCH /campaigns/7", body, after];
};

/** What neither a create nor an edit takes. */
const notTaken = [{ messages: push }, { messages: ["push"] }, { ab_test: "Subject" }];
const EDITABLE = ["draft", "manual", "scheduled", "paused"];
const launched = { was_launched: true, next_run_time: null };
const waiting = { was_launched: false, next_run_time: null };
const longest = "Ж".repeat(50);
const unknown = { name: longest, colour: { red: null, green: [1, null] }, deal_id: "1000251" };

const rows: Row[] = [
  ...actions,
  resume(
    "a time",
    { scheduled_time: TOMORROW },
    { status: "scheduled", scheduled_time: TOMORROW, next_run_time: TOMORROW },
  ),
  resume("both fields", { run_immediately: 1, scheduled_time: TOMORROW }),
  resume("neither field", {}),
  resume("a past time", { scheduled_time: "2026-03-02 09:59:59" }),
  resume("a time in another form", { scheduled_time: "2026-03-03T08:00:00Z" }),
  resume("a day that does not exist", { scheduled_time: "2026-02-30 08:00:00" }),
  resume("an hour that does not exist", { scheduled_time: "2026-03-03 24:00:00" }),
  resume("run_immediately false", { run_immediately: false }),
  canceling("text that is not JSON", "{reason:"),
  canceling("an array", []),
  canceling("null", "null"),
  canceling("no body", undefined),
  canceling("no reason", {}),
  canceling("a reason that is a number", { reason: 5 }),
  canceling("a blank reason", { reason: " " }),
  canceling("a long reason", { reason: "x".repeat(100_000) }, { status: "canceled" }),

  create({ status: "draft", run_immediately: true }, { status: "draft" }),
  create({ is_draft: true }, { status: "draft" }),
  create({}, { status: "manual" }),
  create({ labels: ["sale"] }, { name: "Spring sale", labels: ["sale"] }),
  create({ run_immediately: null, scheduled_time: null }, { status: "manual" }),
  create({ run_immediately: 1 }, { status: "running" }),
  create({ run_immediately: true }, { status: "running" }),
  create({ scheduled_time: TOMORROW }, { status: "scheduled" }),
  create(daily, { status: "scheduled" }),
  create({ ...unknown, run_immediately: true, is_draft: false }, { ...unknown, was_launched: true, run_counter: 0 }),
  ...[
    { name: undefined },
    { name: " " },
    { name: `${longest}.` },
    { status: "running" },
    { id: "5" },
    { labels: "sale" },
    { labels: ["sale", 5] },
    { metadata: [] },
    { recurrence: "daily" },
    { end_time: "soon" },
    { run_immediately: "yes" },
    { description: 5 },
    { scheduled_time: "2026-03-01 08:00:00" },
  ].map((body) => create(body)),

  ...["running", "canceled", "sent", "needs_decision"].map((status) => edit(status, { name: "Summer" })),
  ...EDITABLE.map((status) => edit(status, { name: "Summer" }, { name: "Summer", status })),
  ...EDITABLE.map((status) => edit(status, { run_immediately: true }, { status })),
  ...["manual", "scheduled", "paused"].flatMap((status) => [
    ...[{ status: "running" }, { status: "draft" }, { status: null }, { is_draft: true }].map((body) =>
      edit(status, body),
    ),
    edit(status, { status, is_draft: false }, { status }),
  ]),
  edit("draft", { status: "running" }, { status: "running", ...launched }),
  edit("draft", { status: "running" }, { status: "running", ...launched }, { scheduled_time: TOMORROW }),
  edit("draft", { status: "manual" }, { status: "manual", ...waiting }),
  edit("draft", { status: "scheduled" }, { status: "scheduled", ...waiting }),
  edit("draft", { status: "scheduled" }, { next_run_time: TOMORROW }, { scheduled_time: TOMORROW }),
  edit("draft", { status: "scheduled" }, { next_run_time: "2026-03-03 10:00:00" }, daily),
  edit("draft", { status: "scheduled" }, undefined, { scheduled_time: "2026-03-02 10:00:00" }),
  edit(
    "draft",
    { status: "scheduled", scheduled_time: TOMORROW },
    { status: "scheduled" },
    { scheduled_time: "2026-03-02 10:00:00" },
  ),
  ...[
    { name: null },
    { name: "x".repeat(101) },
    { id: "8" },
    { scheduled_time: "soon" },
    { labels: [["sale"]] },
    { status: "archived" },
    "[]",
    "",
  ].map((body) => edit("draft", body)),

  ...notTaken.flatMap((body) => [create(body), edit("draft", body)]),
  edit("draft", { ab_test: null, messages: [push] }, { ab_test: undefined }, { ab_test: { name: "Subject" } }),
];

describe("simulator: changes", () => {
  afterEach(closeAll);

  for (const [what, campaign, request, body, after] of rows) {
    const [method = "", path = ""] = request.split(" ");
    const isCreate = request === "POST /campaigns";
    it(`${what} ${after ? "is done" : "is answered 400"}`, async () => {
      const { hood, call } = await open({ campaigns: [{ id: "7", ...campaign }] });
      const before = structuredClone(hood.campaign("7"));
      const reply = await call(method, path, body);
      const { effect } = hood.requests[0] ?? {};
      if (!after) {
        expect([...hood.campaigns.values()]).to.deep.equal([before]);
        return expect([reply.status, effect]).to.deep.equal([400, undefined]);
      }
      expect(reply.status).to.equal(isCreate ? 201 : 204);
      const campaignId = isCreate ? reply.json.id : "7";
      const changed = hood.campaign(campaignId);
      expect(changed).to.deep.include(after).and.not.have.any.keys("run_immediately", "is_draft");
      expect(effect).to.deep.equal({ campaignId, from: isCreate ? null : before.status, to: changed.status });
    });
  }

  it("answers a 204 without a body, and shows the new status at once", async () => {
    const { call, clock } = await open({ campaigns: [{ id: "7", status: "scheduled" }] });
    clock.now += 60_000;
    const reply = await call("POST", "/campaigns/7/cancel", cancel);
    expect(reply.text).to.equal("");
    expect(reply.headers.get("content-length")).to.equal(null);
    const [item] = (await call("GET", "/campaigns/7")).json.items;
    expect(item).to.include({ status: "canceled", next_run_time: null, update_time: "2026-03-02 10:01:00" });
  });

  it("createStatus makes a create answer 200", async () => {
    const { call } = await open({ createStatus: 200 });
    expect((await call("POST", "/campaigns", { name: "Spring sale" })).status).to.equal(200);
  });

  // The examples of RFC 7386, appendix A, that can be told inside of a field.
  const merges: [before: unknown, patch: unknown, after: unknown][] = [
    [{ a: "b" }, { a: "c" }, { a: "c" }],
    [{ a: "b" }, { b: "c" }, { a: "b", b: "c" }],
    [{ a: "b", b: "c" }, { a: null }, { b: "c" }],
    [{ a: ["b"] }, { a: "c" }, { a: "c" }],
    [{ a: "c" }, { a: ["b"] }, { a: ["b"] }],
    [{ a: { b: "c" } }, { a: { b: "d", c: null } }, { a: { b: "d" } }],
    [{ a: [{ b: "c" }] }, { a: [1] }, { a: [1] }],
    [{ a: "b" }, ["c"], ["c"]],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: "b", c: null }, { a: "b" }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
    [{}, JSON.parse('{"__proto__":{"a":null,"b":1}}'), JSON.parse('{"__proto__":{"b":1}}')],
    [{ a: 1 }, null, undefined],
  ];
  for (const [before, patch, after] of merges) {
    it(`${JSON.stringify(before)} with ${JSON.stringify(patch)} becomes ${JSON.stringify(after)}`, async () => {
      const { call } = await open({ campaigns: [{ id: "7", status: "draft", targeting: before }] });
      expect((await call("PATCH", "/campaigns/7", { targeting: patch })).status).to.equal(204);
      const [item] = (await call("GET", "/campaigns/7")).json.items;
      expect(JSON.stringify(item.targeting)).to.equal(JSON.stringify(after));
      expect(item).to.include({ name: "Campaign 7" });
    });
  }

  it("messages get ids, and know whose they are", async () => {
    const { hood, call } = await open({ campaigns: [{ id: "7", status: "draft", messages: [push] }] });
    const whose = { company_id: "1000000", campaign_id: "7" };
    expect(hood.campaign("7").messages).to.deep.equal([{ ...whose, ...push, id: "1024" }]);
    const [first] = hood.campaign("7").messages;
    const messages = [sms, { ...first, name: "Reminder" }];
    expect((await call("PATCH", "/campaigns/7", { messages })).status).to.equal(204);
    expect(hood.campaign("7").messages).to.deep.equal([
      { ...whose, ...sms, id: "1025" },
      { ...whose, ...push, id: "1024", name: "Reminder" },
    ]);
  });
});
