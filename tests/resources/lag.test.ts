import { expect } from "chai";
import type { Properties } from "../../provider/hosts/hosted";
import type { FaultRule } from "../../simulator";
import { failed, isList, isView, openInProcess, START } from "../support/testAccount";

const MINUTE = 60_000;
const autumn = { name: "Autumn sale", runImmediately: true };

/** What Hood shows may lag behind what was done: lists behind pages, pages behind calls, this operation's or those of one before. */
describe("what lags", () => {
  const on = openInProcess({ type: "CampaignStatus" });
  const ids = (status: string) =>
    Array.from({ length: 5 }, () => on.campaign(status, { update_time: "2026-05-01 12:00:00" }));
  /** Lists go on to show campaigns in an old status. */
  const listedAs = (status: string) => {
    const change = (page: Properties) => {
      const items = [page.items].flat().map((item) => ({ ...Object(item), status }));
      return { ...page, items };
    };
    on.fault({ match: isList, times: Number.POSITIVE_INFINITY, fault: { kind: "changed", change } });
  };
  const statusOf = (id: string) => on.hood.campaign(id).status;
  const ofCampaign = { type: "Campaign" } as const;
  const ofCancellation = { type: "CampaignCancellation" } as const;
  const paused = (campaignId: string) => ({ campaignId, status: "paused" });

  it("in lists keeps no pause back that somebody's resume made due", async () => {
    const all = ids("running");
    listedAs("paused");
    const checked = await Promise.all(all.map((id) => on.provider.check(undefined, paused(id))));
    const made = await Promise.all(checked.map(({ inputs }) => on.provider.create(inputs)));
    expect(made.map(({ outs }) => outs.currentStatus)).to.deep.equal(all.map(() => "paused"));
    expect(all.map(statusOf)).to.deep.equal(all.map(() => "paused"));
  });

  it("in lists keeps no end back that is accepted not to be needed", async () => {
    const all = ids("running");
    listedAs("draft");
    const provider = on.another(ofCancellation);
    const declared = all.map((campaignId) => ({ campaignId, reason: "Late", whenNotCancelable: "accept" }));
    const checked = await Promise.all(declared.map((args) => provider.check(undefined, args)));
    const made = await Promise.all(checked.map(({ inputs }) => provider.create(inputs)));
    expect(made.map(({ outs }) => outs.outcome)).to.deep.equal(all.map(() => "canceled"));
  });

  it("in lists makes no end look undone to a refresh", async () => {
    const all = ids("running");
    const provider = on.another(ofCancellation);
    const kept = await Promise.all(all.map((campaignId) => on.apply({ campaignId, reason: "Late" }, provider)));
    listedAs("running");
    const refresh = on.another(ofCancellation);
    const found = await Promise.all(kept.map((one) => on.refreshed(one, refresh)));
    expect(found.map(({ outs }) => outs.status)).to.deep.equal(all.map(() => "canceled"));
  });

  it("in lists makes no status look undone to a refresh", async () => {
    const kept = await Promise.all(ids("running").map((id) => on.apply(paused(id))));
    listedAs("running");
    await on.clock.sleep(11 * MINUTE);
    const refresh = on.another();
    const found = await Promise.all(kept.map((one) => on.refreshed(one, refresh)));
    expect(found.map(({ outs }) => outs.currentStatus)).to.deep.equal(kept.map(() => "paused"));
  });

  it("in pages makes neither an end nor a status look undone to a refresh", async () => {
    const [one = "", other = ""] = ids("running");
    on.hood.freeze("pages", 5 * MINUTE);
    const end = await on.apply({ campaignId: one, reason: "Late" }, on.another(ofCancellation));
    const pause = await on.apply(paused(other));
    expect((await on.refreshed(end, on.another(ofCancellation))).outs).to.deep.equal(end.outs);
    expect((await on.refreshed(pause)).outs).to.deep.equal(pause.outs);
    await on.clock.sleep(11 * MINUTE);
    on.hood.setStatus(other, "running");
    expect((await on.refreshed(pause)).outs).to.include({ currentStatus: "running" });
  });

  it("in pages is waited for, for a minute, and then said", async () => {
    const [id = ""] = ids("paused");
    on.hood.freeze("pages", 10 * MINUTE);
    const kept = await on.declared({ campaignId: id, status: "running" });
    const next = on.another();
    const { inputs } = await next.check(kept.inputs, paused(id));
    await next.diff(id, kept.outs, inputs);
    const { message } = await failed(() => next.update(id, kept.outs, inputs));
    expect(message).to.contain("Hood still shows it as paused 60 s later").and.contain("again in a few minutes");
    await on.clock.sleep(9 * MINUTE);
    const last = on.another();
    await last.diff(id, kept.outs, inputs);
    expect((await last.update(id, kept.outs, inputs)).outs).to.include({ currentStatus: "paused" });
  });

  for (const [seconds, isShown] of [
    [10, true],
    [90, false],
  ] as const) {
    it(`behind a create is waited for by what else is declared of it, for a minute (${seconds} s)`, async () => {
      on.hood.freeze("pages", seconds * 1_000);
      on.hood.freeze("lists", seconds * 1_000);
      const operation = on.another(ofCampaign);
      const { id, outs } = await on.apply(autumn, operation);
      const status = operation.as({ type: "CampaignStatus" });
      const check = () => status.check(undefined, paused(id));
      const edit = () => operation.update(id, outs, { ...autumn, description: "Leaves" });
      const NOT_YET = "yet, which this program created a few minutes ago";
      if (isShown) expect((await check()).failures).to.deep.equal([]);
      else expect((await failed(edit)).message).to.contain(NOT_YET);
      expect(on.clock.now() - START).to.be.closeTo(Math.min(seconds, 60) * 1_000, 6_000);
      if (isShown)
        expect(operation.engine.progress.join()).to.contain(`whether campaign ${id} is there: looking for it`);
    });
  }

  /** What comes of the first reads; 400 is for what Hood doesn't show. */
  const unread: [what: string, statuses: number[], minutes: number, says: string][] = [
    ["if the token isn't taken", [401], 0, "HTTP 401"],
    ["once the token isn't taken any more", [400, 401], 0, "HTTP 401"],
    ["if it was a while ago", [400], 11, "HTTP 400"],
  ];
  for (const [what, statuses, minutes, says] of unread) {
    it(`behind a create isn't waited for ${what}`, async () => {
      const { id, outs, inputs } = await on.apply(autumn, on.another(ofCampaign));
      await on.clock.sleep(minutes * MINUTE);
      const operation = on.another(ofCampaign);
      await operation.check(inputs, autumn);
      await operation.diff(id, outs, inputs);
      await on.clock.sleep(MINUTE);
      for (const status of statuses) on.fault({ match: isView, fault: { kind: "status", status } });
      const since = on.clock.now();
      const { failures } = await operation.as({ type: "CampaignStatus" }).check(undefined, paused(id));
      expect(failures.map(({ reason }) => reason).join()).to.contain(says);
      expect(on.clock.now() - since).to.be.below(1_000);
    });
  }

  it("behind a pause is waited for by an edit that needs it", async () => {
    const { id, outs } = await on.apply(autumn, on.another(ofCampaign));
    await on.clock.sleep(MINUTE);
    const operation = on.another(ofCampaign);
    on.hood.freeze("pages", 10_000);
    await on.apply(paused(id), operation.as({ type: "CampaignStatus" }));
    await operation.update(id, outs, { ...autumn, description: "Leaves" });
    expect(on.hood.campaign(id)).to.include({ description: "Leaves", status: "paused" });
    const told = operation.engine.progress.join();
    expect(told)
      .to.contain(`whether campaign ${id} "Autumn sale" shows what was done to it last: looking for it`)
      .and.contain(`Hood shows what was done to campaign ${id} "Autumn sale" last: going on`);
  });

  it("in lists fails no check of what the campaign's own page allows", async () => {
    const all = ids("running");
    listedAs("draft");
    const cancellations = on.another(ofCancellation);
    const checks = all.flatMap((campaignId) => [
      cancellations.check(undefined, { campaignId, reason: "Late" }),
      on.provider.check(undefined, paused(campaignId)),
    ]);
    expect((await Promise.all(checks)).flatMap(({ failures }) => failures)).to.deep.equal([]);
  });

  it("in pages keeps no end back that may be sent in any case", async () => {
    const [id = ""] = ids("paused");
    on.hood.freeze("pages", 10 * MINUTE);
    const kept = await on.declared({ campaignId: id, status: "running" });
    const next = on.another();
    const { inputs } = await next.check(kept.inputs, { campaignId: id, status: "canceled", reason: "Late" });
    await next.diff(id, kept.outs, inputs);
    expect((await next.update(id, kept.outs, inputs)).outs).to.include({ currentStatus: "canceled" });
  });

  const ends: [what: string, status: string, later: string | undefined, outcome: string, seconds: number][] = [
    ["waited for as a draft", "draft", "running", "canceled", 5],
    ["not waited for if it is sent by then", "sent", undefined, "notNeeded", 1],
  ];
  for (const [what, status, later, outcome, most] of ends) {
    it(`of a launch that this update makes: the campaign is ${what}, and then its end is ${outcome}`, async () => {
      const draft = { name: "Autumn sale", draft: true };
      const { id, outs, inputs } = await on.apply(draft, on.another(ofCampaign));
      await on.clock.sleep(11 * MINUTE);
      const operation = on.another(ofCampaign);
      const launched = await operation.check(inputs, { ...draft, draft: false, runImmediately: true });
      await operation.diff(id, outs, launched.inputs);
      on.hood.setStatus(id, status);
      let reads = 0;
      const match: FaultRule["match"] = ({ method }) => method === "GET" && ++reads === 3;
      if (later) on.fault({ match, before: (hood) => hood.setStatus(id, later) });
      await on.clock.sleep(MINUTE);
      const since = on.clock.now();
      const end = { campaignId: id, reason: "Late", whenNotCancelable: "accept" };
      expect((await on.apply(end, operation.as(ofCancellation))).outs).to.include({ outcome });
      expect(on.clock.now() - since).to.be.below(most * 1_000);
    });
  }

  it("behind a launch that an earlier update made is waited for before an end is recorded as not needed", async () => {
    const draft = { name: "Autumn sale", draft: true };
    const first = on.another(ofCampaign);
    const { id, outs, inputs } = await on.apply(draft, first);
    await on.clock.sleep(MINUTE);
    on.hood.freeze("pages", 5 * MINUTE);
    const launched = { ...draft, draft: false, runImmediately: true };
    const kept = (await on.another(ofCampaign).update(id, outs, launched)).outs;
    const operation = on.another(ofCampaign);
    await operation.check(inputs, launched);
    await operation.diff(id, kept, launched);
    const end = { campaignId: id, reason: "Late", whenNotCancelable: "accept" };
    const { message } = await failed(() => on.apply(end, operation.as(ofCancellation)));
    expect(message).to.contain("Hood still shows it as draft 60 s later");
  });

  it("is no reason to wait for a draft that nothing launches", async () => {
    const operation = on.another(ofCampaign);
    const { id, outs, inputs } = await on.apply({ ...autumn, runImmediately: true }, operation);
    await on.clock.sleep(11 * MINUTE);
    on.hood.setStatus(id, "draft");
    const next = on.another(ofCampaign);
    await next.check(inputs, autumn);
    await next.diff(id, outs, inputs);
    const end = { campaignId: id, reason: "Late", whenNotCancelable: "accept" };
    expect((await on.apply(end, next.as(ofCancellation))).outs).to.include({ outcome: "notNeeded" });
  });

  it("is no reason to end another campaign that has the same id in another account", async () => {
    const kept = await on.apply({ campaignId: on.campaign("running"), reason: "Late" }, on.another(ofCancellation));
    // Another account at first hasn't it, and then has another one.
    await on.restart({ campaigns: [{ name: "First", status: "running", id: "77" }] });
    const unknown = await on.refreshed(kept, on.another(ofCancellation));
    expect(unknown.outs).to.include({ status: "unknown" });
    on.hood.add({ id: kept.id, name: "Theirs", status: "running" });
    const refresh = on.another(ofCancellation);
    expect((await on.refreshed(unknown, refresh)).outs).to.deep.equal(unknown.outs);
    expect(refresh.engine.warnings.join()).to.contain("now Hood shows campaign").and.contain("HOOD_TOKEN");
  });

  it("of a call that wasn't sent isn't said to be one of unknown effect", async () => {
    const kept = await on.apply({ campaignId: on.campaign("running"), reason: "Late" }, on.another(ofCancellation));
    await on.clock.sleep(11 * MINUTE);
    on.hood.setStatus(kept.id, "running");
    const { outs, inputs } = await on.refreshed(kept, on.another(ofCancellation));
    expect(outs).to.include({ status: "running", outcome: "canceled" });
    on.fault({ match: isView, times: 10, fault: { kind: "status", status: 401 } });
    const { message, partial } = await failed(() => on.another(ofCancellation).update(kept.id, outs, inputs));
    expect(message).to.contain("HTTP 401").and.not.contain("went out");
    expect(partial).to.equal(undefined);
  });
});
