import { expect } from "chai";
import { actOnCampaign } from "../../provider/hood/endpoints";
import { HoodError } from "../../provider/hood/errors";
import { thrown } from "../support/messages";
import { openRawAccount, page, refusal, shown } from "../support/rawAccount";
import { cutOff, hangUp, json, type RawAnswer, showing, text } from "../support/rawServer";

describe("a look at a campaign", () => {
  const raw = openRawAccount();
  const failure = () => thrown(HoodError, () => raw.account.get("1000248"));

  it("shows the live campaign", async () => {
    raw.server.answer(showing(shown));
    const { id, name, status } = await raw.account.get("1000248");
    expect({ id, name, status }).to.deep.equal({ id: "1000248", name: "Spring sale", status: "running" });
  });

  it("finds the campaign it asked for, also among others", async () => {
    raw.server.answer(json(200, { total: 2, items: [{ ...shown, id: "1", name: "Another" }, shown] }));
    expect((await raw.account.get("1000248")).name).to.equal("Spring sale");
  });

  it("never takes another campaign for it", async () => {
    raw.server.answer(showing({ ...shown, id: "10002480" }));
    expect((await failure()).kind).to.equal("unknownCampaign");
  });

  it("never takes a rounded id for it", async () => {
    raw.server.answer(text(200, '{"total":1,"items":[{"id":9007199254740993,"name":"x","status":"running"}]}'));
    const error = await thrown(HoodError, () => raw.account.get("9007199254740992"));
    expect(error.kind).to.equal("unknownCampaign");
  });

  const unknown: [string, RawAnswer][] = [
    ["400", json(400, refusal)],
    ["404", json(404, { title: "Not found." })],
    ["400 without a body", text(400)],
    ["200 without items", json(200, { total: 0, items: [] })],
  ];
  for (const [what, answer] of unknown) {
    it(`tells by ${what} that Hood doesn't know it`, async () => {
      raw.server.answer(answer);
      expect((await failure()).kind).to.equal("unknownCampaign");
      expect(raw.server.requests).to.have.length(1);
    });
  }

  it("cites Hood's words and trace id", async () => {
    raw.server.answer(json(400, refusal));
    const { message } = await failure();
    expect(message).to.contain("HTTP 400 Bad request. The request is not valid. (trace_id 6f1c)");
  });

  it("recalls what it last showed, until the next look begins", async () => {
    expect(raw.account.remembered("1000248")).to.equal(undefined);
    raw.server.answer(showing(shown), json(400, refusal));
    const campaign = await raw.account.get("1000248");
    expect(raw.account.remembered("1000248")).to.equal(campaign);
    await failure();
    expect(raw.account.remembered("1000248")).to.equal(undefined);
  });

  const finals: [string, RawAnswer, string][] = [
    ["401", json(401, { title: "Unauthorized.", message: "Unauthorized.", trace_id: "{}" }), "unauthorized"],
    ["401 without a body", text(401), "unauthorized"],
    ["403", json(403, { title: "Forbidden." }), "refused"],
  ];
  for (const [what, answer, kind] of finals) {
    it(`ends at ${what}`, async () => {
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
    it(`goes on after ${what}`, async () => {
      raw.server.answer(answer, showing(shown));
      expect((await raw.account.get("1000248")).status).to.equal("running");
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
    it(`gives up after four times ${what}`, async () => {
      raw.server.answer(answer);
      expect((await failure()).kind).to.equal("unexpectedResponse");
      expect(raw.server.requests).to.have.length(4);
    });
  }

  it("gives up after six attempts, with longer pauses between them", async () => {
    raw.server.answer(json(500, { title: "Internal server error.", trace_id: "6f1c" }));
    const error = await failure();
    expect(error.kind).to.equal("lost");
    expect(error.message).to.contain("HTTP 500 Internal server error. (trace_id 6f1c)");
    expect(error.message).to.match(/, after 6 attempts in 7\.\d s$/);
    expect(error.traceId).to.equal("6f1c");
    expect(raw.server.requests).to.have.length(6);
    expect(raw.clock.pauses).to.deep.equal([250, 500, 1_000, 2_000, 4_000]);
  });

  const date = (seconds: number) => new Date(Date.UTC(2026, 4, 1, 12, 0, seconds)).toUTCString();
  const asking: [string, RawAnswer, number][] = [
    ["503 by seconds", text(503, "", { "retry-after": "90" }), 90_000],
    ["503 by a date", text(503, "", { "retry-after": date(90), date: date(0) }), 90_000],
    ["503 for less than the usual pause", text(503, "", { "retry-after": "0.1" }), 250],
    ["502 in HTML by seconds", text(502, "<html>", { "retry-after": "9" }), 9_000],
    ["425 by seconds", text(425, "", { "retry-after": "9" }), 9_000],
    ["503 by a number that means nothing", text(503, "", { "retry-after": "-1" }), 250],
  ];
  for (const [what, answer, pause] of asking) {
    it(`waits as it is asked to by ${what}`, async () => {
      raw.server.answer(answer, showing(shown));
      expect((await raw.account.get("1000248")).status).to.equal("running");
      expect(raw.clock.pauses).to.deep.equal([pause]);
    });
  }

  it("goes on after waits that are longer than the time for attempts", async () => {
    const wait = text(503, "", { "retry-after": "100" });
    raw.server.answer(wait, wait, wait, showing(shown));
    expect((await raw.account.get("1000248")).status).to.equal("running");
  });

  it("ends at a 503 that asks for more than hood:maxWait allows, at once or added up with 429", async () => {
    raw.server.answer(text(503, "", { "retry-after": "601" }));
    expect((await failure()).kind).to.equal("tooLong");
    expect(raw.server.requests).to.have.length(1);
    raw.server.answer(text(429, "", { "retry-after": "300" }), text(503, "", { "retry-after": "301" }));
    const { kind, message } = await failure();
    expect(kind).to.equal("tooLong");
    expect(message).to.contain("HTTP 503, again and again for 300 s").and.contain("hood:maxWait allows 600 s");
  });

  it("goes on for as long as 429 asks it to, however often", async () => {
    const wait = text(429, "", { "retry-after": "3" });
    raw.server.answer(...Array<RawAnswer>(10).fill(wait), showing(shown));
    expect((await raw.account.get("1000248")).status).to.equal("running");
    expect(raw.clock.now()).to.be.at.least(30_000);
  });
});

describe("a look that began before a change and ended after it", () => {
  const raw = openRawAccount();

  it("isn't relied on", async () => {
    let answerLook = () => {};
    const held = new Promise<void>((asked) => {
      raw.server.answer((response, request) => {
        answerLook = () => showing(shown)(response, request);
        asked();
      }, text(204));
    });
    const look = raw.account.get("1000248");
    await held;
    await raw.account.write({ id: "1000248", seenAt: 0 }, actOnCampaign("1000248", "pause"), {
      reason: "Stock is short",
    });
    answerLook();
    expect(await look).to.include({ status: "running" });
    expect(raw.account.remembered("1000248")).to.equal(undefined);
  });
});
