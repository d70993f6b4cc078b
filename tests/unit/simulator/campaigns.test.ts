import { expect } from "chai";
import type { SimulatedCampaign, SimulatorOptions } from "../../../simulator";
import { statuses } from "../../../simulator/campaigns";
import { closeAll, ids, MINUTE, openHood } from "../../support/accounts";

const push = { channel: "push", push: { title: "Hello" } };
const sms = { channel: "sms", integration_id: "1628" };
const TOMORROW = "2026-03-03 08:00:00";
const at = (time: string) => ({ scheduled_time: time, next_run_time: time });
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

const EDITABLE = ["draft", "manual", "scheduled", "paused"];
const launched = { was_launched: true, next_run_time: null };
const waiting = { was_launched: false, next_run_time: null };
const longest = "Ж".repeat(50);
const unknown = { name: longest, colour: { red: null, green: [1, null] }, deal_id: "1000251" };

/** What neither a create nor an edit takes. */
const wrong = {
  name: [" ", `${longest}.`],
  id: ["5"],
  labels: ["sale", ["sale", 5]],
  metadata: [[]],
  recurrence: ["daily"],
  end_time: ["soon"],
  run_immediately: ["yes"],
  description: [5],
  messages: [push, ["push"]],
  ab_test: ["Subject"],
};
const notTaken = Object.entries(wrong).flatMap(([field, values]) => values.map((value) => ({ [field]: value })));
const past = { scheduled_time: "2026-03-02 10:00:00" };

const rows: Row[] = [
  ...actions,
  resume("a time", { scheduled_time: TOMORROW }, { status: "scheduled", ...at(TOMORROW) }),
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
  ...[{ name: undefined }, { status: "running" }, { scheduled_time: "2026-03-01 08:00:00" }].map((body) =>
    create(body),
  ),

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
  edit("draft", { status: "scheduled" }, undefined, past),
  edit("draft", { status: "scheduled", scheduled_time: TOMORROW }, { status: "scheduled" }, past),
  ...[{ name: null }, { status: "archived" }, "[]", ""].map((body) => edit("draft", body)),

  ...notTaken.flatMap((body) => [create(body), edit("draft", body)]),
  edit("draft", { ab_test: null, messages: [push] }, { ab_test: undefined }, { ab_test: { name: "Subject" } }),
];

