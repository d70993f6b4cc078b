import { expect } from "chai";
import type { SimulatorOptions } from "../../../simulator";
import { Simulation } from "../../../simulator/simulation";
import { closeAll, open, type Reply, START } from "./account";

const names = ["x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"];
const rate = ({ headers }: Reply) => names.map((name) => headers.get(name)).join(" ");

const limited = (options: SimulatorOptions = {}) => open({ rateLimit: "10/1s,150/60s", ...options });

const TWO = { rateLimit: "10/1s,15/60s" };
const LATE = { rateLimit: "5/60s", windowOffset: 30_000 };
const fifteen = Array.from({ length: 15 }, (_, second) => `${second * 1000}: 10 of 10`).join(" | ");
/** At a moment, in ms, so many of so many requests are let in; and what the headers of the last answer show. */
const rows: readonly [what: string, options: SimulatorOptions, course: string][] = [
  ["10 in a second are let in, and no more", {}, "300: 10 of 11, after 1 | 999: 0 of 1, after 1 | 1000: 1 of 1"],
  ["150 in a minute are let in, and no more", {}, `${fifteen} | 20500: 0 of 1, after 40 | 60000: 1 of 1`],
  ["windows are aligned to the epoch plus windowOffset", { windowOffset: 400 }, "399: 10 of 11 | 400: 10 of 11"],
  ["windowOffset may be longer than the minute is old", LATE, "10000: 1 of 1, 5 4 20 | 10000: 4 of 5, after 20"],
  ["headers describe the window with less left", TWO, "0: 8 of 8, 10 2 1 | 1000: 1 of 1, 15 6 59"],
  ["Reset counts seconds down", TWO, "58200: 1 of 1, 10 9 1 | 58900: 9 of 9, 10 0 1 | 59100: 1 of 1, 15 4 1"],
  ["headers describe the longer window if the account is such", { headerWindow: "steady" }, "0: 1 of 1, 150 149 60"],
  ["a rejected request uses up nothing", TWO, "0: 10 of 14 | 1000: 5 of 6"],
  ["another client's past is gone", { foreign: "30/60s" }, "0: 1 of 1 | 604810500: 1 of 1, 10 8 1"],
];

/** Waits, by turns of the event loop, until so many requests have arrived. */
async function arrived(requests: readonly unknown[], count: number): Promise<void> {
  while (requests.length < count) await new Promise((resolve) => setImmediate(resolve));
}

describe("simulator: rate limit", () => {
  afterEach(closeAll);

  for (const [what, options, course] of rows) {
    it(what, async () => {
      const { call, clock } = await limited(options);
      for (const [, at, accepted, requests, shows] of course.matchAll(/(\d+): (\d+) of (\d+)(?:, ([\w ]*\w))?/g)) {
        clock.now = START + Number(at);
        const replies: Reply[] = [];
        while (replies.length < Number(requests)) replies.push(await call("GET", "/campaigns?page=1,1"));
        expect(replies.filter(({ status }) => status === 200)).to.have.length(Number(accepted));
        const last = replies.at(-1) as Reply;
        const after = last.headers.get("retry-after");
        if (shows) expect(after === null ? rate(last) : `after ${after}`).to.equal(shows);
      }
    });
  }

  it("a request that is one too many changes nothing, whatever its token and endpoint are", async () => {
    const { hood, call } = await limited({ rateLimit: "1/1s", token: ["a", "b"], campaigns: [{ id: "7" }] });
    expect((await call("GET", "/campaigns", undefined, "a")).status).to.equal(200);
    const rejected = await call("POST", "/campaigns/7/cancel", { reason: "Budget cut" }, "b");
    expect(rejected.json).to.include({ code: 429 });
    expect(rate(rejected)).to.equal("  ");
    expect(hood.campaign("7").status).to.equal("running");
  });

  it("every other answer carries the headers, also errors", async () => {
    const { call } = await limited();
    expect(rate(await call("GET", "/campaigns/8"))).to.equal("10 9 1");
    expect(rate(await call("GET", "/nothing"))).to.equal("10 8 1");
    expect(rate(await call("GET", "/campaigns", undefined, "another"))).to.equal("10 7 1");
  });

  it("another client takes its evenly spaced part of each window", async () => {
    const { hood, call, clock } = await limited({ foreign: "50/60s" });
    for (let second = 0; second < 60; second += 1) {
      // Late in each second, so that the other client's request due in it has come first.
      clock.now = START + second * 1000 + 990;
      while ((await call("GET", "/campaigns?page=1,1")).status === 200);
    }
    const accepted = hood.requests.filter(({ counted }) => counted).length;
    // 15 full seconds make up the 150 of the minute; one request every 1.2 s put 13 others among them.
    expect(accepted).to.equal(137);
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
