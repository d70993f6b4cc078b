import { expect } from "chai";
import { type Properties, UNKNOWN } from "../../provider/hosts/hosted";
import { resources } from "../../provider/hosts/resources";
import type { Setup } from "../support/inProcess";
import { expectReadable, thrown } from "../support/messages";
import { ProviderError } from "../support/providerError";
import { openInProcess } from "../support/testAccount";

const future = "2099-12-01T09:00:00Z";

describe("a CampaignStatus", () => {
  const on = openInProcess({ type: "CampaignStatus" });

  const bodies = () => on.hood.requests.flatMap(({ body }) => (body ? JSON.parse(body) : []));

  async function failureOf(args: object) {
    const { failures } = await on.provider.check(undefined, { ...args });
    expect(failures, JSON.stringify(failures)).to.have.length(1);
    const [failure = { property: "", reason: "" }] = failures;
    expectReadable(failure.reason);
    return failure;
  }

  const wrong: [string, object, string, string][] = [
    ["null for the status", { status: null }, "status", "status is missing: it must be one of"],
    [
      "a number for the status",
      { status: 1 },
      "status",
      'must be one of "running", "paused", "scheduled", "canceled", not a number',
    ],
    ["a number for the reason", { reason: 5 }, "reason", "reason must be a string, not a number: it is sent"],
    ["a number for the time", { status: "scheduled", scheduledTime: 5 }, "scheduledTime", "(GMT), not a number"],
    ["no status", { status: undefined }, "status", '"running", "paused", "scheduled", "canceled"'],
    ["a status that can't be declared", { status: "sent" }, "status", "must be one of"],
    ["a status with a blank", { status: " running" }, "status", 'not " running": it looks like "running", but'],
    ["a blank reason", { reason: " " }, "reason", "must not be blank"],
    ["no reason to cancel", { status: "canceled", reason: undefined }, "reason", "say why the campaign ends"],
    ["no moment", { status: "scheduled", scheduledTime: "tomorrow" }, "scheduledTime", "2026-12-01T09:00:00Z"],
    ["no zone", { status: "scheduled", scheduledTime: "2099-12-01T09:00:00" }, "scheduledTime", "with its zone"],
    ["no such day", { status: "scheduled", scheduledTime: "2099-02-30 09:00:00" }, "scheduledTime", "must be a moment"],
    [
      "a time that has passed",
      { status: "scheduled", scheduledTime: "2020-01-01T00:00:00Z" },
      "scheduledTime",
      "passed",
    ],
    ["no time", { status: "scheduled" }, "scheduledTime", "needs a time to be scheduled for"],
    ["a time for another status", { status: "paused", scheduledTime: future }, "scheduledTime", '"scheduled" only'],
    [
      "a time that isn't known yet, for another status",
      { status: "paused", scheduledTime: UNKNOWN },
      "scheduledTime",
      '"scheduled" only',
    ],
    [
      "a name that looks the same",
      { expectedName: "Spring sale " },
      "expectedName",
      "the end in Hood, a space (U+0020)",
    ],
    ["another name", { expectedName: "Summer sale" }, "expectedName", '"Spring sale"'],
    ["an argument that it doesn't take", { until: future }, "until", "CampaignStatus, which takes campaignId, status"],
  ];
  for (const [what, args, property, says] of wrong) {
    it(`fails in the preview for ${what}`, async () => {
      const campaignId = on.campaign("running");
      const failure = await failureOf({ campaignId, status: "paused", reason: "Stock", ...args });
      expect(failure.property).to.equal(property);
      expect(failure.reason).to.contain(says);
      expect(on.calls).to.deep.equal([]);
    });
  }

  it("returns nothing that isn't known together with a failure: an update would show that in place of what is wrong", async () => {
    const campaignId = on.campaign("running");
    const { inputs, failures } = await on.provider.check(undefined, { campaignId, status: "canceled" });
    expect(failures.map(({ property }) => property)).to.deep.equal(["reason"]);
    expect(inputs).to.deep.equal({ campaignId, status: "canceled" });
  });

  it("says what can be reached if no action leads to the status", async () => {
    const campaignId = on.campaign("sent");
    const { property, reason } = await failureOf({ campaignId, status: "running" });
    expect(property).to.equal("status");
    expect(reason).to.contain("delivered already").and.contain("remove the resource");
    const draft = await failureOf({ campaignId: on.campaign("draft"), status: "paused" });
    expect(draft.reason).to.contain('"draft"');
  });

  it("judges what can't be canceled by whenNotCancelable, as a cancellation does", async () => {
    const args = { campaignId: on.campaign("sent"), status: "canceled", reason: "Budget cut" };
    expect((await failureOf(args)).reason).to.contain("whenNotCancelable");
    const { outs } = await on.apply({ ...args, whenNotCancelable: "accept" });
    expect(outs).to.include({ status: "canceled", currentStatus: "sent" });
    expect(on.calls).to.deep.equal([]);
  });

  it("keeps a default that the program writes out", async () => {
    const args = { campaignId: on.campaign("running"), status: "paused", whenNotCancelable: "fail" };
    expect((await on.provider.check(undefined, args)).inputs).to.deep.include(args);
    expect((await on.apply(args)).outs).to.deep.include(args);
  });

  it("takes null for what isn't set, as an output may yield it", async () => {
    const args = { campaignId: on.campaign("running"), status: "paused" };
    const unset = { reason: null, expectedName: null, scheduledTime: null, whenNotCancelable: null };
    const { inputs, failures } = await on.provider.check(undefined, { ...args, ...unset });
    expect(failures).to.deep.equal([]);
    expect(inputs).to.not.have.any.keys(...Object.keys(unset));
  });

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
    ["the time of a campaign that is scheduled", "scheduled", { status: "scheduled", scheduledTime: UNKNOWN }],
  ];
  for (const [what, from, args] of unknown) {
    it(`doesn't know the calls while ${what} isn't known, be it new or edited`, async () => {
      const news = { campaignId: on.campaign(from), reason: "Stock", ...args };
      const seen = { campaignName: "Spring sale", previousStatus: from, plannedActions: UNKNOWN };
      const checked = { inputs: { ...news, ...seen }, failures: [] };
      expect(await on.provider.check(undefined, news)).to.deep.equal(checked);
      const olds = { ...news, status: from, scheduledTime: undefined, plannedActions: [], previousStatus: from };
      expect(await on.provider.check(olds, news)).to.deep.equal(checked);
      const state = { ...olds, currentStatus: from };
      expect((await on.provider.diff(news.campaignId, state, checked.inputs)).changes).to.equal(true);
      expect(on.calls).to.deep.equal([]);
    });
  }

  it("sends the reason with a pause as it is written, and one of its own if none is given", async () => {
    await on.apply({ campaignId: on.campaign("running"), status: "paused", reason: "a\r\nb\r\n" });
    await on.apply({ campaignId: on.campaign("running"), status: "paused" });
    expect(bodies()).to.deep.equal([{ reason: "a\r\nb\r\n" }, { reason: "Declared in a Pulumi program" }]);
  });

  it("resumes at once, or at a time in Hood's own form, never with both", async () => {
    await on.apply({ campaignId: on.campaign("paused"), status: "running" });
    const scheduledTime = "2099-12-01T10:00:00.250+01:00";
    await on.apply({ campaignId: on.campaign("paused"), status: "scheduled", scheduledTime });
    expect(bodies()).to.deep.equal([{ run_immediately: 1 }, { scheduled_time: "2099-12-01 09:00:00" }]);
  });

  const imports: [status: string, inputs: object | undefined][] = [
    ["running", { status: "running" }],
    ["paused", { status: "paused" }],
    ["scheduled", { status: "scheduled", scheduledTime: "2099-11-01 09:00:00" }],
    ["canceled", { status: "canceled", reason: "Not known: it was canceled outside Pulumi" }],
    ["sent", undefined],
    ["archived", undefined],
  ];
  for (const [status, args] of imports) {
    it(`${args ? "imports" : "doesn't import"} a campaign that is ${status}, and sends nothing`, async () => {
      const campaignId = on.campaign(status, { scheduled_time: "2099-11-01 09:00:00" });
      if (args) {
        const inputs = { campaignId, ...args, campaignName: "Spring sale", previousStatus: status, plannedActions: [] };
        const props = { ...inputs, currentStatus: status };
        expect(await on.provider.read(campaignId, {})).to.deep.equal({ id: campaignId, props, inputs });
        const checked = await on.provider.check(inputs, { campaignId, ...args });
        expect(checked).to.deep.equal({ inputs, failures: [] });
        expect((await on.provider.diff(campaignId, props, inputs)).changes).to.equal(false);
      } else {
        const { message } = await thrown(ProviderError, () => on.provider.read(campaignId, {}));
        expect(message).to.contain("can't be imported as a CampaignStatus").and.contain(`"${status}"`);
        expectReadable(message);
      }
      expect(on.calls).to.deep.equal([]);
    });
  }

  it("is removed without a request, and says that the campaign stays as it is", async () => {
    const { id, outs } = await on.apply({ campaignId: on.campaign("running"), status: "paused" });
    on.hood.clearRequests();
    await on.provider.delete(id, outs);
    expect(on.sent).to.deep.equal([]);
    expect(on.provider.engine.warnings.join()).to.contain(`campaign ${id} "Spring sale"`).and.contain("stays as it is");
  });
});

