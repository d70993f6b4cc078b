import { expect } from "chai";
import { UserError } from "../../provider/errors";
import { HoodError } from "../../provider/hood/errors";
import { hashOf, newRecord, textOf } from "../../provider/hood/mark";
import type { CampaignArgs } from "../../provider/resources/campaign/args";
import type { Fields } from "../../provider/resources/campaign/fields";
import { UnknownEffectError } from "../../provider/resources/write";
import type { Fault, SimulatedCampaign, SimulatorOptions } from "../../simulator";
import { isCreate, isList, isView, openCampaignAccount, START, urnOf } from "../support/campaignAccount";
import { expectReadable, thrown } from "../support/messages";

const args: CampaignArgs = { name: "Spring sale", labels: ["spring", "email"] };
/** Arguments beside those. */
type More = Partial<CampaignArgs>;
const HOUR = 3_600_000;
const ANOTHER = textOf({ owner: hashOf("another"), content: hashOf("{}"), record: newRecord() });

describe("creating a campaign", () => {
  const hood = openCampaignAccount();
  const all = () => [...hood.hood.campaigns.values()];
  const ids = () => all().map(({ id }) => id);
  const lose = (times: number, processed: boolean) =>
    hood.hood.fault({ match: isCreate, times, fault: { kind: "drop", processed } });
  const markOf = (body: Fields | undefined) =>
    Object.entries(body?.metadata ?? {}).find(([key]) => key === "value")?.[1];
  /** What an update leaves that is killed after its create was sent and before Pulumi kept it. */
  const leave = async (declared: CampaignArgs = args, resource?: string) => {
    const { campaign } = await hood.create(declared, resource);
    hood.nextOperation();
    hood.hood.clearRequests();
    return hood.hood.campaign(campaign.id);
  };
  const at = (time: number) => new Date(time).toISOString().slice(0, 19).replace("T", " ");

  it("sends one call with a mark in the metadata, and says what it made", async () => {
    const { campaign, fields, mark } = await hood.create(args);
    const [body] = hood.bodies;
    expect(body).to.deep.include({ ...args });
    expect(body?.metadata).to.deep.include({ key: "pulumi" });
    expect(markOf(body)).to.match(/^[0-9a-f]{60}$/);
    expect(mark).to.have.keys("owner", "content", "record");
    expect(fields.metadata).to.deep.equal({});
    expect(campaign).to.deep.include({ id: ids()[0], name: "Spring sale", status: "manual" });
    expect(hood.audited).to.have.length(1);
    expect(hood.audited[0]).to.deep.include({ action: "create", campaignId: campaign.id, campaignName: "Spring sale" });
    expect(hood.audited[0]).to.deep.include({ outcome: "accepted", httpStatus: 201 });
  });

  it("keeps the program's own metadata beside the mark, also under the mark's own key", async () => {
    await hood.create({ ...args, metadata: { team: "crm", pulumi: "yes" } });
    expect(hood.bodies[0]?.metadata).to.deep.include({ team: "crm", pulumi: "yes" });
    expect(Object.keys(hood.bodies[0]?.metadata as object)).to.have.length(3);
  });

  it("takes the older answer of 200 too, and a campaign in a list", async () => {
    await hood.open({ createStatus: 200 });
    await hood.create(args);
    expect(hood.calls).to.have.length(1);
    const body = JSON.stringify({ total: 1, items: [{ id: "77", name: "Spring sale", status: "manual" }] });
    hood.hood.fault({ match: isCreate, fault: { kind: "body", body } });
    expect((await hood.create(args, "another")).campaign.id).to.equal("77");
  });

  it("makes 50 campaigns with 50 lost answers, all of one name and in parallel", async () => {
    lose(50, true);
    const made = await Promise.all(Array.from({ length: 50 }, (_, index) => hood.create(args, `twin-${index}`)));
    expect(new Set(made.map(({ campaign }) => campaign.id)).size).to.equal(50);
    expect(all()).to.have.length(50);
    expect(hood.calls).to.have.length(50);
    expect(hood.warnings).to.deep.equal([]);
  });

  it("shares the lists between creates that look for their campaigns", async () => {
    lose(50, true);
    await Promise.all(Array.from({ length: 50 }, (_, index) => hood.create(args, `twin-${index}`)));
    expect(hood.hood.requests.filter(({ path }) => path.includes("campaigns?")).length).to.be.below(10);
  });

  const silences: Fault[] = [
    { kind: "status", status: 500, processed: true },
    { kind: "status", status: 504, processed: 40_000 },
    { kind: "reset" },
    { kind: "truncate" },
    { kind: "body" },
    { kind: "html", status: 200, processed: true },
    { kind: "redirect", location: "/", processed: true },
  ];
  for (const fault of silences) {
    it(`finds the campaign of a create whose answer says nothing: ${JSON.stringify(fault)}`, async () => {
      hood.hood.fault({ match: isCreate, fault });
      const { campaign } = await hood.create(args);
      expect(ids()).to.deep.equal([campaign.id]);
      expect(hood.calls).to.have.length(1);
      expect(hood.audited).to.have.length(1);
      expect(hood.audited[0]).to.deep.include({ outcome: "unsure", campaignId: undefined });
    });
  }

  const others: [string, Fields][] = [
    ["of another name", { id: "77", name: "Autumn sale", status: "running" }],
    ["with another mark", { id: "77", name: args.name, status: "running", metadata: { pulumi: ANOTHER } }],
    ["that was there before", { id: "5", name: args.name, status: "running" }],
    ["whose id leads elsewhere", { id: "7/cancel", name: args.name, status: "manual" }],
    ["whose id is empty", { id: "", name: args.name, status: "manual" }],
  ];
  for (const [what, other] of others) {
    it(`never takes a campaign ${what} for its own, although the answer shows it`, async () => {
      hood.hood.add({ id: "5", name: "Older sale", status: "running", create_time: at(START - 25 * HOUR) });
      hood.hood.fault({
        match: isCreate,
        fault: { kind: "body", body: JSON.stringify({ total: 1, items: [other] }) },
      });
      const { campaign } = await hood.create(args);
      expect(campaign.id).to.equal(ids()[1]);
      expect(hood.calls).to.have.length(1);
    });
  }

  it("reads the list with all fields if the account rejects a list of few", async () => {
    hood.hood.fault({
      match: ({ path }) => path.includes("fields="),
      times: Number.POSITIVE_INFINITY,
      fault: { kind: "status", status: 400 },
    });
    await hood.create(args);
    hood.nextOperation();
    expect((await hood.create(args)).campaign.id).to.equal(ids()[0]);
  });

  it("finds its own campaign although another create has read the whole list meanwhile", async () => {
    hood.hood.fault({ match: isCreate, fault: { kind: "drop", processed: true } });
    const first = hood.create(args, "first");
    await first.catch(() => undefined);
    hood.hood.fault({ match: isCreate, fault: { kind: "drop", processed: true } });
    const lost = hood.create({ name: "Autumn sale" }, "lost");
    const kept = hood.create({ name: "Winter sale", deletionPolicy: "prevent" }, "kept");
    expect((await lost).campaign.id).to.not.equal((await kept).campaign.id);
  });

  it("looks for a create without an answer for a minute with growing pauses and a live line, sends nothing again, and ends without knowing", async () => {
    lose(1, false);
    const { message } = await thrown(UnknownEffectError, () => hood.create(args));
    expect(message).to.contain("60 s later no list of the account showed it");
    expect(hood.calls).to.have.length(1);
    expect(hood.clock.now()).to.be.within(60_000, 65_000);
    expect(hood.progress).to.have.length(hood.clock.pauses.length);
    expect(hood.progress[0]).to.contain('"Spring sale"');
  });

  it("never sends the create of one resource again in the same update, as a retry hook would", async () => {
    lose(1, false);
    await thrown(UnknownEffectError, () => hood.create(args));
    await thrown(UnknownEffectError, () => hood.create(args));
    expect(hood.calls).to.have.length(1);
    await hood.create(args, "another");
    hood.nextOperation();
    await hood.create(args);
    expect(all()).to.have.length(2);
  });

  it("believes a list that is ahead of the campaign's own page", async () => {
    await hood.open({ pageLag: 60_000 });
    lose(1, true);
    const { campaign } = await hood.create(args);
    expect(ids()).to.deep.equal([campaign.id]);
  });

  it("takes over what appears only in the next update", async () => {
    hood.hood.fault({ match: isCreate, fault: { kind: "status", status: 504, processed: 90_000 } });
    await thrown(UnknownEffectError, () => hood.create(args));
    await hood.clock.sleep(30_000);
    hood.nextOperation();
    const { campaign } = await hood.create(args);
    expect(ids()).to.deep.equal([campaign.id]);
  });

  it("ends without knowing if it may not read the list any more", async () => {
    hood.hood.fault({
      match: isCreate,
      fault: { kind: "drop", processed: true },
      before: (it) => it.fault({ match: isList, times: 99, fault: { kind: "status", status: 401 } }),
    });
    await thrown(UnknownEffectError, () => hood.create(args));
    expect(hood.calls).to.have.length(1);
  });

  it("goes on looking while lists fail", async () => {
    hood.hood.fault({
      match: isCreate,
      fault: { kind: "drop", processed: true },
      before: (it) => it.fault({ match: isList, times: 12, fault: { kind: "status", status: 500 } }),
    });
    await hood.create(args);
    expect(all()).to.have.length(1);
  });

  it("sends nothing if it can't read the list first", async () => {
    hood.hood.fault({ match: isList, times: 99, fault: { kind: "status", status: 400 } });
    const { kind } = await thrown(HoodError, () => hood.create(args));
    expect(kind).to.equal("rejected");
    expect(hood.calls).to.deep.equal([]);
  });

  it("sends nothing once the command that asked for it has ended", async () => {
    hood.gone = true;
    const { message } = await thrown(HoodError, () => hood.create(args));
    expect(message).to.contain("the Pulumi command that asked for it has ended");
    expect(hood.calls).to.deep.equal([]);
  });

  it("reads the list once for many creates", async () => {
    await Promise.all(
      Array.from({ length: 20 }, (_, index) => hood.create({ name: `Sale ${index}` }, `sale-${index}`)),
    );
    expect(hood.hood.requests.filter(({ method }) => method === "GET")).to.have.length(1);
  });

  it("passes on Hood's words when it is rejected, after a second call without the mark", async () => {
    hood.hood.fault({ match: isCreate, times: 2, fault: { kind: "status", status: 400 } });
    expect((await thrown(HoodError, () => hood.create(args))).kind).to.equal("rejected");
    expect(hood.bodies.map(({ metadata }) => metadata === undefined)).to.deep.equal([false, true]);
    expect(hood.audited.map(({ outcome }) => outcome)).to.deep.equal(["refused", "refused"]);
    await hood.create(args);
    expect(all()).to.have.length(1);
  });

  it("never leaves the mark out on an account that gave one back, by which the next update will look for it", async () => {
    await hood.create({ name: "Autumn sale" }, "autumn");
    hood.nextOperation();
    hood.hood.fault({ match: isCreate, fault: { kind: "status", status: 400 } });
    lose(1, true);
    expect((await thrown(HoodError, () => hood.create(args))).kind).to.equal("rejected");
    expect(hood.calls).to.have.length(2);
    expect(all()).to.have.length(1);
  });

  it("sends no second call after a rejection that no mark explains", async () => {
    hood.hood.fault({ match: isCreate, fault: { kind: "status", status: 403 } });
    await thrown(HoodError, () => hood.create(args));
    expect(hood.calls).to.have.length(1);
  });

  it("leaves the mark out at once if the account has rejected it before", async () => {
    await hood.open({ metadata: "pairOnly" });
    const declared = { ...args, metadata: { key: "team", value: "crm" } };
    await hood.create(declared, "one");
    await hood.create(declared, "two");
    expect(hood.calls.map(({ status }) => status)).to.deep.equal([400, 201, 201]);
    hood.hood.fault({ match: isCreate, fault: { kind: "status", status: 400 } });
    await thrown(HoodError, () => hood.create(declared, "three"));
    expect(hood.calls).to.have.length(4);
  });

  it("never takes for its own what was declared with other arguments and appears only now", async () => {
    await hood.open({ listLag: 30_000 });
    await hood.create({ ...args, labels: ["early"] });
    hood.nextOperation();
    lose(1, false);
    await thrown(UnknownEffectError, () => hood.create(args));
  });

  describe("after an update that was killed", () => {
    const takenOver: [string, SimulatorOptions, More][] = [
      ["as it is", {}, {}],
      ["that starts at once", {}, { runImmediately: true }],
      ["with metadata", {}, { metadata: { team: "crm" } }],
      [
        "on an account that stores values in a way of its own",
        restyling(),
        { description: " A  b ", metadata: { Team: "CRM" } },
      ],
      ["on an account that keeps one pair of metadata", { metadata: "pair" }, {}],
      ["on an account that rejects other keys", { metadata: "pairOnly" }, {}],
      ["on an account whose clock is an hour ahead", { now: shifted(HOUR) }, {}],
      ["on an account whose clock is an hour behind", { now: shifted(-HOUR) }, {}],
    ];
    for (const [what, options, more] of takenOver) {
      it(`takes the campaign over ${what}, and creates no second one`, async () => {
        await hood.open(options);
        const left = await leave({ ...args, ...more });
        const { campaign } = await hood.create({ ...args, ...more });
        expect(campaign.id).to.equal(left.id);
        expect(hood.calls.filter(({ method }) => method === "POST")).to.deep.equal([]);
        expect(hood.warnings).to.have.length(1);
        expect(hood.warnings[0]).to.contain(`campaign ${left.id}`).and.contain("now manages it");
        expectReadable(hood.warnings[0] ?? "");
      });
    }

    const left: [string, (campaign: SimulatedCampaign) => void][] = [
      ["is older than a day", (campaign) => (campaign.create_time = at(START - 25 * HOUR))],
      [
        "is older than a day, in ISO 8601",
        (campaign) => (campaign.create_time = new Date(START - 25 * HOUR).toISOString()),
      ],
      ["was canceled", (campaign) => (campaign.status = "canceled")],
    ];
    for (const [what, change] of left) {
      it(`creates another campaign beside one that ${what}`, async () => {
        const campaign = await leave();
        change(campaign);
        expect((await hood.create(args)).campaign.id).to.not.equal(campaign.id);
        expect(hood.warnings).to.deep.equal([]);
      });
    }

    const others: [string, string][] = [
      ["another resource of the stack", "twin"],
      ["the same resource of another stack", urnOf("spring-sale", "prod")],
    ];
    for (const [whose, resource] of others) {
      it(`leaves alone what ${whose} made, with the same name and content`, async () => {
        const made = await leave(args, resource);
        expect((await hood.create(args)).campaign.id).to.not.equal(made.id);
        expect(all()).to.have.length(2);
        expect(hood.warnings).to.deep.equal([]);
      });
    }

    it("takes over what was declared with other arguments, and edits it to what is declared now", async () => {
      const left = await leave({ ...args, description: "x", metadata: { team: "crm" } });
      const { campaign } = await hood.create({ ...args, labels: ["late"] });
      expect(campaign.id).to.equal(left.id);
      const [edit, ...marks] = hood.bodies;
      expect(edit).to.deep.equal({ description: null, labels: ["late"], metadata: { team: null } });
      expect(marks).to.have.length(1);
      expect(Object.keys(left.metadata)).to.deep.equal(["pulumi"]);
    });

    it("starts a campaign that wasn't to start before", async () => {
      await leave();
      await hood.create({ ...args, runImmediately: true });
      expect(hood.bodies[0]).to.deep.equal({ run_immediately: true });
    });

    it("doesn't start again what somebody has paused", async () => {
      const left = await leave({ ...args, runImmediately: true });
      hood.hood.setStatus(left.id, "paused");
      await hood.create({ ...args, runImmediately: true, description: "x" });
      expect(hood.bodies[0]).to.deep.equal({ description: "x" });
      expect(left.status).to.equal("paused");
    });

    for (const status of ["running", "sent", "needs_decision"]) {
      it(`stops if what was declared with other arguments is ${status}, and says what to do`, async () => {
        const left = await leave();
        left.status = status;
        const { message } = await thrown(UserError, () => hood.create({ ...args, labels: ["late"] }));
        expect(message).to.contain(`campaign ${left.id} "Spring sale" (${status}`).and.contain("another name");
        expectReadable(message);
        expect(hood.calls).to.deep.equal([]);
      });
    }

    it("stops if the page of what was declared with other arguments can't be read yet", async () => {
      await hood.open({ pageLag: 6_000 });
      await leave();
      const { message } = await thrown(UserError, () => hood.create({ ...args, labels: ["late"] }));
      expect(message).to.contain("can't be read yet").and.contain("again in a minute");
      expect(hood.calls).to.deep.equal([]);
    });

    it("stops if Hood doesn't say when the campaign was created", async () => {
      const left = await leave();
      Object.assign(left, { create_time: null });
      const { message } = await thrown(UserError, () => hood.create(args));
      expect(message).to.contain(left.id).and.contain("doesn't say when");
      expectReadable(message);
      expect(hood.calls).to.deep.equal([]);
    });

    it("stops if several campaigns were made for one resource", async () => {
      const first = await leave();
      hood.hood.add({ ...first, id: "77" });
      const { message } = await thrown(UserError, () => hood.create(args));
      expect(message).to.contain(first.id).and.contain("campaign 77");
      expectReadable(message);
      expect(hood.calls).to.deep.equal([]);
    });

    it("stops before it makes a second one of what can't be removed, however old the first is", async () => {
      const first = await leave({ ...args, deletionPolicy: "prevent" });
      first.create_time = at(START - 400 * 24 * HOUR);
      hood.hood.add(...Array.from({ length: 120 }, () => ({ create_time: at(START - 30 * 24 * HOUR) })));
      const { message } = await thrown(UserError, () => hood.create({ ...args, deletionPolicy: "prevent" }));
      expect(message).to.contain('deletionPolicy "prevent"').and.contain(first.id);
      expectReadable(message);
      expect(hood.calls).to.deep.equal([]);
    });

    it("stops, and says what to do, if it must not make a second one and the account has too many to be read", async () => {
      const change = (body: Record<string, unknown>) => ({ ...body, total: 20_001 });
      const others = Array.from({ length: 100 }, () => ({ create_time: at(START - 30 * 24 * HOUR) }));
      hood.hood.add(...others);
      hood.hood.fault({ match: isList, times: 2, fault: { kind: "changed", change } });
      const { message } = await thrown(UserError, () => hood.create({ ...args, deletionPolicy: "prevent" }));
      expect(message)
        .to.contain("the list of 20001 campaigns would take 201 pages")
        .and.contain('"abandon" or "cancel"');
      expectReadable(message);
      expect(hood.calls).to.deep.equal([]);
      await hood.create(args);
      expect(hood.calls).to.have.length(1);
    });
  });

  describe("on an account that doesn't show who made a campaign", () => {
    const unmarked: [string, SimulatorOptions, More, string | null][] = [
      ["that drops metadata", { metadata: "dropped" }, {}, "spring-sale"],
      [
        "that keeps one pair only, which the program needs itself",
        { metadata: "pair" },
        { metadata: { key: "team", value: "crm" } },
        "spring-sale",
      ],
      [
        "that rejects a second pair",
        { metadata: "pairOnly" },
        { metadata: { key: "team", value: "crm" } },
        "spring-sale",
      ],
      ["through a host that isn't told which resource it serves", {}, {}, null],
    ];
    for (const [what, options, more, resource] of unmarked) {
      const declared = { ...args, ...more };
      it(`creates, although it can't be told afterwards, ${what}`, async () => {
        await hood.open(options);
        await hood.create(declared, resource);
        await hood.create(declared, resource === null ? null : "twin");
        expect(all()).to.have.length(2);
      });

      it(`stops at a recent campaign of that name that belongs to nobody, ${what}`, async () => {
        await hood.open(options);
        const left = await leave(declared, resource ?? undefined);
        left.name = " spring  SALE ";
        const { message } = await thrown(UserError, () => hood.create(declared, resource));
        expect(message).to.contain(`campaign ${left.id}`).and.contain("created 2026-05-01 12:00 UTC");
        expectReadable(message);
        expect(hood.calls).to.deep.equal([]);
      });
    }

    const harmless: [string, (campaign: SimulatedCampaign) => void][] = [
      ["of another name", (campaign) => (campaign.name = "Autumn sale")],
      ["that is older than a day", (campaign) => (campaign.create_time = at(START - 25 * HOUR))],
      ["that was canceled", (campaign) => (campaign.status = "canceled")],
    ];
    for (const [what, change] of harmless) {
      it(`creates beside a campaign ${what}`, async () => {
        await hood.open({ metadata: "dropped" });
        change(await leave());
        await hood.create(args);
        expect(all()).to.have.length(2);
      });
    }

    it("stops beside more metadata than it was seen to give a mark back with", async () => {
      const most = (fields: Fields) => Object.keys(fields.metadata ?? {}).length <= 2;
      await hood.open({
        stores: (fields) => (most(fields) ? fields : { ...fields, metadata: { team: "crm", market: "eu" } }),
      });
      await hood.create({ name: "Autumn sale", metadata: { team: "crm" } }, "autumn");
      const declared = { ...args, metadata: { team: "crm", market: "eu" } };
      await leave(declared);
      await thrown(UserError, () => hood.create(declared));
      expect(hood.calls).to.deep.equal([]);
    });

    it("recognizes its name although the account writes it for a web page", async () => {
      await hood.open({
        metadata: "dropped",
        stores: (fields) => ({ ...fields, name: String(fields.name).replace("&", "&amp;") }),
      });
      await leave({ name: "Spring & sale" });
      await thrown(UserError, () => hood.create({ name: "Spring & sale" }));
    });

    it("creates beside a campaign of that name once another create has shown that marks are given back", async () => {
      hood.hood.add({ name: args.name, status: "manual" });
      await thrown(UserError, () => hood.create(args));
      await hood.create({ name: "Autumn sale" }, "autumn");
      await hood.create(args);
      expect(all()).to.have.length(3);
    });

    it("ends without knowing when an answer is lost, and never sends a second call", async () => {
      await hood.open({ metadata: "dropped" });
      lose(1, true);
      await thrown(UnknownEffectError, () => hood.create(args));
      hood.nextOperation();
      await thrown(UserError, () => hood.create(args));
      expect(all()).to.have.length(1);
    });
  });

  it("believes the list although the campaign's own page fails", async () => {
    lose(1, true);
    hood.hood.fault({ match: isView, times: 99, fault: { kind: "status", status: 400 } });
    expect((await hood.create(args)).campaign.id).to.equal(ids()[0]);
  });

  /** An account's clock that isn't this machine's. */
  function shifted(by: number): () => number {
    return () => START + by + hood.clock.now();
  }

  /** As servers do: blanks trimmed and folded, keys and values in other letters, numbers as texts. */
  function restyling(): SimulatorOptions {
    const styled = (value: unknown): unknown => {
      if (typeof value === "string") return value.replace(/\s+/g, " ").trim().toUpperCase();
      if (Array.isArray(value)) return value.map(styled);
      if (typeof value !== "object" || value === null) return value;
      return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name.toUpperCase(), styled(inner)]));
    };
    const restyled = ["name", "description", "labels", "metadata"];
    return {
      stores: (fields) =>
        Object.fromEntries(
          Object.entries(fields).map(([name, value]) => [name, restyled.includes(name) ? styled(value) : value]),
        ),
    };
  }
});
