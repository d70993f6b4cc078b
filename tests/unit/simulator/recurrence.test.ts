import { expect } from "chai";
import type { SimulatedCampaign } from "../../../simulator";
import { closeAll, open, START } from "./account";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** A campaign that first runs at 11:00, for an hour. */
const recurring = (more: Partial<SimulatedCampaign> = {}) => ({
  id: "7",
  status: "scheduled",
  scheduled_time: "2026-03-02 11:00:00",
  recurrence: { every: "1D 2H 30M" },
  ...more,
});

describe("simulator: recurring campaigns", () => {
  afterEach(closeAll);

  it("go back to scheduled after each run, until the next one", async () => {
    const { hood, clock } = await open({ runsFor: HOUR, campaigns: [recurring()] });
    clock.now = START + HOUR;
    expect(hood.campaign("7")).to.include({ status: "running", run_counter: 0, next_run_time: null });
    clock.now += HOUR;
    expect(hood.campaign("7")).to.include({
      status: "scheduled",
      run_counter: 1,
      scheduled_time: "2026-03-02 11:00:00",
      next_run_time: "2026-03-03 13:30:00",
      update_time: "2026-03-02 12:00:00",
      was_launched: true,
    });
    clock.now = Date.UTC(2026, 2, 3, 13, 30, 0);
    expect(hood.campaign("7")).to.include({ status: "running", run_counter: 1 });
    clock.now += HOUR;
    expect(hood.campaign("7")).to.include({
      status: "scheduled",
      run_counter: 2,
      next_run_time: "2026-03-04 16:00:00",
    });
  });

  it("have made every run that nobody looked at", async () => {
    const recurrence = { every: "1D" };
    const { hood, clock } = await open({ runsFor: HOUR, campaigns: [recurring({ recurrence, run_counter: 3 })] });
    clock.now = START + 10 * DAY;
    expect(hood.campaign("7")).to.include({ run_counter: 13, next_run_time: "2026-03-12 11:00:00" });
  });

  it("skip the runs whose time passes during a longer one", async () => {
    const { hood, clock } = await open({ runsFor: 36 * HOUR, campaigns: [recurring({ recurrence: { every: "1D" } })] });
    clock.now = START + HOUR + 36 * HOUR;
    expect(hood.campaign("7")).to.include({ run_counter: 1, next_run_time: "2026-03-04 11:00:00" });
  });

  it("keep whole seconds and their rhythm, whatever moment they were started at", async () => {
    const { hood, call, clock } = await open({ runsFor: 59_500, campaigns: [recurring({ status: "paused" })] });
    clock.now = START + 700;
    await call("PATCH", "/campaigns/7", { recurrence: { every: "1M" } });
    await call("POST", "/campaigns/7/resume", { run_immediately: 1 });
    // A minute after the start is 60,700 ms in, which is written as the second that has begun by now.
    clock.now = START + 60_200;
    expect(hood.campaign("7")).to.include({ status: "scheduled", next_run_time: "2026-03-02 10:02:00" });
    clock.now = START + 120_000;
    expect(hood.campaign("7").status).to.equal("running");
  });

  for (const recurrence of [
    {},
    { every: "day" },
    { every: "" },
    { every: "0D" },
    { every: "100000000D" },
    { every: 5 },
  ]) {
    it(`run daily with ${JSON.stringify(recurrence)}`, async () => {
      const { call } = await open();
      const { json } = await call("POST", "/campaigns", { name: "Spring sale", recurrence });
      expect(json).to.deep.include({ recurrence, scheduled_time: null, next_run_time: "2026-03-03 10:00:00" });
    });
  }

  it("whose first time is past go on with the next one", async () => {
    const scheduled_time = "2026-02-27 09:00:00";
    const { hood } = await open({ campaigns: [recurring({ scheduled_time, recurrence: { every: "2D" } })] });
    expect(hood.campaign("7").next_run_time).to.equal("2026-03-03 09:00:00");
  });

  it("keep their next time through an edit of something else", async () => {
    const { hood, call, clock } = await open({ runsFor: HOUR, campaigns: [recurring()] });
    clock.now = START + 2 * HOUR;
    await call("PATCH", "/campaigns/7", { name: "Summer sale" });
    expect(hood.campaign("7")).to.include({ status: "scheduled", next_run_time: "2026-03-03 13:30:00" });
    await call("PATCH", "/campaigns/7", { recurrence: { every: "2D" } });
    expect(hood.campaign("7").next_run_time).to.equal("2026-03-04 11:00:00");
  });

  it("are sent at their end_time, the run count as it is", async () => {
    const end_time = "2026-03-03 00:00:00";
    const { hood, clock } = await open({ runsFor: HOUR, campaigns: [recurring({ end_time })] });
    clock.now = START + 2 * HOUR;
    expect(hood.campaign("7").status).to.equal("scheduled");
    clock.now = START + 14 * HOUR;
    expect(hood.campaign("7")).to.include({
      status: "sent",
      run_counter: 1,
      next_run_time: null,
      update_time: "2026-03-03 00:00:00",
    });
  });

  it("do not run any more at their end_time itself", async () => {
    const end_time = "2026-03-02 11:00:00";
    const { hood, clock } = await open({ runsFor: HOUR, campaigns: [recurring({ end_time })] });
    clock.now = START + HOUR;
    expect(hood.campaign("7")).to.include({ status: "sent", was_launched: false, run_counter: 0 });
  });

  it("are sent after the run during which their end_time came", async () => {
    const end_time = "2026-03-02 11:30:00";
    const { hood, clock } = await open({ runsFor: HOUR, campaigns: [recurring({ end_time })] });
    clock.now = START + 2 * HOUR - 1;
    expect(hood.campaign("7").status).to.equal("running");
    clock.now += 1;
    expect(hood.campaign("7")).to.include({ status: "sent", run_counter: 1, next_run_time: null });
  });

  it("whose end_time passed while paused are sent once resumed at a time", async () => {
    const end_time = "2026-03-02 11:30:00";
    const { hood, call, clock } = await open({ campaigns: [recurring({ end_time, status: "paused" })] });
    clock.now = START + DAY;
    expect(hood.campaign("7").status).to.equal("paused");
    await call("POST", "/campaigns/7/resume", { scheduled_time: "2026-03-04 10:00:00" });
    expect(hood.campaign("7")).to.include({ status: "sent", update_time: "2026-03-03 10:00:00" });
  });
});