describe("what a preview shows of a CampaignStatus", () => {
  const { previewOutputs } = resources.CampaignStatus;
  const seen = { campaignId: "7", status: "paused", campaignName: "Spring sale", previousStatus: "running" };
  const paused = { ...seen, plannedActions: ["pause"] };
  const unknown = { ...paused, status: UNKNOWN, plannedActions: UNKNOWN };
  const state = { ...paused, currentStatus: "paused" };
  const late = { ...seen, status: "canceled", reason: "Budget cut", plannedActions: [], previousStatus: "sent" };

  const rows: [what: string, inputs: Properties, state: Properties | undefined, currentStatus: string][] = [
    ["a status that takes calls", paused, undefined, UNKNOWN],
    ["a status whose calls aren't known", { ...seen, plannedActions: UNKNOWN }, undefined, UNKNOWN],
    ["a campaign that wasn't read", { campaignId: "7", status: "paused" }, undefined, UNKNOWN],
    ["a campaign that has the status", { ...seen, plannedActions: [], previousStatus: "paused" }, undefined, "paused"],
    ["a cancellation that comes too late", late, undefined, "sent"],
    ["a status that a campaign was brought to", paused, state, "paused"],
    ["another status", { ...paused, status: "running", plannedActions: ["resume"] }, state, UNKNOWN],
    ["a status that somebody else changed", paused, { ...state, currentStatus: "running" }, UNKNOWN],
    ["a status that an update left half-way", { ...paused, plannedActions: [] }, paused, UNKNOWN],
    ["a new resource whose status only the update will know", unknown, undefined, UNKNOWN],
    ["an edited status that only the update will know", unknown, state, UNKNOWN],
  ];
  for (const [what, inputs, before, currentStatus] of rows) {
    it(`${what}: ${currentStatus === UNKNOWN ? "the current status isn't known" : `it is ${currentStatus}`}`, () => {
      expect(previewOutputs(inputs, before)).to.include({ currentStatus });
    });
  }

  for (const before of [undefined, state]) {
    it(`no calls if the status of ${before ? "an edited" : "a new"} one is unknown, and the campaign wasn't read`, () => {
      const inputs = { campaignId: "7", status: UNKNOWN };
      expect(previewOutputs(inputs, before)).to.include({ plannedActions: UNKNOWN, currentStatus: UNKNOWN });
    });
  }
});

