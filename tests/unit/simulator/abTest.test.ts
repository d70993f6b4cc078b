import { expect } from "chai";
import type { SimulatorOptions } from "../../../simulator";
import { closeAll, open } from "./account";

const HOUR = 3_600_000;
const setWinner = "/campaigns/7/messages/1024/set-winner";

function tested(winner_delivery_mode: string, options: SimulatorOptions = {}) {
  const ab_test = { name: "Subject", test_split: 30, winner_delivery_mode };
  const messages = [{ id: "1024", channel: "push" }, { channel: "push" }];
  return open({ runsFor: HOUR, ...options, campaigns: [{ id: "7", ab_test, messages, ...options.campaigns?.[0] }] });
}

describe("simulator: A/B tests", () => {
  afterEach(closeAll);

  it("one that a person decides waits for the decision at its end", async () => {
    const { hood, clock } = await tested("manual");
    clock.now += HOUR;
    expect(hood.campaign("7")).to.include({
      status: "needs_decision",
      run_counter: 1,
      update_time: "2026-03-02 11:00:00",
    });
    clock.now += 100 * HOUR;
    expect(hood.campaign("7").status).to.equal("needs_decision");
  });

  it("one that decides by itself is sent", async () => {
    const { hood, clock } = await tested("automatic");
    clock.now += HOUR;
    expect(hood.campaign("7").status).to.equal("sent");
  });

  it("a draw needs a decision, and makes the delivery of the winner manual", async () => {
    const { hood, clock } = await tested("automatic", { abTestResult: "draw" });
    clock.now += HOUR;
    expect(hood.campaign("7").status).to.equal("needs_decision");
    expect(hood.campaign("7").ab_test).to.deep.equal({
      name: "Subject",
      test_split: 30,
      winner_delivery_mode: "manual",
    });
  });

  it("abTestResult changes nothing for a campaign without a test", async () => {
    const { hood, clock } = await open({ runsFor: HOUR, abTestResult: "draw", campaigns: [{ id: "7" }] });
    clock.now += HOUR;
    expect(hood.campaign("7").status).to.equal("sent");
  });

  for (const abTestResult of ["winner", "draw"] as const) {
    it(`set-winner after a ${abTestResult === "draw" ? "draw" : "test"} lets the winner go out`, async () => {
      const { hood, call, clock } = await tested("manual", { abTestResult });
      clock.now += 2 * HOUR;
      const reply = await call("POST", setWinner);
      expect([reply.status, reply.text]).to.deep.equal([204, ""]);
      expect(hood.requests[0]?.effect).to.deep.equal({ campaignId: "7", from: "needs_decision", to: "running" });
      expect(hood.campaign("7")).to.include({ status: "running", update_time: "2026-03-02 12:00:00" });
      expect((await call("POST", setWinner)).status).to.equal(400);
      clock.now += HOUR;
      expect(hood.campaign("7")).to.include({ status: "sent", run_counter: 2 });
    });
  }

  it("a winner stays set while its delivery is paused", async () => {
    const { hood, call, clock } = await tested("manual", { campaigns: [{ status: "needs_decision" }] });
    await call("POST", setWinner);
    await call("POST", "/campaigns/7/pause", { reason: "Wrong price" });
    await call("POST", "/campaigns/7/resume", { run_immediately: 1 });
    clock.now += HOUR;
    expect(hood.campaign("7").status).to.equal("sent");
  });

  for (const status of ["draft", "manual", "scheduled", "running", "paused", "canceled", "sent"]) {
    it(`set-winner is refused for a ${status} campaign`, async () => {
      const { hood, call } = await tested("manual", { campaigns: [{ status }] });
      const reply = await call("POST", setWinner);
      expect(reply.status).to.equal(400);
      expect(reply.json.message).to.include("test phase");
      expect(hood.campaign("7").status).to.equal(status);
    });
  }

  it("set-winner is refused for a message that the campaign does not have, and for another campaign's id", async () => {
    const { hood, call } = await tested("manual", { campaigns: [{ status: "needs_decision" }] });
    expect((await call("POST", "/campaigns/7/messages/9/set-winner")).status).to.equal(400);
    const unknown = await call("POST", "/campaigns/8/messages/1024/set-winner");
    expect(unknown.status).to.equal(400);
    expect(hood.campaign("7").status).to.equal("needs_decision");
  });

  it("set-winner belongs to a message, and nothing else does", async () => {
    const { call } = await tested("manual", { campaigns: [{ status: "needs_decision" }] });
    for (const [method, path] of [
      ["POST", "/campaigns/7/set-winner"],
      ["POST", "/campaigns/7/messages/1024/cancel"],
      ["POST", "/campaigns/7/messages/1024"],
      ["GET", setWinner],
    ] as const) {
      expect((await call(method, path)).status, `${method} ${path}`).to.equal(404);
    }
  });

  it("set-winner has a count of its own where endpoints do not share one, and faults find it by campaign", async () => {
    const { hood, call } = await tested("manual", {
      rateLimit: "1/1d",
      sharedAcrossEndpoints: false,
      campaigns: [{ status: "needs_decision" }],
    });
    expect((await call("POST", "/campaigns/7/messages/9/set-winner")).status).to.equal(400);
    expect((await call("POST", setWinner)).status).to.equal(429);
    expect((await call("POST", "/campaigns/7/cancel", { reason: "Budget cut" })).status).to.equal(400);
    hood.fault({ match: ({ campaignId }) => campaignId === "7", fault: { kind: "status", status: 503 } });
    expect((await call("PATCH", "/campaigns/7", {})).status).to.equal(503);
  });
});
