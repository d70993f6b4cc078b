import { expect } from "chai";
import type { SimulatorOptions } from "../../../simulator";
import { closeAll, open, type Reply, START } from "./account";

const names = ["x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"];
const rate = ({ headers }: Reply) => names.map((name) => headers.get(name)).join(" ");

/** Sends requests until one is refused, at most 400; the refusal and how many were let in before it. */
async function untilRefused(call: (method: string, path: string) => Promise<Reply>): Promise<[Reply, number]> {
  for (let accepted = 0; accepted < 400; accepted += 1) {
    const reply = await call("GET", "/campaigns?page=1,1");
    if (reply.status === 429) return [reply, accepted];
  }
  throw new Error("no request was refused");
}

const limited = (options: SimulatorOptions = {}) => open({ rateLimit: "10/1s,150/60s", ...options });

describe("simulator: rate limit", () => {
  afterEach(closeAll);

  it("10 in a second are let in, the 11th is refused until the second is over", async () => {
    const { call, clock } = await limited();
    clock.now = START + 300;
    const [refused, accepted] = await untilRefused(call);
    expect(accepted).to.equal(10);
    expect(refused.headers.get("retry-after")).to.equal("1");
    expect(rate(refused)).to.equal("  ");
    clock.now = START + 999;
    expect((await call("GET", "/campaigns")).status).to.equal(429);
    clock.now = START + 1000;
    expect((await call("GET", "/campaigns")).status).to.equal(200);
  });

  it("150 in a minute are let in, then Retry-After leads to the end of the minute", async () => {
    const { hood, call, clock } = await limited();
    for (let second = 0; second < 15; second += 1) {
      clock.now = START + second * 1000;
      for (let index = 0; index < 10; index += 1) expect((await call("GET", "/campaigns")).status).to.equal(200);
    }
    clock.now = START + 20_500;
    expect((await call("GET", "/campaigns")).headers.get("retry-after")).to.equal("40");
    clock.now = START + 60_000;
    expect((await call("GET", "/campaigns")).status).to.equal(200);
    const minutes = hood.windowUse().filter(({ length }) => length === 60_000);
    expect(minutes).to.deep.equal([
      { limit: 150, length: 60_000, start: START, accepted: 150, refused: 1 },
      { limit: 150, length: 60_000, start: START + 60_000, accepted: 1, refused: 0 },
    ]);
    const seconds = hood.windowUse().filter(({ length }) => length === 1000);
    expect(seconds.map(({ accepted }) => accepted)).to.deep.equal([...Array(15).fill(10), 0, 1]);
  });

  it("windows are aligned to the epoch plus windowOffset", async () => {
    const { call, clock } = await limited({ windowOffset: 400 });
    clock.now = START + 399;
    expect((await untilRefused(call))[1]).to.equal(10);
    clock.now = START + 400;
    expect((await untilRefused(call))[1]).to.equal(10);

    const late = await limited({ rateLimit: "5/60s", windowOffset: 30_000 });
    late.clock.now = START + 10_000;
    expect(rate(await late.call("GET", "/campaigns"))).to.equal("5 4 20");
    expect((await untilRefused(late.call))[0].headers.get("retry-after")).to.equal("20");
  });

  it("headers describe the window with less left, and Reset counts seconds down", async () => {
    const { call, clock } = await limited({ rateLimit: "10/1s,15/60s" });
    clock.now = START + 58_200;
    expect(rate(await call("GET", "/campaigns"))).to.equal("10 9 1");
    for (let index = 0; index < 7; index += 1) await call("GET", "/campaigns");
    clock.now = START + 59_100;
    expect(rate(await call("GET", "/campaigns"))).to.equal("15 6 1");
    clock.now = START + 60_000;
    expect(rate(await call("GET", "/campaigns"))).to.equal("10 9 1");
  });

  it("with as much left in both windows, headers describe the one that takes longer to end", async () => {
    const { call } = await limited({ rateLimit: "10/1s,10/60s" });
    expect(rate(await call("GET", "/campaigns"))).to.equal("10 9 60");
  });

  it("headers of the burst, the steady, or each window in turn", async () => {
    const headers = async (headerWindow: SimulatorOptions["headerWindow"]) => {
      const { call } = await limited({ headerWindow });
      return [rate(await call("GET", "/campaigns")), rate(await call("GET", "/campaigns"))];
    };
    expect(await headers("burst")).to.deep.equal(["10 9 1", "10 8 1"]);
    expect(await headers("steady")).to.deep.equal(["150 149 60", "150 148 60"]);
    expect(await headers("alternate")).to.deep.equal(["10 9 1", "150 148 60"]);
  });

  it("every other answer carries the headers, also errors", async () => {
    const { call } = await limited();
    expect(rate(await call("GET", "/campaigns/8"))).to.equal("10 9 1");
    expect(rate(await call("GET", "/nothing"))).to.equal("10 8 1");
    expect(rate(await call("GET", "/campaigns", undefined, "another"))).to.equal("10 7 1");
  });

  it("off lifts the limit and the headers", async () => {
    const { call } = await open({ rateLimit: "off" });
    for (let index = 0; index < 200; index += 1) {
      const reply = await call("GET", "/campaigns?page=1,1");
      expect(reply.status).to.equal(200);
      expect(rate(reply)).to.equal("  ");
    }
  });

  it("a refused request changes nothing and uses up nothing, unless countRefused", async () => {
    const campaigns = [{ id: "7" }];
    for (const [countRefused, left] of [
      [false, 5],
      [true, 0],
    ] as const) {
      const { hood, call, clock } = await limited({ rateLimit: "10/1s,15/60s", countRefused, campaigns });
      await untilRefused(call);
      for (let index = 0; index < 5; index += 1) {
        expect((await call("POST", "/campaigns/7/cancel", { reason: "Budget cut" })).status).to.equal(429);
      }
      expect(hood.campaign("7").status).to.equal("running");
      clock.now += 1000;
      expect((await untilRefused(call))[1]).to.equal(left);
    }
  });

  it("all tokens share the account's windows; endpoints do so unless switched", async () => {
    const shared = await limited({ token: ["a", "b"], campaigns: [{ id: "7" }] });
    await untilRefused((method, path) => shared.call(method, path, undefined, "a"));
    expect((await shared.call("GET", "/campaigns/7", undefined, "b")).status).to.equal(429);

    const apart = await limited({ sharedAcrossEndpoints: false, campaigns: [{ id: "7" }, { id: "8" }] });
    await untilRefused(apart.call);
    expect(rate(await apart.call("GET", "/campaigns/7"))).to.equal("10 9 1");
    expect(rate(await apart.call("GET", "/campaigns/8"))).to.equal("10 8 1");
    expect(rate(await apart.call("POST", "/campaigns/8/cancel", {}))).to.equal("10 9 1");
  });

  it("a share of the 429s comes without Retry-After", async () => {
    const { call } = await limited({ retryAfterMissing: 0.25 });
    await untilRefused(call);
    const present: boolean[] = [];
    for (let index = 0; index < 8; index += 1)
      present.push((await call("GET", "/campaigns")).headers.has("retry-after"));
    expect(present.filter((has) => !has)).to.have.lengthOf(2);
  });

  it("a 429 has Hood's envelope as its body, or none", async () => {
    const full = await untilRefused((await limited()).call);
    expect(full[0].json).to.include({ code: 429 });
    const empty = await untilRefused((await limited({ bodyOf429: "empty" })).call);
    expect(empty[0].text).to.equal("");
  });

  it("longer windows work too", async () => {
    const { call, clock } = await limited({ rateLimit: "3/1h" });
    expect((await untilRefused(call))[1]).to.equal(3);
    clock.now = START + 3_599_000;
    expect((await call("GET", "/campaigns")).headers.get("retry-after")).to.equal("1");
  });

  it("a foreign client takes its evenly spaced part of each window", async () => {
    const { call, clock } = await limited({ foreign: "50/60s" });
    let accepted = 0;
    for (let second = 0; second < 60; second += 1) {
      // Late in each second, so that the foreign request due in it has come first.
      clock.now = START + second * 1000 + 990;
      accepted += (await untilRefused(call))[1];
    }
    // 15 full seconds make up the 150 of the minute; one request every 1.2 s put 13 foreign ones among them.
    expect(accepted).to.equal(137);
  });

  it("a foreign client's past requests are gone with their windows", async () => {
    const { call, clock } = await limited({ foreign: "30/60s" });
    await call("GET", "/campaigns");
    clock.now = START + 7 * 86_400_000 + 10_500;
    const { headers } = await call("GET", "/campaigns");
    expect(headers.get("x-ratelimit-remaining")).to.equal("8");
  });

  for (const rateLimit of ["ten a second", "10/1s;150/60s", "0/1s", "10/0s", ""]) {
    it(`"${rateLimit}" is refused at the start`, async () => {
      const error = await open({ rateLimit }).catch((reason: Error) => reason);
      expect(error).to.be.an("error");
      expect((error as Error).message).to.match(/rateLimit ".*" is not a rate\. Write .*10\/1s/);
    });
  }
});
