import { expect } from "chai";
import type { WriteResult } from "../../provider/hood/account";
import { Client } from "../../provider/hood/client";
import {
  actOnCampaign,
  createCampaign,
  type Endpoint,
  editCampaign,
  listCampaigns,
  viewCampaign,
} from "../../provider/hood/endpoints";
import { HoodError } from "../../provider/hood/errors";
import { Limiter, newTurn, type Turn } from "../../provider/hood/rateLimit/limiter";
import { TransportError } from "../../provider/hood/transport";
import type { SimulatorOptions } from "../../simulator";
import {
  cutOff,
  hangUp,
  json,
  openRawAccount,
  page,
  type RawAnswer,
  rejection,
  showing,
  shown,
  startRawServer,
  text,
  thrown,
} from "../support/accounts";
import { openInProcess } from "../support/testAccount";
import { VirtualClock } from "../support/virtualClock";

const html = (status: number, headers = {}) => text(status, "<html>", headers);
const asking = (status: number, seconds: string, more = {}) => text(status, "", { "retry-after": seconds, ...more });
const redirect = text(302, "", { location: "https://login.example/" });
const failing = json(500, { title: "Internal server error.", trace_id: "6f1c" });

describe("a request to Hood", () => {
  const raw = openRawAccount();
  const get = () => raw.account.get("1000248");
  const failure = () => thrown(HoodError, get);
  const cancel = (turn?: Turn) => {
    const seen = { id: "1000248", seenAt: raw.clock.now() };
    return raw.account.write(seen, actOnCampaign("1000248", "cancel"), { reason: "Budget cut" }, { turn });
  };
  /** Why a call wasn't done. */
  async function notDone(): Promise<HoodError> {
    const result = await cancel();
    if (result.kind !== "notDone") throw new Error(`It was ${result.kind}, though it should have failed.`);
    return result.error;
  }

  /** What comes of a read, and after how many requests, if the answer stays, or passes; and of a call, which isn't sent again. */
  const answers: [what: string, answer: RawAnswer, read: string, times: number, call?: string][] = [
    ["400", json(400, rejection), "unknownCampaign", 1, "rejected"],
    ["400 without a body", text(400), "unknownCampaign", 1, "rejected"],
    ["404", json(404, { title: "Not found." }), "unknownCampaign", 1, "rejected"],
    ["no campaign", json(200, { total: 0, items: [] }), "unknownCampaign", 1, "unknown"],
    ["403", json(403, { title: "Forbidden." }), "rejected", 1, "rejected"],
    ["409", json(409, {}), "rejected", 1, "rejected"],
    ["401", json(401, { title: "Unauthorized." }), "unauthorized", 1, "notDone"],
    ["401 without a body", text(401), "unauthorized", 1, "notDone"],
    ["500", failing, "noResponse", 6, "unknown"],
    ["500 without a body", text(500), "noResponse", 6, "unknown"],
    ["503 without a body", text(503), "noResponse", 6, "unknown"],
    ["502 in HTML", html(502), "noResponse", 6, "unknown"],
    ["408", text(408), "noResponse", 6, "unknown"],
    ["JSON that is cut off", text(200, '{"total":1,"items":['), "noResponse", 6, "unknown"],
    ["a connection that ends", hangUp, "noResponse", 6, "unknown"],
    ["a connection that ends in the middle", cutOff, "noResponse", 6, "unknown"],
    ["425", text(425), "notYet", 6],
    ["400 in HTML", html(400), "unexpectedResponse", 4, "unknown"],
    ["404 in HTML", html(404), "unexpectedResponse", 4, "unknown"],
    ["200 in HTML", page, "unexpectedResponse", 4, "unknown"],
    ["an empty 200", text(200), "unexpectedResponse", 4, "unknown"],
    ["202", json(202, {}), "unknownCampaign", 1, "unknown"],
    ["a redirect", redirect, "unexpectedResponse", 4, "unknown"],
  ];
  for (const [what, answer, read, times, call] of answers) {
    it(`that is answered with ${what}: a read fails as ${read} after ${times}, a call is ${call ?? "sent again"}`, async () => {
      raw.server.answer(answer);
      expect((await failure()).kind).to.equal(read);
      expect(raw.server.requests).to.have.length(times);
      if (call) {
        expect(await cancel()).to.include({ kind: call });
        expect(raw.server.requests).to.have.length(times + 1);
      }
      if (times === 1) return;
      raw.server.answer(answer, showing(shown));
      expect((await get()).status).to.equal("running");
    });
  }

  it("that is a call is accepted by a 204 only, not by a 200 with a body", async () => {
    raw.server.answer(text(204), showing(shown));
    expect(await cancel()).to.include({ kind: "accepted", status: 204 });
    expect(raw.server.requests.map(({ method, path }) => `${method} ${path}`)).to.deep.equal([
      "POST /campaigns/1000248/cancel",
    ]);
    expect(await cancel()).to.include({ kind: "unknown" });
  });

  it("shows nothing of an answer that can't be read to its end, however deep it is", async () => {
    raw.server.answer(text(403, `{"title":"Got canary\\u002dtoken","a":${"[".repeat(30_000)}`));
    const words = "Can't read campaign 1000248: HTTP 403 with JSON that is cut off, after 6 attempts";
    expect((await failure()).message.slice(0, words.length)).to.equal(words);
  });

  it("isn't read from an answer whose values would fill the memory, nor is what a call did", async () => {
    raw.server.answer(text(200, `{"total":1,"items":[${"[],".repeat(2_000_000)}1]}`));
    const { kind, message } = await failure();
    expect({ kind, message }).to.deep.equal({
      kind: "tooLarge",
      message: "Can't read campaign 1000248: HTTP 200 with more than 8 MB in it",
    });
    expect(await raw.account.create({ name: "Spring sale" })).to.include({ kind: "unknown" });
    expect(raw.server.requests).to.have.length(2);
  });

  it("is given up after six attempts, with longer pauses between them", async () => {
    raw.server.answer(failing);
    const { message, traceId } = await failure();
    expect(message).to.match(/HTTP 500 Internal server error\. \(trace_id 6f1c\), after 6 attempts in 7\.\d s$/);
    expect(traceId).to.equal("6f1c");
    expect(raw.clock.pauses).to.deep.equal([250, 500, 1_000, 2_000, 4_000]);
  });

  const date = (seconds: number) => new Date(Date.UTC(2026, 4, 1, 12, 0, seconds)).toUTCString();
  const waits: [what: string, answer: RawAnswer, pause: number][] = [
    ["503 in seconds", asking(503, "90"), 90_000],
    ["503 by a date", asking(503, date(90), { date: date(0) }), 90_000],
    ["503 for less than the usual pause", asking(503, "0.1"), 250],
    ["502 in HTML in seconds", html(502, { "retry-after": "9" }), 9_000],
    ["425 in seconds", asking(425, "9"), 9_000],
    ["503 by a number that means nothing", asking(503, "-1"), 250],
  ];
  for (const [what, answer, pause] of waits) {
    it(`that is a read waits as it is asked to by ${what}`, async () => {
      raw.server.answer(answer, showing(shown));
      expect((await get()).status).to.equal("running");
      expect(raw.clock.pauses).to.deep.equal([pause]);
    });
  }

  it("that is a read is sent again after waits that are longer than the time for attempts", async () => {
    raw.server.answer(...Array<RawAnswer>(3).fill(asking(503, "100")), showing(shown));
    expect((await get()).status).to.equal("running");
  });

  it("that is a call doesn't wait as a 503 asks, since a read tells whether it was done, but the next call does", async () => {
    raw.server.answer(asking(503, "50"), showing(shown), asking(503, "700"), text(204));
    const turn = newTurn();
    expect(await cancel(turn)).to.include({ kind: "unknown" });
    expect((await get()).status).to.equal("running");
    expect(raw.clock.pauses).to.deep.equal([]);
    expect(await cancel(turn)).to.include({ kind: "unknown" });
    expect(raw.clock.pauses).to.deep.equal([50_000]);
    const { kind, error } = (await cancel(turn)) as Extract<WriteResult, { error: HoodError }>;
    expect(kind).to.equal("notDone");
    expect(error.message).to.contain("HTTP 503, again and again for 50 s").and.contain("hood:maxWait allows 600 s");
    expect(raw.server.requests).to.have.length(3);
  });

  it("is given up at a 503 that asks for more than hood:maxWait allows, at once or added up with 429", async () => {
    raw.server.answer(asking(503, "601"));
    const first = await failure();
    expect(first.kind).to.equal("tooLong");
    expect(first.message).to.contain("HTTP 503; the account asks to wait until 2026-06-01 12:10:01 UTC (601 s), and");
    expect(raw.server.requests).to.have.length(1);
    raw.server.answer(asking(429, "300"), asking(503, "301"));
    const { kind, message } = await failure();
    expect(kind).to.equal("tooLong");
    expect(message).to.contain("HTTP 503, again and again for 300 s").and.contain("hood:maxWait allows 600 s");
  });

  it("that isn't sent, since another one was answered 429 with too long a wait, says so", async () => {
    raw.server.answer(asking(429, "601"));
    const [first, second] = [await failure(), await failure()];
    expect([first.kind, second.kind]).to.deep.equal(["tooLong", "tooLong"]);
    expect(first.message).not.to.contain("not sent");
    expect(second.message).to.contain("not sent, since another request was answered HTTP 429");
    expect(raw.server.requests).to.have.length(1);
  });

  it("takes no time from an answer that no date-time of four digits' years can say", async () => {
    const late = { "content-type": "application/json", date: "Sat, 13 Sep 275760 00:00:00 GMT" };
    raw.server.answer(text(200, JSON.stringify({ items: [shown] }), late));
    expect((await get()).status).to.equal("running");
    expect(raw.account.time()).to.be.below(Date.parse("9999-12-31T00:00:00Z"));
  });

  it("is sent again for as long as 429 asks to wait, however often", async () => {
    raw.server.answer(...Array<RawAnswer>(10).fill(asking(429, "3")), showing(shown));
    expect((await get()).status).to.equal("running");
    expect(raw.clock.now()).to.be.at.least(30_000);
    raw.server.answer(asking(429, "2"), text(429), text(204));
    expect(await cancel()).to.include({ kind: "accepted", status: 204 });
    expect(raw.server.requests).to.have.length(11 + 3);
  });

  it("that is a call is sent again after 425, which did nothing, and then isn't done", async () => {
    raw.server.answer(text(425), asking(425, "7"), text(204));
    expect(await cancel()).to.include({ kind: "accepted", status: 204 });
    expect(raw.clock.pauses).to.deep.equal([250, 7_000]);
    raw.server.answer(text(425));
    expect((await notDone()).kind).to.equal("notYet");
    expect(raw.server.requests).to.have.length(3 + 6);
  });

  it("that is a call is sent again if nobody was reached, and then isn't done", async () => {
    const { url } = raw.server;
    await raw.server.close();
    const { kind, message } = await notDone();
    expect(kind).to.equal("unreachable");
    expect(message).to.contain(`Can't cancel campaign 1000248: ${new URL(url).host} can't be reached`);
    expect(message).to.match(/, after 4 attempts in 1\.\d s$/);
    raw.server = await startRawServer();
  });
});

