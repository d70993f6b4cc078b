import { expect } from "chai";
import { type Properties, UNKNOWN } from "../../provider/hosts/hosted";
import { resources } from "../../provider/hosts/resources";
import { statuses } from "../../simulator/campaigns";
import { expectReadable } from "../support/accounts";
import { failed, type Kept, openInProcess, type ResourceType, type Setup } from "../support/testAccount";

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
    // It may turn out that there is none.
    const paused = { campaignId: on.campaign("running"), status: "paused", scheduledTime: UNKNOWN };
    expect(await on.failures(paused)).to.deep.equal([]);
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

  const begunOf = (campaignId: string) => {
    return { campaignId, status: "paused", reason: "Stock", campaignName: "Spring sale", previousStatus: "running" };
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

  const unfinished: [type: ResourceType, begun: object, edit: object][] = [
    ["CampaignStatus", { status: "paused" }, {}],
    ["CampaignStatus", { status: "canceled" }, {}],
    ["CampaignStatus", { status: "scheduled" }, { scheduledTime: future }],
    ["CampaignCancellation", { status: "unknown" }, {}],
  ];
  for (const [type, more, edit] of unfinished) {
    it(`stays unfinished if the next update can't read what became of its call: ${type} ${JSON.stringify(more)}`, async () => {
      const begun = { ...begunOf(on.campaign("running")), ...more };
      on.fault({ match: ({ method }) => method === "GET", times: 9, fault: { kind: "status", status: 401 } });
      const update = () => on.another({ type }).update(begun.campaignId, begun, { ...begun, ...edit });
      const { message, partial } = await failed(update);
      expect(message).to.match(/^It is unknown whether campaign \d+ "Spring sale" (was|became)/);
      expect(partial?.properties).to.deep.equal({ ...begun, ...edit });
      expect(on.calls).to.deep.equal([]);
    });
  }

  describe("and that is canceled", () => {
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
