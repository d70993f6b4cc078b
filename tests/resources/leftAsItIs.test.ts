import { expect } from "chai";
import type { Properties } from "../../provider/hosts/hosted";
import { expectReadable, thrown } from "../support/messages";
import { ProviderError } from "../support/providerError";
import { openInProcess } from "../support/testAccount";

const accept = { whenNotCancelable: "accept" };
const DECLARED = "2099-12-01T09:00:00Z";

/** Each argument as the program declares it, as somebody in Hood changes it, and as the program might be edited. */
const rows: [argument: string, declared: unknown, field: string, changed: unknown, edit: unknown][] = [
  ["name", "Spring sale", "name", "Changed", "Another"],
  ["description", "x", "description", "changed", "another"],
  ["labels", ["a"], "labels", ["b"], ["c"]],
  ["metadata", { team: "crm" }, "metadata", { team: "web" }, { team: "x" }],
  ["recurrence", { every: "day" }, "recurrence", { every: "week" }, { every: "hour" }],
  ["endTime", DECLARED, "end_time", "2099-11-01 09:00:00", "2099-10-01T09:00:00Z"],
  ["abTest", { testSplit: 30 }, "ab_test", { test_split: 40 }, { testSplit: 50 }],
  ["messages", [{ channel: "push" }], "messages", [{ channel: "push" }, { channel: "sms" }], undefined],
  ["utmTracking", { source: "a" }, "utm_tracking", { source: "b" }, { source: "c" }],
  ["quietHours", { from: 1 }, "quiet_hours", null, { from: 3 }],
  ["targeting", { segments: ["a"] }, "targeting", { segments: [] }, { segments: ["c"] }],
  ["sendInProfileTimeZone", true, "send_in_profile_time_zone", false, undefined],
  ["sendIfProfileTimePassed", true, "send_if_profile_time_passed", false, undefined],
  ["dealId", "7", "deal_id", "8", "9"],
  ["extra", { priority: 1 }, "priority", 2, { priority: 3 }],
];
const base = { name: "Spring sale" };
const NO_EDITS = ["running", "sent", "canceled", "needs_decision", "archived"];