describe("a call of the API", () => {
  const list = listCampaigns(
    { sort: "-create_time,name", status: ["a b", "c"], q: "x&y", fields: ["id", "name"] },
    2,
    100,
  );
  const calls: [call: Endpoint, request: string, replay: string, purpose: string][] = [
    [viewCampaign("7"), "GET /campaigns/7", "freely", "read campaign 7"],
    [actOnCampaign("7", "pause"), "POST /campaigns/7/pause", "afterRead", "pause campaign 7"],
    [createCampaign(), "POST /campaigns", "never", "create a campaign"],
    [editCampaign("7"), "PATCH /campaigns/7", "afterRead", "edit campaign 7"],
    [
      list,
      "GET /campaigns?status=in:a%20b,c&q=x%26y&q_fields=name,description&fields=id,name&sort=-create_time,name&page=2,100",
      "freely",
      "list campaigns",
    ],
  ];
  for (const [{ method, path, ...call }, request, replay, purpose] of calls) {
    it(`may be sent again ${replay}: ${purpose}`, () => {
      expect(`${method} ${path}`).to.equal(request);
      expect(call).to.deep.equal({ replay, purpose });
    });
  }
});

describe("the attempts at a request", () => {
  async function fail(chance: number, takes: number) {
    const clock = new VirtualClock(0, chance);
    const limiter = new Limiter({ windows: [{ limit: 1_000, length: 1_000 }], maxParallel: 1, clock });
    let attempts = 0;
    const transport = async () => {
      attempts++;
      await clock.sleep(takes);
      throw new TransportError(true, "no answer");
    };
    const client = new Client({ transport, limiter, clock });
    const { message } = await thrown(HoodError, () => client.call(viewCampaign("1000248")));
    clock.dispose();
    return { attempts, pauses: clock.pauses.filter((pause) => pause !== takes), message };
  }

  it("are up to half as far apart again, by chance, so that many clients don't come back together", async () => {
    expect((await fail(0, 1)).pauses.slice(0, 3)).to.deep.equal([250, 500, 1_000]);
    expect((await fail(0.5, 1)).pauses.slice(0, 3)).to.deep.equal([312.5, 625, 1_250]);
  });

  it("begin within two minutes after the first failure, and no later", async () => {
    const { attempts, message } = await fail(0, 70_000);
    expect(attempts).to.equal(3);
    expect(message).to.contain("after 3 attempts in 140.8 s");
  });
});

