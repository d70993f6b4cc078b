import { expect } from "chai";
import { type Properties, UNKNOWN } from "../../provider/hosts/hosted";
import { resources } from "../../provider/hosts/resources";
import type { Fault, FaultRule, Simulator } from "../../simulator";
import { statuses } from "../../simulator/campaigns";
import { expectReadable } from "../support/accounts";
import { failed, isView, type Kept, openInProcess, type Setup, START } from "../support/testAccount";

const future = "2099-12-01T09:00:00Z";
const timed = (scheduledTime: unknown) => ({ status: "scheduled", scheduledTime });
/** As Node.js writes a value that has no text. */
const garbled = "Follows Calling [toString] on an [Output<T>] is not supported.";

describe("a CampaignStatus", () => {
  const on = openInProcess({ type: "CampaignStatus" });
  const ALL = 'must be one of "running", "paused", "scheduled", "canceled"';
  const wrong: [args: object, property: string, says: string, live?: string][] = [
    [{ status: null }, "status", `status is missing: it ${ALL}`],
    [{ status: " running" }, "status", 'not " running": it looks like "running", but'],
    [{ campaignId: "999" }, "campaignId", "Check the id in Hood"],
    [{ status: "running" }, "status", "delivered already", "sent"],
    [{ status: "running" }, "status", "No action can change this status: remove the resource", "sent"],
    [{}, "status", "No call of this resource can change this status", "draft"],
    [{ status: UNKNOWN, expectedName: "Other" }, "expectedName", 'is called "Spring sale", not "Other"'],
    [{ reason: garbled }, "", "reason holds"],
    [{ status: "running" }, "status", "Cancellation is permanent", "canceled"],
    [{ status: "canceled" }, "campaignId", "whenNotCancelable", "sent"],
    [{ status: "canceled", reason: undefined }, "reason", "say why the campaign ends"],
    [timed(5), "scheduledTime", "(GMT), not a number"],
    [timed("tomorrow"), "scheduledTime", "2026-12-01T09:00:00Z"],
    [timed("2020-01-01T00:00:00Z"), "scheduledTime", "scheduledTime 2020-01-01 00:00:00 (GMT) has passed"],
    [timed(undefined), "scheduledTime", "needs a time to be scheduled for"],
    [{ scheduledTime: future }, "scheduledTime", '"scheduled" only'],
    [{ scheduledTime: UNKNOWN }, "scheduledTime", '"scheduled" only'],
  ];
  for (const [args, property, says, live = "running"] of wrong) {
    it(`fails in the preview of a pause of one that is ${live} with ${JSON.stringify(args)}`, async () => {
      const failures = await on.failures({ campaignId: on.campaign(live), status: "paused", reason: "Stock", ...args });
      expect(failures.map((failure) => failure.property)).to.deep.equal([property]);
      expect(failures[0]?.reason).to.contain(says);
      expect(on.calls).to.deep.equal([]);
    });
  }

  it("doesn't judge values before they are known", async () => {
    const args = { campaignId: UNKNOWN, status: UNKNOWN, scheduledTime: UNKNOWN };
    const { inputs, failures } = await on.provider.check(undefined, args);
    expect(failures).to.deep.equal([]);
    const seen = { campaignName: UNKNOWN, previousStatus: UNKNOWN, plannedActions: UNKNOWN };
    expect(inputs).to.deep.equal({ ...args, ...seen });
    expect(on.sent).to.deep.equal([]);
  });

  const unknown: [what: string, from: string, args: object][] = [
    ["the status", "running", { status: UNKNOWN }],
    ["the status of a campaign that can't be canceled yet", "needs_decision", { status: UNKNOWN }],
    ["the time of a campaign that is scheduled", "scheduled", timed(UNKNOWN)],
  ];
  for (const [what, from, more] of unknown) {
    it(`doesn't know the calls while ${what} isn't known, be it new or edited`, async () => {
      const args = { campaignId: on.campaign(from), reason: "Stock", ...more };
      const seen = { campaignName: "Spring sale", previousStatus: from, plannedActions: UNKNOWN };
      const checked = { inputs: { ...args, ...seen }, failures: [] };
      expect(await on.provider.check(undefined, args)).to.deep.equal(checked);
      const inputs = { ...args, status: from, scheduledTime: undefined, plannedActions: [], previousStatus: from };
      const kept = { id: args.campaignId, args, inputs, outs: { ...inputs, currentStatus: from } };
      expect(await on.preview(kept)).to.deep.include({ changes: true, inputs: checked.inputs });
      expect(on.calls).to.deep.equal([]);
    });
  }

  const imports: [status: string, inputs: object | undefined][] = [
    ["running", { status: "running" }],
    ["paused", { status: "paused" }],
    ["scheduled", timed("2099-11-01 09:00:00")],
    ["canceled", { status: "canceled", reason: "Not known: it was canceled outside Pulumi" }],
    ["sent", undefined],
    ["archived", undefined],
  ];
  for (const [status, args] of imports) {
    it(`${args ? "imports" : "doesn't import"} a campaign that is ${status}, and sends nothing`, async () => {
      const id = on.campaign(status, { scheduled_time: "2099-11-01 09:00:00" });
      if (args) {
        const declared = { campaignId: id, ...args };
        const inputs = { ...declared, campaignName: "Spring sale", previousStatus: status, plannedActions: [] };
        const outs = { ...inputs, currentStatus: status };
        expect(await on.provider.read(id, {})).to.deep.equal({ id, props: outs, inputs });
        const kept = { id, args: declared, inputs, outs };
        expect(await on.preview(kept)).to.deep.equal({ changes: false, inputs, warnings: [] });
      } else {
        const { message } = await failed(() => on.provider.read(id, {}));
        expect(message).to.contain("can't be imported as a CampaignStatus").and.contain(`"${status}"`);
      }
      expect(on.calls).to.deep.equal([]);
    });
  }
});

