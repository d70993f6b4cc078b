import { getEventListeners } from "node:events";
import { expect } from "chai";
import { DOCTOR } from "../../provider/errors";
import { type Account, openAccount, type WriteResult } from "../../provider/hood/account";
import type { Wait } from "../../provider/hood/client";
import { actOnCampaign, type Endpoint } from "../../provider/hood/endpoints";
import { HoodError } from "../../provider/hood/errors";
import { RefusedByProxy } from "../../provider/hood/proxy";
import { parseRateLimit } from "../../provider/hood/rateLimit/headers";
import { newTurn, type Turn } from "../../provider/hood/rateLimit/limiter";
import { TransportError } from "../../provider/hood/transport";
import {
  cutOff,
  hangUp,
  json,
  openRawAccount,
  page,
  type RawAnswer,
  rejection,
  START,
  showing,
  shown,
  startRawServer,
  text,
  thrown,
} from "../support/accounts";
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
    ["400 and a line of blanks", text(400, " \n"), "unknownCampaign", 1, "rejected"],
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
    const result = (await cancel()) as Extract<WriteResult, { error: HoodError }>;
    expect([result.kind, result.error.kind]).to.deep.equal(["unknown", "noResponse"]);
    expect(result.error.message).to.contain("HTTP 200, though only 204 means that it was done");
    expect(await raw.account.create({ name: "Spring sale" })).to.include({ kind: "accepted", status: 200 });
    raw.server.answer(json(202, {}));
    const created = (await raw.account.create({ name: "Spring sale" })) as typeof result;
    expect(created.error.message).to.contain("HTTP 202, though only 201 or 200 means that it was done");
  });

  it("shows nothing of an answer that can't be read to its end, however deep it is", async () => {
    raw.server.answer(text(403, `{"title":"Got canary\\u002dtoken","a":${"[".repeat(30_000)}`));
    const words = "Can't read campaign 1000248: HTTP 403 with JSON that is cut off, after 6 attempts";
    expect((await failure()).message.slice(0, words.length)).to.equal(words);
  });

  it("isn't read from an answer with too many values in it, nor is what a call did", async () => {
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
    ["503 for just as long as hood:maxWait allows", asking(503, "600"), 600_000],
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
    raw.server.answer(text(500), asking(503, "50"), showing(shown), asking(503, "700"), text(204));
    const turn = newTurn();
    // Nothing is waited for that no answer has asked for.
    expect(await cancel(turn)).to.include({ kind: "unknown" });
    expect(await cancel(turn)).to.include({ kind: "unknown" });
    expect((await get()).status).to.equal("running");
    expect(raw.clock.pauses).to.deep.equal([]);
    expect(await cancel(turn)).to.include({ kind: "unknown" });
    expect(raw.clock.pauses).to.deep.equal([50_000]);
    const { kind, error } = (await cancel(turn)) as Extract<WriteResult, { error: HoodError }>;
    expect(kind).to.equal("notDone");
    expect(error.message).to.contain("HTTP 503, again and again for 50 s").and.contain("hood:maxWait allows 600 s");
    expect(raw.server.requests).to.have.length(4);
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
    const failures = [await failure(), await failure()];
    const wait = "the account asks to wait until 2026-06-01 12:10:01 UTC (601 s), and hood:maxWait allows 600 s";
    expect(failures.map(({ kind, message }) => [kind, message])).to.deep.equal([
      ["tooLong", `Can't read campaign 1000248: HTTP 429; ${wait}`],
      ["tooLong", `Can't read campaign 1000248: not sent, since another request was answered HTTP 429; ${wait}`],
    ]);
    expect(raw.server.requests).to.have.length(1);
  });

  const unread = `{"title":"No.","items":[${"[],".repeat(200_000)}1]}`;
  const tooMany = " (Retry-After: -1: too many requests on their way at once), again and again for ";
  for (const [answer, says] of [
    [asking(429, "-1"), tooMany],
    [text(429, unread, { "retry-after": "601" }), "; the account asks to wait until "],
  ] as const) {
    it(`says what 429 asked for until hood:maxWait was over${says}…`, async () => {
      raw.server.answer(answer);
      expect((await failure()).message).to.contain(`: HTTP 429${says}`);
    });
  }

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