describe("what was changed in Hood, and that nobody edited in the program,", () => {
  const on = openInProcess({ type: "Campaign" });

  /** A campaign as an update left it, and as it is after somebody's change in Hood and a refresh. */
  async function changed(declared: Properties, field: string, value: unknown, status: string) {
    const { id, outs } = await on.apply(declared);
    const next_run_time = field === "scheduled_time" ? value : null;
    Object.assign(on.hood.campaign(id), { [field]: value, next_run_time });
    on.hood.setStatus(id, status);
    const next = on.another();
    const { props, inputs = {} } = await next.read(id, outs);
    on.hood.clearRequests();
    const preview = async (news: Properties) => {
      const checked = await next.check(inputs, news);
      expect(checked.failures).to.deep.equal([]);
      return next.diff(id, props, checked.inputs);
    };
    return { id, props, inputs, next, preview };
  }

  for (const [argument, declared, field, value, edit] of rows) {
    const args: Properties = { ...base, [argument]: declared };
    for (const status of NO_EDITS) {
      it(`blocks nothing: ${argument} of a campaign that is ${status}`, async () => {
        const { props, next, preview } = await changed(args, field, value, status);
        expect(props[argument]).to.not.deep.equal(declared);
        expect((await preview(args)).changes).to.equal(false);
        const [warning = "", ...more] = next.engine.warnings;
        expect(warning).to.match(new RegExp(`^${argument} of campaign .* was changed in Hood and can't be put right`));
        expect(warning).to.contain(`"${status}"`).and.contain("Nothing is sent.");
        expectReadable(warning);
        expect(more).to.deep.equal([]);
        expect(on.calls).to.deep.equal([]);
        expect((await preview({ ...args, [argument]: props[argument] })).changes).to.equal(false);
      });
    }

    it(`is put right while the campaign takes edits: ${argument}`, async () => {
      const { id, props, next, preview } = await changed(args, field, value, "paused");
      expect((await preview(args)).changes).to.equal(true);
      const { outs } = await next.update(id, props, args);
      expect(outs[argument]).to.deep.equal(declared);
      expect(on.calls).to.deep.equal([`PATCH /campaigns/${id}`]);
      expect(next.engine.warnings).to.deep.equal([]);
      expect(outs.__provenance).to.not.have.property("declared");
    });

    it(`fails if the program is edited in the same place: ${argument}`, async () => {
      const { preview } = await changed(args, field, value, "sent");
      const { message } = await thrown(ProviderError, () => preview({ ...args, [argument]: edit }));
      expect(message).to.contain(`The program changes ${argument}.`);
      expectReadable(message);
    });
  }

  it("stays as it is in an update that another argument needs, and is told of again", async () => {
    const args = { ...base, description: "x" };
    const { id, props, preview } = await changed(args, "description", "changed", "sent");
    const news = { ...args, deletionPolicy: "prevent" };
    expect((await preview(news)).changes).to.equal(true);
    const { outs } = await on.another().update(id, props, news);
    expect(outs).to.include({ description: "changed", deletionPolicy: "prevent" });
    expect(on.calls).to.deep.equal([]);
    const last = on.another();
    expect((await last.check(news, news)).failures).to.deep.equal([]);
    expect((await last.diff(id, outs, news)).changes).to.equal(false);
    expect(last.engine.warnings[0]).to.match(/^description of campaign/);
  });

  it("is known to be unedited after several refreshes, and is forgotten once it is put right in Hood", async () => {
    const args = { ...base, description: "x" };
    const { id, props } = await changed(args, "description", "changed", "sent");
    on.hood.campaign(id).description = "changed again";
    const second = await on.another().read(id, props);
    const next = on.another();
    await next.check(second.inputs, args);
    expect((await next.diff(id, second.props, args)).changes).to.equal(false);
    on.hood.campaign(id).description = "x";
    const third = await on.another().read(id, second.props);
    expect(third.props).to.include({ description: "x" });
    expect(third.props.__provenance).to.not.have.property("declared");
  });

  it("is named apart from what the program edits", async () => {
    const args = { ...base, description: "x" };
    const { preview } = await changed(args, "description", "changed", "sent");
    const { message } = await thrown(ProviderError, () => preview({ ...args, labels: ["a"] }));
    expect(message).to.contain("The program changes labels.");
  });

  it("stays as it is if its campaign is gone, or its time has passed", async () => {
    const at = (minutes: number) => new Date(on.clock.now() + minutes * 60_000).toISOString().slice(0, 19);
    const args = { ...base, scheduledTime: `${at(5)}Z` };
    const { id, props, next, preview } = await changed(args, "scheduled_time", at(90).replace("T", " "), "scheduled");
    expect((await preview(args)).changes).to.equal(true);
    await on.clock.sleep(10 * 60_000);
    expect((await preview(args)).changes).to.equal(false);
    expect(next.engine.warnings[0]).to.match(/^scheduledTime of campaign .* has passed\. Nothing is sent for it\.\n/);
    expectReadable(next.engine.warnings[0] ?? "");
    on.hood.campaigns.delete(id);
    const last = on.another();
    await last.check(args, args);
    expect((await last.diff(id, props, args)).changes).to.equal(false);
    expect(last.engine.warnings[0]).to.contain("Hood doesn't show the campaign any more");
    const { message } = await thrown(ProviderError, () => last.diff(id, props, { ...args, labels: ["a"] }));
    expect(message).to.contain("any more, so the program's change of labels can't be sent");
    expectReadable(message);
    expect(on.calls).to.deep.equal([]);
  });

  it("blocks nothing if the campaign was started at the moment of the edit", async () => {
    const args = { ...base, description: "x" };
    const { id, props, next, preview } = await changed(args, "description", "changed", "paused");
    expect((await preview(args)).changes).to.equal(true);
    on.faultRead(id, { before: (hood) => hood.setStatus(id, "running") });
    const { outs } = await next.update(id, props, args);
    expect(outs).to.include({ description: "changed", status: "running" });
    expect(next.engine.warnings.at(-1)).to.match(
      /^description of campaign .* can't be put right: its status is "running"/,
    );
    expect(on.calls).to.deep.equal([]);
  });

  it("blocks nothing if the campaign was started between the edit's own read and the one before", async () => {
    const args = { ...base, description: "x" };
    const { id, props, next, preview } = await changed(args, "description", "changed", "paused");
    await preview(args);
    on.faultRead(id, {});
    on.faultRead(id, { before: (hood) => hood.setStatus(id, "running") });
    const { outs } = await next.update(id, props, args);
    expect(outs).to.include({ description: "changed", status: "running" });
    expect(on.calls).to.deep.equal([]);
  });

  it("needs no audit log", async () => {
    const args = { ...base, description: "x" };
    const { id, props, inputs } = await changed(args, "description", "changed", "sent");
    const unwritable = on.another({ config: { auditLog: "no/such/folder/log" } });
    await unwritable.check(inputs, args);
    expect((await unwritable.diff(id, props, args)).changes).to.equal(false);
  });

  it("lets a draft's mark go that somebody launched, though its time has passed", async () => {
    const args = { ...base, scheduledTime: "2026-06-01T12:05:00Z" };
    const { id, props, inputs } = await changed({ ...args, draft: true }, "description", null, "sent");
    await on.clock.sleep(10 * 60_000);
    const next = on.another();
    expect((await next.check(inputs, args)).failures).to.deep.equal([]);
    expect((await next.diff(id, props, args)).changes).to.equal(true);
    expect((await next.update(id, props, args)).outs).to.not.have.property("draft");
    expect(on.calls).to.deep.equal([]);
  });
});

