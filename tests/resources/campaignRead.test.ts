import { expect } from "chai";
import type { Properties } from "../../provider/hosts/hosted";
import type { SimulatedCampaign } from "../../simulator";
import { expectReadable, thrown } from "../support/messages";
import { ProviderError } from "../support/providerError";
import { openInProcess } from "../support/testAccount";

const create_time = "2026-05-01 12:00:00";
const createTime = "2026-05-01T12:00:00Z";
const args = {
  name: "Spring sale",
  description: "x",
  labels: ["a"],
  metadata: { team: "crm" },
  deletionPolicy: "cancel",
};

describe("read of a campaign", () => {
  const on = openInProcess({ type: "Campaign" });
  const { description, labels, metadata } = args;
  const add = (status: string, more: Partial<SimulatedCampaign> = {}) =>
    on.campaign(status, { create_time, description, labels, metadata, ...more });
  const outsOf = (campaignId: string, status: string, more: Properties = {}) => ({
    ...args,
    campaignId,
    status,
    createTime,
    ...more,
  });

  for (const status of ["draft", "running", "sent", "canceled", "archived"]) {
    it(`shows that it is ${status}, and finds no drift`, async () => {
      const id = add(status);
      const outs = outsOf(id, status);
      expect(await on.provider.read(id, outsOf(id, "scheduled"))).to.deep.equal({ id, props: outs, inputs: args });
      expect((await on.provider.diff(id, outs, args)).changes).to.equal(false);
      expect(on.sent).to.deep.equal([`GET /campaigns/${id}`]);
    });
  }

  it("brings drift into the state, and the next update puts it right", async () => {
    const id = add("paused", { name: "Changed", labels: ["a", "b"], metadata: { team: "web", more: 1 } });
    const { props, inputs } = await on.provider.read(id, outsOf(id, "paused"));
    const live = { ...args, name: "Changed", labels: ["a", "b"], metadata: { team: "web" } };
    expect(inputs).to.deep.equal(live);
    const { __provenance: found, ...state } = props;
    expect(state).to.deep.equal({ ...outsOf(id, "paused"), ...live });
    expect(found).to.have.property("declared").with.keys("name", "labels", "metadata");

    const next = on.another();
    const checked = await next.check(inputs, args);
    expect(checked).to.deep.equal({ inputs: args, failures: [] });
    expect((await next.diff(id, props, checked.inputs)).changes).to.equal(true);
    const { __provenance, ...outs } = (await next.update(id, props, checked.inputs)).outs;
    expect(outs).to.deep.equal(outsOf(id, "paused"));
    const [patch, ...more] = on.hood.requests.filter(({ method }) => method === "PATCH");
    expect(JSON.parse(patch?.body ?? "")).to.deep.equal({
      name: "Spring sale",
      labels: ["a"],
      metadata: { team: "crm" },
    });
    expect(more).to.deep.equal([]);
    expect(on.hood.campaign(id).metadata).to.deep.equal({ team: "crm", more: 1 });
  });

  it("puts back what was removed in Hood", async () => {
    const id = add("paused", { description: null });
    const { props, inputs } = await on.provider.read(id, outsOf(id, "paused"));
    const { description: _, ...rest } = args;
    expect(inputs).to.deep.equal(rest);
    await on.provider.update(id, props, args);
    expect(on.hood.campaign(id).description).to.equal("x");
  });

  it("doesn't let a refresh fail because what it found can't be put right", async () => {
    const id = add("running", { description: "changed" });
    const { props } = await on.provider.read(id, outsOf(id, "running"));
    // As a refresh compares: without a check.
    expect((await on.provider.diff(id, props, args)).changes).to.equal(true);
  });

  it("says that a draft was launched, and leaves the declaration alone", async () => {
    const id = add("running");
    const next = on.another();
    const { inputs } = await next.read(id, outsOf(id, "draft", { draft: true }));
    expect(inputs).to.deep.equal({ ...args, draft: true });
    const [warning = "", ...more] = next.engine.warnings;
    expect(warning).to.contain(`Somebody has launched campaign ${id} "Spring sale" (running)`);
    expectReadable(warning);
    expect(more).to.deep.equal([]);
  });

  it("keeps the state of a campaign that Hood forgot, and says that nothing creates it again", async () => {
    const outs = outsOf("999", "scheduled");
    const next = on.another();
    expect(await next.read("999", outs)).to.deep.equal({ id: "999", props: { ...outs, status: "unknown" } });
    const [warning = "", ...more] = next.engine.warnings;
    expect(warning).to.contain('Hood doesn\'t show campaign 999 "Spring sale" any more');
    expect(warning).to.contain("Nothing creates it again by itself");
    expectReadable(warning);
    expect(more).to.deep.equal([]);
    expect((await next.diff("999", { ...outs, status: "unknown" }, args)).changes).to.equal(false);
  });

  it("keeps the state of a campaign that is a few minutes old, though nothing shows it yet", async () => {
    const outs = { ...outsOf("999", "scheduled"), createTime: new Date(on.clock.now() - 120_000).toISOString() };
    const next = on.another();
    expect(await next.read("999", outs)).to.deep.equal({ id: "999", props: outs });
    const [warning = "", ...more] = next.engine.warnings;
    expect(warning).to.contain('doesn\'t show campaign 999 "Spring sale" yet').and.contain("Refresh again");
    expectReadable(warning);
    expect(more).to.deep.equal([]);
  });

  it("never takes a failure for a campaign that is gone", async () => {
    const id = add("paused");
    on.faultRead(id, { times: 4, fault: { kind: "html", status: 404 } });
    const { message } = await thrown(ProviderError, () => on.provider.read(id, outsOf(id, "paused")));
    expect(message).to.contain("isn't JSON");
  });

  it("imports a campaign as it is, and none that isn't there", async () => {
    const messages = [{ channel: "sms", integration_id: "7", sms: { text: "x" } }];
    const more = { ab_test: { test_split: 30 }, scheduled_time: "2099-12-01 09:00:00", messages };
    const id = add("draft", more);
    const found = {
      name: "Spring sale",
      description,
      labels,
      metadata,
      abTest: { testSplit: 30 },
      scheduledTime: "2099-12-01T09:00:00Z",
      messages: [{ channel: "sms", integrationId: "7", sms: { text: "x" } }],
      draft: true,
    };
    const { props, inputs } = await on.provider.read(id, {});
    const { __provenance, ...state } = props;
    expect(state).to.deep.equal({ ...found, campaignId: id, status: "draft", createTime });
    expect(__provenance).to.deep.include({ imported: true });
    expect(inputs).to.deep.equal(found);
    const { message } = await thrown(ProviderError, () => on.provider.read("999", {}));
    expect(message).to.contain("campaign 999");
    expectReadable(message);
  });
});
