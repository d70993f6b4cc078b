import { expect } from "chai";
import { closeAll, open } from "./account";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const inAnHour = "2026-03-02 11:00:00";

describe("simulator: what time brings", () => {
  afterEach(closeAll);

  it("a scheduled campaign runs from its time on", async () => {
    const { hood, call, clock } = await open({
      campaigns: [{ id: "7", status: "scheduled", scheduled_time: inAnHour }],
    });
    clock.now += HOUR - 1;
    expect((await call("GET", "/campaigns/7")).json.items[0]).to.include({
      status: "scheduled",
      was_launched: false,
      next_run_time: inAnHour,
      update_time: "2026-03-02 10:00:00",
    });
    clock.now += 1;
    expect((await call("GET", "/campaigns?status=running")).json.total).to.equal(1);
    clock.now += DAY;
    expect((await call("GET", "/campaigns/7")).json.items[0]).to.include({
      status: "running",
      was_launched: true,
      scheduled_time: inAnHour,
      next_run_time: null,
      update_time: inAnHour,
    });
    expect(hood.requests.map(({ effect }) => effect)).to.deep.equal([undefined, undefined, undefined]);
  });

  it("a test sees it too, without any request", async () => {
    const { hood, clock } = await open({ campaigns: [{ id: "7", status: "scheduled" }] });
    clock.now += DAY;
    expect(hood.campaigns.get("7")?.status).to.equal("running");
    hood.add({ id: "8", status: "scheduled" });
    clock.now += DAY;
    expect(hood.campaign("8").status).to.equal("running");
  });

  it("startsOnTime: false leaves it scheduled", async () => {
    const { hood, clock } = await open({ startsOnTime: false, campaigns: [{ id: "7", status: "scheduled" }] });
    clock.now += 2 * DAY;
    expect(hood.campaign("7").status).to.equal("scheduled");
  });

  it("a time that was past from the start never comes", async () => {
    const scheduled_time = "2026-03-01 10:00:00";
    const { hood, clock } = await open({ campaigns: [{ id: "7", status: "scheduled", scheduled_time }] });
    clock.now += DAY;
    expect(hood.campaign("7").status).to.equal("scheduled");
  });

  it("a delivery lasts for ever, unless runsFor says otherwise", async () => {
    const { hood, clock } = await open({ campaigns: [{ id: "7" }] });
    clock.now += 3650 * DAY;
    expect(hood.campaign("7").status).to.equal("running");
  });

  it("runsFor: a running campaign is sent after it", async () => {
    const { hood, clock } = await open({ runsFor: HOUR, campaigns: [{ id: "7" }] });
    clock.now += HOUR - 1;
    expect(hood.campaign("7")).to.include({ status: "running", run_counter: 1 });
    clock.now += 1;
    expect(hood.campaign("7")).to.include({ status: "sent", run_counter: 2, update_time: inAnHour });
    clock.now += DAY;
    expect(hood.campaign("7")).to.include({ status: "sent", run_counter: 2, update_time: inAnHour });
  });

  it("a start and an end that nobody looked at in between both happen at their own time", async () => {
    const { hood, clock } = await open({
      runsFor: HOUR,
      campaigns: [{ id: "7", status: "scheduled", scheduled_time: inAnHour }],
    });
    clock.now += DAY;
    expect(hood.campaign("7")).to.include({ status: "sent", was_launched: true, update_time: "2026-03-02 12:00:00" });
  });

  it("a campaign can end between a client's look and its cancel, which is then refused", async () => {
    const { hood, call, clock } = await open({ runsFor: HOUR, campaigns: [{ id: "7" }] });
    expect((await call("GET", "/campaigns/7")).json.items[0].status).to.equal("running");
    hood.fault({
      match: ({ method }) => method === "POST",
      before: () => {
        clock.now += HOUR;
      },
    });
    expect((await call("POST", "/campaigns/7/cancel", { reason: "Budget cut" })).status).to.equal(400);
    expect(hood.requests.at(-1)?.effect).to.equal(undefined);
    expect((await call("GET", "/campaigns/7")).json.items[0].status).to.equal("sent");
  });

  it("a cancel's effect starts from the status that time has brought", async () => {
    const { hood, call, clock } = await open({ campaigns: [{ id: "7", status: "scheduled" }] });
    clock.now += DAY;
    await call("POST", "/campaigns/7/cancel", { reason: "Budget cut" });
    expect(hood.requests[0]?.effect).to.deep.equal({ campaignId: "7", from: "running", to: "canceled" });
    clock.now += DAY;
    expect(hood.campaign("7").status).to.equal("canceled");
  });

  it("what is launched, resumed or set by hand runs from that moment", async () => {
    const { hood, call, clock } = await open({
      runsFor: HOUR,
      campaigns: [
        { id: "1", status: "draft" },
        { id: "2", status: "paused" },
        { id: "3", status: "manual" },
      ],
    });
    clock.now += HOUR;
    await call("PATCH", "/campaigns/1", { status: "running" });
    await call("POST", "/campaigns/2/resume", { run_immediately: true });
    hood.setStatus("3", "running");
    await call("POST", "/campaigns", { name: "Spring sale", run_immediately: true });
    const statuses = () => [...hood.campaigns.values()].map(({ status }) => status);
    clock.now += HOUR - 1;
    expect(statuses()).to.deep.equal(["running", "running", "running", "running"]);
    clock.now += 1;
    expect(statuses()).to.deep.equal(["sent", "sent", "sent", "sent"]);
  });

  it("a status that a test writes into the campaign counts from when it is next looked at", async () => {
    const { hood, clock } = await open({ runsFor: HOUR, campaigns: [{ id: "7", status: "paused" }] });
    hood.campaign("7").status = "running";
    clock.now += DAY;
    expect(hood.campaign("7").status).to.equal("running");
    clock.now += HOUR;
    expect(hood.campaign("7").status).to.equal("sent");
  });

  it("while paused, time does nothing; the rest of the delivery follows on the resume", async () => {
    const { hood, call, clock } = await open({ runsFor: HOUR, campaigns: [{ id: "7" }] });
    clock.now += 40 * MINUTE;
    await call("POST", "/campaigns/7/pause", { reason: "Wrong price" });
    clock.now += DAY;
    await call("PATCH", "/campaigns/7", { description: "Corrected" });
    expect(hood.campaign("7").status).to.equal("paused");
    await call("POST", "/campaigns/7/resume", { scheduled_time: "2026-03-04 10:00:00" });
    clock.now = Date.UTC(2026, 2, 4, 10, 0, 0) + 20 * MINUTE - 1;
    expect(hood.campaign("7").status).to.equal("running");
    clock.now += 1;
    expect(hood.campaign("7")).to.include({ status: "sent", update_time: "2026-03-04 10:20:00" });
  });

  it("a paused scheduled campaign misses its time", async () => {
    const { hood, call, clock } = await open({ campaigns: [{ id: "7", status: "scheduled" }] });
    await call("POST", "/campaigns/7/pause", { reason: "Wrong price" });
    clock.now += 2 * DAY;
    expect(hood.campaign("7")).to.include({ status: "paused", was_launched: false });
  });

  it("an edit moves the start", async () => {
    const { hood, call, clock } = await open({ campaigns: [{ id: "7", status: "scheduled" }] });
    await call("PATCH", "/campaigns/7", { scheduled_time: inAnHour });
    expect(hood.campaign("7").next_run_time).to.equal(inAnHour);
    clock.now += HOUR;
    expect(hood.campaign("7").status).to.equal("running");
  });
});
