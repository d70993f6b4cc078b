import { expect } from "chai";
import { UserError } from "../../provider/errors";
import { HoodError } from "../../provider/hood/errors";
import type { CampaignArgs } from "../../provider/resources/campaign/args";
import { judgeEdit } from "../../provider/resources/campaign/judgeEdit";
import { unknown } from "../../provider/resources/resource";
import { UnknownEffectError } from "../../provider/resources/write";
import type { SimulatedCampaign } from "../../simulator";
import { isEdit, isView, openCampaignAccount } from "../support/campaignAccount";
import { expectReadable, thrown } from "../support/messages";

const olds = { name: "Spring sale", description: "x", metadata: { team: "crm", old: 1 }, labels: ["a"] };
const news = { name: "Spring sale", metadata: { team: "web" }, labels: ["a", "b"] };
const patch = { description: null, metadata: { team: "web", old: null }, labels: ["a", "b"] };

describe("editing a campaign", () => {
  const hood = openCampaignAccount();
  const add = (status: string, more: Partial<SimulatedCampaign> = {}) =>
    hood.hood.add({ ...structuredClone(olds), status, ...more })[0]?.id ?? "";
  const edit = (id: string) => hood.edit(id, olds, news);
  const live = (id: string) => {
    const { name, description, metadata, labels } = hood.hood.campaign(id);
    return { name, description, metadata, labels };
  };

  for (const status of ["draft", "manual", "scheduled", "paused"]) {
    it(`sends one merge patch while it is ${status}, between two reads`, async () => {
      const id = add(status);
      expect((await edit(id)).campaign.status).to.equal(status);
      expect(hood.hood.requests.map(({ method }) => method)).to.deep.equal(["GET", "PATCH", "GET"]);
      expect(hood.clock.pauses).to.deep.equal([]);
      expect(hood.bodies).to.deep.equal([patch]);
      expect(live(id)).to.deep.equal({ ...news, description: null });
      expect(hood.audited[0]).to.deep.include({ action: "edit", campaignId: id, outcome: "accepted", httpStatus: 204 });
    });
  }

  for (const status of ["running", "sent", "canceled", "needs_decision", "archived"]) {
    it(`sends nothing while it is ${status}, and says what to do`, async () => {
      const id = add(status);
      const { message } = await thrown(UserError, () => edit(id));
      expect(message).to.contain(`Campaign ${id} "Spring sale" takes no edits: its status is "${status}"`);
      expect(message).to.contain("The program changes description, labels, metadata.");
      expect(message).to.contain(status === "running" ? "Pause it first" : "declare another Campaign");
      expectReadable(message);
      expect(hood.calls).to.deep.equal([]);
    });
  }

  it("says that cancellation is permanent if a canceled campaign is to be scheduled", async () => {
    const id = add("canceled");
    const again = { ...olds, scheduledTime: "2027-01-01T00:00:00Z" };
    const { message } = await thrown(UserError, () => hood.edit(id, olds, again));
    expect(message).to.contain(
      `Cancellation is permanent: campaign ${id} "Spring sale" is canceled, and can't become "scheduled"`,
    );
  });

  it("sends nothing if Hood shows it all already, whatever the status", async () => {
    const id = add("running", { description: null, metadata: { team: "web" }, labels: ["b", "a"] });
    expect((await edit(id)).campaign.status).to.equal("running");
    expect(hood.calls).to.deep.equal([]);
  });

  it("takes nothing for done that Hood doesn't show", async () => {
    const id = add("paused");
    await hood.edit(id, { name: "Spring sale", targeting: { a: 1 } }, { name: "Spring sale" });
    expect(hood.bodies).to.deep.equal([{ targeting: null }]);
  });

  it("launches a draft once, also if the answer is lost", async () => {
    const id = add("draft");
    hood.hood.fault({ match: isEdit, fault: { kind: "drop", processed: true } });
    const draft = { ...olds, runImmediately: true, draft: true };
    expect((await hood.edit(id, draft, { ...olds, runImmediately: true })).campaign.status).to.equal("running");
    expect(hood.bodies).to.deep.equal([{ ...olds, status: "running" }]);
  });

  it("launches a draft as the program declares it, whatever somebody has made of it in Hood", async () => {
    const scheduledTime = "2027-01-01 09:00:00";
    const id = add("draft", { scheduled_time: "2026-05-02 09:00:00", labels: ["b"] });
    await hood.edit(id, { ...olds, scheduledTime, draft: true }, { ...olds, scheduledTime });
    expect(hood.hood.campaign(id)).to.deep.include({ ...olds, scheduled_time: scheduledTime, status: "scheduled" });
  });

  it("reads the campaign after a lost answer, and sends nothing again that worked", async () => {
    const id = add("paused");
    hood.hood.fault({ match: isEdit, fault: { kind: "status", status: 500, processed: true } });
    await edit(id);
    expect(hood.hood.requests.map(({ method }) => method)).to.deep.equal(["GET", "PATCH", "GET"]);
  });

  it("leaves the mark out if the account takes one pair of metadata only", async () => {
    await hood.open({ metadata: "pairOnly" });
    const { campaign } = await hood.create({ name: "Spring sale" });
    const metadata = { key: "team", value: "crm" };
    await hood.edit(campaign.id, { name: "Spring sale" }, { name: "Spring sale", metadata });
    expect(hood.hood.campaign(campaign.id).metadata).to.deep.equal(metadata);
  });

  it("sends once more after a minute what didn't work, if nothing has changed the campaign since", async () => {
    const id = add("paused");
    const old = () => Object.assign(hood.hood.campaign(id), { update_time: "2026-04-30 12:00:00" });
    const lose = (times: number) => hood.hood.fault({ match: isEdit, times, fault: { kind: "drop" } });
    lose(1);
    await thrown(UnknownEffectError, () => edit(id));
    expect(hood.calls).to.have.length(1);
    lose(1);
    old();
    await edit(id);
    expect(hood.calls).to.have.length(3);
    expect(live(id)).to.deep.include(news);
    lose(2);
    old();
    const { message } = await thrown(UnknownEffectError, () => hood.edit(id, news, olds));
    expect(message).to.contain(
      "; in 60 s no read showed the edit. The call isn't sent again, because an earlier call got no answer either",
    );
    expect(hood.calls).to.have.length(5);
  });

  it("fails if the campaign was started at the last moment", async () => {
    const id = add("scheduled");
    hood.hood.fault({ match: isEdit, before: (it) => it.setStatus(id, "running") });
    expect((await thrown(UserError, () => edit(id))).message).to.contain('its status is "running"');
    expect(hood.calls).to.have.length(1);
  });

  it("fails with Hood's words if it rejects the edit for another reason than the status", async () => {
    const id = add("paused");
    hood.hood.fault({ match: isEdit, fault: { kind: "status", status: 400, message: "Not so." } });
    expect((await thrown(HoodError, () => edit(id))).message).to.contain(`Can't edit campaign ${id}: HTTP 400`);
    expect(hood.calls).to.have.length(1);
  });

  it("doesn't know what an edit did if it can't read the campaign after a lost answer, or if Hood rejects the next call", async () => {
    const id = add("paused");
    hood.hood.fault({
      match: isEdit,
      fault: { kind: "drop" },
      before: (it) => it.fault({ match: isView, fault: { kind: "status", status: 401 } }),
    });
    await thrown(UnknownEffectError, () => edit(id));
    hood.hood.fault({ match: isEdit, fault: { kind: "drop" }, before: (it) => it.setStatus(id, "running") });
    await thrown(UnknownEffectError, () => edit(id));
    hood.hood.setStatus(id, "paused");
    hood.hood.fault({ match: isEdit, fault: { kind: "drop" } });
    hood.hood.fault({ match: isEdit, fault: { kind: "status", status: 400 } });
    await thrown(UnknownEffectError, () => edit(id));
  });
});

