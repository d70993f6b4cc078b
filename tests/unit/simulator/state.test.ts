import { expect } from "chai";
import { closeAll, open, START } from "./account";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const inAnHour = "2026-03-02 11:00:00";
const envelope = ["code", "title", "message", "trace_id"];

describe("simulator: the account", () => {
  afterEach(closeAll);

  it("a single view is an envelope too, with ids as strings and GMT date-times", async () => {
    const { call } = await open({
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

  it("labels and total can be strings", async () => {
    const { call } = await open({
      labelsAs: "string",
      totalAs: "string",
      campaigns: [{ id: "7", labels: ["sale", "spring"] }],
    });
    const { json } = await call("GET", "/campaigns/7");
    expect(json.total).to.equal("1");
    expect(json.items[0].labels).to.equal("sale,spring");
    expect((await call("GET", "/campaigns")).json.total).to.equal("1");
  });

  it("a reason is stored and not shown", async () => {
    const { hood, call } = await open({ campaigns: [{ id: "7" }] });
    await call("POST", "/campaigns/7/cancel", { reason: "Budget cut" });
    expect(hood.campaign("7").reason).to.equal("Budget cut");
    expect((await call("GET", "/campaigns/7")).json.items[0]).to.not.have.property("reason");
    expect((await call("GET", "/campaigns/7?fields=id,reason")).status).to.equal(400);
  });

  it("completes what is added: an id of its own, a name, running", async () => {
    const { hood } = await open({ campaigns: [{ id: "1000248" }] });
    const [first, second] = hood.add({}, { status: "draft" });
    expect(first).to.include({ id: "1000249", name: "Campaign 1000249", status: "running", was_launched: true });
    expect(second).to.include({ id: "1000250", status: "draft", was_launched: false });
    expect([...hood.campaigns.keys()]).to.deep.equal(["1000248", "1000249", "1000250"]);
    expect(() => hood.add({ id: "1000248" })).to.throw("already has one with this id");
  });

  it("keeps nothing of the objects it was given", async () => {
    const seed = { id: "7", labels: ["sale"] };
    const { hood } = await open({ campaigns: [seed] });
    hood.campaign("7").labels.push("changed");
    expect(seed.labels).to.deep.equal(["sale"]);
  });

  it("a person's changes are live; an unknown id is a mistake of the test", async () => {
    const { hood, call } = await open({ campaigns: [{ id: "7" }] });
    hood.setStatus("7", "sent");
    hood.campaign("7").name = "Renamed";
    expect((await call("GET", "/campaigns/7?fields=name,status")).json.items).to.deep.equal([
      { name: "Renamed", status: "sent" },
    ]);
    hood.campaigns.delete("7");
    expect((await call("GET", "/campaigns/7")).status).to.equal(400);
    expect(() => hood.setStatus("7", "running")).to.throw("no campaign 7");
  });

  it("errors come in Hood's envelope, each with a trace id of its own; unknownId makes an unknown id a 404", async () => {
    for (const [options, code, title] of [
      [{}, 400, "Bad request."],
      [{ unknownId: 404 }, 404, "Not found."],
    ] as const) {
      const { call } = await open({ ...options, campaigns: [{ id: "7", status: "sent" }] });
      const [first, second] = [await call("GET", "/campaigns/8"), await call("PATCH", "/campaigns/8", {})];
      // The same words as for a wrong status.
      const wrong = await call("POST", "/campaigns/7/cancel", { reason: "Budget cut" });
      expect(wrong.status).to.equal(400);
      if (code === 400) expect({ ...wrong.json, trace_id: "" }).to.deep.equal({ ...first.json, trace_id: "" });
      expect([first.status, second.status]).to.deep.equal([code, code]);
      expect(first.json).to.have.all.keys(envelope);
      expect(first.json).to.include({ code, title });
      expect(first.json.trace_id).to.match(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      expect(second.json.trace_id).to.not.equal(first.json.trace_id);
    }
  });

  for (const [method, path] of [
    ["DELETE", "/campaigns/7"],
    ["POST", "/campaigns/cancel"],
    ["POST", "/campaigns/7/archive"],
    ["GET", "/campaigns/7/cancel"],
    ["GET", "/webhooks"],
  ] as const) {
    it(`there is no ${method} ${path}`, async () => {
      const { hood, call } = await open({ campaigns: [{ id: "7" }] });
      const reply = await call(method, path);
      expect(reply.status).to.equal(404);
      expect(reply.json).to.have.all.keys(envelope);
      expect(hood.campaign("7").status).to.equal("running");
    });
  }

  it("rejects any other token, and none, with 401 before it looks at the request", async () => {
    const { hood, call } = await open({ campaigns: [{ id: "7" }] });
    const reply = await call("POST", "/campaigns/7/cancel", { reason: "Budget cut" }, "another");
    expect(reply.status).to.equal(401);
    expect(reply.json).to.include({ code: 401, title: "Unauthorized.", message: "Unauthorized." });
    expect(hood.campaign("7").status).to.equal("running");
    expect(hood.requests[0]).to.include({ authorized: false });
    expect((await fetch(`${hood.url}/campaigns`)).status).to.equal(401);
  });

  it("never logs a token, and expires all except for a replacement", async () => {
    const { hood, call } = await open({ token: ["secret-a", "secret-b"] });
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
  });

  it("a key that is rolled while a request is under way rejects this one too, and every later one", async () => {
    const { hood, call } = await open({ campaigns: [{ id: "7" }, { id: "8" }] });
    expect((await call("POST", "/campaigns/7/cancel", { reason: "Budget cut" })).status).to.equal(204);
    hood.fault({ before: (account) => account.expireTokens("rolled") });
    expect((await call("POST", "/campaigns/8/cancel", { reason: "Budget cut" })).status).to.equal(401);
    expect(hood.requests.at(-1)).to.include({ authorized: true, effect: undefined });
    expect((await call("GET", "/campaigns/8")).status).to.equal(401);
    expect(hood.requests.at(-1)).to.include({ authorized: false });
    expect(hood.campaign("8").status).to.equal("running");
  });

  it("records what came, when, and what it did; clearRequests empties it, and the numbers go on", async () => {
    const { hood, call, clock } = await open({ campaigns: [{ id: "7" }] });
    clock.now = START + 1234;
    await call("GET", "/campaigns?page=1,5");
    const common = { at: START + 1234, authorized: true, counted: true };
    expect(hood.requests).to.deep.equal([
      { ...common, number: 1, method: "GET", path: "/v1/hood/campaigns?page=1,5", status: 200, effect: undefined },
    ]);
    hood.clearRequests();
    await call("POST", "/campaigns/7/cancel", { reason: "Budget cut" });
    expect(hood.requests).to.deep.equal([
      {
        ...common,
        number: 2,
        method: "POST",
        path: "/v1/hood/campaigns/7/cancel",
        body: '{"reason":"Budget cut"}',
        status: 204,
        effect: { campaignId: "7", from: "running", to: "canceled" },
      },
    ]);
  });

  it("listens on loopback only, on the port that was asked for", async () => {
    const { hood } = await open();
    const { port, hostname, pathname } = new URL(hood.url);
    expect([hostname, pathname]).to.deep.equal(["127.0.0.1", "/v1/hood"]);
    const error = await open({ port: Number(port) }).catch((reason: Error) => reason);
    expect((error as Error).message).to.include(`127.0.0.1:${port}: the port is in use. Choose another one`);
    await hood.close();
    const { hood: again } = await open({ port: Number(port) });
    expect(again.url).to.equal(hood.url);
  });

  it("latency holds a request back before it is processed", async () => {
    const { hood, call } = await open({ latency: 60_000, campaigns: [{ id: "7" }] });
    const broken = call("POST", "/campaigns/7/cancel", { reason: "Budget cut" }).catch(() => "broken off");
    while (hood.requests[0]?.body === undefined) await new Promise((resolve) => setImmediate(resolve));
    // Without latency the request is processed in the same turn in which its body has come.
    await new Promise((resolve) => setImmediate(resolve));
    expect(hood.requests[0].status).to.equal("pending");
    expect(hood.campaign("7").status).to.equal("running");
    await hood.close();
    expect(await broken).to.equal("broken off");
  });

  it("what time brings has its own update time, and no request's effect", async () => {
    const { hood, call, clock } = await open({
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
      const { hood, call, clock } = await open({ campaigns: [{ id: "7", ...campaign }] });
      if (request) await call("POST", `/campaigns/7/${request}`, { reason: "Wrong price" });
      clock.now += later;
      expect(hood.campaigns.get("7")).to.include({ status, ...more });
      hood.add({ id: "8", ...scheduled });
      clock.now += DAY;
      expect(hood.campaign("8").status).to.equal("running");
    });
  }

  it("a cancel's effect starts from the status that time has brought, also if an edit moved the start", async () => {
    const { hood, call, clock } = await open({ campaigns: [{ id: "7", status: "scheduled" }] });
    await call("PATCH", "/campaigns/7", { scheduled_time: inAnHour });
    expect(hood.campaign("7").next_run_time).to.equal(inAnHour);
    clock.now += HOUR;
    await call("POST", "/campaigns/7/cancel", { reason: "Budget cut" });
    expect(hood.requests[1]?.effect).to.deep.equal({ campaignId: "7", from: "running", to: "canceled" });
  });
});