describe("what a preview shows of a CampaignStatus", () => {
  const { previewOutputs } = resources.CampaignStatus;
  const seen = { campaignId: "7", status: "paused", campaignName: "Spring sale", previousStatus: "running" };
  const paused = { ...seen, plannedActions: ["pause"] };
  const state = { ...paused, currentStatus: "paused" };
  const late = { ...seen, status: "canceled", reason: "Budget cut", plannedActions: [], previousStatus: "sent" };

  const unread = { campaignId: "7", status: UNKNOWN };
  const rows: [what: string, inputs: Properties, state: Properties | undefined, currentStatus: string][] = [
    ["a status that takes calls", paused, undefined, UNKNOWN],
    ["a campaign that wasn't read", { campaignId: "7", status: "paused" }, undefined, UNKNOWN],
    ["a campaign that has the status", { ...seen, plannedActions: [], previousStatus: "paused" }, undefined, "paused"],
    ["a cancellation that comes too late", late, undefined, "sent"],
    ["a status that a campaign was brought to", paused, state, "paused"],
    ["a status that somebody else changed", paused, { ...state, currentStatus: "running" }, UNKNOWN],
    ["a status that an update left half-way", { ...paused, plannedActions: [] }, paused, UNKNOWN],
    ["a new status that isn't known, of a campaign that wasn't read", unread, undefined, UNKNOWN],
    ["an edited status that isn't known, of a campaign that wasn't read", unread, state, UNKNOWN],
  ];
  for (const [what, inputs, before, currentStatus] of rows) {
    it(`${what}: ${currentStatus === UNKNOWN ? "the current status isn't known" : `it is ${currentStatus}`}`, () => {
      const shown = { currentStatus, ...(inputs.status === UNKNOWN && { plannedActions: UNKNOWN }) };
      expect(previewOutputs(inputs, before)).to.include(shown);
    });
  }
});

