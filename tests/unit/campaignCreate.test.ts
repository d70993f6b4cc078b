import { expect } from "chai";
import type { Properties } from "../../provider/context";
import { UncertainError } from "../../provider/errors";
import { HoodError } from "../../provider/hood/errors";
import type { Whole } from "../../provider/hood/whole";
import type { Fault } from "../../simulator";
import { isCreate, isList, isView, openCampaignAccount } from "../support/campaignAccount";
import { expectReadable, thrown } from "../support/messages";

const args = { name: "Spring sale", labels: ["spring", "email"], metadata: { team: "crm" } };

describe("creating a campaign", () => {
  const hood = openCampaignAccount();
  const names = () => [...hood.hood.campaigns.values()].map(({ name }) => name);
  const lose = (times: number, processed: boolean) =>
    hood.hood.fault({ match: isCreate, times, fault: { kind: "drop", processed } });
  const minutesAgo = (minutes: number) => (hood.hood.campaign(existing()).create_time = time(-minutes));
  const existing = () => [...hood.hood.campaigns.keys()][0] ?? "";
  const time = (minutes: number) =>
    new Date(Date.parse("2026-05-01T12:00:00Z") + minutes * 60_000).toISOString().slice(0, 19).replace("T", " ");

  it("sends one call, and says what it made", async () => {
    const { campaign, fields } = await hood.create(args);
    expect(campaign).to.deep.include({ id: existing(), name: "Spring sale", status: "manual" });
    expect(fields.create_time).to.equal("2026-05-01 12:00:00");
    expect(hood.bodies).to.deep.equal([args]);
    expect(hood.audited).to.have.length(1);
    expect(hood.audited[0]).to.deep.include({ action: "create", campaignId: campaign.id, campaignName: "Spring sale" });
    expect(hood.audited[0]).to.deep.include({ outcome: "accepted", httpStatus: 201 });
  });

  it("takes the older answer of 200 too, and one in an envelope", async () => {
    await hood.open({ createStatus: 200 });
    await hood.create(args);
    expect(hood.calls).to.have.length(1);
    const body = JSON.stringify({ total: 1, items: [{ id: "77", name: "Spring sale", status: "manual" }] });
    hood.hood.fault({ match: isCreate, fault: { kind: "body", body } });
    expect((await hood.create({ ...args, name: "Another" })).campaign.id).to.equal("77");
  });

  it("makes 50 campaigns with 50 lost answers, all of one name and in parallel", async () => {
    lose(50, true);
    const made = await Promise.all(Array.from({ length: 50 }, () => hood.create(args)));
    expect(new Set(made.map(({ campaign }) => campaign.id)).size).to.equal(50);
    expect(names()).to.have.length(50);
    expect(hood.calls).to.have.length(50);
    expect(hood.warnings).to.deep.equal([]);
  });

  const silences: Fault[] = [
    { kind: "status", status: 500, processed: true },
    { kind: "reset" },
    { kind: "truncate" },
    { kind: "body" },
    { kind: "html", status: 200, processed: true },
    { kind: "redirect", location: "/", processed: true },
  ];
  for (const fault of silences) {
    it(`finds what a call has made whose answer says nothing: ${fault.kind}`, async () => {
      hood.hood.fault({ match: isCreate, fault });
      const { campaign } = await hood.create(args);
      expect(campaign.id).to.equal(existing());
      expect(names()).to.have.length(1);
      expect(hood.audited).to.have.length(1);
      expect(hood.audited[0]).to.deep.include({ outcome: "unsure", campaignId: undefined });
    });
  }

  it("sends a call again that made nothing, after two looks", async () => {
    lose(1, false);
    await hood.create(args);
    expect(hood.hood.requests.map(({ method }) => method)).to.deep.equal(["GET", "POST", "GET", "GET", "POST"]);
    expect(hood.clock.pauses).to.deep.equal([250, 3_500]);
    expect(names()).to.have.length(1);
  });

  it("gives up after six calls, and isn't certain", async () => {
    lose(99, false);
    const { message } = await thrown(UncertainError, () => hood.create(args));
    expect(message).to.contain("and that 6 times");
    expect(hood.calls).to.have.length(6);
  });

  it("isn't certain where it can't look any more", async () => {
    hood.hood.fault({
      match: isCreate,
      fault: { kind: "drop", processed: true },
      before: (it) => it.fault({ match: isList, times: 99, fault: { kind: "status", status: 401 } }),
    });
    await thrown(UncertainError, () => hood.create(args));
    expect(hood.calls).to.have.length(1);
  });

  it("looks persistently for what a lost call has made", async () => {
    lose(1, true);
    hood.hood.fault({
      match: isList,

      before: (it) => it.fault({ match: isList, times: 12, fault: { kind: "status", status: 500 } }),
    });
    await hood.create(args);
    expect(names()).to.have.length(1);
  });

  it("sends nothing where it can't look first", async () => {
    hood.hood.fault({ match: isList, times: 99, fault: { kind: "status", status: 400 } });
    const { kind } = await thrown(HoodError, () => hood.create(args));
    expect(kind).to.equal("refused");
    expect(hood.calls).to.deep.equal([]);
  });

  it("never takes a campaign for its own that was there before", async () => {
    hood.hood.add({ ...args, status: "manual", create_time: time(-120) });
    lose(1, false);
    expect((await hood.create(args)).campaign.id).to.not.equal(existing());
    expect(names()).to.have.length(2);
  });

  it("never takes a campaign for its own that differs", async () => {
    lose(1, true);
    hood.hood.fault({ match: isList, times: 1 });
    hood.hood.fault({
      match: isList,
      before: (it) => void it.add({ ...args, status: "manual", metadata: { team: "web" }, create_time: time(1) }),
    });
    const { campaign } = await hood.create(args);
    expect(hood.hood.campaign(campaign.id).metadata).to.deep.equal({ team: "crm" });
    expect(names()).to.have.length(2);
  });

  it("never takes what another create of the same name has made and not told yet", async () => {
    lose(1, false);
    const { create } = hood.account;
    let first: Promise<Whole> | undefined;
    hood.account.create = async (body) => {
      const answer = await create(body);
      if ("run_immediately" in body) await first;
      return answer;
    };
    first = hood.create(args);
    const second = hood.create({ ...args, runImmediately: false });
    expect((await first).campaign.id).to.not.equal((await second).campaign.id);
    expect(names()).to.have.length(2);
  });

  const left: [string, Properties][] = [
    ["as it is declared", {}],
    ["with labels in another order", { labels: ["email", "spring"] }],
    ["with more than is declared", { description: "x", metadata: { team: "crm", more: 1 } }],
  ];
  for (const [what, live] of left) {
    it(`takes up what an interrupted update left, ${what}`, async () => {
      hood.hood.add({ ...args, status: "manual", ...live });
      minutesAgo(12);
      const { campaign } = await hood.create(args);
      expect(campaign.id).to.equal(existing());
      expect(hood.calls).to.deep.equal([]);
      expect(hood.warnings).to.have.length(1);
      expect(hood.warnings[0])
        .to.contain(`campaign ${campaign.id} "Spring sale" (manual)`)
        .and.contain("12 minutes ago");
      expectReadable(hood.warnings[0] ?? "");
    });
  }

  const others: [string, Properties][] = [
    ["is older than an hour", { create_time: time(-61) }],
    ["comes from the future", { create_time: time(6) }],
    ["has no time that can be read", { create_time: "yesterday" }],
    ["is canceled", { status: "canceled" }],
    ["is a draft", { status: "draft" }],
    ["has another name", { name: "Spring sale 2" }],
    ["has other labels", { labels: ["spring"] }],
    ["has no labels", { labels: [] }],
  ];
  for (const [what, live] of others) {
    it(`leaves alone what ${what}`, async () => {
      hood.hood.add({ ...args, status: "manual", ...live });
      const { campaign } = await hood.create(args);
      expect(campaign.id).to.not.equal(existing());
      expect(hood.warnings).to.deep.equal([]);
    });
  }

  it("takes up one campaign once", async () => {
    hood.hood.add({ ...args, status: "manual" });
    const [one, two] = await Promise.all([hood.create(args), hood.create(args)]);
    expect(one?.campaign.id).to.equal(existing());
    expect(two?.campaign.id).to.not.equal(existing());
    expect(names()).to.have.length(2);
  });

  it("looks at the list once for many creates", async () => {
    await Promise.all(Array.from({ length: 20 }, (_, index) => hood.create({ ...args, name: `Sale ${index}` })));
    expect(hood.hood.requests.filter(({ method }) => method === "GET")).to.have.length(1);
  });

  it("passes on Hood's refusal, and isn't certain where an earlier call may have worked", async () => {
    const refuse = () => hood.hood.fault({ match: isCreate, fault: { kind: "status", status: 400 } });
    refuse();
    expect((await thrown(HoodError, () => hood.create(args))).kind).to.equal("refused");
    lose(1, false);
    refuse();
    await thrown(UncertainError, () => hood.create(args));
  });

  it("passes over a campaign that vanishes while it looks", async () => {
    hood.hood.add({ ...args, status: "manual" });
    hood.hood.fault({ match: isView, before: (it) => it.campaigns.delete(existing()) });
    await hood.create(args);
    expect(hood.calls).to.have.length(1);
  });
});
