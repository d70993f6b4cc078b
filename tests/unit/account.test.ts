import { expect } from "chai";
import { type Account, openAccount } from "../../provider/hood/account";
import { HoodError } from "../../provider/hood/errors";
import { type InstantClock, instantClock } from "../support/instantClock";
import { thrown } from "../support/messages";
import {
  cutOff,
  hangUp,
  json,
  type RawAnswer,
  type RawServer,
  showing,
  startRawServer,
  text,
} from "../support/rawServer";

const token = "canary-token-1234567890";
const shown = { id: "1000248", name: "Spring sale", status: "running", update_time: "2026-05-01 12:00:00" };
const html = text(200, "<!doctype html><title>Log in</title>", { "content-type": "text/html" });
const refusal = { code: 400, title: "Bad request.", message: "The request is not valid.", trace_id: "6f1c" };

describe("account", () => {
  let server: RawServer;
  let clock: InstantClock;
  let account: Account;

  beforeEach(async () => {
    server = await startRawServer();
    clock = instantClock();
    const rateLimit = [{ limit: 1_000, length: 1_000 }];
    account = openAccount({ endpoint: server.url, token, timeout: 5_000, maxParallel: 10, rateLimit }, clock);
  });

  afterEach(() => server.close());

  describe("look", () => {
    const failure = () => thrown(HoodError, () => account.look("1000248"));

    it("shows the live campaign", async () => {
      server.answer(showing(shown));
      const { id, name, status } = await account.look("1000248");
      expect({ id, name, status }).to.deep.equal({ id: "1000248", name: "Spring sale", status: "running" });
    });

    it("finds the campaign it asked for, also among others", async () => {
      server.answer(json(200, { total: 2, items: [{ ...shown, id: "1", name: "Another" }, shown] }));
      expect((await account.look("1000248")).name).to.equal("Spring sale");
    });

    it("never takes another campaign for it", async () => {
      server.answer(showing({ ...shown, id: "10002480" }));
      expect((await failure()).kind).to.equal("unknownCampaign");
    });

    it("never takes a rounded id for it", async () => {
      server.answer(text(200, '{"total":1,"items":[{"id":9007199254740993,"name":"x","status":"running"}]}'));
      const error = await thrown(HoodError, () => account.look("9007199254740992"));
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
        server.answer(answer);
        expect((await failure()).kind).to.equal("unknownCampaign");
        expect(server.requests).to.have.length(1);
      });
    }

    it("cites Hood's words and trace id", async () => {
      server.answer(json(400, refusal));
      const { message } = await failure();
      expect(message).to.contain("HTTP 400 Bad request. The request is not valid. (trace_id 6f1c)");
    });

    it("recalls what it last showed, until the next look begins", async () => {
      expect(account.recall("1000248")).to.equal(undefined);
      server.answer(showing(shown), json(400, refusal));
      const campaign = await account.look("1000248");
      expect(account.recall("1000248")).to.equal(campaign);
      await failure();
      expect(account.recall("1000248")).to.equal(undefined);
    });

    const finals: [string, RawAnswer, string][] = [
      ["401", json(401, { title: "Unauthorized.", message: "Unauthorized.", trace_id: "{}" }), "unauthorized"],
      ["401 without a body", text(401), "unauthorized"],
      ["403", json(403, { title: "Forbidden." }), "refused"],
      ["HTML with 200", html, "notHood"],
      ["HTML with 404", text(404, "<html>"), "notHood"],
      ["an empty 200", text(200), "notHood"],
      ["a redirect", text(302, "", { location: "https://login.example/" }), "notHood"],
    ];
    for (const [what, answer, kind] of finals) {
      it(`ends at ${what}`, async () => {
        server.answer(answer);
        expect((await failure()).kind).to.equal(kind);
        expect(server.requests).to.have.length(1);
      });
    }

    const passing: [string, RawAnswer][] = [
      ["500", json(500, { title: "Internal server error.", trace_id: "6f1c" })],
      ["500 without a body", text(500)],
      ["502 in HTML", text(502, "<html>")],
      ["408", text(408)],
      ["JSON that is cut off", text(200, '{"total":1,"items":[')],
      ["a connection that ends", hangUp],
      ["a connection that ends in the middle", cutOff],
      ["429", text(429, "", { "retry-after": "3" })],
    ];
    for (const [what, answer] of passing) {
      it(`goes on after ${what}`, async () => {
        server.answer(answer, showing(shown));
        expect((await account.look("1000248")).status).to.equal("running");
        expect(server.requests).to.have.length(2);
      });
    }

    it("gives up after four attempts, with longer pauses between them", async () => {
      server.answer(json(500, { title: "Internal server error.", trace_id: "6f1c" }));
      const error = await failure();
      expect(error.kind).to.equal("lost");
      expect(error.message).to.contain("HTTP 500 Internal server error. (trace_id 6f1c)");
      expect(error.message).to.match(/, after 4 attempts in 1\.\d s$/);
      expect(error.traceId).to.equal("6f1c");
      expect(server.requests).to.have.length(4);
      expect(clock.pauses).to.deep.equal([250, 500, 1_000]);
    });

    it("goes on for as long as 429 asks it to, however often", async () => {
      const wait = text(429, "", { "retry-after": "3" });
      server.answer(...Array<RawAnswer>(10).fill(wait), showing(shown));
      expect((await account.look("1000248")).status).to.equal("running");
      expect(clock.now()).to.be.at.least(30_000);
    });
  });

  describe("observe", () => {
    const statuses = ["scheduled", "running", "paused"];
    const observe = (id: string) => account.observe(id, statuses);
    const campaigns = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, index) => ({ ...shown, id: String(from + index) }));
    const requested = () => server.requests.map(({ path }) => path.split("?")[0]);

    /** Serves campaigns 1 to 1000, in lists and singly; grants no more than 100 a page. */
    const thousand: RawAnswer = (response, request) => {
      const [, id] = /^\/campaigns\/(\d+)$/.exec(request.path) ?? [];
      const [, page = 1, size = 10] = (/page=(\d+),(\d+)/.exec(request.path) ?? []).map(Number);
      const granted = Math.min(size, 100);
      const list = campaigns(1, 1_001).slice((page - 1) * granted, page * granted);
      const answer = id ? showing({ ...shown, id }) : json(200, { total: "1000", items: list });
      answer(response, request);
    };

    it("looks singly while few are asked for", async () => {
      server.answer(thousand);
      await observe("1");
      await observe("2");
      expect(requested()).to.deep.equal(["/campaigns/1", "/campaigns/2"]);
    });

    it("looks at many with few requests, and finds each", async () => {
      server.answer(thousand);
      for (const { id } of campaigns(1, 501)) expect((await observe(id)).id).to.equal(id);
      expect(server.requests.length).to.be.at.most(20);
    });

    it("does so also when all are asked for at once", async () => {
      server.answer(thousand);
      const found = await Promise.all(campaigns(1, 501).map(({ id }) => observe(id)));
      expect(found.map(({ id }) => id)).to.deep.equal(campaigns(1, 501).map(({ id }) => id));
      expect(server.requests.length).to.be.at.most(20);
    });

    it("looks singly at what no list holds", async () => {
      server.answer(thousand);
      for (const { id } of campaigns(1, 11)) await observe(id);
      server.answer(showing({ ...shown, id: "5000", status: "sent" }));
      expect((await observe("5000")).status).to.equal("sent");
      expect(requested().at(-1)).to.equal("/campaigns/5000");
    });

    it("looks singly where lists are refused, or are none", async () => {
      for (const list of [
        json(400, refusal),
        json(500, {}),
        html,
        json(200, { total: 7, items: null }),
        json(200, {}),
      ]) {
        server.answer((response, request) => {
          const [, id] = /^\/campaigns\/(\d+)$/.exec(request.path) ?? [];
          (id ? showing({ ...shown, id }) : list)(response, request);
        });
        for (const { id } of campaigns(1, 6)) expect((await observe(id)).id).to.equal(id);
      }
    });

    it("relies on nothing that is older than a minute", async () => {
      server.answer(thousand);
      for (const { id } of campaigns(1, 11)) await observe(id);
      expect(account.recall("10")?.id).to.equal("10");
      await clock.sleep(60_000);
      expect(account.recall("10")).to.equal(undefined);
      const before = server.requests.length;
      await observe("10");
      expect(server.requests.length).to.be.above(before);
    });
  });

  describe("cancel", () => {
    const cancel = () => account.cancel("1000248", "Budget cut");

    async function failed(): Promise<HoodError> {
      const answer = await cancel();
      if (answer.kind !== "failed") throw new Error(`${answer.kind} where it should have failed`);
      return answer.error;
    }

    it("takes 204 for done", async () => {
      server.answer(text(204));
      expect(await cancel()).to.deep.equal({ kind: "accepted" });
      expect(server.requests.map(({ method, path }) => `${method} ${path}`)).to.deep.equal([
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
      ["200 in HTML", html, "unsure"],
      ["a redirect", text(307, "", { location: "https://login.example/" }), "unsure"],
      ["JSON that is cut off", text(200, '{"a":'), "unsure"],
      ["a connection that ends", hangUp, "unsure"],
      ["a connection that ends in the middle", cutOff, "unsure"],
    ];
    for (const [what, answer, kind] of answers) {
      it(`takes ${what} for ${kind}, and never sends it again`, async () => {
        server.answer(answer);
        expect(await cancel()).to.include({ kind });
        expect(server.requests).to.have.length(1);
      });
    }

    it("sends it again after 429, which did nothing", async () => {
      server.answer(text(429, "", { "retry-after": "2" }), text(429), text(204));
      expect(await cancel()).to.deep.equal({ kind: "accepted" });
      expect(server.requests).to.have.length(3);
    });

    it("sends it again where nobody was reached, and then says so", async () => {
      const { url } = server;
      await server.close();
      const error = await failed();
      expect(error.kind).to.equal("unreachable");
      expect(error.message).to.contain(`Can't cancel campaign 1000248: ${new URL(url).host} can't be reached`);
      expect(error.message).to.match(/, after 4 attempts in 1\.\d s$/);
      server = await startRawServer();
    });

    it("fails on a token that isn't accepted", async () => {
      server.answer(text(401));
      expect((await failed()).kind).to.equal("unauthorized");
      expect(server.requests).to.have.length(1);
    });

    it("never shows the token, even where Hood's error repeats it", async () => {
      server.answer((response, { headers }) => {
        response.writeHead(400).end(JSON.stringify({ title: "Bad", message: `Got ${headers.authorization}` }));
      });
      const answer = await cancel();
      expect(JSON.stringify(answer)).not.to.contain("canary");
      expect(answer.kind === "refused" && answer.error.message).to.contain("Got Bearer [token]");
    });
  });
});