describe("a CampaignStatus that is canceled", () => {
  const on = openInProcess({ type: "CampaignStatus", config: { maxCancellations: "1" } });

  it("counts for the cap on cancellations; pauses don't, nor what is canceled already or fails", async () => {
    const of = (status: string, from = "running") => ({ campaignId: on.campaign(from), status, reason: "Budget cut" });
    for (const args of [of("canceled", "canceled"), of("canceled"), of("paused")]) {
      expect(await on.failures({ ...of("canceled"), expectedName: "Other" })).to.have.length(1);
      expect(await on.failures(args)).to.deep.equal([]);
    }
    const args = of("paused");
    const outs = { ...args, currentStatus: "running" };
    const kept = { id: args.campaignId, args, inputs: outs, outs };
    expect((await on.preview(kept, {}, on.provider)).changes).to.equal(true);
    const [failure] = await on.failures(of("canceled"));
    expect(failure?.reason).to.contain("hood:maxCancellations");
  });

  const unknown = () => ({ campaignId: on.campaign("running"), status: UNKNOWN, reason: "Budget cut" });
  const hidden: [what: string, olds: Properties | undefined, news: () => Properties, config?: Setup["config"]][] = [
    ["that is new", undefined, unknown],
    ["that is edited after an update left it half-way", { status: "canceled", reason: "Budget cut" }, unknown],
    ["of a campaign that isn't known either", undefined, () => ({ campaignId: UNKNOWN, status: UNKNOWN })],
    ["of a campaign that the preview doesn't read", undefined, unknown, { preflight: "off" }],
  ];
  for (const [what, olds, news, config] of hidden) {
    it(`counts as well while its status isn't known, for one ${what}`, async () => {
      const provider = on.another({ ...(config && { config }) });
      const check = async (args: Properties) => {
        const { inputs, failures } = await provider.check(olds && { ...olds, campaignId: args.campaignId }, args);
        return { planned: inputs.plannedActions, reasons: failures.map(({ reason }) => reason) };
      };
      expect(await check(news())).to.deep.equal({ planned: config ? undefined : UNKNOWN, reasons: [] });
      const [reason = ""] = (await check(news())).reasons;
      expectReadable(reason);
      expect(reason).to.contain("hood:maxCancellations").and.contain("only known in the update");
      expect(reason).not.to.contain("--target");
      expect(on.calls).to.deep.equal([]);
    });
  }
});