describe("a CampaignStatus that is canceled", () => {
  const on = openInProcess({ type: "CampaignStatus", config: { maxCancellations: "1" } });

  it("counts for the cap on cancellations; pauses don't, nor what is canceled already", async () => {
    const declared = (status: string, from = "running") => ({
      campaignId: on.campaign(from),
      status,
      reason: "Budget cut",
    });
    for (const args of [declared("canceled", "canceled"), declared("canceled"), declared("paused")]) {
      expect((await on.provider.check(undefined, args)).failures).to.deep.equal([]);
    }
    const { campaignId, ...paused } = declared("paused");
    const resumed = { campaignId, ...paused, currentStatus: "running" };
    expect((await on.provider.check(resumed, { campaignId, ...paused })).failures).to.deep.equal([]);
    expect((await on.provider.diff(resumed.campaignId, resumed, resumed)).changes).to.equal(true);
    const { failures } = await on.provider.check(undefined, declared("canceled"));
    expect(failures[0]?.reason).to.contain("hood:maxCancellations");
  });

  const unknown = () => ({ campaignId: on.campaign("running"), status: UNKNOWN, reason: "Budget cut" });
  const hidden: [what: string, olds: Properties | undefined, news: () => Properties, config?: Setup["config"]][] = [
    ["that is new", undefined, unknown],
    ["that is edited", { status: "paused", plannedActions: ["pause"] }, unknown],
    ["that is edited after an update left it half-way", { status: "canceled", reason: "Budget cut" }, unknown],
    ["whose reason isn't known either", undefined, () => ({ ...unknown(), reason: UNKNOWN })],
    ["whose guards aren't known either", undefined, () => ({ ...unknown(), whenNotCancelable: UNKNOWN })],
    ["of a campaign that isn't known either", undefined, () => ({ campaignId: UNKNOWN, status: UNKNOWN })],
    ["of a campaign that the preview doesn't read", undefined, unknown, { preflight: "off" }],
  ];
  for (const [what, olds, news, config] of hidden) {
    it(`counts as well while its status isn't known, for one ${what}`, async () => {
      const provider = on.another({ ...(config && { config }) });
      const check = (args: Properties) => provider.check(olds && { ...olds, campaignId: args.campaignId }, args);
      const { inputs, failures } = await check(news());
      expect(failures).to.deep.equal([]);
      expect(inputs.plannedActions).to.equal(config ? undefined : UNKNOWN);
      const [failure] = (await check(news())).failures;
      expectReadable(failure?.reason ?? "");
      expect(failure?.reason).to.contain("hood:maxCancellations").and.contain("only known in the update");
      expect(on.calls).to.deep.equal([]);
    });
  }

  it("counts as well if an earlier update left the cancellation unfinished", async () => {
    const provider = on.another();
    const unfinished = () => ({ campaignId: on.campaign("running"), status: "canceled", reason: "Budget cut" });
    const [one, other] = [unfinished(), unfinished()];
    for (const args of [one, other]) expect((await provider.check(args, args)).failures).to.deep.equal([]);
    await provider.diff(one.campaignId, one, one);
    const { message } = await thrown(ProviderError, () => provider.diff(other.campaignId, other, other));
    expect(message).to.contain("more than 1 campaign").and.contain("hood:maxCancellations");
  });
});
