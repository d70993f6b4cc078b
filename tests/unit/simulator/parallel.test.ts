import { expect } from "chai";
import { closeAll, open } from "./account";

/** Waits, by turns of the event loop, until so many requests have arrived. */
async function arrived(requests: readonly unknown[], count: number): Promise<void> {
  while (requests.length < count) await new Promise((resolve) => setImmediate(resolve));
}

describe("simulator: requests in parallel", () => {
  afterEach(closeAll);

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
    expect(hood.requests[2]).to.include({ tooParallel: true, counted: false, status: 429 });
    expect(hood.windowUse()).to.have.lengthOf(1);
    expect(hood.windowUse()[0]).to.include({ accepted: 2, refused: 0 });
    await hood.close();
    expect(await Promise.all(stalled)).to.deep.equal(["broken off", "broken off"]);
  });

  it("as many as the limit at once, again and again, are never refused", async () => {
    const { hood, call } = await open();
    for (let round = 0; round < 20; round += 1) {
      await Promise.all(Array.from({ length: 10 }, () => call("GET", "/campaigns")));
    }
    expect(hood.requests.filter(({ status }) => status !== 200)).to.deep.equal([]);
  });

  it("a request that its client gave up is no longer in flight", async () => {
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

  it("off lifts the limit", async () => {
    const { hood, call } = await open({ parallelLimit: "off" });
    await Promise.all(Array.from({ length: 40 }, () => call("GET", "/campaigns")));
    expect(hood.requests.filter(({ status }) => status !== 200)).to.deep.equal([]);
  });
});