describe("a read of one campaign", () => {
  const raw = openRawAccount();
  const failure = () => thrown(HoodError, () => raw.account.get("1000248"));

  it("finds the campaign that it asked for among others", async () => {
    raw.server.answer(json(200, { total: 2, items: [{ ...shown, id: "1", name: "Another" }, shown] }));
    expect((await raw.account.get("1000248")).name).to.equal("Spring sale");
  });

  it("never shows another campaign", async () => {
    raw.server.answer(showing({ ...shown, id: "10002480" }));
    expect((await failure()).kind).to.equal("unknownCampaign");
  });

  it("is remembered until the next read begins", async () => {
    expect(raw.account.remembered("1000248")).to.equal(undefined);
    raw.server.answer(showing(shown), json(400, rejection));
    const campaign = await raw.account.get("1000248");
    expect(raw.account.remembered("1000248")).to.equal(campaign);
    await failure();
    expect(raw.account.remembered("1000248")).to.equal(undefined);
  });

  it("isn't relied on if it began before a change and ended after it", async () => {
    let answerRead = () => {};
    const held = new Promise<void>((asked) => {
      raw.server.answer((response, request) => {
        answerRead = () => showing(shown)(response, request);
        asked();
      }, text(204));
    });
    const read = raw.account.get("1000248");
    await held;
    raw.clock.silence(1);
    const pause = actOnCampaign("1000248", "pause");
    await raw.account.write({ id: "1000248", seenAt: raw.clock.now() }, pause, { reason: "Stock is short" });
    answerRead();
    expect(await read).to.include({ status: "running" });
    expect(raw.account.remembered("1000248")).to.equal(undefined);
  });
});

