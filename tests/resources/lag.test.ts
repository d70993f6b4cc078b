import { expect } from "chai";
import type { Properties } from "../../provider/hosts/hosted";
import type { Fault, FaultRule, Simulator } from "../../simulator";
import { failed, isList, isView, openInProcess, START } from "../support/testAccount";

const MINUTE = 60_000;
const future = "2099-12-01T09:00:00Z";
const timed = (scheduledTime: unknown) => ({ status: "scheduled", scheduledTime });
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

  const end = { reason: "Late", whenNotCancelable: "accept" };
  const inLists = [
    [{}, { status: "paused" }, "paused", "paused"],
    [ofCancellation, end, "draft", "canceled"],
  ] as const;
  for (const [type, args, before, becomes] of inLists) {
    it(`in lists keeps no call back that they show as not needed, for what is to be ${becomes}`, async () => {
      const all = ids("running");
      listedAs(before);
      const provider = on.another(type);
      const checked = await Promise.all(all.map((campaignId) => provider.check(undefined, { campaignId, ...args })));
      await Promise.all(checked.map(({ inputs }) => provider.create(inputs)));
      expect(all.map(statusOf)).to.deep.equal(all.map(() => becomes));
    });

    it(`in lists makes nothing look undone to a refresh that was ${becomes}`, async () => {
      const provider = on.another(type);
      const kept = await Promise.all(ids("running").map((campaignId) => on.apply({ campaignId, ...args }, provider)));
      listedAs("running");
      await on.clock.sleep(11 * MINUTE);
      const refresh = on.another(type);
      const found = await Promise.all(kept.map((one) => on.refreshed(one, refresh)));
      expect(found.map(({ outs }) => outs)).to.deep.equal(kept.map(({ outs }) => outs));
    });
  }

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

  const late = (campaignId: string) => ({ campaignId, reason: "Late", whenNotCancelable: "accept" });
  /** An edit of a draft, and what an end of it comes to in the same update, or in one that follows at once. */
  const edits: [what: string, edit: Properties, outcome: string][] = [
    ["a launch", autumn, "canceled"],
    ["another edit", { ...autumn, draft: true, description: "Leaves" }, "notNeeded"],
  ];
  for (const [what, edit, outcome] of edits) {
    for (const where of ["before it", "in the same update", "by a create that takes it over", "in the update before"]) {
      it(`behind ${what} of a draft ${where} ${outcome === "canceled" ? "is" : "isn't"} waited for by an end that may not be needed`, async () => {
        const draft = { ...autumn, draft: true };
        const first = on.another(ofCampaign);
        const { id, outs, inputs } = await on.apply(draft, first);
        expect((await on.apply(late(id), first.as(ofCancellation))).outs).to.include({ outcome: "notNeeded" });
        await on.clock.sleep(MINUTE);
        on.hood.freeze("pages", 10_000);
        const operation = on.another(ofCampaign);
        const compare = async (state: Properties, provider = operation) => {
          const checked = await provider.check(inputs, edit);
          await provider.diff(id, state, checked.inputs);
          return provider;
        };
        const isTakenOver = where === "by a create that takes it over";
        if (!isTakenOver) await compare(outs);
        const begun = on.clock.now();
        const update = () => (isTakenOver ? on.apply(edit, operation) : operation.update(id, outs, edit));
        const edited = where === "before it" ? undefined : await update();
        if (edited && !isTakenOver) {
          const refresh = on.another(ofCampaign);
          expect((await refresh.read(id, edited.outs)).props).to.deep.equal(edited.outs);
          expect(refresh.engine.warnings.join()).to.match(
            /the last edit of campaign .* yet, which was sent a few minutes/,
          );
        }
        const later =
          where === "in the update before" ? await compare(edited?.outs ?? {}, on.another(ofCampaign)) : operation;
        const end = on.apply(late(id), later.as(ofCancellation));
        if (!edited) await Promise.all([on.clock.sleep(2_000).then(update), end]);
        expect((await end).outs).to.include({ outcome });
        if (outcome === "notNeeded") expect(on.clock.now() - begun).to.be.below(10_000);
      });
    }
  }

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

  const [draft, launched] = [
    { ...autumn, draft: true, runImmediately: false },
    { ...autumn, draft: false },
  ];
  type Launch = "nothing" | "this update" | "an earlier update";
  /** The status, what another read shows, what becomes of an end that is accepted not to be needed, how many seconds it takes at the most. */
  const ends: [launches: Launch, status: string, later: string | undefined, ends: string, most: number][] = [
    ["nothing", "draft", undefined, "notNeeded", 1],
    ["this update", "draft", "running", "canceled", 5],
    ["this update", "sent", undefined, "notNeeded", 1],
    ["an earlier update", "running", undefined, "Hood still shows it as draft 60 s later", 62],
  ];
  for (const [launches, status, later, outcome, most] of ends) {
    it(`behind a launch that ${launches} makes is waited for by an end for ${most} s at the most: ${outcome}`, async () => {
      const made = await on.apply(launches === "nothing" ? launched : draft, on.another(ofCampaign));
      const { id, inputs } = made;
      await on.clock.sleep(11 * MINUTE);
      let { outs } = made;
      if (launches === "an earlier update") {
        on.hood.freeze("pages", 5 * MINUTE);
        ({ outs } = await on.another(ofCampaign).update(id, outs, launched));
      }
      on.hood.setStatus(id, status);
      const operation = on.another(ofCampaign);
      await operation.check(inputs, launched);
      await operation.diff(id, outs, launched);
      await on.clock.sleep(MINUTE);
      let reads = 0;
      const match: FaultRule["match"] = ({ method }) => method === "GET" && ++reads === 3;
      if (later) on.fault({ match, before: (hood) => hood.setStatus(id, later) });
      const since = on.clock.now();
      const told = await on.apply({ campaignId: id, ...end }, operation.as(ofCancellation)).then(
        ({ outs }) => String(outs.outcome),
        ({ message }) => message,
      );
      expect(told).to.contain(outcome);
      expect(on.clock.now() - since).to.be.below(most * 1_000);
    });
  }

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

