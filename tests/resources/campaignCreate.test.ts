import { expect } from "chai";
import type { Properties } from "../../provider/hosts/hosted";
import type { Fault, FaultRule, SimulatorOptions } from "../../simulator";
import { failed, hoursAgo, isCreate, isList, isView, openInProcess, START } from "../support/testAccount";

const args = { name: "Spring sale", labels: ["spring", "email"] };
const ALWAYS = Number.POSITIVE_INFINITY;
const lost: Fault = { kind: "drop", processed: true };
const rejected: Fault = { kind: "status", status: 400, message: "Not like this." };
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
    const { outs } = await create({ ...args, metadata: { team: "crm", pulumi: "yes" } });
    expect(on.bodies[0]?.metadata).to.include({ team: "crm", pulumi: "yes" }).and.have.property("pulumi_2");
    expect(outs.metadata).to.deep.equal({ team: "crm", pulumi: "yes" });
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
    ["that never reached Hood", seen({ kind: "drop" }), /; 60 s later no list of the account showed it/, 1],
    ["after which no list may be read", seen(lost, { match: isList, fault: failing(401) }), NO_LIST, 1],
    ["that Hood rejects, with and without the mark", [onCreate(rejected), onCreate(rejected)], NOT_CREATED, 2],
    ["that may not be sent", seen(failing(401)), /^Can't create a campaign[\s\S]*HTTP 401/, 1],
    ["whose answer shows nothing, like a list", seen({ kind: "body" }), WITHOUT, 1, { metadata: "dropped" }],
    ["that Hood rejects for what no mark explains", seen(failing(403)), /HTTP 403/, 1],
    ["without a list of what is there", [{ match: isList, times: ALWAYS, fault: failing(400) }], /HTTP 400/, 0],
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

  it("reads the list once for many previews, and once for many creates", async () => {
    await Promise.all(creates(20));
    expect(on.methods.filter((method) => method === "GET")).to.have.length(2);
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

    it("never happens on an account that gave one back, by which the next update will look for it", async () => {
      await create({ name: "Autumn sale" });
      on.fault(onCreate(failing(400)));
      expect((await failed(() => create(args, on.another()))).message).to.contain("HTTP 400");
      expect(on.calls).to.have.length(2);
    });
  });

  it("never takes for its own what was declared with other arguments and appears only now", async () => {
    await on.restart({ listLag: 30_000 });
    await create({ ...args, labels: ["early"] } satisfies Properties);
    on.fault(onCreate({ kind: "drop" }));
    await failed(() => create(args, on.another()));
  });

  it("stops if it must not make a second one and the account has too many campaigns to be read, and says what to do", async () => {
    on.hood.add(...Array.from({ length: 100 }, (_, n) => ({ create_time: hoursAgo(720 + n) })));
    const change = (body: Record<string, unknown>) => ({ ...body, total: 20_001 });
    on.fault({ match: isList, times: 2, fault: { kind: "changed", change } });
    const unseen = on.another({ config: { preflight: "off" } });
    const { message } = await failed(() => create({ ...args, deletionPolicy: "prevent" }, unseen));
    expect(message).to.contain("the list of 20001 campaigns would take 201 pages").and.contain('"abandon" or "cancel"');
    expect(on.calls).to.deep.equal([]);
    await create();
    expect(on.calls).to.have.length(1);
  });
});