describe("the preview of an edit", () => {
  const hood = openCampaignAccount();
  const preview = (status: string, changes: CampaignArgs = news) => {
    const id = hood.hood.add({ ...structuredClone(olds), status })[0]?.id ?? "";
    const state = { ...olds, campaignId: id, status: "scheduled" };
    return { id, judge: () => judgeEdit(hood.on(null), state, changes) };
  };

  it("takes the status for the live one that the same operation is about to bring", async () => {
    const running = preview("running");
    expect((await thrown(UserError, running.judge)).message).to.contain('its status is "running"');
    hood.memory.desiredStatuses.set(running.id, "paused");
    await running.judge();
    const paused = preview("paused");
    await paused.judge();
    hood.memory.desiredStatuses.set(paused.id, "running");
    expect((await thrown(UserError, paused.judge)).message).to.contain('its status is "running"');
  });

  it("fails with a value that isn't known yet, whatever Hood shows", async () => {
    const { id } = preview("running");
    const state = { ...olds, campaignId: id, status: "running" };
    const judge = () => judgeEdit(hood.on(null), state, { ...olds, extra: unknown });
    expect((await thrown(UserError, judge)).message).to.contain("The program changes extra");
  });

  it("asks nobody if Hood would have nothing to know", async () => {
    await preview("running", { ...olds, deletionPolicy: "cancel" }).judge();
    expect(hood.hood.requests).to.deep.equal([]);
  });
});