describe("a status that nobody edited, and that can't be met", () => {
  const on = openInProcess({ type: "CampaignStatus" });

  /** What a preview makes of it, after a refresh that found the campaign in a status, and somebody's change since. */
  async function previewed(args: Properties, found: string, since: () => void) {
    const { id, outs } = await on.apply(args);
    on.hood.setStatus(id, found);
    const next = on.another();
    const { props, inputs = {} } = await next.read(id, outs);
    since();
    on.hood.clearRequests();
    await on.clock.sleep(60_000);
    const checked = await next.check(inputs, args);
    const { changes } = await next.diff(id, props, checked.inputs);
    return { id, props, inputs: checked.inputs, next, changes, failures: checked.failures };
  }

  const soon = "2026-06-01T12:00:30Z";
  const statuses: [string, Properties, found: string, since: Properties, says: string][] = [
    ["was delivered since the refresh", { status: "paused" }, "running", { status: "sent" }, 'can\'t become "paused"'],
    ["was renamed", { status: "paused", expectedName: "Spring sale" }, "running", { name: "X" }, 'is called "X", not'],
    ["has missed its time", { status: "scheduled", scheduledTime: soon }, "paused", {}, "has passed"],
    [
      "was resumed and renamed",
      { status: "canceled", reason: "Budget", expectedName: "Spring sale" },
      "running",
      { name: "X" },
      'is called "X", not',
    ],
  ];
  for (const [what, args, found, since, says] of statuses) {
    it(`blocks nothing: the campaign ${what}`, async () => {
      const campaignId = on.campaign("scheduled", { scheduled_time: "2026-06-01 12:00:30" });
      const result = await previewed({ campaignId, ...args }, found, () =>
        Object.assign(on.hood.campaign(campaignId), since),
      );
      expect(result.failures).to.deep.equal([]);
      expect(result.changes).to.equal(false);
      const [warning = "", ...more] = result.next.engine.warnings;
      expect(warning).to.contain(says).and.contain("it stays as it is: nothing is sent for it, and the rest goes on");
      expectReadable(warning);
      expect(more).to.deep.equal([]);
      const { outs } = await result.next.update(campaignId, result.props, { ...result.inputs, ...accept });
      expect(outs).to.include({ ...accept, currentStatus: on.hood.campaign(campaignId).status });
      expect(on.calls).to.deep.equal([]);
    });
  }

  it("blocks nothing if Hood doesn't show the campaign any more, and another refresh makes it known", async () => {
    const campaignId = on.campaign("running");
    const args = { campaignId, status: "paused" };
    const { id, props, inputs, next, changes, failures } = await previewed(args, "running", () =>
      on.hood.campaigns.delete(campaignId),
    );
    expect(failures).to.deep.equal([]);
    expect(changes).to.equal(false);
    const [warning = "", ...more] = next.engine.warnings;
    expect(warning).to.match(/^Hood doesn't show campaign .* any more: nothing is sent for it/);
    expectReadable(warning);
    expect(more).to.deep.equal([]);
    const { outs } = await next.update(id, props, { ...inputs, ...accept });
    expect(outs).to.include({ ...accept, currentStatus: "unknown" });
    const read = await on.another().read(id, props);
    const last = on.another();
    expect((await last.check(read.inputs, args)).failures).to.deep.equal([]);
    expect((await last.diff(id, read.props, read.inputs ?? {})).changes).to.equal(false);
    expect(last.engine.warnings).to.deep.equal([]);
    expect(on.calls).to.deep.equal([]);
  });

  it("blocks nothing if the campaign was delivered after the preview", async () => {
    const campaignId = on.campaign("sent");
    const state = { campaignId, status: "paused", campaignName: "Spring sale", previousStatus: "running" };
    const { outs } = await on.provider.update(campaignId, { ...state, currentStatus: "running" }, state);
    expect(outs).to.include({ status: "paused", currentStatus: "sent" });
    expect(on.provider.engine.warnings.at(-1)).to.contain('can\'t become "paused"').and.contain("the rest goes on");
    expect(on.calls).to.deep.equal([]);
  });

  for (const [preflight, status] of [
    ["live", "sent"],
    ["off", "sent"],
    ["off", "manual"],
  ] as const) {
    it(`and whose call may have been lost, is known from then on (${status}, preflight: ${preflight})`, async () => {
      const provider = on.another({ config: { preflight } });
      const campaignId = on.campaign(status);
      const begun = { campaignId, status: "paused", campaignName: "Spring sale", previousStatus: "running" };
      const { inputs, failures } = await provider.check(begun, begun);
      expect(failures).to.deep.equal([]);
      expect((await provider.diff(campaignId, begun, inputs)).changes).to.equal(preflight === "off");
      // Pulumi updates what it knows to be unfinished in any case.
      const { outs } = await provider.update(campaignId, begun, inputs);
      expect(outs).to.include({ currentStatus: status });
      expect(provider.engine.warnings.at(-1)).to.contain('can\'t become "paused"').and.contain("the rest goes on");
      expect(on.calls).to.deep.equal([]);
    });
  }
});

describe("a cancellation that is due and can't be done", () => {
  const on = openInProcess();
  const args = { reason: "Budget cut", expectedName: "Spring sale" };
  const seen = { campaignName: "Spring sale", previousStatus: "draft" };

  const due: [what: string, live: [string, Properties], state: Properties, says: string][] = [
    [
      "was accepted as a draft, launched and renamed",
      ["running", { name: "X" }],
      { status: "running", outcome: "notNeeded", ...accept },
      'is called "X", not',
    ],
    ["was delivered while a call for it was lost", ["sent", {}], { status: "unknown" }, "can't be canceled"],
  ];
  for (const [what, [status, more], state, says] of due) {
    it(`blocks nothing: the campaign ${what}`, async () => {
      const campaignId = on.campaign(status, more);
      const { status: _, outcome: __, ...own }: Properties = { ...args, ...state };
      const inputs = { campaignId, ...own, ...seen };
      const outs = { ...inputs, ...state };
      const checked = await on.provider.check(inputs, { campaignId, ...own });
      expect(checked.failures).to.deep.equal([]);
      expect((await on.provider.diff(campaignId, outs, checked.inputs)).changes).to.equal(false);
      const [warning = ""] = on.provider.engine.warnings;
      expect(warning).to.contain(says).and.contain("the rest goes on");
      expectReadable(warning);
      const updated = await on.provider.update(campaignId, outs, checked.inputs);
      expect(updated.outs).to.deep.equal({ ...outs, status });
      expect(on.calls).to.deep.equal([]);
    });
  }

  it("blocks nothing if the campaign was delivered after the preview", async () => {
    const campaignId = on.campaign("running");
    const outs = { campaignId, ...args, ...seen, status: "running", outcome: "canceled" };
    const inputs = { campaignId, ...args, ...seen };
    expect((await on.provider.diff(campaignId, outs, inputs)).changes).to.equal(true);
    on.hood.setStatus(campaignId, "sent");
    expect((await on.provider.update(campaignId, outs, inputs)).outs).to.deep.equal({ ...outs, status: "sent" });
    expect(on.provider.engine.warnings.at(-1)).to.contain("can't be canceled").and.contain("the rest goes on");
    expect(on.calls).to.deep.equal([]);
  });

  it("is done once nothing speaks against it any more", async () => {
    const campaignId = on.campaign("sent");
    const outs = { campaignId, ...args, ...seen, status: "unknown" };
    const news = { campaignId, ...args, ...accept };
    const { inputs } = await on.provider.check({ campaignId, ...args, ...seen }, news);
    expect((await on.provider.diff(campaignId, outs, inputs)).changes).to.equal(true);
    expect((await on.provider.update(campaignId, outs, inputs)).outs).to.include({ outcome: "notNeeded" });
  });
});
