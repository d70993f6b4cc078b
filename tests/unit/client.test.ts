import { expect } from "chai";
import { Client } from "../../provider/hood/client";
import { viewCampaign } from "../../provider/hood/endpoints";
import { HoodError } from "../../provider/hood/errors";
import { Limiter } from "../../provider/hood/rateLimit/limiter";
import { TransportError } from "../../provider/hood/transport";
import { instantClock } from "../support/instantClock";
import { thrown } from "../support/messages";
import { openRawAccount, page, rejection, shown } from "../support/rawAccount";
import { cutOff, hangUp, json, type RawAnswer, showing, text } from "../support/rawServer";

describe("a request that changes nothing", () => {
  const raw = openRawAccount();
  const get = () => raw.account.get("1000248");
  const failure = () => thrown(HoodError, get);

  it("fails with Hood's words and trace id", async () => {
    raw.server.answer(json(400, rejection));
    const { message } = await failure();
    expect(message).to.contain("HTTP 400 Bad request. The request is not valid. (trace_id 6f1c)");
  });

  const unreadable: [string, string][] = [
    ["is cut off", '{"title":"Got canary\\u002dtoken'],
    ["has a line break in a text", '{"title":"Got\nit"}'],
    ["is deep and cut off", `{"title":"Got it","a":${"[".repeat(30_000)}`],
  ];
  for (const [what, body] of unreadable) {
    it(`shows nothing of an answer that ${what}`, async () => {
      raw.server.answer(text(403, body));
      const { message } = await failure();
      expect(message).to.match(/^Can't read campaign 1000248: HTTP 403 with JSON that is cut off, after 6 attempts/);
    });
  }

  it("isn't read from an answer whose values would fill the memory, nor is what a write did", async () => {
    raw.server.answer(text(200, `{"total":1,"items":[${"[],".repeat(2_000_000)}1]}`));
    const { kind, message } = await failure();
    expect({ kind, message }).to.deep.equal({
      kind: "tooLarge",
      message: "Can't read campaign 1000248: HTTP 200 with more than 100000 values in it",
    });
    expect(await raw.account.create({ name: "Spring sale" })).to.include({ kind: "unknown" });
    expect(raw.server.requests).to.have.length(2);
  });

  const last: [string, RawAnswer, string][] = [
    ["401", json(401, { title: "Unauthorized.", message: "Unauthorized.", trace_id: "{}" }), "unauthorized"],
    ["401 without a body", text(401), "unauthorized"],
    ["403", json(403, { title: "Forbidden." }), "rejected"],
  ];
  for (const [what, answer, kind] of last) {
    it(`isn't sent again after ${what}`, async () => {
      raw.server.answer(answer);
      expect((await failure()).kind).to.equal(kind);
      expect(raw.server.requests).to.have.length(1);
    });
  }

  const passing: [string, RawAnswer][] = [
    ["500", json(500, { title: "Internal server error.", trace_id: "6f1c" })],
    ["500 without a body", text(500)],
    ["502 in HTML", text(502, "<html>")],
    ["408", text(408)],
    ["425", text(425)],
    ["JSON that is cut off", text(200, '{"total":1,"items":[')],
    ["a connection that ends", hangUp],
    ["a connection that ends in the middle", cutOff],
    ["429", text(429, "", { "retry-after": "3" })],
  ];
  for (const [what, answer] of passing) {
    it(`is sent again after ${what}`, async () => {
      raw.server.answer(answer, showing(shown));
      expect((await get()).status).to.equal("running");
      expect(raw.server.requests).to.have.length(2);
    });
  }

  const elsewhere: [string, RawAnswer][] = [
    ["HTML with 200", page],
    ["HTML with 404", text(404, "<html>")],
    ["an empty 200", text(200)],
    ["a redirect", text(302, "", { location: "https://login.example/" })],
  ];
  for (const [what, answer] of elsewhere) {
    it(`is given up after four times ${what}`, async () => {
      raw.server.answer(answer);
      expect((await failure()).kind).to.equal("unexpectedResponse");
      expect(raw.server.requests).to.have.length(4);
    });
  }

  it("is given up after six attempts, with longer pauses between them", async () => {
    raw.server.answer(json(500, { title: "Internal server error.", trace_id: "6f1c" }));
    const error = await failure();
    expect(error.kind).to.equal("noResponse");
    expect(error.message).to.contain("HTTP 500 Internal server error. (trace_id 6f1c)");
    expect(error.message).to.match(/, after 6 attempts in 7\.\d s$/);
    expect(error.traceId).to.equal("6f1c");
    expect(raw.server.requests).to.have.length(6);
    expect(raw.clock.pauses).to.deep.equal([250, 500, 1_000, 2_000, 4_000]);
  });

  const date = (seconds: number) => new Date(Date.UTC(2026, 4, 1, 12, 0, seconds)).toUTCString();
  const asking: [string, RawAnswer, number][] = [
    ["503 in seconds", text(503, "", { "retry-after": "90" }), 90_000],
    ["503 by a date", text(503, "", { "retry-after": date(90), date: date(0) }), 90_000],
    ["503 for less than the usual pause", text(503, "", { "retry-after": "0.1" }), 250],
    ["502 in HTML in seconds", text(502, "<html>", { "retry-after": "9" }), 9_000],
    ["425 in seconds", text(425, "", { "retry-after": "9" }), 9_000],
    ["503 by a number that means nothing", text(503, "", { "retry-after": "-1" }), 250],
  ];
  for (const [what, answer, pause] of asking) {
    it(`waits as it is asked to by ${what}`, async () => {
      raw.server.answer(answer, showing(shown));
      expect((await get()).status).to.equal("running");
      expect(raw.clock.pauses).to.deep.equal([pause]);
    });
  }

  it("is sent again after waits that are longer than the time for attempts", async () => {
    const wait = text(503, "", { "retry-after": "100" });
    raw.server.answer(wait, wait, wait, showing(shown));
    expect((await get()).status).to.equal("running");
  });

  it("is given up at a 503 that asks for more than hood:maxWait allows, at once or added up with 429", async () => {
    raw.server.answer(text(503, "", { "retry-after": "601" }));
    const first = await failure();
    expect(first.kind).to.equal("tooLong");
    expect(first.message).to.contain("HTTP 503; the account asks to wait until 2026-05-01 12:10:01 UTC (601 s), and");
    expect(raw.server.requests).to.have.length(1);
    raw.server.answer(text(429, "", { "retry-after": "300" }), text(503, "", { "retry-after": "301" }));
    const { kind, message } = await failure();
    expect(kind).to.equal("tooLong");
    expect(message).to.contain("HTTP 503, again and again for 300 s").and.contain("hood:maxWait allows 600 s");
  });

  it("is sent again for as long as 429 asks to wait, however often", async () => {
    const wait = text(429, "", { "retry-after": "3" });
    raw.server.answer(...Array<RawAnswer>(10).fill(wait), showing(shown));
    expect((await get()).status).to.equal("running");
    expect(raw.clock.now()).to.be.at.least(30_000);
  });
});

describe("the attempts at a request", () => {
  async function fail(chance: number, takes: number) {
    const instant = instantClock();
    const clock = { ...instant, random: () => chance };
    const limiter = new Limiter({ windows: [{ limit: 1_000, length: 1_000 }], maxParallel: 1, clock });
    let attempts = 0;
    const transport = async () => {
      attempts++;
      await instant.sleep(takes);
      throw new TransportError(true, "no answer");
    };
    const { message } = await thrown(HoodError, () =>
      new Client({ transport, limiter, clock }).call(viewCampaign("1000248")),
    );
    const pauses = instant.pauses.filter((pause) => pause !== takes);
    return { attempts, pauses, message };
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