describe("simulator: changes", () => {
  afterEach(closeAll);

  for (const [what, campaign, request, body, after] of rows) {
    const [method = "", path = ""] = request.split(" ");
    const isCreate = request === "POST /campaigns";
    it(`${what} ${after ? "is done" : "is answered 400"}`, async () => {
      const { hood, call } = await openHood({ campaigns: [{ id: "7", ...campaign }] });
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
    const { call, clock } = await openHood({ campaigns: [{ id: "7", status: "scheduled" }] });
    clock.now += 60_000;
    const reply = await call("POST", "/campaigns/7/cancel", cancel);
    expect(reply.text).to.equal("");
    expect(reply.headers.get("content-length")).to.equal(null);
    const [item] = (await call("GET", "/campaigns/7")).json.items;
    expect(item).to.include({ status: "canceled", next_run_time: null, update_time: "2026-03-02 10:01:00" });
  });

  it("createStatus makes a create answer 200", async () => {
    const { call } = await openHood({ createStatus: 200 });
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
      const { call } = await openHood({ campaigns: [{ id: "7", status: "draft", targeting: before }] });
      expect((await call("PATCH", "/campaigns/7", { targeting: patch })).status).to.equal(204);
      const [item] = (await call("GET", "/campaigns/7")).json.items;
      expect(JSON.stringify(item.targeting)).to.equal(JSON.stringify(after));
      expect(item).to.include({ name: "Campaign 7" });
    });
  }

  it("messages get ids, and know whose they are", async () => {
    const { hood, call } = await openHood({ campaigns: [{ id: "7", status: "draft", messages: [push] }] });
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

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const inAnHour = "2026-03-02 11:00:00";
const envelope = ["code", "title", "message", "trace_id"];

describe("simulator: the account", () => {
  afterEach(closeAll);

  it("a single view is an envelope too, with ids as strings and GMT date-times", async () => {
    const { call } = await openHood({
      campaigns: [{ id: "18446744073709551615", name: "Spring sale", status: "scheduled" }],
    });
    const { json, status, headers } = await call("GET", "/campaigns/18446744073709551615");
    expect(status).to.equal(200);
    expect(headers.get("content-type")).to.equal("application/json");
    expect(json.total).to.equal(1);
    expect(json.items).to.have.lengthOf(1);
    expect(json.items[0]).to.deep.include({
      id: "18446744073709551615",
      company_id: "1000000",
      creator_id: "1000223",
      name: "Spring sale",
      status: "scheduled",
      labels: [],
      was_launched: false,
      scheduled_time: "2026-03-03 10:00:00",
      next_run_time: "2026-03-03 10:00:00",
      create_time: "2026-03-02 10:00:00",
    });
    expect(json.items[0].creator).to.include({ id: "1000223", status: "active" });
  });

  it("a reason is stored and not shown", async () => {
    const { hood, call } = await openHood({ campaigns: [{ id: "7" }] });
    await call("POST", "/campaigns/7/cancel", { reason: "Budget cut" });
    expect(hood.campaign("7").reason).to.equal("Budget cut");
    expect((await call("GET", "/campaigns/7")).json.items[0]).to.not.have.property("reason");
    expect((await call("GET", "/campaigns/7?fields=id,reason")).status).to.equal(400);
  });

  it("completes what is added: an id of its own, a name, running", async () => {
    const { hood } = await openHood({ campaigns: [{ id: "1000248" }] });
    const [first, second] = hood.add({}, { status: "draft" });
    expect(first).to.include({ id: "1000249", name: "Campaign 1000249", status: "running", was_launched: true });
    expect(second).to.include({ id: "1000250", status: "draft", was_launched: false });
    expect([...hood.campaigns.keys()]).to.deep.equal(["1000248", "1000249", "1000250"]);
    expect(() => hood.add({ id: "1000248" })).to.throw("already has one with this id");
  });

  it("keeps nothing of the objects it was given", async () => {
    const seed = { id: "7", labels: ["sale"] };
    const { hood } = await openHood({ campaigns: [seed] });
    hood.campaign("7").labels.push("changed");
    expect(seed.labels).to.deep.equal(["sale"]);
  });

  it("errors come in Hood's envelope, in the same words, each with a trace id of its own", async () => {
    const { call } = await openHood({ campaigns: [{ id: "7", status: "sent" }] });
    const cancel = () => call("POST", "/campaigns/7/cancel", { reason: "Budget cut" });
    const replies = [await call("GET", "/campaigns/8"), await call("PATCH", "/campaigns/8", {}), await cancel()];
    for (const { status, json } of replies) {
      expect(status).to.equal(400);
      expect(json).to.have.all.keys(envelope);
      expect(json).to.include({ code: 400, title: "Bad request.", message: replies[0]?.json.message });
      expect(json.trace_id).to.match(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    }
    expect(new Set(replies.map(({ json }) => json.trace_id)).size).to.equal(3);
  });

  for (const [method, path] of [
    ["DELETE", "/campaigns/7"],
    ["POST", "/campaigns/cancel"],
    ["POST", "/campaigns/7/archive"],
    ["GET", "/campaigns/7/cancel"],
    ["GET", "/webhooks"],
  ] as const) {
    it(`there is no ${method} ${path}`, async () => {
      const { hood, call } = await openHood({ campaigns: [{ id: "7" }] });
      const reply = await call(method, path);
      expect(reply.status).to.equal(404);
      expect(reply.json).to.have.all.keys(envelope);
      expect(hood.campaign("7").status).to.equal("running");
    });
  }

  it("never logs a token, and expires all except for a replacement", async () => {
    const { hood, call } = await openHood({ token: ["secret-a", "secret-b"] });
    const one = async (token: string) => (await call("GET", "/campaigns", undefined, token)).status;
    const statuses = () => Promise.all(["secret-a", "secret-b", "rolled"].map(one));
    expect(await statuses()).to.deep.equal([200, 200, 401]);
    expect(JSON.stringify(hood.requests)).to.not.include("secret-b");
    hood.expireTokens("secret-b");
    expect(await statuses()).to.deep.equal([401, 200, 401]);
    hood.expireTokens("rolled");
    expect(await statuses()).to.deep.equal([401, 401, 200]);
    hood.expireTokens();
    expect(await statuses()).to.deep.equal([401, 401, 401]);
    expect(hood.requests.map(({ authorized }) => authorized).slice(0, 3)).to.deep.equal([true, true, false]);
    expect((await fetch(`${hood.url}/campaigns`)).status).to.equal(401);
  });

  it("a key that is rolled while a request is under way rejects this one too, and every later one", async () => {
    const { hood, call } = await openHood({ campaigns: [{ id: "7" }, { id: "8" }] });
    expect((await call("POST", "/campaigns/7/cancel", { reason: "Budget cut" })).status).to.equal(204);
    hood.fault({ before: (account) => account.expireTokens("rolled") });
    expect((await call("POST", "/campaigns/8/cancel", { reason: "Budget cut" })).status).to.equal(401);
    expect(hood.requests.at(-1)).to.include({ authorized: true, effect: undefined });
    expect((await call("GET", "/campaigns/8")).status).to.equal(401);
    expect(hood.requests.at(-1)).to.include({ authorized: false });
    expect(hood.campaign("8").status).to.equal("running");
  });

  it("records what came, and when", async () => {
    const { hood, call, clock } = await openHood({ campaigns: [{ id: "7" }] });
    clock.now = MINUTE + 1234;
    await call("GET", "/campaigns?page=1,5");
    const when = { number: 1, at: MINUTE + 1234, authorized: true, counted: true };
    expect(hood.requests).to.deep.equal([
      { ...when, method: "GET", path: "/v1/hood/campaigns?page=1,5", status: 200, effect: undefined },
    ]);
  });

  it("listens on loopback only, on the port that was asked for", async () => {
    const { hood } = await openHood();
    const { port, hostname, pathname } = new URL(hood.url);
    expect([hostname, pathname]).to.deep.equal(["127.0.0.1", "/v1/hood"]);
    const error = await openHood({ port: Number(port) }).catch((reason: Error) => reason);
    expect((error as Error).message).to.include(`127.0.0.1:${port}: the port is in use. Choose another one`);
    await hood.close();
    const { hood: again } = await openHood({ port: Number(port) });
    expect(again.url).to.equal(hood.url);
  });

  it("what time brings has its own update time, and no request's effect", async () => {
    const { hood, call, clock } = await openHood({
      campaigns: [{ id: "7", status: "scheduled", scheduled_time: inAnHour }],
    });
    clock.now += HOUR;
    expect((await call("GET", "/campaigns?status=running")).json.total).to.equal(1);
    clock.now += DAY;
    const [item] = (await call("GET", "/campaigns/7")).json.items;
    expect(item).to.include({ status: "running", was_launched: true, next_run_time: null, update_time: inAnHour });
    expect(hood.requests.map(({ effect }) => effect)).to.deep.equal([undefined, undefined]);
  });

  const scheduled = { status: "scheduled" };
  const timed = { status: "scheduled", scheduled_time: inAnHour };
  const times: [what: string, campaign: object, request: string, later: number, status: string, more?: object][] = [
    ["a scheduled one runs, without any request", scheduled, "", DAY, "running"],
    [
      "one whose time was past from the start never runs",
      { ...scheduled, scheduled_time: "2026-03-01 10:00:00" },
      "",
      DAY,
      "scheduled",
    ],
    ["a delivery never ends by itself", {}, "", 3650 * DAY, "running"],
    ["one that is paused misses its time", scheduled, "pause", 2 * DAY, "paused", { was_launched: false }],
    ["one that is canceled stays so", scheduled, "cancel", DAY, "canceled"],
    ["one hasn't begun before its time", timed, "", HOUR - 1, "scheduled", { next_run_time: inAnHour }],
    ["one has begun from its time on", timed, "", HOUR, "running", { next_run_time: null }],
  ];
  for (const [what, campaign, request, later, status, more] of times) {
    it(`in time, ${what}`, async () => {
      const { hood, call, clock } = await openHood({ campaigns: [{ id: "7", ...campaign }] });
      if (request) await call("POST", `/campaigns/7/${request}`, { reason: "Wrong price" });
      clock.now += later;
      expect(hood.campaigns.get("7")).to.include({ status, ...more });
      hood.add({ id: "8", ...scheduled });
      clock.now += DAY;
      expect(hood.campaign("8").status).to.equal("running");
    });
  }

  it("a cancel's effect starts from the status that time has brought, also if an edit moved the start", async () => {
    const { hood, call, clock } = await openHood({ campaigns: [{ id: "7", status: "scheduled" }] });
    await call("PATCH", "/campaigns/7", { scheduled_time: inAnHour });
    expect(hood.campaign("7").next_run_time).to.equal(inAnHour);
    clock.now += HOUR;
    await call("POST", "/campaigns/7/cancel", { reason: "Budget cut" });
    expect(hood.requests[1]?.effect).to.deep.equal({ campaignId: "7", from: "running", to: "canceled" });
  });
});

const campaigns: Partial<SimulatedCampaign>[] = [
  { id: "1", name: "Delta", status: "running", create_time: "2026-01-01 00:00:00", run_counter: 3 },
  { id: "2", name: "alpha", status: "scheduled", create_time: "2026-01-03 00:00:00", run_counter: 1 },
  { id: "3", name: "Bravo: sale", status: "draft", create_time: "2026-01-02 00:00:00", run_counter: 0 },
  { id: "4", name: "Charlie", status: "running", create_time: "2026-01-04 00:00:00", description: "Spring SALE" },
];
async function listed(query: string, options: SimulatorOptions = {}): Promise<string> {
  const { call } = await openHood({ campaigns, ...options });
  const reply = await call("GET", `/campaigns?${query}`);
  return reply.status === 200 ? ids(reply).join(" ") : String(reply.status);
}

describe("simulator: lists", () => {
  afterEach(closeAll);

  it("by default the 10 newest, newest first, with the true total", async () => {
    const { hood, call, clock } = await openHood();
    for (let index = 1; index <= 12; index += 1) {
      hood.add({ id: String(index) });
      // Pairs share a second, as campaigns made by a script do.
      if (index % 2 === 0) clock.now += 1000;
    }
    const reply = await call("GET", "/campaigns");
    expect(ids(reply)).to.deep.equal(["12", "11", "10", "9", "8", "7", "6", "5", "4", "3"]);
    expect(reply.json.total).to.equal(12);
  });

  it("of the same second the one with the higher id is the newer, however they are sorted", async () => {
    const { call } = await openHood({ campaigns: ["10", "9", "18446744073709551615", "11"].map((id) => ({ id })) });
    const newest = ["18446744073709551615", "11", "10", "9"];
    expect(ids(await call("GET", "/campaigns"))).to.deep.equal(newest);
    expect(ids(await call("GET", "/campaigns?sort=-create_time"))).to.deep.equal(newest);
    expect(ids(await call("GET", "/campaigns?sort=create_time"))).to.deep.equal(newest.toReversed());
    expect(ids(await call("GET", "/campaigns?sort=status"))).to.deep.equal(newest.toReversed());
  });

  const found: [query: string, ids: string][] = [
    ["sort=create_time", "1 3 2 4"],
    ["sort=-create_time", "4 2 3 1"],
    ["sort=name", "3 4 1 2"],
    ["sort=status,-create_time", "3 4 1 2"],
    ["sort=create_time&page=2,3", "4"],
    ["sort=create_time&page=1,2", "1 3"],
    ["page=2", ""],
    ["page=9,100", ""],
    ["sort=create_time&q=A", "1 3 2 4"],
    ["q=sale", "3"],
    ["sort=create_time&q=sale&q_fields=name,description", "3 4"],
    ["status=running&sort=create_time", "1 4"],
    ["status=eq:scheduled", "2"],
    ["status=in:scheduled,draft&sort=create_time", "3 2"],
  ];
  for (const [query, expected] of found) {
    it(`${query} finds ${expected || "nothing"}`, async () => expect(await listed(query)).to.equal(expected));
  }

  for (const query of [
    "sort=id",
    "sort=colour",
    "page=0",
    "page=1,0",
    "page=one",
    "page=",
    "fields=id,colour",
    "view=full",
    "q=x&q_fields=status",
    "id=1",
    "colour=red",
    "status=neq:running",
    "create_time=2026-01-02 00:00:00",
  ]) {
    it(`${query} is rejected, or ignored by switch`, async () => {
      expect(await listed(query)).to.equal("400");
      // An unknown search field takes the search with it; everything else leaves the default list.
      expect(await listed(query, { badQuery: "ignore" })).to.equal("4 2 3 1");
    });
  }

  it("fields picks exactly those", async () => {
    const { call } = await openHood({ campaigns });
    const { json } = await call("GET", "/campaigns?fields=id,status&page=1,1");
    expect(json).to.deep.equal({ total: 4, items: [{ id: "4", status: "running" }] });
  });

  it("a list can be filtered by what the account allows", async () => {
    expect(await listed("name=eq:Bravo: sale", { filterable: ["name"] })).to.equal("3");
    expect(await listed("status=running", { filterable: [] })).to.equal("400");
  });
});