describe("the path to a status, under faults", () => {
  const on = openInProcess({ type: "CampaignStatus" });

  const taken = () => on.hood.requests.flatMap(({ effect }) => (effect ? `${effect.from} ${effect.to}` : []));
  const sent = () => on.calls.map((call) => call.split("/").at(-1));

  /** Makes the next call of this kind go wrong. */
  function faultCall(action: string, rule: Omit<FaultRule, "match">): void {
    on.fault({ times: 1, ...rule, match: ({ path }) => path.endsWith(`/${action}`) });
  }

  const OLD = "2026-05-31 12:00:00";
  const CHANGED = "60 s later Hood still shows it as running. The call isn't sent again, because something may have";
  const ENDED = "Hood still shows it as running. The call isn't sent again, because the Pulumi command has ended.";
  const doubts: [what: string, update_time: string, says: string][] = [
    ["somebody has changed the campaign since", "2026-06-01 12:00:00", CHANGED],
    ["nobody can tell whether somebody has", "", CHANGED],
    ["the command has ended", OLD, ENDED],
  ];
  for (const [what, update_time, says] of doubts) {
    it(`a pause that got lost isn't sent again if ${what}, and the next update finishes it`, async () => {
      const campaignId = on.campaign("running", { update_time: OLD });
      const before = () => Object.assign(on.hood.campaign(campaignId), { update_time });
      faultCall("pause", { fault: { kind: "drop" }, before });
      const { inputs } = await on.provider.check(undefined, { campaignId, status: "paused", reason: "Stock is short" });
      on.provider.engine.isGone = async () => update_time === OLD;
      const { message, partial } = await failed(() => on.provider.create(inputs));
      expect(message)
        .to.match(/^It is unknown whether/)
        .and.contain(says);
      expect(sent()).to.deep.equal(["pause"]);
      const { outs } = await on.another().update(campaignId, partial?.properties ?? {}, inputs);
      expect(outs).to.include({ currentStatus: "paused" });
      expect(sent()).to.deep.equal(["pause", "pause"]);
    });
  }

  it("reaches a status that time moved the campaign on from, after a lost answer to the resume", async () => {
    const campaignId = on.campaign("paused");
    on.fault({
      match: ({ method }) => method === "GET",
      times: 9,
      before: (hood) => hood.campaign(campaignId).status === "running" && hood.setStatus(campaignId, "sent"),
    });
    faultCall("resume", { fault: { kind: "drop", processed: true } });
    const { outs } = await on.apply({ campaignId, status: "running" });
    expect(outs).to.include({ status: "running", currentStatus: "sent" });
    expect(sent()).to.deep.equal(["resume"]);
  });

  it("keeps what was begun if it fails between the two steps, and the next update goes on from there", async () => {
    const args = { campaignId: on.campaign("running"), ...timed(future) };
    faultCall("resume", { fault: { kind: "status", status: 401 } });
    const { inputs } = await on.provider.check(undefined, args);
    const { message, partial } = await failed(() => on.provider.create(inputs));
    expect(message).to.match(/campaign \d+ "Spring sale" .* only part of the way\.\n.*401.*\nRun `pulumi up` again/);
    const outs = partial?.properties ?? {};
    expect(outs).to.deep.equal(inputs);
    const next = on.another();
    const kept = { id: args.campaignId, args, inputs, outs };
    const missing = `It is unknown whether campaign ${kept.id} "Spring sale" became "scheduled": \`pulumi up\` reads it, and sends only what is missing.`;
    expect(await on.preview(kept, {}, next)).to.deep.equal({ changes: true, inputs, warnings: [missing] });
    expect((await next.update(kept.id, outs, inputs)).outs).to.include({ currentStatus: "scheduled" });
    expect(taken()).to.deep.equal(["running paused", "paused scheduled"]);
  });

  const answer = (status: number, more: object = {}): Fault => ({ kind: "status", status, ...more });
  const [drop, lost]: Fault[] = [{ kind: "drop" }, { kind: "drop", processed: true }];
  /** Longer than a read may be relied on. */
  const LONG = answer(429, { retryAfter: 75 });
  const become = (status: string) => (hood: Simulator) => {
    for (const { id } of hood.campaigns.values()) hood.setStatus(id, status);
  };
  const unread = (hood: Simulator) => hood.fault({ match: isView, times: 1_000, fault: answer(500) });
  const loggedOut = (hood: Simulator) => hood.fault({ match: isView, times: 5, fault: { kind: "html", status: 200 } });
  const behind = (hood: Simulator) => hood.freeze("pages", 20_000);
  const untilLast = (hood: Simulator) => sent().length < 6 && become("running")(hood);
  const [BOTH, SIX] = ["pause resume", "pause resume pause resume pause resume"];
  const TWICE = /^It is unknown[\s\S]*because an earlier call got no answer either\./;
  const NO_READ = /^It is unknown[\s\S]*Can't read campaign \d+: HTTP 500/;
  const REJECTED = /^Can't pause .*HTTP 400[\s\S]*Hood rejected the call, and still shows campaign/;
  const NO_RETURN = /^It is unknown[\s\S]*can't become "scheduled"/;
  const SIX_CALLS = /^It is unknown[\s\S]*After 6 calls it is still running\./;
  const STILL_PAUSED = /^It is unknown[\s\S]*Can't resume [^;]*; Hood still shows it as paused\./;
  type Faults = Partial<Record<"pause" | "resume", Omit<FaultRule, "match">[]>>;
  /** What comes over calls; the status that is reached, or how it fails; the calls; how many seconds it takes at the most. */
  const rows: [what: string, faults: Faults, ends: string | RegExp, calls: string, most?: number][] = [
    ["is seen to be there at once", { pause: [{ fault: lost }] }, "paused", "pause", 1],
    ["is seen to be there after a login page", { pause: [{ fault: lost, before: loggedOut }] }, "paused", "pause", 10],
    ["is sent once more after a minute without a change", { pause: [{ fault: drop }] }, "paused", "pause pause", 62],
    ["isn't sent a third time", { pause: [{ fault: drop, times: 2 }] }, TWICE, "pause pause"],
    ["is left open if no read succeeds", { pause: [{ fault: drop, before: unread }] }, NO_READ, "pause", 110],
    ["fails if Hood rejects it", { pause: [{ fault: answer(400) }] }, REJECTED, "pause", 5],
    ["fails with an expired token", { pause: [{ fault: answer(401) }] }, /^Can't pause .*HTTP 401/, "pause"],
    ["fails if it is too late", { pause: [{ before: become("sent") }] }, /^Campaign .* can't become/, "pause"],
    ["is left open if it is too late for the rest", { resume: [{ before: become("canceled") }] }, NO_RETURN, BOTH],
    ["is sent after six waits", { pause: [{ fault: LONG, times: 6 }] }, "paused", Array(7).fill("pause").join(" ")],
    [
      "is sent again if nothing came since",
      { resume: [{ fault: LONG }, { fault: drop }] },
      "scheduled",
      `${BOTH} resume resume`,
    ],
    ["isn't begun again by an old page", { pause: [{ before: behind }], resume: [{ fault: lost }] }, "scheduled", BOTH],
    [
      "stops if it is moved back always",
      { resume: [{ fault: drop, before: become("running"), times: 9 }] },
      SIX_CALLS,
      SIX,
    ],
    [
      "is left open after the sixth call",
      { resume: [{ fault: drop, before: untilLast, times: 9 }] },
      STILL_PAUSED,
      SIX,
    ],
  ];
  for (const [what, faults, ends, calls, most = 600] of rows) {
    it(`for a running campaign ${what} (${calls})`, async () => {
      const campaignId = on.campaign("running", { update_time: OLD });
      for (const [action, rules] of Object.entries(faults)) for (const rule of rules) faultCall(action, rule);
      const target = calls.includes("resume") ? timed(future) : { status: "paused" };
      const act = () => on.apply({ campaignId, ...target });
      if (ends instanceof RegExp) {
        const { message, partial } = await failed(act);
        expect(message).to.match(ends);
        expect(partial?.id).to.equal(message.startsWith("It is unknown") ? campaignId : undefined);
      } else expect((await act()).outs).to.include({ currentStatus: ends });
      expect(sent().join(" ")).to.equal(calls);
      expect(on.bodies[0]).to.deep.equal({ reason: "Declared in a Pulumi program" });
      expect(on.clock.now() - START).to.be.below(most * 1_000);
      if (most !== 62) return;
      expect(on.clock.now() - START).to.be.at.least(60_000);
      expect(on.methods).to.deep.equal(["GET", "POST", ...Array(10).fill("GET"), "POST"]);
      const looking = `No answer says whether campaign ${campaignId} "Spring sale" was paused: looking for it, 0.5 of 60 s`;
      expect(on.provider.engine.progress[1]).to.equal(looking);
    });
  }

  it("begins where somebody else has brought the campaign meanwhile", async () => {
    for (const status of ["paused", "canceled"]) {
      const campaignId = on.campaign("running");
      const { inputs } = await on.provider.check(undefined, { campaignId, status, reason: "Stock" });
      on.hood.setStatus(campaignId, status);
      // A process of its own has read it in this moment, and knows no other status.
      for (const [provider, previousStatus] of [
        [on.provider, "running"],
        [on.another(), status],
      ] as const) {
        expect((await provider.create(inputs)).outs).to.include({ previousStatus, currentStatus: status });
      }
    }
    expect(taken()).to.deep.equal([]);
  });

  for (const action of ["pause", "resume"]) {
    it(`sends no ${action} to a campaign that was renamed while the call waited for more than a minute`, async () => {
      const campaignId = on.campaign("running");
      const before: FaultRule["before"] = (hood) => void Object.assign(hood.campaign(campaignId), { name: "Renamed" });
      faultCall(action, { before, fault: LONG });
      const act = () => on.apply({ campaignId, ...timed(future), expectedName: "Spring sale" });
      const { message, partial } = await failed(act);
      expect(message).to.contain('"Renamed"');
      expect(partial?.id).to.equal(action === "pause" ? undefined : campaignId);
      expect(taken()).to.deep.equal(action === "pause" ? [] : ["running paused"]);
    });
  }
});
