import { expect } from "chai";
import { actOnCampaign } from "../../provider/hood/endpoints";
import type { HoodError } from "../../provider/hood/errors";
import { openRawAccount, page, rejection, shown } from "../support/rawAccount";
import { cutOff, hangUp, json, type RawAnswer, showing, startRawServer, text } from "../support/rawServer";

describe("a cancel call", () => {
  const raw = openRawAccount();
  const cancel = () => {
    const seen = { id: "1000248", seenAt: raw.clock.now() };
    return raw.account.write(seen, actOnCampaign("1000248", "cancel"), { reason: "Budget cut" });
  };

  async function failure(): Promise<HoodError> {
    const result = await cancel();
    if (!("error" in result)) throw new Error(`It was ${result.kind}, though it should have failed.`);
    return result.error;
  }

  it("is accepted by a 204", async () => {
    raw.server.answer(text(204));
    expect(await cancel()).to.include({ kind: "accepted", status: 204 });
    expect(raw.server.requests.map(({ method, path }) => `${method} ${path}`)).to.deep.equal([
      "POST /campaigns/1000248/cancel",
    ]);
  });

  const answers: [string, RawAnswer, string][] = [
    ["400", json(400, rejection), "rejected"],
    ["400 without a body", text(400), "rejected"],
    ["409", json(409, {}), "rejected"],
    ["500", json(500, { title: "Internal server error." }), "unknown"],
    ["503 without a body", text(503), "unknown"],
    ["502 in HTML", text(502, "<html>"), "unknown"],
    ["408", text(408), "unknown"],
    ["400 in HTML", text(400, "<html>"), "unknown"],
    ["200 with a body", showing(shown), "unknown"],
    ["202", json(202, {}), "unknown"],
    ["200 in HTML", page, "unknown"],
    ["a redirect", text(307, "", { location: "https://login.example/" }), "unknown"],
    ["JSON that is cut off", text(200, '{"a":'), "unknown"],
    ["a connection that ends", hangUp, "unknown"],
    ["a connection that ends in the middle", cutOff, "unknown"],
  ];
  for (const [what, answer, kind] of answers) {
    it(`has the result ${kind} after ${what}, and isn't sent again`, async () => {
      raw.server.answer(answer);
      expect(await cancel()).to.include({ kind });
      expect(raw.server.requests).to.have.length(1);
    });
  }

  it("is sent again after 429, which did nothing", async () => {
    raw.server.answer(text(429, "", { "retry-after": "2" }), text(429), text(204));
    expect(await cancel()).to.include({ kind: "accepted", status: 204 });
    expect(raw.server.requests).to.have.length(3);
  });

  it("is sent again after 425, which did nothing, and then isn't done", async () => {
    raw.server.answer(text(425), text(425, "", { "retry-after": "7" }), text(204));
    expect(await cancel()).to.include({ kind: "accepted", status: 204 });
    expect(raw.clock.pauses).to.deep.equal([250, 7_000]);
    raw.server.answer(text(425));
    expect((await failure()).kind).to.equal("notYet");
    expect(raw.server.requests).to.have.length(3 + 6);
  });

  it("never waits as a 503 asks: a read tells whether it was done", async () => {
    raw.server.answer(text(503, "", { "retry-after": "60" }));
    expect(await cancel()).to.include({ kind: "unknown" });
    expect(raw.clock.pauses).to.deep.equal([]);
  });

  it("is sent again if nobody was reached, and then isn't done", async () => {
    const { url } = raw.server;
    await raw.server.close();
    const error = await failure();
    expect(error.kind).to.equal("unreachable");
    expect(error.message).to.contain(`Can't cancel campaign 1000248: ${new URL(url).host} can't be reached`);
    expect(error.message).to.match(/, after 4 attempts in 1\.\d s$/);
    raw.server = await startRawServer();
  });

  it("isn't done with a token that Hood doesn't accept", async () => {
    raw.server.answer(text(401));
    expect((await failure()).kind).to.equal("unauthorized");
    expect(raw.server.requests).to.have.length(1);
  });

  it("never shows the token, even if Hood's error repeats it", async () => {
    raw.server.answer((response, { headers }) => {
      response.writeHead(400).end(JSON.stringify({ title: "Bad", message: `Got ${headers.authorization}` }));
    });
    const result = await cancel();
    expect(JSON.stringify(result)).not.to.contain("canary");
    expect(result.kind === "rejected" && result.error.message).to.contain("Got Bearer [token]");
  });
});
