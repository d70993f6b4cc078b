import { expect } from "chai";
import { actOnCampaign } from "../../provider/hood/endpoints";
import type { HoodError } from "../../provider/hood/errors";
import { openRawAccount, page, refusal, shown } from "../support/rawAccount";
import { cutOff, hangUp, json, type RawAnswer, showing, startRawServer, text } from "../support/rawServer";

describe("a cancel call", () => {
  const raw = openRawAccount();
  const cancel = () => {
    const seen = { id: "1000248", seenAt: raw.clock.now() };
    return raw.account.write(seen, actOnCampaign("1000248", "cancel"), { reason: "Budget cut" });
  };

  async function failed(): Promise<HoodError> {
    const answer = await cancel();
    if (answer.kind !== "failed") throw new Error(`${answer.kind} where it should have failed`);
    return answer.error;
  }

  it("takes 204 for done", async () => {
    raw.server.answer(text(204));
    expect(await cancel()).to.include({ kind: "accepted", status: 204 });
    expect(raw.server.requests.map(({ method, path }) => `${method} ${path}`)).to.deep.equal([
      "POST /campaigns/1000248/cancel",
    ]);
  });

  const answers: [string, RawAnswer, string][] = [
    ["400", json(400, refusal), "refused"],
    ["400 without a body", text(400), "refused"],
    ["409", json(409, {}), "refused"],
    ["500", json(500, { title: "Internal server error." }), "unsure"],
    ["503 without a body", text(503), "unsure"],
    ["502 in HTML", text(502, "<html>"), "unsure"],
    ["408", text(408), "unsure"],
    ["400 in HTML", text(400, "<html>"), "unsure"],
    ["200 with a body", showing(shown), "unsure"],
    ["202", json(202, {}), "unsure"],
    ["200 in HTML", page, "unsure"],
    ["a redirect", text(307, "", { location: "https://login.example/" }), "unsure"],
    ["JSON that is cut off", text(200, '{"a":'), "unsure"],
    ["a connection that ends", hangUp, "unsure"],
    ["a connection that ends in the middle", cutOff, "unsure"],
  ];
  for (const [what, answer, kind] of answers) {
    it(`takes ${what} for ${kind}, and never sends it again`, async () => {
      raw.server.answer(answer);
      expect(await cancel()).to.include({ kind });
      expect(raw.server.requests).to.have.length(1);
    });
  }

  it("sends it again after 429, which did nothing", async () => {
    raw.server.answer(text(429, "", { "retry-after": "2" }), text(429), text(204));
    expect(await cancel()).to.include({ kind: "accepted", status: 204 });
    expect(raw.server.requests).to.have.length(3);
  });

  it("sends it again after 425, which did nothing, and then says so", async () => {
    raw.server.answer(text(425), text(425, "", { "retry-after": "7" }), text(204));
    expect(await cancel()).to.include({ kind: "accepted", status: 204 });
    expect(raw.clock.pauses).to.deep.equal([250, 7_000]);
    raw.server.answer(text(425));
    const error = await failed();
    expect(error.kind).to.equal("notYet");
    expect(raw.server.requests).to.have.length(3 + 6);
  });

  it("never waits as a 503 asks: a look tells whether it was done", async () => {
    raw.server.answer(text(503, "", { "retry-after": "60" }));
    expect(await cancel()).to.include({ kind: "unsure" });
    expect(raw.clock.pauses).to.deep.equal([]);
  });

  it("sends it again where nobody was reached, and then says so", async () => {
    const { url } = raw.server;
    await raw.server.close();
    const error = await failed();
    expect(error.kind).to.equal("unreachable");
    expect(error.message).to.contain(`Can't cancel campaign 1000248: ${new URL(url).host} can't be reached`);
    expect(error.message).to.match(/, after 4 attempts in 1\.\d s$/);
    raw.server = await startRawServer();
  });

  it("fails on a token that isn't accepted", async () => {
    raw.server.answer(text(401));
    expect((await failed()).kind).to.equal("unauthorized");
    expect(raw.server.requests).to.have.length(1);
  });

  it("never shows the token, even where Hood's error repeats it", async () => {
    raw.server.answer((response, { headers }) => {
      response.writeHead(400).end(JSON.stringify({ title: "Bad", message: `Got ${headers.authorization}` }));
    });
    const answer = await cancel();
    expect(JSON.stringify(answer)).not.to.contain("canary");
    expect(answer.kind === "refused" && answer.error.message).to.contain("Got Bearer [token]");
  });
});
