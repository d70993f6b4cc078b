import { expect } from "chai";
import { closeAll, open, START } from "./account";

describe("simulator: request log", () => {
  afterEach(closeAll);

  it("records what came, when, and what it did", async () => {
    const { hood, call, clock } = await open({ campaigns: [{ id: "7" }] });
    clock.now = START + 1234;
    await call("GET", "/campaigns?page=1,5");
    await call("POST", "/campaigns/7/cancel", { reason: "Budget cut" });
    const common = { at: START + 1234, tokenName: "token 1", authorized: true, counted: true, tooParallel: false };
    expect(hood.requests).to.deep.equal([
      { ...common, number: 1, method: "GET", path: "/v1/hood/campaigns?page=1,5", status: 200, effect: undefined },
      {
        ...common,
        number: 2,
        method: "POST",
        path: "/v1/hood/campaigns/7/cancel",
        body: '{"reason":"Budget cut"}',
        status: 204,
        effect: { campaignId: "7", from: "running", to: "canceled" },
      },
    ]);
  });

  it("clearRequests empties it; the numbers go on", async () => {
    const { hood, call } = await open();
    await call("GET", "/campaigns");
    hood.clearRequests();
    expect(hood.requests).to.deep.equal([]);
    await call("GET", "/campaigns");
    expect(hood.requests.map(({ number }) => number)).to.deep.equal([2]);
  });

  it("listens on loopback only, on the port that was asked for", async () => {
    const { hood } = await open();
    const { port, hostname, pathname } = new URL(hood.url);
    expect([hostname, pathname]).to.deep.equal(["127.0.0.1", "/v1/hood"]);
    const error = await open({ port: Number(port) }).catch((reason: Error) => reason);
    expect((error as Error).message).to.include(`127.0.0.1:${port}: the port is in use. Choose another one`);
    await hood.close();
    const { hood: again } = await open({ port: Number(port) });
    expect(again.url).to.equal(hood.url);
  });

  it("latency holds a request back before it is processed", async () => {
    const { hood, call } = await open({ latency: 60_000, campaigns: [{ id: "7" }] });
    const broken = call("POST", "/campaigns/7/cancel", { reason: "Budget cut" }).catch(() => "broken off");
    while (hood.requests[0]?.body === undefined) await new Promise((resolve) => setImmediate(resolve));
    // Without latency the request is processed in the same turn in which its body has come.
    await new Promise((resolve) => setImmediate(resolve));
    expect(hood.requests[0].status).to.equal("pending");
    expect(hood.campaign("7").status).to.equal("running");
    await hood.close();
    expect(await broken).to.equal("broken off");
  });
});
