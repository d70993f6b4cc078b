import { expect } from "chai";
import { type Properties, UNKNOWN } from "../../provider/hosts/hosted";
import type { Provenance } from "../../provider/resources/campaign/args";
import type { FaultRule, Simulator } from "../../simulator";
import { failed, hoursAgo, isEdit, isView, type Kept, openInProcess } from "../support/testAccount";

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
  const accepted: [what: string, live: string, before: Properties, news: Properties, body: object][] = [
    ...["draft", "manual", "scheduled", "paused"].map((live): (typeof accepted)[number] => {
      return [`a ${live} campaign by exactly the merge patch`, live, inputs, edited, patch];
    }),
    ["a draft, by launching it as it is declared", "draft", { ...timed, draft: true }, timed, scheduled],
    ["a draft, by starting it", "draft", { ...now, draft: true }, now, { ...inputs, status: "running" }],
  ];
  for (const [what, live, before, news, body] of accepted) {
    it(`changes ${what}, between two reads`, async () => {
      const isOwn = live !== "draft" || "scheduledTime" in before;
      const shown = { scheduled_time: isOwn ? "2099-01-01 00:00:00" : null, update_time: hoursAgo(1) };
      const campaign = existing(live, shown, before);
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
      const states = [outs, refreshed, ...(named ? [(await launch(id, refreshed, edit)).outs] : [])];
      if (!named) expect((await launch(id, outs, news)).outs.status).to.be.oneOf(["manual", "scheduled"]);
      else for (const state of states) expect((await failed(() => launch(id, state, news))).message).to.contain(named);
    });
  }

  it("launches a draft with what Hood itself has put into it", async () => {
    const own = { id: 7, per: { day: 1 } };
    const targeted = (fields: object) => ({ ...Object(Object(fields).targeting), ...own });
    const stores = (fields: object) => ({ ...fields, targeting: targeted(fields), reach: 5 });
    await on.restart({ stores });
    const { id, outs } = await on.provider.create({ ...inputs, targeting: audience, draft: true });
    const edit = await launch(id, outs, { ...inputs, targeting: { segments: ["b"] }, draft: true });
    expect((await launch(id, edit.outs, { ...inputs, targeting: audience })).outs.status).to.equal("manual");
  });

  it("takes out a field that Hood doesn't show, and so may have", async () => {
    await update(existing("paused", {}, { ...inputs, targeting: { a: 1 } }), inputs);
    expect(on.bodies).to.deep.equal([{ targeting: null }]);
  });

  const same = { description: null, labels: ["b", "a"], metadata: { team: "web" } };
  const nothing: [what: string, live: string, shown: Properties, before: Properties, news: Properties][] = [
    ["nothing is edited", "running", {}, inputs, inputs],
    ["only the state changes", "running", {}, inputs, { ...inputs, deletionPolicy: "prevent" }],
    ["a mark as a draft means nothing any more", "running", {}, { ...inputs, draft: true }, inputs],
    ["Hood shows it all already", "running", same, inputs, edited],
  ];
  for (const [what, live, shown, before, news] of nothing) {
    it(`sends nothing if ${what}`, async () => {
      const campaign = existing(live, shown, before);
      expect((await on.preview(campaign, news)).changes).to.equal(news !== before);
      const { __provenance: _, status: __, createTime: ___, ...rest } = await update(campaign, news);
      expect(rest).to.deep.equal({ ...news, campaignId: campaign.id });
      expect(on.calls).to.deep.equal([]);
      if (before === inputs && news !== edited) expect(on.sent).to.deep.equal([]);
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
    ["canceled", now, NO_RETURN("running")],
    ["canceled", statusGiven, NO_RETURN("running")],
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

  it("asks nobody in a preview if preflight is off", async () => {
    expect((await on.preview(existing("running"), edited, off())).changes).to.equal(true);
    expect(on.sent).to.deep.equal([]);
  });

  const past = { ...inputs, scheduledTime: IN_PAST };
  const times: [what: string, before: object, after: Properties, live: string, fails: boolean][] = [
    ["another argument", past, { ...past, name: "y" }, "paused", false],
    ["the time", inputs, past, "paused", true],
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

  const takenBack: [what: string, was: Properties, body: object][] = [
    ["and done after all, is undone", { description: "More", labels: ["a"] }, { description: "x" }],
    ["and what it put in, is undone", { ...inputs, metadata: { ...inputs.metadata, x: 2 } }, { metadata: { x: null } }],
    ["and what it took out isn't shown any more, is undone", { labels: ["a"] }, { description: "x" }],
  ];
  for (const [what, news, body] of takenBack) {
    it(`whose effect is unknown, that the program takes back ${what}`, async () => {
      const campaign = existing("scheduled");
      const { metadata } = inputs;
      on.fault(doneUnseen);
      const { partial } = await failed(() => update(campaign, { name: inputs.name, metadata, ...news }));
      const hides = on.hood.campaign(campaign.id).description === null;
      if (hides) on.fault({ match: isView, fault: { kind: "changed", change: withoutDescription } });
      on.hood.clearRequests();
      const outs = await update({ id: campaign.id, outs: partial?.properties ?? {} }, inputs);
      expect(on.bodies).to.deep.equal([body]);
      expect(outs).to.deep.include({ ...inputs, status: "scheduled" });
      expect((outs.__provenance as Provenance | undefined)?.unfinished).to.equal(undefined);
    });
  }

  it("that started a draft is seen to be done after a lost answer, though nothing shows how it was started", async () => {
    const draft = existing("draft", {}, { ...inputs, draft: true });
    on.fault({ match: isEdit, fault: { kind: "drop", processed: true } });
    expect(await update(draft, { ...inputs, runImmediately: true })).to.include({ status: "running" });
    expect(on.bodies).to.have.length(1);
  });

  it("which pages lag behind stays in the state, and is taken back by the program, or later by a person", async () => {
    const kept = await on.apply(inputs);
    await on.clock.sleep(60_000);
    on.hood.freeze("pages", 600_000);
    const edit = { ...kept, outs: await update(kept, { ...inputs, description: "y" }) };
    const next = on.another();
    expect((await on.refreshed(edit, next)).outs).to.deep.equal(edit.outs);
    expect(next.engine.warnings[0]).to.contain("doesn't show the last edit of campaign");
    const back = { ...kept, outs: await update(edit, inputs) };
    expect(on.hood.campaign(kept.id).description).to.equal("x");
    await on.clock.sleep(600_000);
    Object.assign(on.hood.campaign(kept.id), { description: "y" });
    expect((await on.refreshed(back)).outs).to.include({ description: "y" });
  });

  it("of unknown effect is taken back by the program while pages lag, and seen by none", async () => {
    const { id, outs } = await on.apply(inputs);
    await on.clock.sleep(60_000);
    on.hood.freeze("pages", 360_000);
    on.fault({ match: isEdit, times: 2, fault: { kind: "drop", processed: true } });
    const { partial } = await failed(() => on.another().update(id, outs, { ...inputs, description: "y", dealId: "7" }));
    expect(on.hood.campaign(id)).to.include({ description: "y", deal_id: "7" });
    const back = await on.another().update(id, partial?.properties ?? {}, inputs);
    expect(on.hood.campaign(id)).to.include({ description: "x", deal_id: undefined });
    expect(back.outs).to.include({ description: "x" });
  });

  const settled: [what: string, news: Properties, now: Properties, warns: boolean][] = [
    ["as it was sent", { ...inputs, description: "y" }, { ...inputs, description: "y" }, true],
    ["as it was before", { ...inputs, description: "y" }, inputs, true],
    ["in another way", { ...inputs, description: "y" }, { ...inputs, description: "z" }, false],
    [
      "with more beside it",
      { ...inputs, metadata: { ...inputs.metadata, a: 2 } },
      { ...inputs, metadata: { ...inputs.metadata, a: 2, b: 3 } },
      false,
    ],
  ];
  for (const [what, news, now, isSettled] of settled) {
    it(`of unknown effect ${isSettled ? "is settled" : "fails"} once the campaign takes no edits, declared ${what}`, async () => {
      const { id, outs } = await on.apply(inputs);
      on.fault({ match: isEdit, times: 2, fault: { kind: "drop" } });
      on.hood.freeze("pages", 60_000);
      const { partial } = await failed(() => on.another().update(id, outs, news));
      // A refresh keeps what isn't known, and the next comparison finds it.
      const { props } = await on.another().read(id, partial?.properties ?? {});
      on.hood.setStatus(id, "canceled");
      const next = on.another();
      const checked = await next.check(news, now);
      expect((await next.diff(id, props, checked.inputs)).changes).to.equal(true);
      if (!isSettled) {
        expect((await failed(() => next.update(id, props, now))).message).to.contain("takes no edits");
        return;
      }
      const { outs: after } = await next.update(id, props, now);
      expect(after).to.include({ description: now.description, status: "canceled" });
      expect(next.engine.warnings.join()).to.contain("It stays unknown whether").and.contain("the edit of description");
      expect((await on.another().diff(id, after, now)).changes).to.equal(false);
    });
  }

  it("of unknown effect is given up if the campaign is gone and the program takes it back", async () => {
    const { id, outs } = await on.apply(inputs);
    on.fault({ match: isEdit, times: 2, fault: { kind: "drop" } });
    on.hood.freeze("pages", 60_000);
    const { partial } = await failed(() => on.another().update(id, outs, { ...inputs, description: "y" }));
    on.hood.campaigns.delete(id);
    const next = on.another();
    const { outs: after } = await next.update(id, partial?.properties ?? {}, inputs);
    expect(next.engine.warnings.join()).to.contain("got the edit of description, since Hood doesn't show it any more");
    expect((await on.another().diff(id, after, inputs)).changes).to.equal(false);
  });

  it("of unknown effect that has launched a draft is told of if the program declares the draft again", async () => {
    const { id, outs } = await on.apply({ ...inputs, draft: true });
    on.fault({ match: isEdit, times: 2, fault: { kind: "drop", processed: true } });
    on.hood.freeze("pages", 65_000);
    const { partial } = await failed(() => on.another().update(id, outs, inputs));
    await on.clock.sleep(60_000);
    const next = on.another();
    await next.update(id, partial?.properties ?? {}, { ...inputs, draft: true });
    expect(next.engine.warnings.join()).to.contain("which the program declares as a draft");
  });

  it("leaves the mark out if the account takes one pair of metadata only", async () => {
    await on.restart({ metadata: "pairOnly" });
    const { id, outs } = await on.apply({ name: "Spring sale" });
    const metadata = { key: "team", value: "crm" };
    await on.another().update(id, outs, { name: "Spring sale", metadata });
    expect(on.hood.campaign(id).metadata).to.deep.equal(metadata);
  });
});
