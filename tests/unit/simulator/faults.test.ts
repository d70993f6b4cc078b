import { expect } from "chai";
import type { Fault } from "../../../simulator";
import { hoodTime } from "../../../simulator/campaigns";
import { closeAll, open } from "./account";

const cancel = { reason: "Budget cut" };

/** Cancels campaign 7 under a fault. */
async function under(fault: Fault, rateLimit = "off") {
  const { hood, call, clock } = await open({ rateLimit, campaigns: [{ id: "7" }] });
  hood.fault({ fault });
  const reply = await call("POST", "/campaigns/7/cancel", cancel).catch(() => undefined);
  return { reply, hood, call, clock, done: hood.campaign("7").status === "canceled", record: hood.requests[0] };
}

describe("simulator: faults", () => {
  afterEach(closeAll);

  const status = (code: number, more = {}): Fault => ({ kind: "status", status: code, ...more });
  const html = (code: number): Fault => ({ kind: "html", status: code });
  const location = "http://127.0.0.1:1/login";
  const rows: [what: string, fault: Fault, status: number | undefined, done: boolean, shows?: RegExp][] = [
    ["drop before processing", { kind: "drop", processed: false }, undefined, false],
    ["drop after processing", { kind: "drop", processed: true }, undefined, true],
    ["500 before processing", status(500), 500, false, /^\{"code":500,"title":"[^"]+","trace_id":"[^"]+"\}$/],
    ["500 after processing", status(500, { processed: true }), 500, true],
    ["400 without a message", status(400), 400, false, /^\{"code":400,"title":"[^"]+","trace_id":"[^"]+"\}$/],
    ["502", status(502), 502, false],
    ["503 with a message", status(503, { message: "Down for repair." }), 503, false, /"Down for repair\."/],
    ["reset, in the middle of the body", { kind: "reset" }, undefined, true],
    ["truncate", { kind: "truncate" }, 200, true],
    ["a web page with 200", html(200), 200, false, /<html>/],
    ["a web page with 502", html(502), 502, false, /<html>/],
    ["a redirect", { kind: "redirect", location }, 302, false],
    ["200 with a body where Hood sends 204", { kind: "body", body: '{"ok":true}' }, 200, true, /^\{"ok":true\}$/],
    ...[3, -1, "Mon, 02 Mar 2026 10:00:05 GMT", undefined].map((retryAfter): (typeof rows)[number] => [
      `429 with Retry-After ${retryAfter ?? "missing"}`,
      status(429, { retryAfter }),
      429,
      false,
    ]),
  ];
  for (const [what, fault, code, done, shows] of rows) {
    it(`${what}: ${done ? "with" : "without"} an effect`, async () => {
      const { reply, hood, record } = await under(fault, "10/1s");
      expect(reply?.status).to.equal(code);
      if (shows) expect(reply?.text).to.match(shows);
      expect(hood.campaign("7").status).to.equal(done ? "canceled" : "running");
      const effect = done ? { campaignId: "7", from: "running", to: "canceled" } : undefined;
      expect(record?.effect).to.deep.equal(effect);
      if (fault.kind === "drop") expect(record?.status).to.equal("dropped");
      if (fault.kind === "html") expect(reply?.headers.get("content-type")).to.equal("text/html");
      if (fault.kind === "redirect") expect(reply?.headers.get("location")).to.equal(location);
      if (fault.kind !== "status") return;
      const retryAfter = fault.retryAfter === undefined ? null : String(fault.retryAfter);
      expect(reply?.headers.get("retry-after")).to.equal(retryAfter);
      expect(reply?.headers.get("x-ratelimit-remaining")).to.equal(code === 429 ? null : "9");
    });
  }

  for (const processed of [false, true]) {
    it(`stall ${processed ? "after" : "before"} processing; close breaks it off`, async () => {
      const { hood, call } = await open({ campaigns: [{ id: "7" }] });
      hood.fault({ fault: { kind: "stall", processed } });
      const broken = call("POST", "/campaigns/7/cancel", cancel).catch(() => "broken off");
      while (hood.requests[0]?.status !== "stalled") await new Promise((resolve) => setImmediate(resolve));
      expect(hood.campaign("7").status).to.equal(processed ? "canceled" : "running");
      await hood.close();
      expect(await broken).to.equal("broken off");
    });
  }

  it("truncate answers 200 with JSON that ends too early", async () => {
    const { hood, call } = await open({ campaigns: [{ id: "7" }] });
    hood.fault({ fault: { kind: "truncate" } });
    const reply = await call("GET", "/campaigns");
    expect(reply.text).to.match(/^\{"total":1,"items":\[\{/);
    expect(reply.json).to.equal(undefined);
  });

  it("a rule picks its requests, and is used up after `times`", async () => {
    const { hood, call } = await open({ campaigns: [{ id: "7" }, { id: "8" }] });
    hood.fault({ match: ({ campaignId }) => campaignId === "8", times: 2, fault: { kind: "status", status: 503 } });
    const statuses = [];
    for (const id of ["7", "8", "8", "8"]) statuses.push((await call("GET", `/campaigns/${id}`)).status);
    expect(statuses).to.deep.equal([200, 503, 503, 200]);
    hood.fault({ match: ({ number }) => number > 5, times: Infinity, fault: { kind: "status", status: 500 } });
    expect((await call("GET", "/campaigns")).status).to.equal(200);
    expect((await call("GET", "/campaigns")).status).to.equal(500);
    expect((await call("GET", "/campaigns")).status).to.equal(500);
  });

  it("a gateway gives up, and the server behind it goes on", async () => {
    const { reply, done, hood, clock } = await under({ kind: "status", status: 504, processed: 12_000 });
    expect([reply?.status, done]).to.deep.equal([504, false]);
    const due = hoodTime(clock.now + 12_000);
    clock.now += 20_000;
    expect(hood.campaigns.get("7")).to.include({ status: "canceled", update_time: due });
  });

  it("changed: a body as the test wants it, once", async () => {
    const { hood, call } = await open({ campaigns: [{ id: "7", name: "Spring sale" }] });
    const item = { id: "7", name: "\ud83d\u0000\u202e" };
    hood.fault({ fault: { kind: "changed", change: (body) => ({ ...body, total: 1_000_000_000, items: [item] }) } });
    expect((await call("GET", "/campaigns")).json).to.deep.equal({ total: 1_000_000_000, items: [item] });
    expect((await call("GET", "/campaigns")).json.items[0].name).to.equal("Spring sale");
  });

  const lags = { freeze: {}, listLag: { listLag: 20_000 }, pageLag: { pageLag: 20_000 } };
  for (const [how, surface] of [
    ["freeze", "lists"],
    ["freeze", "pages"],
    ["listLag", "lists"],
    ["pageLag", "pages"],
  ] as const) {
    it(`${how}: ${surface} show nothing new for a time, the others do`, async () => {
      const { hood, call, clock } = await open({ ...lags[how], campaigns: [{ id: "7" }] });
      if (how === "freeze") hood.freeze(surface, 20_000);
      await call("POST", "/campaigns/7/pause", cancel);
      const made = (await call("POST", "/campaigns", { name: "Autumn sale" })).json.id;
      const page = await call("GET", `/campaigns/${made}`);
      const shown = async () => [
        (await call("GET", "/campaigns?status=running")).json.total,
        (await call("GET", "/campaigns")).json.total,
        (await call("GET", "/campaigns/7")).json.items[0].status,
      ];
      expect(page.status).to.equal(surface === "pages" ? 400 : 200);
      clock.now += 19_999;
      expect(await shown()).to.deep.equal(surface === "lists" ? [1, 1, "paused"] : [0, 2, "running"]);
      // Only what is shown lags: the account itself knows.
      expect((await call("POST", "/campaigns/7/pause", cancel)).status).to.equal(400);
      clock.now += 1;
      expect(await shown()).to.deep.equal([0, 2, "paused"]);
    });
  }

  it("before: somebody else changes the campaign between the request and its processing", async () => {
    const { hood, call } = await open({ campaigns: [{ id: "7" }] });
    hood.fault({ match: ({ method }) => method === "POST", before: (account) => account.setStatus("7", "sent") });
    expect((await call("GET", "/campaigns/7")).json.items[0].status).to.equal("running");
    expect((await call("POST", "/campaigns/7/cancel", cancel)).status).to.equal(400);
    expect(hood.campaign("7").status).to.equal("sent");
  });

  it("a before that throws is told to the client", async () => {
    const { hood, call } = await open();
    hood.fault({ before: (account) => account.setStatus("7", "sent") });
    expect((await call("GET", "/campaigns")).json.message).to.include("no campaign 7");
    expect(hood.requests[0]?.status).to.equal(500);
  });

  it("a request that the rate limit rejects uses up no rule", async () => {
    const { hood, call, clock } = await open({ rateLimit: "1/1s" });
    await call("GET", "/campaigns");
    hood.fault({ fault: { kind: "status", status: 503 } });
    expect((await call("GET", "/campaigns")).status).to.equal(429);
    clock.now += 1000;
    expect((await call("GET", "/campaigns")).status).to.equal(503);
  });
});