describe("a CampaignStatus whose declaration is edited", () => {
  const on = openInProcess({ type: "CampaignStatus" });

  /** What a preview and an update make of an edit. */
  async function edited(kept: Kept, edit: object) {
    const provider = on.another();
    const previewed = await on.preview(kept, edit, provider);
    return { ...previewed, outs: (await provider.update(kept.id, kept.outs, previewed.inputs)).outs };
  }

  it("is moved to another time, and left alone if it has that time already", async () => {
    const campaignId = on.campaign("scheduled", { scheduled_time: "2099-11-01 09:00:00" });
    const before = await on.declared({ campaignId, ...timed("2099-11-01T09:00:00Z") });
    expect(before.outs.plannedActions).to.deep.equal([]);
    const { inputs } = await edited(before, { scheduledTime: future });
    expect(inputs.plannedActions).to.deep.equal(["pause", "resume"]);
    expect(on.hood.campaign(campaignId)).to.include({ status: "scheduled", scheduled_time: "2099-12-01 09:00:00" });
  });

  const [reason, other] = ["Budget cut\nOPS-1234\n", "Budget cut, OPS-5678"];
  const canceled = { status: "canceled", reason, whenNotCancelable: "accept" };
  const [inHood, stock] = [timed("2099-12-01 09:00:00"), { status: "paused", reason: "Stock" }];
  /** Edits after which only the state changes. */
  const ofState: [what: string, live: string, args: object, edit: object, kept?: object][] = [
    ["the same time in another notation", "paused", timed(future), inHood],
    ["guards and a reason", "running", stock, { reason: "Weather", expectedName: "Other" }],
    ...["draft", "sent", "canceled"].map((live): (typeof ofState)[number] => {
      return [`a reason that was never sent, since the campaign was ${live},`, live, canceled, { reason: other }];
    }),
    ...["Budget cut\r\nOPS-1234\r\n", "Budget cut\nOPS-1234"].map((same): (typeof ofState)[number] => {
      const edit = { reason: same, expectedName: "Spring sale" };
      return [
        `the reason that was sent, as ${JSON.stringify(same)}, and a guard`,
        "running",
        canceled,
        edit,
        { reason },
      ];
    }),
  ];
  for (const [what, live, args, edit, kept] of ofState) {
    it(`sends nothing for ${what}`, async () => {
      const before = await on.declared({ campaignId: on.campaign(live), ...args });
      const { changes, outs } = await edited(before, edit);
      expect(outs).to.deep.equal({ ...before.outs, ...edit, ...kept });
      expect(changes).to.equal(true);
      if (kept) expect((await edited(before, { reason: Object.values(edit)[0] })).changes).to.equal(false);
      expect(on.sent).to.deep.equal([]);
    });
  }

  for (const name of ["reason", "expectedName"]) {
    it(`lets a text pass that was sent with that of an Output in it, but sends no such text again: ${name}`, async () => {
      const args = { campaignId: on.campaign("paused"), status: "paused", [name]: garbled };
      expect(await on.failures(args, args)).to.deep.equal([]);
      const [failure, ...others] = await on.failures({ ...args, status: "running" }, args);
      expect(failure?.reason).to.match(new RegExp(`^${name} holds .* pulumi\\.interpolate`));
      expect(others).to.deep.equal([]);
    });
  }

  /** What a refresh finds of what was paused, and what a preview says of it. */
  const found: [becomes: string, isDrift: boolean, says?: string][] = [
    ["running", true, '^A refresh found campaign ID "Spring sale" running: `pulumi up` brings it back to "paused".$'],
    ["sent", false, '^The status "paused" of campaign ID .* is out of reach: it is sent by now'],
    ["canceled", false, '^The status "paused" of campaign ID .* is out of reach: it is canceled by now'],
    ["paused", false],
    ["archived", false],
  ];
  for (const [becomes, isDrift, says] of found) {
    it(`paused, and found ${becomes} by a refresh, ${isDrift ? "is judged again by the next preview" : "is as declared"}`, async () => {
      const before = await on.declared({ campaignId: on.campaign("scheduled"), status: "paused" });
      on.hood.setStatus(before.id, becomes);
      const kept = await on.refreshed(before);
      expect(kept.outs).to.deep.equal({ ...before.outs, currentStatus: becomes });
      expect(kept.inputs).to.deep.equal({ ...before.inputs, ...(isDrift && { currentStatus: becomes }) });
      const { changes, warnings, inputs } = await on.preview(kept);
      // Nobody edited the program, so what can't be brought back blocks nothing.
      expect(changes).to.equal(isDrift);
      expect(warnings).to.have.length(says ? 1 : 0);
      if (says) expect(warnings[0]).to.match(new RegExp(says.replace("ID", before.id)));
      if (!isDrift) return expect(on.calls).to.deep.equal([]);
      expect(inputs).to.deep.include({ previousStatus: "running", plannedActions: ["pause"] });
      expect((await edited(kept, {})).outs).to.include({ currentStatus: "paused" });
      expect(on.calls).to.deep.equal([`POST /campaigns/${before.id}/pause`]);
      // Of what the program edits, a refresh promises nothing.
      expect(await on.preview(kept, timed(future))).to.deep.include({ changes: true, warnings: [] });
    });
  }

  const begunOf = (campaignId: string, status = "paused") => {
    return { campaignId, status, reason: "Stock", campaignName: "Spring sale", previousStatus: "running" };
  };
  it("that was left half-way, and is then to be canceled, says of a rejected cancellation only that", async () => {
    const begun = begunOf(on.campaign("running"));
    const id = begun.campaignId;
    const { inputs, failures } = await on.provider.check(begun, { campaignId: id, status: "canceled", reason });
    expect(failures).to.deep.equal([]);
    on.faultCancel(id, { fault: { kind: "status", status: 403 } });
    const { message, partial } = await failed(() => on.provider.update(id, begun, inputs));
    expect(message).to.contain("HTTP 403").and.not.contain("unknown whether");
    expect(partial).to.equal(undefined);
  });

  for (const [status, edit] of [
    ["paused", {}],
    ["canceled", {}],
    ["scheduled", { scheduledTime: future }],
  ] as const) {
    it(`stays unfinished (${status}) if the next update can't read what became of its call`, async () => {
      const begun = begunOf(on.campaign("running"), status);
      on.fault({ match: ({ method }) => method === "GET", times: 9, fault: { kind: "status", status: 401 } });
      const { partial } = await failed(() => on.provider.update(begun.campaignId, begun, { ...begun, ...edit }));
      expect(partial?.properties).to.deep.equal({ ...begun, ...edit });
      expect(on.calls).to.deep.equal([]);
    });
  }

  describe("and that is canceled", () => {
    it("sends the corrected reason if a refresh found that there is something to cancel after all", async () => {
      const before = await on.declared({ campaignId: on.campaign("draft"), ...canceled });
      on.hood.setStatus(before.id, "running");
      await edited(await on.refreshed(before), { reason: other });
      expect(on.calls).to.deep.equal([`POST /campaigns/${before.id}/cancel`]);
      expect(on.bodies).to.deep.equal([{ reason: other }]);
    });

    it("may be brought to another status if nothing was canceled, as far as the campaign's status allows it", async () => {
      const { id, args, inputs, outs } = await on.declared({ campaignId: on.campaign("draft"), ...canceled });
      const news = { ...args, status: "paused" };
      const failures = await on.failures(news, inputs);
      expect(failures.map((failure) => failure.reason).join()).to.match(/can't become "paused": its status is "draft"/);
      expect((await on.provider.diff(id, outs, news)).changes).to.equal(true);
      expect(on.calls).to.deep.equal([]);
    });

    it("counts as canceled by this resource if only a later update found it so", async () => {
      const off = on.another({ config: { preflight: "off" } });
      const args = { campaignId: on.campaign("canceled"), status: "canceled", reason: "Budget cut" };
      const { outs } = await off.update(args.campaignId, args, args);
      expect(outs).to.deep.include({ previousStatus: "unknown", currentStatus: "canceled", plannedActions: [] });
      const { message } = await failed(() => off.diff(args.campaignId, outs, { ...args, reason: "Other" }));
      expect(message).to.match(/^Cancellation is permanent: /);
    });
  });
});

describe("the path to every status that can be declared, from every status", () => {
  const on = openInProcess({ type: "CampaignStatus" });

  const reason = "Stock\r\nis short\r\n";
  /** What can be declared, and what Hood is told by a resume. */
  const desired: [status: string, resume?: object, more?: object][] = [
    ["running", { run_immediately: 1 }],
    ["paused"],
    ["scheduled", { scheduled_time: "2099-12-01 09:00:00" }, timed("2099-12-01T10:00:00.250+01:00")],
    ["canceled"],
  ];
  /** What is canceled stays so; what can be canceled can be brought to all of them. */
  const isReachable = (live: string, status: string) =>
    live === "canceled" ? status === live : ["scheduled", "running", "paused"].includes(live);

  for (const live of [...statuses, "archived"]) {
    for (const [status, resume, more] of desired) {
      it(`${status} from ${live}: takes the calls that the preview shows, or fails before anything is sent`, async () => {
        const campaignId = on.campaign(live);
        const { inputs, failures } = await on.provider.check(undefined, { campaignId, status, reason, ...more });
        expect(on.calls).to.deep.equal([]);
        expect(failures.length === 0).to.equal(isReachable(live, status));
        if (failures.length > 0) {
          expect(inputs.plannedActions ?? []).to.deep.equal([]);
          const { message } = await failed(() => on.provider.create(inputs));
          expect(message).to.equal(failures[0]?.reason);
          expect(on.calls).to.deep.equal([]);
          return expect(on.hood.campaign(campaignId).status).to.equal(live);
        }
        const { outs } = await on.provider.create(inputs);
        const planned = inputs.plannedActions as string[];
        expect(on.calls).to.deep.equal(planned.map((action) => `POST /campaigns/${campaignId}/${action}`));
        expect(on.bodies).to.deep.equal(planned.map((action) => (action === "resume" ? resume : { reason })));
        expect(on.hood.campaign(campaignId).status).to.equal(status);
        return expect(outs).to.include({ status, previousStatus: live, currentStatus: status });
      });
    }
  }

  it("takes few requests for many that are in one list", async () => {
    const ids = Array.from({ length: 100 }, () => on.campaign("running"));
    const made = await Promise.all(ids.map((campaignId) => on.apply({ campaignId, status: "paused" })));
    expect(made.every(({ outs }) => outs.currentStatus === "paused")).to.equal(true);
    expect(on.calls).to.have.length(100);
    expect(on.sent.length).to.be.at.most(120);
  });

  it("has no calls for a campaign that is scheduled already, if no other time is declared", async () => {
    const args = { campaignId: on.campaign("scheduled"), status: "scheduled" };
    expect((await on.provider.check(undefined, args)).inputs.plannedActions).to.deep.equal([]);
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
  it("a pause that got lost is sent once more after a minute, if nothing has changed the campaign since", async () => {
    const campaignId = on.campaign("running", { update_time: OLD });
    faultCall("pause", { fault: { kind: "drop" } });
    const start = on.clock.now();
    await on.apply({ campaignId, status: "paused" });
    expect(on.clock.now() - start).to.be.within(60_000, 62_000);
    expect(on.provider.engine.progress[1]).to.equal(
      `No answer says whether campaign ${campaignId} "Spring sale" was paused: looking for it, 0.5 of 60 s`,
    );
    expect(taken()).to.deep.equal(["running paused"]);
    expect(on.methods).to.deep.equal(["GET", "POST", ...Array(10).fill("GET"), "POST"]);
    expect(on.bodies[0]).to.deep.equal({ reason: "Declared in a Pulumi program" });
  });

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
    for (const part of [
      `campaign ${args.campaignId} "Spring sale"`,
      "only part of the way",
      "401",
      "`pulumi up` again",
    ])
      expect(message).to.contain(part);
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
  const unread = (hood: Simulator) =>
    hood.fault({ match: isView, times: Number.POSITIVE_INFINITY, fault: answer(500) });
  const behind = (hood: Simulator) => hood.freeze("pages", 20_000);
  const untilLast = (hood: Simulator) => sent().length < 6 && become("running")(hood);
  const [pause, schedule] = [{ status: "paused" }, timed(future)];
  const BOTH = ["pause", "resume"];
  const SIX = [...BOTH, ...BOTH, ...BOTH];
  const REJECTED = /^Can't pause .*HTTP 400[\s\S]*Hood rejected the call, and still shows campaign/;
  const ONCE_MORE = /^It is unknown[\s\S]*because an earlier call got no answer either\./;
  const NO_READ = /^It is unknown[\s\S]*Can't read campaign \d+: HTTP 500/;
  const STILL_PAUSED = /^It is unknown[\s\S]*Can't resume [^;]*; Hood still shows it as paused\./;
  const always = { times: Number.POSITIVE_INFINITY };
  type Faults = Partial<Record<"pause" | "resume", Omit<FaultRule, "match">[]>>;
  /** What comes over calls; the status that is reached, or how it fails; the calls; how many seconds it takes at the most. */
  const rows: [what: string, args: object, faults: Faults, ends: string | RegExp, calls: string[], most?: number][] = [
    ["is seen to be there at once", pause, { pause: [{ fault: lost }] }, "paused", ["pause"], 1],
    ["isn't sent a third time", pause, { pause: [{ fault: drop, times: 2 }] }, ONCE_MORE, ["pause", "pause"]],
    ["is left open if no read succeeds", pause, { pause: [{ fault: drop, before: unread }] }, NO_READ, ["pause"], 110],
    ["fails if Hood rejects it", pause, { pause: [{ fault: answer(400) }] }, REJECTED, ["pause"], 5],
    ["fails with an expired token", pause, { pause: [{ fault: answer(401) }] }, /^Can't pause .*HTTP 401/, ["pause"]],
    ["fails if it is too late", pause, { pause: [{ before: become("sent") }] }, /^Campaign .* can't become/, ["pause"]],
    [
      "is left open if it is too late for the second call",
      schedule,
      { resume: [{ before: become("canceled") }] },
      /^It is unknown[\s\S]*can't become "scheduled"/,
      BOTH,
    ],
    [
      "is sent however often it is put off",
      pause,
      { pause: [{ fault: LONG, times: 6 }] },
      "paused",
      Array(7).fill("pause"),
    ],
    [
      "is sent once more if only the call before it has changed the campaign",
      schedule,
      { resume: [{ fault: LONG }, { fault: drop }] },
      "scheduled",
      [...BOTH, "resume", "resume"],
    ],
    [
      "isn't begun again because pages still show what was before",
      schedule,
      { pause: [{ before: behind }], resume: [{ fault: lost }] },
      "scheduled",
      BOTH,
    ],
    [
      "stops if somebody else moves the campaign back all the time",
      schedule,
      { resume: [{ fault: drop, before: become("running"), ...always }] },
      /^It is unknown[\s\S]*After 6 calls it is still running\./,
      SIX,
    ],
    [
      "isn't looked for after the last call that may be sent",
      schedule,
      { resume: [{ fault: drop, before: untilLast, ...always }] },
      STILL_PAUSED,
      SIX,
    ],
  ];
  for (const [what, args, faults, ends, calls, most = 600] of rows) {
    it(`of a running campaign ${what}`, async () => {
      const campaignId = on.campaign("running", { update_time: OLD });
      for (const [action, rules] of Object.entries(faults)) for (const rule of rules) faultCall(action, rule);
      const act = () => on.apply({ campaignId, ...args });
      if (ends instanceof RegExp) {
        const { message, partial } = await failed(act);
        expect(message).to.match(ends);
        expect(partial?.id).to.equal(message.startsWith("It is unknown") ? campaignId : undefined);
      } else expect((await act()).outs).to.include({ currentStatus: ends });
      expect(sent()).to.deep.equal(calls);
      expect(on.clock.now() - START).to.be.below(most * 1_000);
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
      faultCall(action, { before, fault: { kind: "status", status: 429, retryAfter: 75 } });
      const act = () => on.apply({ campaignId, ...timed(future), expectedName: "Spring sale" });
      const { message, partial } = await failed(act);
      expect(message).to.contain('"Renamed"');
      expect(partial?.id).to.equal(action === "pause" ? undefined : campaignId);
      expect(taken()).to.deep.equal(action === "pause" ? [] : ["running paused"]);
    });
  }
});
