import { expect } from "chai";
import type { Properties } from "../../provider/hosts/hosted";
import { isEdit } from "../support/campaignAccount";
import { expectReadable, thrown } from "../support/messages";
import { ProviderError } from "../support/providerError";
import { openInProcess } from "../support/testAccount";

const inputs = { name: "Spring sale", description: "x", labels: ["a"], metadata: { team: "crm", old: 1 } };
const edited = { name: "Spring sale", labels: ["a", "b"], metadata: { team: "web" } };
const patch = { description: null, labels: ["a", "b"], metadata: { team: "web", old: null } };

describe("diff and update of a campaign", () => {
  const on = openInProcess({ type: "Campaign" });
  const bodies = () =>
    on.hood.requests.flatMap(({ method, body }) => (method === "PATCH" ? JSON.parse(body ?? "") : []));

  /** A campaign in the state, and its id. */
  const existing = (status: string, more: Properties = {}) => {
    const { description, labels, metadata } = inputs;
    const id = on.campaign(status, { description, labels, metadata: structuredClone(metadata), ...more });
    return { id, outs: { ...inputs, campaignId: id, status } };
  };
  /** What an update does up to its calls. */
  const preview = async (id: string, outs: Properties, news: Properties, provider = on.provider) => {
    const { status: _, campaignId: __, createTime: ___, ...olds } = outs;
    const checked = await provider.check(olds, news);
    expect(checked.failures).to.deep.equal([]);
    return { ...(await provider.diff(id, outs, checked.inputs)), inputs: checked.inputs };
  };

  it("asks nobody if nothing is edited", async () => {
    const { id, outs } = existing("running");
    expect(await preview(id, outs, inputs)).to.deep.equal({ changes: false, replaces: [], inputs });
    expect(on.sent).to.deep.equal([]);
  });

  it("asks nobody if only the state changes", async () => {
    const { id, outs } = existing("running");
    const news = { ...inputs, deletionPolicy: "prevent" };
    expect((await preview(id, outs, news)).changes).to.equal(true);
    const { __provenance, ...rest } = (await on.provider.update(id, outs, news)).outs;
    expect(rest).to.deep.equal({ ...outs, deletionPolicy: "prevent" });
    expect(__provenance).to.have.keys("record");
    expect(on.sent).to.deep.equal([]);
  });

  it("sends exactly the merge patch", async () => {
    const { id, outs } = existing("paused");
    expect((await preview(id, outs, edited)).changes).to.equal(true);
    expect(on.sent).to.deep.equal([`GET /campaigns/${id}`]);
    const updated = await on.provider.update(id, outs, edited);
    const { createTime, __provenance, ...rest } = updated.outs;
    expect(rest).to.deep.equal({ ...edited, campaignId: id, status: "paused" });
    expect(createTime).to.be.a("string");
    expect(bodies()).to.deep.equal([patch]);
    expect(on.calls).to.deep.equal([`PATCH /campaigns/${id}`]);
  });

  for (const status of ["running", "sent", "canceled", "needs_decision"]) {
    it(`fails in the preview while the campaign is ${status}, and says what to do`, async () => {
      const { id } = existing(status);
      const outs = { ...inputs, campaignId: id, status: "scheduled" };
      const { message } = await thrown(ProviderError, () => preview(id, outs, edited));
      expect(message).to.contain(`Campaign ${id} "Spring sale" takes no edits: its status is "${status}"`);
      expect(message).to.contain("description, labels, metadata");
      expect(message).to.contain(
        status === "running" ? 'CampaignStatus of status: "paused"' : "declare another Campaign",
      );
      expectReadable(message);
      expect(on.calls).to.deep.equal([]);
    });
  }

  it("goes on once the campaign is paused", async () => {
    const { id, outs } = existing("running");
    await thrown(ProviderError, () => preview(id, outs, edited));
    on.hood.setStatus(id, "paused");
    const next = on.another();
    expect((await preview(id, outs, edited, next)).changes).to.equal(true);
    expect((await next.update(id, outs, edited)).outs).to.include({ status: "paused" });
    expect(bodies()).to.deep.equal([patch]);
  });

  it("fails at the last moment if the campaign was started after the preview", async () => {
    const { id, outs } = existing("scheduled");
    await preview(id, outs, edited);
    on.hood.setStatus(id, "running");
    const { message, partial } = await thrown(ProviderError, () => on.provider.update(id, outs, edited));
    expect(message).to.contain('its status is "running"');
    expect(partial).to.equal(undefined);
    expect(on.calls).to.deep.equal([]);
  });

  it("keeps the state of before if the effect of an edit is unknown, and the next update goes on from there", async () => {
    const { id, outs } = existing("paused");
    on.hood.fault({
      match: isEdit,
      fault: { kind: "drop", processed: true },
      before: () => on.faultRead(id, { fault: { kind: "status", status: 401 } }),
    });
    const { message, partial } = await thrown(ProviderError, () => on.provider.update(id, outs, edited));
    expect(message).to.contain(`It is unknown whether campaign ${id} "Spring sale" was edited`);
    expectReadable(message);
    const begun = partial?.properties ?? {};
    expect(begun).to.deep.equal(outs);

    // Pulumi keeps the new inputs nevertheless. Meanwhile the campaign was started: what is live already needs no edit.
    on.hood.setStatus(id, "running");
    const next = on.another();
    expect((await next.check(edited, edited)).failures).to.deep.equal([]);
    expect((await next.diff(id, begun, edited)).changes).to.equal(true);
    expect((await next.update(id, begun, edited)).outs).to.deep.include({ ...edited, status: "running" });
    expect(bodies()).to.deep.equal([patch]);
  });

  it("finds an edit done that started the campaign, though no answer shows how it was started", async () => {
    const { id, outs } = existing("draft");
    const state = { ...outs, draft: true };
    const news = { ...inputs, runImmediately: true };
    on.hood.fault({ match: isEdit, fault: { kind: "drop", processed: true } });
    const { outs: after } = await on.provider.update(id, state, (await preview(id, state, news)).inputs);
    expect(after).to.include({ status: "running" });
    expect(bodies()).to.have.length(1);
  });

  it("launches a draft", async () => {
    const { id, outs } = existing("draft");
    const draft = { ...outs, draft: true, scheduledTime: "2099-12-01T09:00:00Z" };
    const news = { ...inputs, scheduledTime: "2099-12-01T09:00:00Z" };
    await preview(id, draft, news);
    expect((await on.provider.update(id, draft, news)).outs).to.include({ status: "scheduled" });
    expect(bodies()).to.deep.equal([{ ...inputs, scheduled_time: "2099-12-01 09:00:00", status: "scheduled" }]);
  });

  const past = { ...inputs, scheduledTime: "2020-01-01T00:00:00Z" };
  for (const [what, before, after, status, fails] of [
    ["another argument", past, { ...past, name: "y" }, "paused", false],
    ["the time", inputs, past, "paused", true],
    ["the draft", { ...past, draft: true }, past, "draft", true],
    ["a draft that was launched already", { ...past, draft: true }, past, "running", false],
    ["a draft that was none", { ...past, draft: false }, past, "paused", false],
  ] as const) {
    it(`${fails ? "fails" : "passes"} with a time in the past if what is edited is ${what}`, async () => {
      for (const preflight of ["live", "off"]) {
        const { id, outs } = existing(status);
        const judged = () => preview(id, { ...outs, ...before }, after, on.another({ config: { preflight } }));
        if (fails) expect((await thrown(ProviderError, judged)).message).to.contain("(GMT) has passed");
        else await judged();
      }
    });
  }

  it("lets draft: true go that means nothing any more, and sends nothing", async () => {
    const { id, outs } = existing("running");
    const draft = { ...outs, draft: true };
    expect((await preview(id, draft, inputs)).changes).to.equal(true);
    expect((await on.provider.update(id, draft, inputs)).outs).to.not.have.property("draft");
    expect(on.calls).to.deep.equal([]);
  });

  const statuses: [string, string, string][] = [
    ["canceled", "running", "Cancellation is permanent"],
    ["canceled", "canceled", "declare a CampaignStatus"],
    ["paused", "running", "declare a CampaignStatus"],
  ];
  for (const [live, status, words] of statuses) {
    it(`fails if the program gives the status ${status} to a campaign that is ${live}`, async () => {
      const { id } = existing(live);
      const outs = { ...inputs, campaignId: id, status: "scheduled" };
      const { message } = await thrown(ProviderError, () => preview(id, outs, { ...inputs, status }));
      expect(message).to.contain(words);
      expectReadable(message);
      const last = await thrown(ProviderError, () => on.provider.update(id, outs, { ...inputs, status }));
      expect(last.message).to.equal(message);
      expect(on.calls).to.deep.equal([]);
    });
  }

  it("says that cancellation is permanent if a canceled campaign is to be scheduled", async () => {
    const { id, outs } = existing("canceled");
    const news = { ...inputs, scheduledTime: "2099-12-01T09:00:00Z" };
    const { message } = await thrown(ProviderError, () => preview(id, outs, news));
    expect(message).to.contain(
      `Cancellation is permanent: campaign ${id} "Spring sale" is canceled, and can't become "scheduled"`,
    );
  });

  it("asks nobody if preflight is off", async () => {
    const { id, outs } = existing("running");
    const quiet = on.another({ config: { preflight: "off" } });
    expect((await preview(id, outs, edited, quiet)).changes).to.equal(true);
    expect(on.sent).to.deep.equal([]);
  });
});
