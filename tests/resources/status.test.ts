import { expect } from "chai";
import { type Properties, UNKNOWN } from "../../provider/hosts/hosted";
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

  it("lets a reason pass that was sent with the text of an Output in it, but sends no such text again", async () => {
    const reason = "Follows Calling [toString] on an [Output<T>] is not supported.";
    const args = { campaignId: on.campaign("paused"), status: "paused", reason };
    expect((await on.provider.check(args, args)).failures).to.deep.equal([]);
    const { failures } = await on.provider.check(args, { ...args, status: "running" });
    expect(failures.map((failure) => failure.reason).join()).to.match(/^reason holds .* pulumi\.interpolate/);
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

  it("sends the reason with a pause, and one of its own if none is given", async () => {
    await on.apply({ campaignId: on.campaign("running"), status: "paused", reason: "Stock is short" });
    await on.apply({ campaignId: on.campaign("running"), status: "paused" });
    expect(bodies()).to.deep.equal([{ reason: "Stock is short" }, { reason: "Declared in a Pulumi program" }]);
  });

  it("resumes at once, or at a time in Hood's own form, never with both", async () => {
    await on.apply({ campaignId: on.campaign("paused"), status: "running" });
    const scheduledTime = "2099-12-01T10:00:00.250+01:00";
    await on.apply({ campaignId: on.campaign("paused"), status: "scheduled", scheduledTime });
    expect(bodies()).to.deep.equal([{ run_immediately: 1 }, { scheduled_time: "2099-12-01 09:00:00" }]);
  });

  it("moves a scheduled campaign to another time, and leaves one alone that has it already", async () => {
    const campaignId = on.campaign("scheduled", { scheduled_time: "2099-11-01 09:00:00" });
    const same = { campaignId, status: "scheduled", scheduledTime: "2099-11-01T09:00:00Z" };
    const { inputs, outs } = await applied(same);
    expect(on.calls).to.deep.equal([]);
    const later = { ...same, scheduledTime: future };
    const checked = await on.provider.check(inputs, later);
    expect(checked.inputs.plannedActions).to.deep.equal(["pause", "resume"]);
    await on.provider.update(campaignId, outs, checked.inputs);
    expect(on.hood.campaign(campaignId)).to.include({ status: "scheduled", scheduled_time: "2099-12-01 09:00:00" });
  });

  it("sends nothing for the same time in another notation", async () => {
    const campaignId = on.campaign("paused");
    const args = { campaignId, status: "scheduled", scheduledTime: future };
    const { inputs, outs } = await applied(args);
    on.hood.clearRequests();
    const reworded = await on.provider.check(inputs, { ...args, scheduledTime: "2099-12-01 09:00:00" });
    const { outs: after } = await on.provider.update(campaignId, outs, reworded.inputs);
    expect(after).to.include({ scheduledTime: "2099-12-01 09:00:00" });
    expect(on.sent).to.deep.equal([]);
  });

  it("changes only the state if only the guards or the reason change", async () => {
    const args = { campaignId: on.campaign("running"), status: "paused", reason: "Stock" };
    const { inputs, outs } = await applied(args);
    on.hood.clearRequests();
    const { inputs: news } = await on.provider.check(inputs, { ...args, reason: "Weather", expectedName: "Other" });
    expect((await on.provider.diff(args.campaignId, outs, news)).changes).to.equal(true);
    const { outs: after } = await on.provider.update(args.campaignId, outs, news);
    expect(after).to.include({ reason: "Weather", expectedName: "Other", currentStatus: "paused" });
    expect(on.sent).to.deep.equal([]);
  });

  it("can't be changed to another campaign, and is never replaced", async () => {
    const args = { campaignId: on.campaign("running"), status: "paused" };
    const { inputs, outs } = await applied(args);
    const news = { ...args, campaignId: on.campaign("running") };
    const { failures } = await on.provider.check(inputs, news);
    expect(failures.map(({ property }) => property)).to.deep.equal(["campaignId"]);
    expect(failures[0]?.reason).to.contain("Declare another CampaignStatus");
    await thrown(ProviderError, () => on.provider.diff(args.campaignId, outs, news));
    await thrown(ProviderError, () => on.provider.update(args.campaignId, outs, news));
    expect(on.hood.campaign(news.campaignId).status).to.equal("running");
  });

  it("can't be changed once it canceled the campaign, in the same words in every step", async () => {
    const args = { campaignId: on.campaign("running"), status: "canceled", reason: "Budget cut" };
    const { inputs, outs } = await applied(args);
    for (const edit of [{ status: "running" }, { status: "paused" }, { reason: "Other" }, { campaignId: "1" }]) {
      const news = { ...args, ...edit };
      const id = args.campaignId;
      const { message: words } = await thrown(ProviderError, () => on.provider.diff(id, outs, news));
      expect(words).to.match(/^Cancellation is permanent: /);
      const { message } = await thrown(ProviderError, () => on.provider.update(id, outs, news));
      expect(message).to.equal(words);
      // Only the state tells whether a reason was sent.
      const { failures } = await on.provider.check(inputs, news);
      expect(failures.map(({ reason }) => reason)).to.deep.equal("reason" in edit ? [] : [words]);
    }
    expect(on.calls).to.have.length(1);
  });

  it("keeps its state when Hood forgets the campaign", async () => {
    const campaignId = on.campaign("running");
    const { outs } = await applied({ campaignId, status: "paused" });
    on.hood.campaigns.delete(campaignId);
    const { props } = await on.provider.read(campaignId, outs);
    expect(props).to.deep.equal({ ...outs, currentStatus: "unknown" });
    expect((await on.provider.diff(campaignId, props, outs)).changes).to.equal(false);
  });

  it("is removed without a request", async () => {
    const campaignId = on.campaign("running");
    const { outs } = await applied({ campaignId, status: "paused" });
    on.hood.clearRequests();
    await on.provider.delete(campaignId, outs);
    expect(on.sent).to.deep.equal([]);
  });

  async function applied(args: { campaignId: string; [argument: string]: unknown }) {
    const { inputs, failures } = await on.provider.check(undefined, args);
    expect(failures).to.deep.equal([]);
    const { outs } = await on.provider.create(inputs);
    return { inputs, outs };
  }
});

describe("a CampaignStatus that is canceled", () => {
  const on = openInProcess({ type: "CampaignStatus", config: { maxCancellations: "1" } });

  it("counts for the cap on cancellations, and pauses don't", async () => {
    const declared = (status: string) => ({ campaignId: on.campaign("running"), status, reason: "Budget cut" });
    for (const status of ["paused", "canceled", "paused"]) {
      expect((await on.provider.check(undefined, declared(status))).failures).to.deep.equal([]);
    }
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
    await provider.diff(one.campaignId, one, one);
    const { message } = await thrown(ProviderError, () => provider.diff(other.campaignId, other, other));
    expect(message).to.contain("more than 1 campaign").and.contain("hood:maxCancellations");
  });
});