describe("recent reads of campaigns", () => {
  const ACTIVE = ["scheduled", "running", "paused"];
  const simulated = openInProcess();
  const requests = () => simulated.hood.requests;
  const isList = ({ path }: { path: string }) => path.includes("?");
  const getRecent = (id: string, statuses = ACTIVE) => simulated.provider.account.getRecent(id, statuses);

  async function open(campaigns: number, options: SimulatorOptions = {}): Promise<string[]> {
    const ids = Array.from({ length: campaigns }, (_, index) => String(1_000_000 + index));
    const running = ids.map((id) => ({ id, name: `Campaign ${id}`, status: "running" }));
    await simulated.restart({ campaigns: running, ...options });
    return ids;
  }

  async function readEach(ids: readonly string[]): Promise<void> {
    for (const id of ids) expect(await getRecent(id)).to.include({ id, name: `Campaign ${id}`, status: "running" });
  }

  it("are single reads for one or two campaigns", async () => {
    await readEach(await open(2));
    expect(requests()).to.have.length(2);
    expect(requests().filter(isList)).to.deep.equal([]);
  });

  /** How many campaigns there are, and with what options; how many are read, one after the other; the most requests for that. */
  const budgets: [string, number, SimulatorOptions, number, number][] = [
    ["500 campaigns", 500, {}, 500, 10],
    ["500 campaigns if the server grants small pages only", 500, { maxPageSize: 40 }, 500, 20],
    ["20 campaigns if Hood rejects lists", 20, { filterable: [] }, 20, 29],
    ["a few of thousands, without a scan of the long list", 3_000, {}, 4, 6],
    ["many of thousands, with a scan once that is worth it", 3_000, {}, 400, 79],
  ];
  for (const [what, campaigns, options, read, most] of budgets) {
    it(`take at most ${most} requests for ${what}`, async () => {
      const ids = await open(campaigns, options);
      await readEach(ids.slice(0, read));
      expect(requests().length).to.be.at.most(most);
    });
  }

  it("read a campaign again that was changed from here, and no other", async () => {
    const ids = await open(20);
    await readEach(ids);
    const [changed = "", ...others] = ids.slice(5);
    const seenAt = simulated.clock.now();
    await simulated.provider.account.write({ id: changed, seenAt }, actOnCampaign(changed, "pause"), {
      reason: "Stock is short",
    });
    simulated.hood.clearRequests();
    expect(simulated.provider.account.remembered(changed)).to.equal(undefined);
    expect(await getRecent(changed)).to.include({ status: "paused" });
    expect(requests().map(({ path }) => path)).to.deep.equal([`/v1/hood/campaigns/${changed}`]);
    await readEach(others);
    expect(requests()).to.have.length(1);
  });

  it("take few requests for 500 that are in another status than expected", async () => {
    const ids = await open(500);
    for (const id of ids) simulated.hood.setStatus(id, "sent");
    const seen = await Promise.all(ids.map((id) => getRecent(id)));
    expect(seen.map(({ id }) => id)).to.deep.equal(ids);
    expect(seen.every(({ status }) => status === "sent")).to.equal(true);
    expect(requests().length).to.be.at.most(12);
  });

  it("take hardly more requests than single reads for 100 among thousands in another status", async () => {
    const ids = await open(6_000, { maxPageSize: 10 });
    for (const id of ids.slice(0, 5_900)) simulated.hood.setStatus(id, "sent");
    await Promise.all(ids.slice(0, 100).map((id) => getRecent(id, ["scheduled"])));
    expect(requests().length).to.be.at.most(110);
  });

  it("scan no list of all statuses if the one of the expected statuses isn't read to its end", async () => {
    const ids = await open(3_000);
    await readEach(ids.slice(0, 20));
    expect(requests().filter(({ path }) => isList({ path }) && !path.includes("status="))).to.deep.equal([]);
  });

  it("miss none of those that slip between two pages", async () => {
    const ids = await open(300);
    // While the first page is on its way, campaigns of it leave the list, and later pages shift.
    simulated.hood.fault({
      match: (request) => isList(request) && request.path.endsWith("page=2,100"),
      before: (person) => {
        for (const id of ids.slice(10, 40)) person.setStatus(id, "sent");
      },
    });
    const seen = await Promise.all(ids.slice(100).map((id) => getRecent(id)));
    expect(seen.map(({ id }) => id)).to.deep.equal(ids.slice(100));
    expect(seen.every(({ status }) => status === "running")).to.equal(true);
  });

  it("say that Hood doesn't know a campaign only after a single read", async () => {
    const ids = await open(20);
    await readEach(ids.slice(0, 5));
    expect((await thrown(HoodError, () => getRecent("9999999"))).kind).to.equal("unknownCampaign");
    expect(requests().at(-1)?.path).to.match(/\/campaigns\/9999999$/);
  });

  it("rely on a scan for a minute, and no longer", async () => {
    const ids = await open(20);
    await readEach(ids.slice(0, 5));
    expect(simulated.provider.account.remembered("1000003")).to.include({ status: "running" });
    simulated.hood.setStatus("1000003", "paused");
    await simulated.clock.sleep(58_900);
    expect(await getRecent("1000003")).to.include({ status: "running" });
    await simulated.clock.sleep(101);
    expect(simulated.provider.account.remembered("1000003")).to.equal(undefined);
    expect(await getRecent("1000003")).to.include({ status: "paused" });
  });
});
