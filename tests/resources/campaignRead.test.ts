import { expect } from "chai";
import type { Properties } from "../../provider/hosts/hosted";
import type { SimulatedCampaign } from "../../simulator";
import { expectReadable } from "../support/accounts";
import { failed, openInProcess } from "../support/testAccount";

describe("a campaign with a field that is too large to be read", () => {
  const on = openInProcess({ type: "Campaign" });
  const targeting = { ids: Array.from({ length: 100_001 }, (_, n) => n) };
  const draft = { name: "Spring sale", draft: true };

  it("keeps what the state has of that field in a refresh, isn't launched, since nobody can tell what that would send, and is canceled all the same", async () => {
    const kept = await on.apply({ ...draft, targeting: { countries: ["DE"] } });
    Object.assign(on.hood.campaign(kept.id), { targeting, utm_tracking: targeting, name: "By hand" });
    const provider = on.another();
    const { outs } = await on.refreshed(kept, provider);
    expect(outs).to.deep.include({ name: "By hand", targeting: { countries: ["DE"] } });
    expect(provider.engine.warnings.join()).to.match(
      /^What campaign .* has in targeting, utm_tracking is too large to be read\. .* a change there isn't seen/,
    );
    const launch = () => on.another().update(kept.id, kept.outs, { ...kept.args, draft: false });
    expect((await failed(launch)).message).to.contain("targeting");
    expect(on.hood.campaign(kept.id).status).to.equal("draft");
    on.hood.setStatus(kept.id, "running");
    await on.apply({ campaignId: kept.id, reason: "x" }, on.another({ type: "CampaignCancellation" }));
    expect(on.canceled).to.deep.equal([kept.id]);
  });

  it("is launched if it is a list that the program declares, which is sent whole, and doesn't keep others from being created", async () => {
    on.campaign("running", { name: "Autumn sale", metadata: targeting, targeting });
    const messages = [{ channel: "push", name: "a", targeting }];
    const { id, outs } = await on.apply({ ...draft, messages });
    Object.assign(on.hood.campaign(id), { financial_performance: targeting });
    await on.another().update(id, outs, { ...draft, messages, draft: false });
    expect(on.hood.campaign(id).status).to.equal("manual");
  });
});

describe("the read of a campaign", () => {
  const on = openInProcess({ type: "Campaign" });
  const create_time = "2026-05-01 12:00:00";
  const createTime = "2026-05-01T12:00:00Z";
  const { description, labels, metadata } = { description: "x", labels: ["a"], metadata: { team: "crm" } };
  const args = { name: "Spring sale", description, labels, metadata, deletionPolicy: "cancel" };
  const add = (status: string, more: Partial<SimulatedCampaign> = {}) =>
    on.campaign(status, { create_time, description, labels, metadata, ...more });
  const outsOf = (campaignId: string, status: string, more: Properties = {}) => {
    return { ...args, campaignId, status, createTime, ...more };
  };
  const warnings = () => {
    const { warnings } = on.provider.engine;
    for (const warning of warnings) expectReadable(warning);
    return warnings.join();
  };

  for (const status of ["draft", "running", "sent", "canceled", "archived"]) {
    it(`shows that it is ${status}, and finds no drift`, async () => {
      const id = add(status);
      const outs = outsOf(id, status);
      expect(await on.provider.read(id, outsOf(id, "scheduled"))).to.deep.equal({ id, props: outs, inputs: args });
      expect((await on.provider.diff(id, outs, args)).changes).to.equal(false);
      expect(on.sent).to.deep.equal([`GET /campaigns/${id}`]);
      expect(on.provider.engine.warnings).to.deep.equal([]);
    });
  }

  it("says that a draft was launched, and leaves the declaration alone", async () => {
    const id = add("running");
    const { inputs } = await on.provider.read(id, outsOf(id, "draft", { draft: true }));
    expect(inputs).to.deep.equal({ ...args, draft: true });
    expect(warnings()).to.match(new RegExp(`^Somebody has launched campaign ${id} "Spring sale" \\(running\\)`));
  });

  for (const [age, status, says] of [
    [
      3_600_000,
      "unknown",
      /^Hood doesn't show campaign 999 "Spring sale" any more.* Nothing creates it again by itself/s,
    ],
    [
      120_000,
      "scheduled",
      /doesn't show campaign 999 "Spring sale" yet, which was created a few.*Run the same command again/s,
    ],
  ] as const) {
    it(`keeps the state of a campaign that isn't shown, ${age} ms old, and says so: it is ${status}`, async () => {
      const outs = outsOf("999", "scheduled", { createTime: new Date(on.clock.now() - age).toISOString() });
      const props = { ...outs, status };
      expect(await on.provider.read("999", outs)).to.deep.equal({ id: "999", props });
      expect(warnings()).to.match(says);
      expect((await on.provider.diff("999", props, args)).changes).to.equal(false);
    });
  }

  it("takes the status from a list if the campaign's own page isn't there, and nothing else", async () => {
    const id = add("sent", { name: "By hand" });
    on.faultRead(id, { times: 9, fault: { kind: "status", status: 400 } });
    const outs = outsOf(id, "scheduled", { createTime: "2026-04-01T12:00:00Z" });
    expect((await on.provider.read(id, outs)).props).to.deep.equal(outsOf(id, "sent"));
    expect(warnings()).to.equal("");
  });

  it("imports a campaign as it is", async () => {
    const sms = { channel: "sms", sms: { text: "x" } };
    const shown = { ab_test: { test_split: 30 }, messages: [{ ...sms, integration_id: "7" }] };
    const id = add("draft", { ...shown, scheduled_time: "2099-12-01 09:00:00" });
    const { deletionPolicy: _, ...plain } = args;
    const declared = { scheduledTime: "2099-12-01T09:00:00Z", messages: [{ ...sms, integrationId: "7" }], draft: true };
    const found = { ...plain, abTest: { testSplit: 30 }, ...declared };
    const { props, inputs } = await on.provider.read(id, {});
    const { __provenance, ...state } = props;
    expect(state).to.deep.equal({ ...found, campaignId: id, status: "draft", createTime });
    expect(__provenance).to.deep.include({ imported: true });
    expect(inputs).to.deep.equal(found);
    expect((await on.provider.read(add("running"), {})).inputs).to.deep.equal(plain);
  });
});