describe("a request that takes its time", () => {
  let clock: VirtualClock;
  let told: Wait[];
  let warnings: string[];
  let paths: string[];
  let stop: AbortController;

  beforeEach(() => {
    [clock, told, warnings, paths, stop] = [new VirtualClock(START, 0), [], [], [], new AbortController()];
  });
  afterEach(() => clock.dispose());

  type Carried = [status: number | Error, headers?: Record<string, string>, takes?: number];

  /** An account whose answers take their time, in milliseconds; the last one stays. */
  const open = (...answers: [Carried, ...Carried[]]) => openWith("1000/1s", ...answers);
  function openWith(rateLimit: string, ...answers: [Carried, ...Carried[]]) {
    const transport = async ({ path }: Endpoint) => {
      paths.push(path);
      const answer = (answers.length > 1 && answers.shift()) || answers[0];
      const [status, headers = {}, takes = 100] = answer;
      await clock.sleep(takes);
      if (status instanceof Error) throw status;
      return {
        status,
        header: (name: string) => headers[name] ?? null,
        text: JSON.stringify({ total: 1, items: [shown] }),
      };
    };
    const settings = { endpoint: "", token: "", timeout: 0, maxParallel: 10, maxWait: 600_000 };
    const tell = (wait: Wait) => void told.push(wait);
    const warn = (message: string) => void warnings.push(message);
    const more = { transport, tell, warn, abort: stop.signal };
    return openAccount({ ...settings, rateLimit: parseRateLimit(rateLimit) }, clock, more);
  }
  const read = (account: Account) => account.get("1000248");
  const waits = () => told.map(({ reason, waited, left }) => `${reason} ${waited} ${left}`);
  const parallel: Carried = [429, { "retry-after": "-1" }];
  const ok: Carried = [200];
  const lost = new TransportError(true, "no answer");

  /** Whatever is waited for, for how long by then, and for how long still. */
  const reasons: [what: string, answers: [Carried, ...Carried[]], waits: string[]][] = [
    ["an answer", [[200, {}, 2_500]], ["answer 1000 0", "answer 2000 0"]],
    ["what a 503 asks for", [[503, { "retry-after": "2" }], ok], ["asked 1000 1100", "asked 2000 100"]],
    ["its turn", [[429, { "retry-after": "2" }], ok], ["turn 1000 1100", "turn 2000 100"]],
    ["fewer at once", [parallel, parallel, parallel, ok], ["answer 1000 0", "parallel 2000 50"]],
    ["nothing worth a word", [ok], []],
  ];
  for (const [what, answers, expected] of reasons) {
    it(`tells each second that it waits for ${what}, and nothing once it has ended`, async () => {
      const account = open(...answers);
      await read(account);
      await clock.sleep(5_000);
      expect(waits()).to.deep.equal(expected);
      for (const { purpose, until, waited, left } of told)
        expect({ purpose, until }).to.deep.equal({ purpose: "read campaign 1000248", until: START + waited + left });
    });
  }

  it("is sent again after pauses up to a half longer by chance, so that many clients don't come back together", async () => {
    clock.random = () => 0.5;
    await thrown(HoodError, () => read(open([lost])));
    expect(clock.pauses).to.include.members([312.5, 625, 1_250]);
  });

  it("is sent again within two minutes after the first failure, and no later", async () => {
    // The second one fails just two minutes after the first.
    const { message } = await thrown(HoodError, () => read(open([lost, {}, 119_750])));
    expect(message).to.contain("no answer, after 3 attempts in 240.3 s");
  });

  it("is told of while none has waited longer", async () => {
    const account = open([200, {}, 1_500], [200, {}, 1_900]);
    await Promise.all([read(account), clock.sleep(200).then(() => read(account))]);
    expect(waits()).to.deep.equal(["answer 1000 0", "answer 1800 0"]);
    await read(account);
    expect(waits().slice(2)).to.deep.equal(["answer 1000 0"]);
  });

  it("tells at once that it is asked to wait too long, but once in a second for all", async () => {
    const account = open([503, { "retry-after": "601" }]);
    const failing = () => Promise.allSettled([read(account), read(account)]);
    await failing();
    expect(waits()).to.deep.equal(["tooLong 100 601000"]);
    await clock.sleep(900);
    await failing();
    expect(waits()).to.have.length(2);
  });

  const cancel = (account: Account, turn = newTurn()) => {
    const seen = { id: "1000248", seenAt: clock.now() };
    return account.write(seen, actOnCampaign("1000248", "cancel"), { reason: "Budget cut" }, { turn });
  };

  it("that is a call is put off while it comes too late for its read, up to four times if no other gets through", async () => {
    const account = openWith("1/61s", ok);
    const [turn, kinds] = [newTurn(), [] as string[]];
    for (let times = 1; times <= 6; times++) {
      await read(account);
      const result = await cancel(account, turn);
      kinds.push("error" in result ? `${result.kind} (${result.error.kind}): ${result.error.message}` : result.kind);
      if (times === 2) await cancel(account);
    }
    const words = "the rate limit doesn't let it through within a minute after the campaign was read";
    expect(kinds).to.deep.equal([
      ...Array(5).fill("stale"),
      `notDone (noRoom): Can't cancel campaign 1000248: ${words}`,
    ]);
  });

  it("hides no defect as one that came too late", async () => {
    await thrown(TypeError, () => cancel(open([new TypeError("x is not a function")])));
  });

  const others: [limit: number, rest: string][] = [
    [300, ""],
    [100, " The rest of this run keeps to 100."],
  ];
  for (const [limit, rest] of others) {
    it(`warns once, with what to set, if the account allows ${limit} a minute and not 150`, async () => {
      const headers = { "x-ratelimit-limit": `${limit}`, "x-ratelimit-remaining": "9", "x-ratelimit-reset": "50" };
      const account = openWith("10/1s,150/60s", [200, headers]);
      for (let times = 0; times < 3; times++) await read(account);
      expect(warnings).to.deep.equal([
        `This account allows ${limit} requests in 60 s, and hood:rateLimit says 150: set HOOD_RATE_LIMIT (or hood:rateLimit) to 10/1s,${limit}/60s. ${DOCTOR} tells more of them.${rest}`,
      ]);
    });
  }

  const reason = "the operation was stopped";
  const stopped: [what: string, answers: [Carried, ...Carried[]], call: string, read: string][] = [
    ["it waits for its turn", [[429, { "retry-after": "90" }, 10], [204]], "notDone", "aborted"],
    ["its answer is on its way", [[204]], "accepted", "running"],
    ["its connection is about to break", [[lost], ok], "unknown", "aborted"],
    ["a 503 is on its way that asks to wait", [[503, { "retry-after": "90" }], ok], "unknown", "aborted"],
  ];
  for (const [when, answers, call, end] of stopped) {
    it(`that is stopped while ${when}: a call is ${call}, a read ends as ${end}, both at once`, async () => {
      const [first, second] = [open(...answers), open(...answers)];
      const reading = read(second.until(stop.signal)).then(({ status }) => status, String);
      const results = Promise.all([cancel(first), reading]);
      await clock.sleep(50);
      stop.abort(reason);
      const [{ kind }, ended] = await results;
      const words = end === "aborted" ? `HoodError: Can't read campaign 1000248: ${reason}` : end;
      expect([kind, ended]).to.deep.equal([call, words]);
      expect(clock.now() - START).to.be.below(1_500);
    });
  }

  const page1 = "/campaigns?fields=id,name,status&sort=create_time&page=1,500";
  const everyId = async (account: Account) => [...((await account.everyId()) ?? []), page1];
  const reads: [what: string, read: (account: Account) => Promise<unknown>, purpose: string][] = [
    ["a read", (account) => account.get("1000248"), "read campaign 1000248"],
    ["a recent read", (account) => account.getRecent("1000248", []), "read campaign 1000248"],
    ["a certain read", (account) => account.getCertain("1000248", [], newTurn()), "read campaign 1000248"],
    ["a read of everything", (account) => account.details("1000248"), "read campaign 1000248"],
    ["a list that all share", everyId, "list campaigns"],
    ["a look for the list", (account) => account.expectList(), "list campaigns"],
  ];
  for (const [what, act, purpose] of reads) {
    it(`that is ${what} is given up by one whose time is over, and by no other`, async () => {
      const account = open([429, { "retry-after": "5" }, 10], ok);
      const late = new AbortController();
      const words = (error: HoodError) => `${error.kind}: ${error.message}`;
      const limited = () => act(account.until(late.signal)).catch(words);
      const [first, other] = [limited(), act(account)];
      await clock.sleep(50);
      late.abort("its time is over");
      expect(await first).to.equal(`aborted: Can't ${purpose}: its time is over`);
      if (purpose === "list campaigns") expect(await limited()).to.equal(await first);
      expect(clock.now() - START).to.equal(50);
      const found = await other;
      if (Array.isArray(found)) expect(found).to.deep.equal(["1000248", paths.at(-1)]);
      expect(account.now() - START).to.be.within(5_000, 6_000);
      // Node.js would warn of what they leave behind.
      expect(getEventListeners(stop.signal, "abort")).to.deep.equal([]);
    });
  }

  it("isn't sent again if a proxy doesn't connect anybody to the account: a call isn't done", async () => {
    const account = open([new RefusedByProxy("the proxy says no")]);
    expect((await thrown(HoodError, () => read(account))).message).to.equal(
      "Can't read campaign 1000248: the proxy says no",
    );
    expect(await cancel(account)).to.include({ kind: "notDone" });
    expect(clock.now() - START).to.equal(200);
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
    const { kind, message } = await failure();
    expect([kind, message]).to.deep.equal([
      "unknownCampaign",
      "Can't read campaign 1000248: HTTP 200 without this campaign in it",
    ]);
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
