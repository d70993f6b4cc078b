import { expect } from "chai";
import type { Properties } from "../../provider/hosts/hosted";
import { expectReadable } from "../support/messages";
import { openInProcess } from "../support/testAccount";

const accept = { whenNotCancelable: "accept" };
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
    expect(warning).to.match(/^Hood doesn't show campaign .* any more, so it stays in the Pulumi state/);
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
      expect((await on.provider.update(campaignId, outs, checked.inputs)).outs).to.deep.equal(outs);
      expect(on.calls).to.deep.equal([]);
    });
  }

  it("blocks nothing if the campaign was delivered after the preview", async () => {
    const campaignId = on.campaign("running");
    const outs = { campaignId, ...args, ...seen, status: "running", outcome: "canceled" };
    const inputs = { campaignId, ...args, ...seen };
    expect((await on.provider.diff(campaignId, outs, inputs)).changes).to.equal(true);
    on.hood.setStatus(campaignId, "sent");
    expect((await on.provider.update(campaignId, outs, inputs)).outs).to.deep.equal(outs);
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
