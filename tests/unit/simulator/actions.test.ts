import { expect } from "chai";
import { closeAll, open } from "./account";

const statuses = [
  "draft",
  "manual",
  "scheduled",
  "running",
  "paused",
  "canceled",
  "sent",
  "needs_decision",
  "archived",
];
const table = {
  cancel: { body: { reason: "Budget cut" }, from: ["scheduled", "running", "paused"], to: "canceled" },
  pause: { body: { reason: "Wrong price" }, from: ["scheduled", "running"], to: "paused" },
  resume: { body: { run_immediately: 1 }, from: ["paused"], to: "running" },
};

describe("simulator: actions", () => {
  afterEach(closeAll);

  for (const [action, { body, from, to }] of Object.entries(table)) {
    for (const status of statuses) {
      const allowed = from.includes(status);
      it(`${action} from ${status} is ${allowed ? "done" : "refused"}`, async () => {
        const { hood, call } = await open({ campaigns: [{ id: "7", status }] });
        const reply = await call("POST", `/campaigns/7/${action}`, body);
        expect(reply.status).to.equal(allowed ? 204 : 400);
        expect(hood.campaign("7").status).to.equal(allowed ? to : status);
        expect(hood.requests[0]?.effect).to.deep.equal(allowed ? { campaignId: "7", from: status, to } : undefined);
      });
    }
  }

  it("answers a 204 without a body, and shows the new status at once", async () => {
    const { call, clock } = await open({ campaigns: [{ id: "7", status: "scheduled" }] });
    clock.now += 60_000;
    const reply = await call("POST", "/campaigns/7/cancel", { reason: "Budget cut" });
    expect(reply.text).to.equal("");
    expect(reply.headers.get("content-length")).to.equal(null);
    const [item] = (await call("GET", "/campaigns/7")).json.items;
    expect(item).to.include({ status: "canceled", next_run_time: null, update_time: "2026-03-02 10:01:00" });
  });

  it("a second cancel is refused and changes nothing", async () => {
    const { hood, call } = await open({ campaigns: [{ id: "7" }] });
    expect((await call("POST", "/campaigns/7/cancel", { reason: "first" })).status).to.equal(204);
    expect((await call("POST", "/campaigns/7/cancel", { reason: "second" })).status).to.equal(400);
    expect(hood.campaign("7").reason).to.equal("first");
  });

  it("resume at a time makes the campaign scheduled", async () => {
    const { hood, call } = await open({ campaigns: [{ id: "7", status: "paused" }] });
    const reply = await call("POST", "/campaigns/7/resume", { scheduled_time: "2026-03-03 08:00:00" });
    expect(reply.status).to.equal(204);
    const time = "2026-03-03 08:00:00";
    expect(hood.campaign("7")).to.include({ status: "scheduled", scheduled_time: time, next_run_time: time });
  });

  const badResumes = {
    "both fields": { run_immediately: 1, scheduled_time: "2026-03-03 08:00:00" },
    "neither field": {},
    "a past time": { scheduled_time: "2026-03-02 09:59:59" },
    "a time in another form": { scheduled_time: "2026-03-03T08:00:00Z" },
    "a day that does not exist": { scheduled_time: "2026-02-30 08:00:00" },
    "an hour that does not exist": { scheduled_time: "2026-03-03 24:00:00" },
    "run_immediately false": { run_immediately: false },
  };
  for (const [what, body] of Object.entries(badResumes)) {
    it(`resume with ${what} is refused`, async () => {
      const { hood, call } = await open({ campaigns: [{ id: "7", status: "paused" }] });
      expect((await call("POST", "/campaigns/7/resume", body)).status).to.equal(400);
      expect(hood.campaign("7").status).to.equal("paused");
    });
  }

  it("switches accept an empty resume and a past time", async () => {
    const { hood, call } = await open({
      emptyResume: "accept",
      pastScheduledTime: "accept",
      campaigns: [
        { id: "7", status: "paused" },
        { id: "8", status: "paused" },
      ],
    });
    expect((await call("POST", "/campaigns/7/resume")).status).to.equal(204);
    expect(hood.campaign("7").status).to.equal("running");
    const past = { scheduled_time: "2020-01-01 00:00:00" };
    expect((await call("POST", "/campaigns/8/resume", past)).status).to.equal(204);
    expect(hood.campaign("8").status).to.equal("scheduled");
  });

  it("staleFor: answers and filters show the old status for that long, the action itself sees the real one", async () => {
    const { call, clock } = await open({ staleFor: 5_000, campaigns: [{ id: "7" }] });
    await call("POST", "/campaigns/7/cancel", { reason: "Budget cut" });
    clock.now += 4_999;
    expect((await call("GET", "/campaigns/7")).json.items[0].status).to.equal("running");
    expect((await call("GET", "/campaigns?status=running")).json.total).to.equal(1);
    expect((await call("POST", "/campaigns/7/cancel", { reason: "again" })).status).to.equal(400);
    clock.now += 1;
    expect((await call("GET", "/campaigns/7")).json.items[0].status).to.equal("canceled");
    expect((await call("GET", "/campaigns?status=running")).json.total).to.equal(0);
  });

  it("unknownStatus: answers show it for every campaign", async () => {
    const { call } = await open({ unknownStatus: "archived", campaigns: [{ id: "7", status: "running" }] });
    expect((await call("GET", "/campaigns/7")).json.items[0].status).to.equal("archived");
    expect((await call("GET", "/campaigns?status=archived")).json.total).to.equal(1);
  });
});
