import { expect } from "chai";
import type { SimulatorOptions } from "../../../simulator";
import { Simulation } from "../../../simulator/simulation";
import { closeAll, open, type Reply, START } from "./account";

const names = ["x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"];
const rate = ({ headers }: Reply) => names.map((name) => headers.get(name)).join(" ");

/** Sends requests until one is rejected, at most 400; that answer and how many were let in before it. */
async function untilRejected(call: (method: string, path: string) => Promise<Reply>): Promise<[Reply, number]> {
  for (let accepted = 0; accepted < 400; accepted += 1) {
    const reply = await call("GET", "/campaigns?page=1,1");
    if (reply.status === 429) return [reply, accepted];
  }
  throw new Error("no request was rejected");
}

const limited = (options: SimulatorOptions = {}) => open({ rateLimit: "10/1s,150/60s", ...options });

/** Waits, by turns of the event loop, until so many requests have arrived. */
async function arrived(requests: readonly unknown[], count: number): Promise<void> {
  while (requests.length < count) await new Promise((resolve) => setImmediate(resolve));
}

describe("simulator: rate limit", () => {
  afterEach(closeAll);

  it("10 in a second are let in, the 11th is rejected until the second is over", async () => {
    const { call, clock } = await limited();
    clock.now = START + 300;
    const [rejected, accepted] = await untilRejected(call);
    expect(accepted).to.equal(10);
    expect(rejected.headers.get("retry-after")).to.equal("1");
    expect(rate(rejected)).to.equal("  ");
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
    expect(hood.requests.filter(({ counted }) => counted)).to.have.length(151);
  });

  it("windows are aligned to the epoch plus windowOffset", async () => {
    const { call, clock } = await limited({ windowOffset: 400 });
    clock.now = START + 399;
    expect((await untilRejected(call))[1]).to.equal(10);
    clock.now = START + 400;
    expect((await untilRejected(call))[1]).to.equal(10);

    const late = await limited({ rateLimit: "5/60s", windowOffset: 30_000 });
    late.clock.now = START + 10_000;
    expect(rate(await late.call("GET", "/campaigns"))).to.equal("5 4 20");
    expect((await untilRejected(late.call))[0].headers.get("retry-after")).to.equal("20");
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

  it("headers describe the longer window if the account is such", async () => {
    const { call } = await limited({ headerWindow: "steady" });
    expect(rate(await call("GET", "/campaigns"))).to.equal("150 149 60");
  });

  it("a rejected request changes nothing and uses up nothing", async () => {
    const { hood, call, clock } = await limited({ rateLimit: "10/1s,15/60s", campaigns: [{ id: "7" }] });
    const [rejected] = await untilRejected(call);
    expect(rejected.json).to.include({ code: 429 });
    expect((await call("POST", "/campaigns/7/cancel", { reason: "Budget cut" })).status).to.equal(429);
    expect(hood.campaign("7").status).to.equal("running");
    clock.now += 1000;
    expect((await untilRejected(call))[1]).to.equal(5);
  });

  it("all tokens and endpoints share the account's windows", async () => {
    const { call } = await limited({ token: ["a", "b"], campaigns: [{ id: "7" }] });
    await untilRejected((method, path) => call(method, path, undefined, "a"));
    expect((await call("GET", "/campaigns/7", undefined, "b")).status).to.equal(429);
  });

  it("every other answer carries the headers, also errors", async () => {
    const { call } = await limited();
    expect(rate(await call("GET", "/campaigns/8"))).to.equal("10 9 1");
    expect(rate(await call("GET", "/nothing"))).to.equal("10 8 1");
    expect(rate(await call("GET", "/campaigns", undefined, "another"))).to.equal("10 7 1");
  });

  it("another client takes its evenly spaced part of each window", async () => {
    const { call, clock } = await limited({ foreign: "50/60s" });
    let accepted = 0;
    for (let second = 0; second < 60; second += 1) {
      // Late in each second, so that the other client's request due in it has come first.
      clock.now = START + second * 1000 + 990;
      accepted += (await untilRejected(call))[1];
    }
    // 15 full seconds make up the 150 of the minute; one request every 1.2 s put 13 others among them.
    expect(accepted).to.equal(137);
  });

  it("another client's past requests are gone with their windows", async () => {
    const { call, clock } = await limited({ foreign: "30/60s" });
    await call("GET", "/campaigns");
    clock.now = START + 7 * 86_400_000 + 10_500;
    const { headers } = await call("GET", "/campaigns");
    expect(headers.get("x-ratelimit-remaining")).to.equal("8");
  });

  for (const rateLimit of ["ten a second", "10/1s;150/60s", "0/1s", "10/0s", ""]) {
    it(`"${rateLimit}" is rejected at the start`, () => {
      expect(() => new Simulation({ rateLimit })).to.throw(/rateLimit ".*" is not a rate\. Write .*10\/1s/);
    });
  }

  it("the one over the limit gets 429 with Retry-After -1, takes no effect and no budget", async () => {
    const { hood, call } = await open({ rateLimit: "10/1s", parallelLimit: 2, campaigns: [{ id: "7" }] });
    hood.fault({ fault: { kind: "stall" }, times: 2 });
    const stalled = [call("GET", "/campaigns"), call("GET", "/campaigns")].map((reply) =>
      reply.catch(() => "broken off"),
    );
    await arrived(hood.requests, 2);
    const reply = await call("POST", "/campaigns/7/cancel", { reason: "Budget cut" });
    expect(reply.status).to.equal(429);
    expect(reply.headers.get("retry-after")).to.equal("-1");
    expect(reply.headers.has("x-ratelimit-limit")).to.equal(false);
    expect(hood.campaign("7").status).to.equal("running");
    expect(hood.requests[2]).to.include({ counted: false, status: 429 });
    await hood.close();
    expect(await Promise.all(stalled)).to.deep.equal(["broken off", "broken off"]);
  });

  it("as many as the limit at once, again and again, are never rejected", async () => {
    const { hood, call } = await open();
    for (let round = 0; round < 20; round += 1) {
      await Promise.all(Array.from({ length: 10 }, () => call("GET", "/campaigns")));
    }
    expect(hood.requests.filter(({ status }) => status !== 200)).to.deep.equal([]);
  });

  it("a request that its client has given up is no longer in flight", async () => {
    const { hood, call } = await open({ parallelLimit: 1 });
    hood.fault({ fault: { kind: "stall" } });
    const controller = new AbortController();
    const given = fetch(`${hood.url}/campaigns`, {
      signal: controller.signal,
      headers: { authorization: "Bearer simulator-token" },
    }).catch(() => "given up");
    await arrived(hood.requests, 1);
    controller.abort();
    expect(await given).to.equal("given up");
    let status = 429;
    // The account learns of the broken connection a moment after the client's own promise is settled.
    while (status === 429) status = (await call("GET", "/campaigns")).status;
    expect(status).to.equal(200);
  });

  it("as many as a client likes may be in flight if the limit is off", async () => {
    const { hood, call } = await open({ parallelLimit: "off" });
    hood.fault({ fault: { kind: "stall" }, times: 20 });
    const stalled = Array.from({ length: 20 }, () => call("GET", "/campaigns").catch(() => "broken off"));
    await arrived(hood.requests, 20);
    expect((await call("GET", "/campaigns")).status).to.equal(200);
    await hood.close();
    await Promise.all(stalled);
  });
});
