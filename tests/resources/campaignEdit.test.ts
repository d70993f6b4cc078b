import { expect } from "chai";
import { type Properties, UNKNOWN } from "../../provider/hosts/hosted";
import type { Provenance } from "../../provider/resources/campaign/args";
import type { FaultRule, Simulator } from "../../simulator";
import { failed, hoursAgo, isEdit, isView, type Kept, openInProcess, START } from "../support/testAccount";

const inputs = { name: "Spring sale", description: "x", labels: ["a"], metadata: { team: "crm", old: 1 } };
const edited = { name: "Spring sale", labels: ["a", "b"], metadata: { team: "web" } };
const patch = { description: null, labels: ["a", "b"], metadata: { team: "web", old: null } };
const AT = "2099-12-01T09:00:00Z";
const PATCHED = ["GET", "PATCH", "GET"];
const IN_PAST = "2020-01-01T00:00:00Z";

const withoutDescription = (page: Properties) => {
  const { description: _, ...others } = [page.items].flat()[0] as Properties;
  return { ...page, items: [others] };
};

describe("editing a campaign", () => {
  const on = openInProcess({ type: "Campaign" });
  const off = () => on.another({ config: { preflight: "off" } });

  /** A campaign in Hood and in the state. @param more what Hood shows besides, or in place of that */
  const existing = (status: string, more: Properties = {}, state: Properties = inputs): Kept => {
    const { description, labels, metadata } = structuredClone(inputs);
    const id = on.campaign(status, { description, labels, metadata, ...more });
    return { id, args: {}, inputs: state, outs: { ...state, campaignId: id, status } };
  };
  const update = async ({ id, outs }: Pick<Kept, "id" | "outs">, news: Properties, provider = on.another()) =>
    (await provider.update(id, outs, news)).outs;

  const timed = { ...inputs, scheduledTime: AT };
  const now = { ...inputs, runImmediately: true };
  const scheduled = { ...inputs, status: "scheduled", scheduled_time: "2099-12-01 09:00:00" };
  const aimed = { targeting: { segments: ["a"] } };
  const accepted: [what: string, live: string, before: Properties, news: Properties, body: object][] = [
    ...["draft", "manual", "scheduled", "paused"].map((live): (typeof accepted)[number] => {
      return [`a ${live} campaign by exactly the merge patch`, live, inputs, edited, patch];
    }),
    ["a draft, by launching it as it is declared", "draft", { ...timed, draft: true }, timed, scheduled],
    [
      "a draft, by launching it without what it had",
      "draft",
      { ...timed, ...aimed, draft: true },
      timed,
      { ...scheduled, targeting: null },
    ],
    ["a draft, by starting it", "draft", { ...now, draft: true }, now, { ...inputs, status: "running" }],
  ];
  for (const [what, live, before, news, body] of accepted) {
    it(`changes ${what}, between two reads`, async () => {
      const isOwn = live !== "draft" || "scheduledTime" in before;
      const shown = { scheduled_time: isOwn ? "2099-01-01 00:00:00" : null, update_time: hoursAgo(1) };
      const campaign = existing(live, { ...shown, ...("targeting" in before && aimed) }, before);
      expect((await on.preview(campaign, news)).changes).to.equal(true);
      on.hood.clearRequests();
      const { __provenance, createTime, status, ...rest } = await update(campaign, news);
      expect(on.sent).to.deep.equal(PATCHED.map((method) => `${method} /campaigns/${campaign.id}`));
      expect(on.bodies).to.deep.equal([body]);
      expect(rest).to.deep.equal({ ...news, campaignId: campaign.id });
      expect(status).to.equal(on.hood.campaign(campaign.id).status);
      expect(createTime).to.be.a("string");
      expect(__provenance).to.have.keys("record", "editedAt");
    });
  }

  const audience = { segments: ["a"] };
  const wider = { ...audience, countries: ["US"], include_unsubscribed: true };
  const rules = { and: [1] };
  const byHand: [what: string, declared: Properties, shown: Properties, named?: string][] = [
    ["a wider targeting", { targeting: audience }, { targeting: wider }, "countries, targeting.include_unsub"],
    ["something deep inside", { targeting: { rules } }, { targeting: { rules: { ...rules, or: [2] } } }, "rules.or"],
    ["a field that has no argument", {}, { audience_cap: 5 }, "audience_cap"],
    ["a field inside what extra declares", { extra: { list: { a: 1 } } }, { list: { a: 1, all: true } }, "list.all"],
    ["a flag that isn't set", { targeting: audience }, { targeting: { ...audience, all: false } }],
    ["other content of what is sent whole", { targeting: audience }, { targeting: { segments: ["b"] } }],
  ];
  const launch = (id: string, outs: Properties, news: Properties) => on.another().update(id, outs, news);
  const judge = async (id: string, outs: Properties, news: Properties) => {
    const next = on.another();
    await next.check({ ...inputs, draft: true }, news);
    await next.diff(id, outs, news);
  };
  for (const [what, declared, shown, named] of byHand) {
    it(`launches ${named ? "no" : "a"} draft in which somebody has set ${what}`, async () => {
      const news = { ...inputs, ...declared };
      const draft = { ...news, draft: true };
      const { id, outs } = await on.provider.create(draft);
      Object.assign(on.hood.campaign(id), shown);
      const refreshed = (await on.another().read(id, outs)).props;
      // An edit of the same argument makes it nobody's declaration.
      const [[name, value] = ["metadata", { ...inputs.metadata }]] = Object.entries(declared);
      const edit = { ...draft, [name]: { ...Object(value), segments: ["c"] } };
      await judge(id, outs, { ...news, targeting: UNKNOWN, extra: UNKNOWN });
      const states = [outs, refreshed, ...(named ? [(await launch(id, refreshed, edit)).outs] : [])];
      if (!named) expect((await launch(id, outs, news)).outs.status).to.be.oneOf(["manual", "scheduled"]);
      else
        for (const state of states)
          for (const act of [judge, launch])
            expect((await failed(() => act(id, state, news))).message)
              .to.match(/^The draft of .* can't be launched/)
              .and.contain(named);
    });
  }

  const ofHood: [what: string, later?: "unread" | "again"][] = [
    ["a draft with what Hood itself has put into it"],
    ["a draft with that, though nothing showed it after an edit", "unread"],
    ["no draft into which somebody has put that again once it was gone", "again"],
  ];
  for (const [what, later] of ofHood) {
    it(`launches ${what}`, async () => {
      let own: object = { id: 7, per: { day: 1 } };
      const targeted = (fields: object) => ({ ...Object(Object(fields).targeting), ...own });
      const stores = (fields: object) => ({ ...fields, targeting: targeted(fields), reach: 5 });
      await on.restart({ stores });
      const { id, outs } = await on.provider.create({ ...inputs, targeting: audience, draft: true });
      await on.clock.sleep(60_000);
      if (later === "again") {
        own = {};
        on.hood.campaign(id).targeting = audience;
      }
      const unread: FaultRule = { match: isView, fault: { kind: "status", status: 401 } };
      if (later === "unread") on.fault({ match: isEdit, before: (hood) => hood.fault(unread) });
      const edit = await launch(id, outs, { ...inputs, targeting: { segments: ["b"] }, draft: true });
      if (later === "again") on.hood.campaign(id).targeting = { segments: ["b"], id: 7 };
      const launched = () => launch(id, edit.outs, { ...inputs, targeting: audience });
      if (later === "again") expect((await failed(launched)).message).to.contain("somebody has set targeting.id in");
      else expect((await launched()).outs.status).to.equal("manual");
    });
  }

  it("takes out a field that Hood doesn't show, and so may have", async () => {
    await update(existing("paused", {}, { ...inputs, targeting: { a: 1 } }), inputs);
    expect(on.bodies).to.deep.equal([{ targeting: null }]);
  });

  const same = { description: null, labels: ["b", "a"], metadata: { team: "web" } };
  const nothing: [what: string, live: string, shown: Properties, before: Properties, news: Properties][] = [
    ["nothing is edited", "running", {}, inputs, inputs],
    ["only the state changes", "running", {}, inputs, { ...inputs, deletionPolicy: "prevent" }],
    ["a mark as a draft means nothing any more", "running", { cap: 5 }, { ...inputs, draft: true }, inputs],
    ["Hood shows it all already", "running", same, inputs, edited],
    ["what it takes out is gone already", "paused", { metadata: {} }, inputs, { ...inputs, metadata: {} }],
    ["Hood shows it all already, and would take it", "paused", same, inputs, edited],
  ];
  for (const [what, live, shown, before, news] of nothing) {
    it(`sends nothing if ${what}`, async () => {
      const campaign = existing(live, shown, before);
      expect(await on.preview(campaign, news)).to.deep.include({ changes: news !== before, warnings: [] });
      const { __provenance: _, status: __, createTime: ___, ...rest } = await update(campaign, news);
      expect(rest).to.deep.equal({ ...news, campaignId: campaign.id });
      expect(on.calls).to.deep.equal([]);
      if (before === inputs && Object.keys(shown).length === 0) expect(on.sent).to.deep.equal([]);
    });
  }

  const statusGiven = { ...inputs, status: "running" };
  const NO_RETURN = (status: string) =>
    new RegExp(`^Cancellation is permanent: campaign \\d+ "Spring sale" is canceled, and can't become "${status}"`);
  const NO_EDITS = (live: string) =>
    new RegExp(
      `^Campaign \\d+ "Spring sale" takes no edits: its status is "${live}", .* changes description, labels, metadata\\.\nFor what is new, declare another Campaign`,
    );
  const blocked: [live: string, news: Properties, says: RegExp][] = [
    ...["sent", "canceled", "needs_decision", "archived"].map((live): (typeof blocked)[number] => {
      return [live, edited, NO_EDITS(live)];
    }),
    ["running", edited, /its status is "running", .*\nPause it first: with a CampaignStatus of status: "paused" that/],
    ["running", { ...inputs, extra: UNKNOWN }, /The program changes extra/],
    ["canceled", timed, NO_RETURN("scheduled")],
    ["canceled", { ...now, description: "y" }, NO_RETURN("running")],
    ["canceled", statusGiven, NO_RETURN("running")],
    ["canceled", { ...inputs, status: 7 }, /declare a CampaignStatus/],
    ["running", { ...inputs, scheduledTime: IN_PAST }, /its status is "running"/],
    ["canceled", { ...inputs, status: "canceled" }, /declare a CampaignStatus for the campaign, or use draft/],
    ["paused", statusGiven, /declare a CampaignStatus/],
  ];
  for (const [live, news, says] of blocked) {
    it(`fails in the preview and in the update for one that is ${live} with ${JSON.stringify(news).slice(23, 90)}`, async () => {
      const { id, outs } = existing(live);
      // As it was when Pulumi saw it last.
      const campaign = { id, args: {}, inputs, outs: { ...outs, status: "scheduled" } };
      const { message } = await failed(() => on.preview(campaign, news));
      expect(message).to.match(says);
      if (news.extra !== UNKNOWN) expect((await failed(() => update(campaign, news))).message).to.equal(message);
      expect(on.calls).to.deep.equal([]);
    });
  }

  it("takes the status for the live one that the same operation is about to bring", async () => {
    for (const [live, desired] of [
      ["running", "paused"],
      ["paused", "running"],
    ] as const) {
      const campaign = existing(live);
      const provider = on.another();
      const pausing = { campaignId: campaign.id, status: desired };
      expect(await on.failures(pausing, undefined, provider.as({ type: "CampaignStatus" }))).to.deep.equal([]);
      const judged = () => on.preview(campaign, edited, provider);
      if (live === "running") await judged();
      else expect((await failed(judged)).message).to.contain('its status is "running"');
    }
  });

  it("asks nobody in a preview if preflight is off, nor in a refresh", async () => {
    expect((await on.preview(existing("running"), edited, off())).changes).to.equal(true);
    const { message } = await failed(() => on.preview(existing("canceled"), statusGiven, off()));
    expect(message).to.match(NO_RETURN("running"));
    const { id, outs } = existing("sent");
    expect((await on.another().diff(id, outs, edited)).changes).to.equal(true);
    expect(on.sent).to.deep.equal([]);
  });

  const ends = { ...inputs, deletionPolicy: "cancel" };
  const unlogged: [what: string, before: Properties, news: Properties, fails: boolean][] = [
    ["is edited", inputs, edited, true],
    ["gets the policy that its removal cancels it", inputs, ends, true],
    ["has that policy already", ends, ends, false],
    ["gets another policy", ends, { ...inputs, deletionPolicy: "prevent" }, false],
    ["keeps its policy", inputs, inputs, false],
  ];
  for (const [what, before, news, fails] of unlogged) {
    it(`${fails ? "fails in" : "passes"} the preview of a campaign that ${what} if the audit log can't be written`, async () => {
      const provider = on.another({ config: { auditLog: "no/such/folder/log" } });
      const judged = () => on.preview(existing("paused", {}, before), news, provider);
      if (fails) expect((await failed(judged)).message).to.contain("The audit log");
      else await judged();
    });
  }

  it("fails in the preview if what the program edits can't be read", async () => {
    const campaign = existing("paused");
    on.faultRead(campaign.id, { times: 99, fault: { kind: "status", status: 500 } });
    expect((await failed(() => on.preview(campaign, edited))).message).to.contain("HTTP 500");
  });

  it("is judged by what a list shows while the campaign's own page doesn't, and by that page where a list lags", async () => {
    on.hood.freeze("pages", 60_000);
    const made = await on.apply(inputs);
    expect((await on.preview(made, { description: "y" })).changes).to.equal(true);
    const change = (page: Properties) => ({
      ...page,
      items: [page.items].flat().map((item) => ({ ...Object(item), status: "running" })),
    });
    on.fault({ match: ({ campaignId }) => campaignId === undefined, times: 99, fault: { kind: "changed", change } });
    const next = on.another();
    const previews = Array.from({ length: 5 }, () => on.preview(existing("paused"), edited, next));
    expect((await Promise.all(previews)).map(({ changes }) => changes)).to.deep.equal(Array(5).fill(true));
  });

  const past = { ...inputs, scheduledTime: IN_PAST };
  const times: [what: string, before: object, after: Properties, live: string, fails: boolean][] = [
    ["another argument", past, { ...past, name: "y" }, "paused", false],
    ["the time", inputs, past, "paused", true],
    [
      "the time, which is just now",
      inputs,
      { ...inputs, scheduledTime: new Date(START).toISOString() },
      "paused",
      true,
    ],
    ["the draft", { ...past, draft: true }, past, "draft", true],
    ["a draft that was launched already", { ...past, draft: true }, past, "running", false],
  ];
  for (const [what, before, after, live, fails] of times) {
    it(`${fails ? "fails" : "passes"} with a time in the past if what is edited is ${what}`, async () => {
      for (const provider of [on.another(), off()]) {
        const judged = () => on.preview(existing(live, {}, { ...inputs, ...before }), after, provider);
        if (fails) expect((await failed(judged)).message).to.contain("(GMT) has passed");
        else await judged();
      }
    });
  }

  const drop: FaultRule = { fault: { kind: "drop" } };
  const unreadable: FaultRule = { match: ({ method }) => method === "GET", fault: { kind: "status", status: 401 } };
  const start = (hood: Simulator) => {
    for (const id of hood.campaigns.keys()) hood.setStatus(id, "running");
  };
  const started: FaultRule = { before: start };
  const processed: FaultRule = { fault: { kind: "drop", processed: true } };
  const answer = (status: number, more: object = {}): FaultRule => ({ fault: { kind: "status", status, ...more } });
  const rejected = answer(400, { message: "Not so." });
  const putOff = answer(429, { retryAfter: 75 });
  /** While nobody can read it. */
  const unseen = (rule: FaultRule) => ({ ...drop, before: (hood: Simulator) => hood.fault({ times: 999, ...rule }) });
  const doneUnseen: FaultRule = { match: isEdit, ...processed, before: (hood) => hood.fault(unreadable) };
  const reads = (count: number) => Array<string>(count).fill("GET");
  const NO_READ =
    /^It is unknown whether campaign \d+ "Spring sale" was edited[\s\S]*; in 60 s no read showed the edit\. The call isn't sent again, because something may have changed/;
  const TWICE = /no read showed the edit\. The call isn't sent again, because an earlier call got no answer/;
  const NO_ANSWER = /^It is unknown [\s\S]*no read got an answer either/;
  const ANOTHER_REASON = /^Can't edit campaign \d+: HTTP 400 Bad request\. Not so\./;
  const [UNKNOWN_400, UNKNOWN_401] = [/^It is unknown whether[\s\S]*HTTP 400/, /^It is unknown whether[\s\S]*HTTP 401/];
  const RUNNING = /takes no edits: its status is "running"/;
  const AGAIN = ["GET", "PATCH", ...reads(11), "PATCH", "GET"];
  type Outcome = "done" | RegExp;
  /** What comes over edits of a campaign, and what comes of them. A campaign is old if nothing has changed it of late. */
  const faults: [what: string, rules: FaultRule[], outcome: Outcome, methods: string[], isOld?: true][] = [
    ["was done without an answer", [processed], "done", PATCHED],
    ["was done after a 500", [answer(500, { processed: true })], "done", PATCHED],
    ["can't be seen once it is done", [{ before: (hood) => hood.fault(unreadable) }], "done", PATCHED],
    ["got lost, of a campaign that was changed of late", [drop], NO_READ, ["GET", "PATCH", ...reads(10)]],
    ["got lost, of an old one", [drop], "done", AGAIN, true],
    ["got lost twice", [drop, drop], TWICE, [], true],
    ["got lost and was then rejected", [drop, rejected], UNKNOWN_400, [], true],
    ["got lost when it was started", [{ ...drop, ...started }], /^It is unknown whether/, []],
    ["got lost, and the campaign can't be read", [unseen(unreadable)], UNKNOWN_401, PATCHED],
    ["got lost while no read is answered", [unseen({ match: isView, ...answer(500) })], NO_ANSWER, []],
    ["came after a start", [started], RUNNING, PATCHED],
    ["was rejected for another reason than the status", [rejected], ANOTHER_REASON, PATCHED],
    ["may not be sent", [answer(401)], /HTTP 401/, ["GET", "PATCH"]],
    ["was put off for more than a minute", [putOff], "done", ["GET", "PATCH", ...PATCHED]],
    ["was put off until a start", [{ ...putOff, ...started }], RUNNING, PATCHED],
  ];
  for (const [what, rules, outcome, methods, isOld] of faults) {
    it(`that ${what} ${outcome === "done" ? "is done once" : "fails, and says what is known"}`, async () => {
      const campaign = existing("paused", isOld && { update_time: hoursAgo(1) });
      for (const rule of rules) on.fault({ match: isEdit, ...rule });
      const act = () => update(campaign, edited);
      if (outcome === "done") {
        expect(await act()).to.deep.include({ ...edited, status: "paused" });
        expect(on.hood.campaign(campaign.id)).to.deep.include({ ...edited, description: null });
      } else {
        const { message, partial } = await failed(act);
        expect(message).to.match(outcome);
        const isUnknown = message.startsWith("It is unknown");
        const { __provenance: provenance, ...kept }: Properties = partial?.properties ?? {};
        expect(kept).to.deep.equal(isUnknown ? campaign.outs : {});
        const { unfinished } = (provenance ?? {}) as Provenance;
        expect(unfinished && Object.keys(unfinished).toSorted()).to.deep.equal(
          isUnknown ? ["description", "labels", "metadata"] : undefined,
        );
      }
      if (methods.length > 0) expect(on.methods).to.deep.equal(methods);
      expect(new Set(on.bodies.map((body) => JSON.stringify(body))).size).to.equal(1);
    });
  }

  it("whose effect is unknown leaves the state of before, and the next update goes on from there", async () => {
    const campaign = existing("paused");
    on.fault(doneUnseen);
    const { partial } = await failed(() => update(campaign, edited));
    const begun = { id: campaign.id, outs: partial?.properties ?? {} };
    // Pulumi keeps the new inputs nevertheless. Meanwhile the campaign was started: what is live already needs no edit.
    on.hood.setStatus(campaign.id, "running");
    const next = on.another();
    expect(await on.failures(edited, edited, next)).to.deep.equal([]);
    expect((await next.diff(campaign.id, begun.outs, edited)).changes).to.equal(true);
    expect(await update(begun, edited, next)).to.deep.include({ ...edited, status: "running" });
    expect(on.bodies).to.deep.equal([patch]);
  });

  const takenBack: [what: string, was: Properties, body: object, live?: string][] = [
    ["and done after all to a draft, is undone", { ...inputs, description: "More" }, { description: "x" }, "draft"],
    ["and done after all, is undone", { description: "More", labels: ["a"] }, { description: "x" }],
    ["and what it put in, is undone", { ...inputs, metadata: { ...inputs.metadata, x: 2 } }, { metadata: { x: null } }],
    ["and what it took out isn't shown any more, is undone", { labels: ["a"] }, { description: "x" }],
  ];
  for (const [what, news, body, live = "scheduled"] of takenBack) {
    it(`whose effect is unknown, that the program takes back ${what}`, async () => {
      const own = { ...inputs, ...(live === "draft" && { draft: true }) };
      const campaign = existing(live, {}, own);
      const { description: _, labels: __, ...rest } = own;
      on.fault(doneUnseen);
      const { partial } = await failed(() => update(campaign, { ...rest, ...news }));
      const hides = on.hood.campaign(campaign.id).description === null;
      if (hides) on.fault({ match: isView, fault: { kind: "changed", change: withoutDescription } });
      on.hood.clearRequests();
      const next = on.another();
      const outs = await update({ id: campaign.id, outs: partial?.properties ?? {} }, own, next);
      expect(next.engine.warnings).to.deep.equal([]);
      expect(on.bodies).to.deep.equal([body]);
      expect(outs).to.deep.include({ ...own, status: live });
      expect((outs.__provenance as Provenance | undefined)?.unfinished).to.equal(undefined);
    });
  }

  it("that started a draft is seen to be done after a lost answer, though nothing shows how it was started", async () => {
    const draft = { ...inputs, draft: true };
    for (const [news, status] of [
      [now, "running"],
      [{ ...draft, description: "y" }, "draft"],
    ] as const) {
      on.fault({ match: isEdit, ...processed });
      expect(await update(existing("draft", {}, draft), news)).to.include({ status });
    }
    expect(on.bodies).to.have.length(2);
    // What still waits for somebody's hand wasn't started.
    on.fault({ match: isEdit, ...drop });
    await update(existing("manual", { update_time: hoursAgo(1) }), now);
    expect(on.bodies).to.have.length(4);
  });

  it("is sent whole if Hood shows a part of it", async () => {
    await update(existing("paused", { ...same, metadata: { team: "web", old: 1 } }), edited);
    expect(on.bodies).to.deep.equal([patch]);
  });

  it("of unknown effect that is taken back fails in words if the campaign starts at that moment", async () => {
    const campaign = existing("paused");
    on.fault({ ...doneUnseen, ...drop });
    const { partial } = await failed(() => update(campaign, edited));
    on.faultRead(campaign.id, {});
    on.faultRead(campaign.id, { before: start, fault: { kind: "changed", change: withoutDescription } });
    const back = () => update({ id: campaign.id, outs: partial?.properties ?? {} }, inputs);
    expect((await failed(back)).message).to.match(RUNNING);
  });

  it("launches no draft by a second call if somebody has changed it since the first one got lost", async () => {
    const { id, outs } = existing("draft", { update_time: hoursAgo(1), scheduled_time: AT }, { ...timed, draft: true });
    on.fault({ match: isEdit, ...drop });
    for (let reads = 0; reads < 11; reads++) on.faultRead(id, {});
    on.faultRead(id, { before: (hood) => Object.assign(hood.campaign(id), { audience_cap: 5 }) });
    const next = on.another();
    const { message, partial } = await failed(() => update({ id, outs }, timed, next));
    expect(next.engine.progress.join()).to.contain("was edited: looking for it");
    expect(message).to.match(/^It is unknown whether .*\nThe draft of campaign .* can't be launched: .* audience_cap/);
    expect(partial?.properties.__provenance).to.deep.include({ unfinished: {} });
    expect(on.calls).to.have.length(1);
  });

  it("keeps the mark beside new metadata, though the call was put off", async () => {
    const { id, outs } = await on.apply({ name: "Spring sale" });
    on.fault({ match: isEdit, ...putOff });
    const metadata = { key: "team", value: "crm" };
    await on.another().update(id, outs, { name: "Spring sale", metadata });
    expect(on.hood.campaign(id).metadata).to.include(metadata).and.have.property("pulumi");
  });

  it("leaves the mark out if the account takes one pair of metadata only", async () => {
    await on.restart({ metadata: "pairOnly" });
    const { id, outs } = await on.apply({ name: "Spring sale" });
    const metadata = { key: "team", value: "crm" };
    await on.another().update(id, outs, { name: "Spring sale", metadata });
    expect(on.hood.campaign(id).metadata).to.deep.equal(metadata);
  });
});
