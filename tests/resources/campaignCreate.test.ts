import { expect } from "chai";
import { hashOf, hashOfContent, markIn, newRecord, withMark } from "../../provider/hood/mark";
import type { Properties } from "../../provider/hosts/hosted";
import type { Fault, FaultRule, SimulatorOptions } from "../../simulator";
import { failed, hoursAgo, isCreate, isList, isView, openInProcess, START } from "../support/testAccount";

const args = { name: "Spring sale", labels: ["spring", "email"] };
const ALWAYS = Number.POSITIVE_INFINITY;
const lost: Fault = { kind: "drop", processed: true };
const rejected: Fault = { kind: "status", status: 400, message: "Not like this." };
const dropped: SimulatorOptions = { metadata: "dropped" };
const pair = { metadata: { key: "team", value: "crm" } };
const marked = (metadata: unknown) => JSON.stringify(metadata)?.includes("pulumi") ?? false;

describe("creating a campaign", () => {
  const on = openInProcess({ type: "Campaign" });
  const ids = () => [...on.hood.campaigns.keys()];
  const create = (declared: object = args, provider = on.provider) => on.apply(declared, provider);
  const creates = (n: number) =>
    Array.from({ length: n }, (_, index) => create(args, on.provider.as({ resource: `twin-${index}` })));

  it("reads the list of what is there, for the preview and for itself, sends one call with a mark in the metadata, and keeps what Hood gave", async () => {
    const declared = {
      name: "First sale",
      draft: true,
      abTest: { testSplit: 30, odd_field: 1 },
      messages: [{ channel: "email", integrationId: "7", primaryLang: "en", email: { bodyText: "Hello" } }],
      sendInProfileTimeZone: true,
      scheduledTime: "2026-12-01T10:00:00.5+01:00",
      extra: { frequency_cap: 2 },
      deletionPolicy: "prevent",
    };
    const { id, outs } = await create(declared);
    const list = "GET /campaigns?fields=id,name,status,create_time,metadata&sort=-create_time,name&page=1,500";
    expect(on.sent).to.deep.equal([list, list, "POST /campaigns"]);
    const [{ metadata, ...body } = {}] = on.bodies;
    expect(metadata)
      .to.include({ key: "pulumi" })
      .and.have.property("value")
      .match(/^[0-9a-f]{60}$/);
    // The API's names, one level deep if those are documented.
    expect(body).to.deep.equal({
      name: "First sale",
      status: "draft",
      ab_test: { test_split: 30, odd_field: 1 },
      messages: [{ channel: "email", integration_id: "7", primary_lang: "en", email: { bodyText: "Hello" } }],
      send_in_profile_time_zone: true,
      scheduled_time: "2026-12-01 09:00:00",
      frequency_cap: 2,
    });
    const { __provenance, ...rest } = outs;
    expect(__provenance).to.have.keys("record", "mark");
    const createTime = new Date(START).toISOString().replace(".000", "");
    expect(rest).to.deep.equal({ ...declared, campaignId: id, status: "draft", createTime });
  });

  it("keeps the program's own metadata beside the mark, also under the mark's own key", async () => {
    const { outs } = await create({ ...args, draft: false, metadata: { team: "crm", pulumi: "yes" } });
    expect(on.bodies[0]).to.not.have.property("status");
    expect(on.bodies[0]?.metadata).to.include({ team: "crm", pulumi: "yes" }).and.have.property("pulumi_2");
    expect(outs.metadata).to.deep.equal({ team: "crm", pulumi: "yes" });
    // Copied with the mark of another campaign, which isn't its own.
    const { metadata } = on.hood.campaign((await create({ name: "Copy", metadata: on.bodies[0]?.metadata })).id);
    expect(metadata).to.have.keys("team", "pulumi", "pulumi_2");
    expect(markIn(metadata)?.owner).to.be.a("string").and.not.equal(markIn(on.bodies[0]?.metadata)?.owner);
  });

  /** What the account does to requests, the create first. */
  const onCreate = (fault: Fault, then?: FaultRule): FaultRule => ({
    match: isCreate,
    fault,
    ...(then && { before: (hood) => hood.fault({ times: ALWAYS, ...then }) }),
  });
  const answering = (item: object) => [
    onCreate({ kind: "body", body: JSON.stringify({ total: 1, items: [{ name: args.name, ...item }] }) }),
  ];
  const failing = (status: number) => ({ kind: "status", status }) as const;
  const noFields: FaultRule = { match: ({ path }) => path.includes("fields="), times: ALWAYS, fault: failing(400) };
  const seen = (fault: Fault, then?: FaultRule) => [onCreate(fault, then)];
  const NO_LIST =
    /^It is unknown whether campaign "Spring sale" was created[\s\S]*HTTP 401[\s\S]*Run `pulumi up` again in a minute or/;
  const NOT_CREATED = /HTTP 400 Bad request. Not like this.[\s\S]*"Spring sale" was not created/;
  const NO_ANSWER = /^Can't list campaigns: HTTP 400.*\n.*\nCampaign "Spring sale" was not created\.$/;
  const WITHOUT = /Hood answered HTTP 200 without the campaign/;
  type Row = [what: string, rules: FaultRule[], outcome: "creates" | RegExp, calls: number, hood?: SimulatorOptions];
  const rows: Row[] = [
    ["whose answer is lost", seen(lost), "creates", 1],
    ["that was done though it was answered with 500", seen({ ...failing(500), processed: true }), "creates", 1],
    ["that is done 40 s after a 504", seen({ ...failing(504), processed: 40_000 }), "creates", 1],
    ["whose answer breaks", seen({ kind: "reset" }), "creates", 1],
    ["whose answer is cut off", seen({ kind: "truncate" }), "creates", 1],
    ["whose answer is empty", seen({ kind: "body" }), "creates", 1],
    ["that a page answers", seen({ kind: "html", status: 200, processed: true }), "creates", 1],
    ["that a redirect answers", seen({ kind: "redirect", location: "/", processed: true }), "creates", 1],
    ["whose answer shows another name", answering({ id: "77", name: "Autumn sale" }), "creates", 1],
    ["whose answer shows no mark, of a campaign from before", answering({ id: "5", status: "running" }), "creates", 1],
    ["whose answer shows an id that leads elsewhere", answering({ id: "7/cancel", status: "manual" }), "creates", 1],
    ["whose answer shows no id", answering({ id: "", status: "manual" }), "creates", 1],
    ["with the older answer of 200", [], "creates", 1, { createStatus: 200 }],
    ["on an account that rejects a list of few fields", [noFields], "creates", 1],
    ["that the list shows before its own page", seen(lost), "creates", 1, { pageLag: 60_000 }],
    ["whose own page fails", seen(lost, { match: isView, fault: failing(400) }), "creates", 1],
    ["while lists fail for a time", seen(lost, { match: isList, times: 12, fault: failing(500) }), "creates", 1],
    [
      "that never reached Hood",
      seen({ kind: "drop" }),
      /Can't create a campaign: .*; 60 s later no list of the account showed it/,
      1,
    ],
    ["after which no list may be read", seen(lost, { match: isList, fault: failing(401) }), NO_LIST, 1],
    ["that Hood rejects, with and without the mark", [onCreate(rejected), onCreate(rejected)], NOT_CREATED, 2],
    ["that may not be sent", seen(failing(401)), /^Can't create a campaign[\s\S]*HTTP 401/, 1],
    ["whose answer shows nothing, like a list", seen({ kind: "body" }), WITHOUT, 1, { metadata: "dropped" }],
    ["that Hood rejects for what no mark explains", seen(failing(403)), /HTTP 403/, 1],
    ["without a list of what is there", [{ match: isList, times: ALWAYS, fault: failing(400) }], NO_ANSWER, 0],
  ];
  for (const [what, rules, outcome, calls, options] of rows) {
    const result = outcome === "creates" ? "has one effect, and is known by its mark" : "fails in words";
    it(`${what}: ${result}, after ${calls} call${calls === 1 ? "" : "s"}`, async () => {
      if (options) await on.restart(options);
      on.campaign("running", { id: "5", create_time: hoursAgo(25) });
      for (const rule of rules) on.fault(rule);
      if (outcome === "creates") {
        expect((await create()).id).to.equal(ids()[1]);
        expect(ids()).to.have.length(2);
      } else {
        const unseen = on.another({ config: { preflight: "off" } });
        const { message, partial } = await failed(() => create(args, unseen));
        expect(message).to.match(outcome);
        const only = { ...args, deletionPolicy: "prevent" };
        if (calls === 0) expect((await failed(() => create(only, unseen))).message).to.match(outcome);
        expect(partial).to.equal(undefined);
      }
      expect(on.calls).to.deep.equal(Array(calls).fill("POST /campaigns"));
    });
  }

  it("takes a campaign for its own that the answer shows without any mark, and none with another create's mark", async () => {
    for (const rule of answering({ id: "77", status: "manual" })) on.fault(rule);
    expect((await create()).id).to.equal("77");
    expect(on.methods).to.deep.equal(["GET", "GET", "POST"]);
    const twin = await create(args, on.provider.as({ resource: "twin" }));
    const { metadata } = on.hood.campaign(twin.id);
    for (const rule of answering({ id: "78", status: "manual", metadata })) on.fault(rule);
    expect((await create(args, on.another({ resource: "third" }))).id).to.equal(ids().at(-1));
  });

  it("looks for a create without an answer for a minute with growing pauses and a live line", async () => {
    on.fault(onCreate({ kind: "drop" }));
    await failed(() => create());
    expect(on.clock.now() - START).to.be.within(60_000, 65_000);
    const { progress } = on.provider.engine;
    expect(progress.length).to.be.within(10, 30);
    expect(progress.at(-1)).to.contain('"Spring sale"');
  });

  it("never sends the create of one resource again in the same update, as a retry hook would", async () => {
    on.fault(onCreate({ kind: "drop" }));
    await failed(() => create());
    expect((await failed(() => create())).message).to.contain("This update has sent that call already");
    expect(on.calls).to.have.length(1);
    await create(args, on.provider.as({ resource: "another" }));
    await create(args, on.another());
    expect(ids()).to.have.length(2);
  });

  it("is sent again in the same update once a rejection says that nothing was done", async () => {
    for (const rule of [onCreate(rejected), onCreate(rejected)]) on.fault(rule);
    await failed(() => create());
    await create();
    expect(ids()).to.have.length(1);
    expect(marked(on.bodies.at(-1)?.metadata)).to.equal(true);
  });

  it("sends nothing once the command that asked for it has ended", async () => {
    const { inputs } = await on.provider.check(undefined, args);
    on.provider.engine.isGone = async () => true;
    const { message } = await failed(() => on.provider.create(inputs));
    expect(message).to.match(/^Can't create a campaign.*: the Pulumi command that asked for it has ended/);
    expect(on.calls).to.deep.equal([]);
  });

  it("makes 50 campaigns of one name with 50 lost answers, at once, with few lists", async () => {
    on.fault({ match: isCreate, times: 50, fault: lost });
    expect(new Set((await Promise.all(creates(50))).map(({ id }) => id)).size).to.equal(50);
    expect(ids()).to.have.length(50);
    expect(on.calls).to.have.length(50);
    expect(on.provider.engine.warnings).to.deep.equal([]);
    expect(on.sent.filter((request) => request.includes("campaigns?")).length).to.be.below(10);
  });

  it("reads nothing for what fails anyway, and judges its time without a preflight too", async () => {
    const [failure] = (await on.provider.check(undefined, { ...args, status: "running" })).failures;
    expect(failure?.reason).to.contain("declare a CampaignStatus");
    const past = { ...args, scheduledTime: new Date(START).toISOString() };
    const { failures } = await on.another({ config: { preflight: "off" } }).check(undefined, past);
    expect(failures.map(({ property }) => property)).to.deep.equal(["scheduledTime"]);
    expect(on.sent).to.deep.equal([]);
  });

  it("reads the list once for many previews, and once for many creates", async () => {
    await Promise.all(creates(20));
    expect(on.methods.filter((method) => method === "GET")).to.have.length(2);
  });

  it("reads the list again for another preview if that was a minute ago, or has failed", async () => {
    on.fault({ match: isList, fault: failing(401) });
    const preview = async () => (await on.provider.check(undefined, args)).failures.length;
    expect([await preview(), await preview()]).to.deep.equal([1, 0]);
    on.hood.clearRequests();
    await preview();
    await on.clock.sleep(61_000);
    await preview();
    expect(on.sent).to.have.length(1);
  });

  it("finds its own campaign although another create has read the whole list meanwhile", async () => {
    on.fault({ match: isCreate, times: 2, fault: lost });
    await create(args, on.provider.as({ resource: "first" }));
    const found = await Promise.all([
      create({ name: "Autumn sale" }),
      create({ name: "Winter sale", deletionPolicy: "prevent" }),
    ]);
    expect(found.map(({ id }) => id)).to.have.members(ids().slice(1));
  });

  describe("without the mark,", () => {
    const declared = { ...args, metadata: { key: "team", value: "crm" } };

    it("happens at once on an account that has rejected the mark before", async () => {
      await on.restart({ metadata: "pairOnly" });
      for (const resource of ["one", "two"]) await create(declared, on.provider.as({ resource }));
      expect(on.bodies.map(({ metadata }) => marked(metadata))).to.deep.equal([true, false, false]);
      on.fault(onCreate(failing(400)));
      await failed(() => create(declared));
      expect(on.calls).to.have.length(4);
    });

    const [one, two] = [{ team: "crm" }, { team: "crm", market: "eu" }];
    /** What stood beside a mark that the account gave back, and what is to stand beside one that it rejects. */
    const given: [shown: object | undefined, declared: object | undefined, again: boolean, dropped?: true][] = [
      [undefined, undefined, false],
      [two, one, false],
      [one, one, false],
      [one, two, true],
      [one, undefined, true],
      [undefined, one, true],
      [undefined, undefined, true, true],
    ];
    for (const [shown, metadata, again, dropped] of given) {
      const what = `gave ${dropped ? "none" : `one beside ${JSON.stringify(shown ?? {})}`} back`;
      it(`happens ${again ? "" : "never "}beside ${JSON.stringify(metadata ?? {})} on an account that ${what}`, async () => {
        if (dropped) await on.restart({ metadata: "dropped" });
        await create({ name: "Autumn sale", metadata: shown });
        on.fault({ ...onCreate(rejected), times: ALWAYS });
        for (const provider of [on.provider, on.another()]) {
          on.hood.clearRequests();
          expect((await failed(() => create({ ...args, metadata }, provider))).message).to.contain("HTTP 400");
          expect(on.calls).to.have.length(again ? 2 : 1);
        }
      });
    }
  });

  it("never takes for its own what was declared with other arguments and appears only now", async () => {
    await on.restart({ listLag: 30_000 });
    await create({ ...args, labels: ["early"] } satisfies Properties);
    on.fault(onCreate({ kind: "drop" }));
    await failed(() => create(args, on.another()));
  });

  it("stops if it must not make a second one, and only then, if the account has too many campaigns to be read, and says what to do", async () => {
    on.hood.add(...Array.from({ length: 100 }, (_, n) => ({ create_time: hoursAgo(720 + n) })));
    const change = (body: Record<string, unknown>) => ({ ...body, total: 20_001 });
    on.fault({ match: isList, times: ALWAYS, fault: { kind: "changed", change } });
    const unseen = on.another({ config: { preflight: "off" } });
    const { message } = await failed(() => create({ ...args, deletionPolicy: "prevent" }, unseen));
    const ALL = 'Campaign "Spring sale" was not created: for deletionPolicy "prevent", all campaigns of the account';
    expect(message).to.contain(ALL);
    expect(message).to.contain("the list of 20001 campaigns would take 201 pages").and.contain('"abandon" or "cancel"');
    expect(on.calls).to.deep.equal([]);
    await create();
    expect(on.calls).to.have.length(1);
  });

  describe("where nothing shows who made a campaign,", () => {
    const hosts: [what: string, options: SimulatorOptions, declared: object, resource?: null][] = [
      ["on an account that drops metadata", dropped, {}],
      ["on an account that keeps the program's pair only", { metadata: "pair" }, pair],
      ["on an account that rejects a second pair", { metadata: "pairOnly" }, pair],
      ["through a host that isn't told which resource it serves", {}, {}, null],
    ];
    for (const [what, options, declared, resource] of hosts) {
      it(`doesn't stop the second of two alike in one update, ${what}`, async () => {
        await on.restart(options);
        for (const twin of ["one", "two"]) {
          await on.apply({ ...args, ...declared }, on.provider.as({ resource: resource === null ? null : twin }));
        }
        expect(on.hood.campaigns.size).to.equal(2);
      });
    }

    it("ends the update without knowing when an answer is lost, and the next one sends nothing", async () => {
      await on.restart(dropped);
      on.fault({ match: isCreate, fault: { kind: "drop", processed: true } });
      expect((await failed(() => on.apply(args))).message).to.match(/^It is unknown whether/);
      await failed(() => on.apply(args, on.another()));
      expect(on.hood.campaigns.size).to.equal(1);
    });

    const team = { team: "crm", market: "eu" };
    type Around = [seconds: number, metadata?: Properties];
    const none: Around[] = [-1, 1].map((seconds) => [seconds, { own: 1 }]);
    const around: [what: string, stops: boolean, others: Around[], resource?: null][] = [
      ["between two creates that marks were given back of", false, [[-1], [1]]],
      ["before two creates", true, [[1], [2]]],
      ["after two creates", true, [[-2], [-1]]],
      ["in the second of a create, and before another one", true, [[0], [1]]],
      ["in the second of a create, and after another one", true, [[-1], [0]]],
      ["between two campaigns without marks", true, none],
      ["between two creates of which one left less room for metadata", true, [[-1], [1, team]]],
      ["between two creates, through a host that isn't told which resource it serves", true, [[-1], [1]], null],
    ];
    for (const [what, stops, others, resource] of around) {
      it(`${stops ? "stops" : "doesn't stop"} beside what was made ${what}`, async () => {
        const metadata = resource === null || !what.includes("room") ? {} : team;
        const at = (seconds: number) => ({ create_time: hoursAgo((10 - seconds) / 3_600) });
        on.hood.add({ ...at(0), name: args.name, status: "manual" });
        for (const [seconds, own = {}] of others) {
          const mark = { owner: hashOf("x"), content: hashOfContent({}), record: newRecord() };
          on.hood.add({ ...at(seconds), metadata: "own" in own ? own : withMark(own, mark) });
        }
        const create = () => on.apply({ ...args, metadata }, on.another({ resource }));
        if (stops) await failed(create);
        else await create();
        expect(on.calls).to.have.length(stops ? 0 : 1);
      });
    }
  });

  describe("beside one that a list of the same operation has shown, and another one doesn't,", () => {
    type Outcome = "takes it over" | "creates another one" | RegExp;
    const UNREAD = /can't be read yet: nothing was sent\. Run `pulumi up` again in a minute/;
    const UNCLEAR = /^Campaign ".*" was not created: an interrupted update may have made/;
    const [other, isGone] = ["Autumn sale", true] as const;
    const rows: [
      what: string,
      outcome: Outcome,
      how: { isGone?: true; by?: string; name?: string; account?: object },
    ][] = [
      ["as its own page shows it", "takes it over", {}],
      ["without a page", UNREAD, { isGone }],
      ["of another resource, without a page", "creates another one", { isGone, by: "twin" }],
      ["by nobody knows whom", UNCLEAR, { account: dropped }],
      ["of another name, by nobody knows whom", "creates another one", { isGone, name: other, account: dropped }],
    ];
    for (const [what, outcome, { isGone, by, name = args.name, account }] of rows) {
      it(`${outcome instanceof RegExp ? "fails in words" : outcome}: ${what}`, async () => {
        if (account) await on.restart(account);
        const { id } = await create({ ...args, name }, on.another({ resource: by }));
        const next = on.another();
        const { inputs } = await next.check(undefined, args);
        on.hood.clearRequests();
        on.fault({ times: 99, match: isList, fault: { kind: "changed", change: () => ({ total: 0, items: [] }) } });
        if (isGone) on.hood.campaigns.delete(id);
        if (outcome instanceof RegExp) expect((await failed(() => next.create(inputs))).message).to.match(outcome);
        else expect((await next.create(inputs)).id === id).to.equal(outcome === "takes it over");
        expect(on.methods.includes("POST")).to.equal(outcome === "creates another one");
      });
    }
  });
});
