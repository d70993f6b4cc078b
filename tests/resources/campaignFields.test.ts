import { expect } from "chai";
import fc from "fast-check";
import { hashOf, hashOfContent, newRecord, textOf } from "../../provider/hood/mark";
import type { Properties } from "../../provider/hosts/hosted";
import type { CampaignArgs } from "../../provider/resources/campaign/args";
import { campaign } from "../../provider/resources/campaign/campaign";
import {
  driftOf,
  type Fields,
  fieldsOf,
  keepingMark,
  mergePatch,
  patchOf,
} from "../../provider/resources/campaign/fields";
import { unknown } from "../../provider/resources/resource";
import type { Fault } from "../../simulator";
import { failed, type Kept, openInProcess } from "../support/testAccount";

/** RFC 7386, section 2, word for word. */
function apply(target: unknown, patch: unknown): unknown {
  const isObject = (value: unknown): value is Fields =>
    typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isObject(patch)) return patch;
  const result = new Map(isObject(target) ? Object.entries(target) : []);
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) result.delete(name);
    else result.set(name, apply(result.get(name), value));
  }
  return Object.fromEntries(result);
}

describe("the merge patch of an edit", () => {
  // JSON as a program can declare it. In an object null means "not set", so that none is left where patches are made.
  const name = fc.oneof(fc.constantFrom("a", "b", "c", "__proto__", "constructor"), fc.string());
  const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.array(fc.option(fc.integer())));
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof({ depthSize: "small" }, leaf, fc.dictionary(name, tie("tree"), { maxKeys: 4 })),
  }));
  const values = fc.dictionary(name, tree, { maxKeys: 5 }) as fc.Arbitrary<Fields>;
  const flat = (value: unknown) => JSON.parse(JSON.stringify(value));

  it("turns any campaign into any other, by RFC 7386, and holds nothing if nothing changes", () => {
    const turns = (before: Fields, after: Fields) => {
      expect(flat(apply(before, mergePatch(before, after)))).to.deep.equal(flat(after));
      expect(mergePatch(flat(after), flat(after))).to.deep.equal({});
    };
    fc.assert(fc.property(values, values, turns));
  });

  const [x, metadata] = [{ name: "x" }, { a: 1, b: 2 }];
  const moment = { scheduledTime: "2026-05-01T14:00:00+02:00", metadata: { a: 1, b: null }, draft: false };
  const same = { scheduledTime: "2026-05-01 12:00:00", metadata: { a: 1 }, deletionPolicy: "cancel" } as const;
  const draft = { description: "y", metadata, draft: true };
  const launch = { ...x, description: null, metadata: { a: null, b: 2 }, status: "manual" };
  const nested = { metadata: { a: 1, b: { c: 2 } } };
  const patches: [what: string, live: string, olds: object, news: Partial<CampaignArgs>, patch: Fields][] = [
    ["takes out of a launched draft what the program has removed", "draft", draft, { metadata: { b: 2 } }, launch],
    ["says nothing of what is the same moment or the same nothing", "scheduled", moment, same, {}],
    ["takes each key of removed metadata out, not the mark", "paused", nested, {}, { metadata: { a: null, b: null } }],
  ];
  for (const [what, live, olds, news, patch] of patches) {
    it(what, () => expect(patchOf({ ...x, ...olds }, { ...x, ...news }, live)).to.deep.equal(patch));
  }

  it("writes the mark again if new metadata takes its place", () => {
    const mark = { owner: hashOf("a"), content: hashOfContent({}), record: newRecord() };
    const kept = (metadata: Fields, known?: typeof mark) =>
      keepingMark({ metadata }, { name: "x", metadata }, known).metadata;
    const pair = { key: "team", value: "crm" };
    expect(kept(pair, mark)).to.deep.equal({ ...pair, pulumi: textOf(mark) });
    expect(kept({ pulumi: "mine" }, mark)).to.deep.equal({ pulumi: "mine", pulumi_2: textOf(mark) });
    const patch = { metadata: { pulumi: null, pulumi_2: "mine" } };
    const { metadata } = keepingMark(patch, { name: "x", metadata: { pulumi_2: "mine" } }, mark);
    expect(metadata).to.deep.equal({ pulumi_2: "mine", pulumi: textOf(mark) });
    expect(kept(pair)).to.equal(pair);
    const taken = ["key", "value", "pulumi", "pulumi_10"];
    for (const key of [...taken, "team", "my_pulumi", "pulumi_x"])
      expect(Object.values(kept({ [key]: "x" }, mark) ?? {}).includes(textOf(mark)), key).to.equal(taken.includes(key));
    const inside = { metadata: { key: { b: null } } };
    const own = keepingMark(inside, { name: "x", metadata: { key: { a: 1 } } }, mark).metadata;
    expect(own).to.deep.equal({ key: { b: null }, pulumi: textOf(mark) });
    const removal = { metadata: { key: null } };
    expect(keepingMark(removal, { name: "x" }, mark)).to.equal(removal);
  });

  const launches: [string, Partial<CampaignArgs>, string][] = [
    ["runImmediately", { runImmediately: true }, "running"],
    ["a time", { scheduledTime: "2026-12-01 09:00:00" }, "scheduled"],
    ["a recurrence", { recurrence: { every: "1D" } }, "scheduled"],
    ["neither", {}, "manual"],
  ];
  for (const [what, how, status] of launches) {
    it(`launches a draft with ${what} to ${status}, and only a draft`, () => {
      const [news, olds] = [
        { ...x, ...how },
        { ...x, ...how, draft: true },
      ];
      const { run_immediately: _, ...whole } = fieldsOf(news);
      for (const launched of [news, { ...news, draft: false }])
        expect(patchOf(olds, launched, "draft")).to.deep.equal({ ...whole, status });
      expect(patchOf(olds, news, "running")).to.deep.equal({});
      expect(patchOf(news, news, "draft")).to.deep.equal({});
    });
  }
});

describe("what a preview tells of a campaign", () => {
  const outputs = { campaignId: "7", status: "draft", createTime: "2026-05-01T12:00:00Z" };

  it("is what is declared and what the state has, without arguments that were taken out, and of the rest nothing", () => {
    const nothing = { campaignId: unknown, status: unknown, createTime: unknown };
    expect(campaign.previewOutputs({ name: "x" }, undefined)).to.deep.equal({ name: "x", ...nothing });
    const state = { name: "x", description: "y", ...outputs, status: "paused", __provenance: { record: "1" } };
    const { description: _, ...rest } = state;
    // By the time of the edit, the campaign may have moved on.
    expect(campaign.previewOutputs({ name: "z" }, state)).to.deep.equal({ ...rest, name: "z", status: unknown });
    const only = { name: "x", description: "y", deletionPolicy: "cancel" } as const;
    expect(campaign.previewOutputs(only, state)).to.deep.equal({ ...state, ...only });
    expect(campaign.previewOutputs({ ...only, deletionPolicy: unknown }, state)).to.include({ status: "paused" });
    const draft = { name: "x", draft: true, ...outputs };
    expect(campaign.previewOutputs({ name: "x", draft: true }, draft)).to.include({ status: "draft" });
    expect(campaign.previewOutputs({ name: "x" }, draft)).to.include({ status: unknown });
  });
});

describe("drift of a campaign", () => {
  const drift = (args: Partial<CampaignArgs>, fields: Fields, status = "paused") =>
    driftOf(args, { campaign: { id: "1000248", name: "Spring sale", status }, fields });

  const MORNING = "2026-12-01T09:00:00Z";
  const push = { channel: "push" };
  const same: [string, Partial<CampaignArgs>, Fields][] = [
    ["a field that the answer lacks", { targeting: { a: 1 } }, {}],
    ["labels in another order", { labels: ["a", "b"] }, { labels: ["b", "a"] }],
    ["labels as one text", { labels: ["a", "b"] }, { labels: "a,b" }],
    ["the same moment", { scheduledTime: "2026-12-01T10:00:00+01:00" }, { scheduled_time: "2026-12-01 09:00:00" }],
    ["the same moment, as ISO 8601", { scheduledTime: MORNING }, { scheduled_time: MORNING }],
    ["what Hood adds to an object", { metadata: { a: 1 } }, { metadata: { a: 1, id: "7" } }],
    ["what Hood adds to a message", { messages: [push] }, { messages: [{ ...push, id: "7" }] }],
    ["a part that isn't shown", { messages: [{ ...push, push: { a: 1 } }] }, { messages: [push] }],
    ["an id as a number", { dealId: "7" }, { deal_id: 7 }],
    ["a flag as a number", { sendInProfileTimeZone: true }, { send_in_profile_time_zone: 1 }],
    ["a flag that isn't set", { sendInProfileTimeZone: false }, { send_in_profile_time_zone: null }],
    ["nothing", { description: "", labels: [], metadata: {} }, { description: null, labels: null, metadata: null }],
    ["how it was to begin", { runImmediately: true, draft: true }, { run_immediately: null, status: "running" }],
    ["an extra field", { extra: { cap: 2 } }, { cap: "2" }],
  ];
  for (const [what, args, fields] of same) {
    it(`is not ${what}`, () => expect(drift(args, fields)).to.deep.equal({}));
  }

  const sms = (integration: string) => ({ channel: "sms", [integration]: "8", sms: { text: "x" } });
  const second = { ...push, id: "2" };
  const of7 = { ...sms("integrationId"), integrationId: "7" };
  const text = { channel: "sms" };
  const two = { messages: [{ ...push, id: "1" }, second] };
  const shown = { messages: [{ id: "1", ...sms("integration_id"), sms: { text: "x", more: 1 } }] };
  const different: [string, Partial<CampaignArgs>, Fields, Fields][] = [
    ["a text that was removed", { description: "x" }, { description: null }, { description: undefined }],
    ["a label less", { labels: ["a", "b"] }, { labels: ["a"] }, { labels: ["a"] }],
    ["a label more", { labels: ["a"] }, { labels: ["a", "b"] }, { labels: ["a", "b"] }],
    ["another label", { labels: ["a", "b"] }, { labels: ["a", "c"] }, { labels: ["a", "c"] }],
    ["no labels", { labels: ["a"] }, { labels: null }, { labels: undefined }],
    ["a text in place of an object", { metadata: { a: 1 } }, { metadata: "x" }, { metadata: "x" }],
    [
      "one of two messages",
      { messages: [push, { channel: "email" }] },
      { messages: [push, text] },
      { messages: [push, text] },
    ],
    ["a part of an extra field", { extra: { cap: { a: 1, b: 2 } } }, { cap: { b: 2 } }, { extra: { cap: { b: 2 } } }],
    ["a flag", { sendInProfileTimeZone: true }, { send_in_profile_time_zone: false }, { sendInProfileTimeZone: false }],
    ["a declared key, not the others", { metadata: { a: 1 } }, { metadata: { a: 2, b: 3 } }, { metadata: { a: 2 } }],
    ["a declared key that was removed", { metadata: { a: 1, b: 2 } }, { metadata: { b: 2 } }, { metadata: { b: 2 } }],
    ["all keys removed", { metadata: { a: 1 } }, { metadata: {} }, { metadata: undefined }],
    ["a part of a message", { messages: [of7] }, shown, { messages: [sms("integrationId")] }],
    ["one message more", { messages: [push] }, two, { messages: [push, second] }],
    ["an extra field", { extra: { cap: 2, b: 1 } }, { cap: 3, b: 1 }, { extra: { cap: 3, b: 1 } }],
  ];
  for (const [what, args, fields, found] of different) {
    it(`is ${what}`, () => expect(drift(args, fields)).to.deep.equal(found));
  }

  for (const status of ["draft", "manual", "scheduled", "paused", "running", "sent", "canceled", "needs_decision"]) {
    const isOver = ["running", "sent", "canceled", "needs_decision"].includes(status);
    it(`is ${isOver ? "no" : "another"} time to start if the campaign is ${status}`, () => {
      const found = drift({ scheduledTime: MORNING }, { scheduled_time: null }, status);
      expect(found).to.deep.equal(isOver ? {} : { scheduledTime: undefined });
    });
  }
});

describe("a campaign in an account that stores values in a way of its own", () => {
  const styled = (value: unknown): unknown => (typeof value === "string" ? value.trim().toUpperCase() : value);
  const on = openInProcess(
    { type: "Campaign" },
    { stores: (fields) => ({ ...fields, name: styled(fields.name), description: styled(fields.description) }) },
  );
  const declared = { name: "Spring sale", description: " Flowers ", metadata: { team: "crm" } };
  const live = () => on.hood.campaign([...on.hood.campaigns.keys()][0] ?? "");
  const create = async () => (await on.apply(declared, on.another())).outs;
  const edit = async (state: Properties, news: Properties, lag = 0) => {
    await on.clock.sleep(60_000);
    on.hood.freeze("pages", lag);
    return (await on.another().update("", state, news)).outs;
  };
  const trees = { ...declared, description: "Trees" };
  const web = { ...declared, metadata: { team: "web" } };
  const byHand = (state: Properties, description: string) => {
    Object.assign(live(), { description });
    return state;
  };
  const corrected = async () => {
    const { __provenance: _, ...legacy } = await create();
    const { props } = await on.another().read(live().id, legacy);
    expect(props).to.include({ name: "SPRING SALE" });
    return edit(props, declared);
  };
  const takenOver = async () => {
    byHand(await create(), "TREES");
    return create();
  };
  const rose = async (unread = false) => {
    const before = await create();
    if (unread) on.faultRead(live().id, {});
    if (unread) on.faultRead(live().id, { fault: { kind: "status", status: 401 } });
    const state = await edit(before, { ...declared, description: "ROSES" });
    await on.clock.sleep(600_000);
    return byHand(state, "FLOWERS");
  };
  const shouted = { description: "TREES" };
  const rows: [what: string, act: () => Promise<Properties>, found: Properties][] = [
    ["after it was created", create, declared],
    ["after it was edited", async () => edit(await create(), trees), trees],
    [
      "after it was edited twice",
      async () => edit(await edit(await create(), web), { ...web, description: "Trees" }),
      { ...web, description: "Trees" },
    ],
    ["after an edit that its page shows some seconds later", async () => edit(await create(), trees, 3_000), trees],
    [
      "once a person has changed it back to what an edit had changed",
      () => rose(),
      { ...declared, description: "FLOWERS" },
    ],
    [
      "once a person has done so, and no page has shown that edit",
      async () => rose(true),
      { ...declared, description: "FLOWERS" },
    ],
    ["once an edit has corrected what a refresh found", corrected, declared],
    ["once a person has changed it", async () => byHand(await create(), "Trees"), trees],
    ["once something else was edited", async () => edit(byHand(await create(), "TREES"), web), { ...web, ...shouted }],
    ["once a create has taken it over", takenOver, { ...declared, name: "SPRING SALE", ...shouted }],
  ];
  for (const [what, act, found] of rows) {
    const hasDrifted = found.description !== declared.description && found.description !== "Trees";
    it(`has ${hasDrifted ? "drifted still" : "what is declared or found"}, ${what}`, async () => {
      const state = await act();
      expect((await on.another().read(live().id, state)).inputs).to.deep.equal(found);
      expect(on.hood.campaigns.size).to.equal(1);
    });
  }
});

const DECLARED = "2099-12-01T09:00:00Z";
/** Each argument as the program declares it, as somebody in Hood changes it, and as the program might be edited. */
const changes: [argument: string, declared: unknown, field: string, changed: unknown, edit?: unknown][] = [
  ["name", "Spring sale", "name", "Changed", "Another"],
  ["description", "x", "description", "changed", "another"],
  ["labels", ["a"], "labels", ["b"], ["c"]],
  ["metadata", { team: "crm" }, "metadata", { team: "web" }, { team: "x" }],
  ["recurrence", { every: "day" }, "recurrence", { every: "week" }, { every: "hour" }],
  ["endTime", DECLARED, "end_time", "2099-11-01 09:00:00", "2099-10-01T09:00:00Z"],
  ["abTest", { testSplit: 30 }, "ab_test", { test_split: 40 }, { testSplit: 50 }],
  ["messages", [{ channel: "push" }], "messages", [{ channel: "push" }, { channel: "sms" }]],
  ["utmTracking", { source: "a" }, "utm_tracking", { source: "b" }, { source: "c" }],
  ["quietHours", { from: 1 }, "quiet_hours", null, { from: 3 }],
  ["targeting", { segments: ["a"] }, "targeting", { segments: [] }, { segments: ["c"] }],
  ["sendInProfileTimeZone", true, "send_in_profile_time_zone", false],
  ["sendIfProfileTimePassed", true, "send_if_profile_time_passed", false],
  ["dealId", "7", "deal_id", "8", "9"],
  ["extra", { priority: 1 }, "priority", 2, { priority: 3 }],
];

describe("what was changed in Hood, and that nobody edited in the program,", () => {
  const on = openInProcess({ type: "Campaign" });
  const args = { name: "Spring sale", description: "x" };
  const fromHere = { times: Number.POSITIVE_INFINITY };

  /** A campaign as an update left it, and as it is after somebody's change in Hood and a refresh. */
  async function changed(status: string, declared: object = args, field = "description", value: unknown = "changed") {
    const kept = await on.apply(declared);
    const next_run_time = field === "scheduled_time" ? value : null;
    Object.assign(on.hood.campaign(kept.id), { [field]: value, next_run_time });
    on.hood.setStatus(kept.id, status);
    const found = await on.refreshed(kept);
    on.hood.clearRequests();
    return found;
  }
  const left = async (kept: Kept, says: RegExp, provider = on.another()) => {
    const { changes, warnings } = await on.preview(kept, {}, provider);
    expect(changes).to.equal(false);
    expect(warnings.at(-1)).to.match(says);
    expect(on.calls).to.deep.equal([]);
  };
  const update = async ({ id, outs }: Kept, news: Properties, provider = on.another()) =>
    (await provider.update(id, outs, news)).outs;
  const fails = async (kept: Kept, edit: object) => (await failed(() => on.preview(kept, edit))).message;

  for (const [argument, declared, field, value, edit] of changes) {
    const all: Properties = { name: "Spring sale", [argument]: declared };
    for (const status of ["running", "sent", "canceled", "needs_decision", "archived"]) {
      it(`blocks nothing, unless it is edited: ${argument} of a campaign that is ${status}`, async () => {
        const kept = await changed(status, all, field, value);
        const wayOut = status === "running" ? "To put it right, pause the campaign" : "To be rid of this warning";
        const says = `^${argument} of campaign .* was changed in Hood and can't be put right.*"${status}".*Nothing is sent\\.\n${wayOut}`;
        await left(kept, new RegExp(says));
        const found = { [argument]: kept.outs[argument] };
        expect(found[argument]).to.not.deep.equal(declared);
        expect(await on.preview(kept, found)).to.deep.include({ changes: false, warnings: [] });
        if (status === "sent")
          expect(await fails(kept, { [argument]: edit })).to.contain(`The program changes ${argument}.`);
      });
    }

    it(`is put right while the campaign takes edits: ${argument}`, async () => {
      const kept = await changed("paused", all, field, value);
      expect(await on.preview(kept)).to.deep.include({ changes: true, warnings: [] });
      const outs = await update(kept, all);
      expect(outs[argument]).to.deep.equal(declared);
      expect(on.calls).to.deep.equal([`PATCH /campaigns/${kept.id}`]);
      expect(outs.__provenance).to.not.have.property("declared");
    });
  }

  it("stays as it is in an update that another argument needs, is told of again, and is named apart from an edit", async () => {
    const kept = await changed("sent");
    const policy = { deletionPolicy: "prevent" };
    expect((await on.preview(kept, policy)).changes).to.equal(true);
    const news = { ...args, ...policy };
    const outs = await update(kept, news);
    expect(outs).to.include({ description: "changed", ...policy });
    await left({ ...kept, args: news, inputs: news, outs }, /^description of campaign/);
    expect(await fails(kept, { labels: ["a"] })).to.contain("The program changes labels.");
  });

  it("is known to be unedited after several refreshes, and is forgotten once it is put right in Hood", async () => {
    const kept = await changed("sent");
    const refreshed = (description: string) => {
      on.hood.campaign(kept.id).description = description;
      return on.refreshed(kept);
    };
    await left(await refreshed("changed again"), /^description of/);
    Object.assign(on.hood.campaign(kept.id), { name: "By hand" });
    await left(await refreshed("changed"), /^name, description of .* were changed in Hood/);
    Object.assign(on.hood.campaign(kept.id), { name: args.name });
    const { outs } = await refreshed("x");
    expect(outs).to.include({ description: "x" });
    expect(outs.__provenance).to.not.have.property("declared");
  });

  it("stays as it is if its time has passed, or its campaign is gone", async () => {
    const at = (minutes: number) => new Date(on.clock.now() + minutes * 60_000).toISOString().slice(0, 19);
    const timed = { name: "Spring sale", scheduledTime: `${at(5)}Z` };
    const kept = await changed("scheduled", timed, "scheduled_time", at(90).replace("T", " "));
    expect((await on.preview(kept)).changes).to.equal(true);
    await on.clock.sleep(5 * 60_000);
    await left(kept, /^scheduledTime of campaign .* has passed\. Nothing is sent for it\.\n/);
    on.hood.campaigns.delete(kept.id);
    await left(kept, /Hood doesn't show the campaign any more/);
    expect(await fails(kept, { labels: ["a"] })).to.contain(
      "any more, so the program's change of labels can't be sent",
    );
  });

  for (const reads of [0, 1]) {
    it(`blocks nothing if the campaign was started at the moment of the edit, after ${reads} of its reads`, async () => {
      const kept = await changed("paused");
      const provider = on.another();
      expect((await on.preview(kept, {}, provider)).changes).to.equal(true);
      if (reads > 0) on.faultRead(kept.id, {});
      on.faultRead(kept.id, { before: (hood) => hood.setStatus(kept.id, "running") });
      expect(await update(kept, args, provider)).to.include({ description: "changed", status: "running" });
      const says = /^description of .* can't be put right: its status is "running"/;
      expect(provider.engine.warnings.at(-1)).to.match(says);
      expect(on.calls).to.deep.equal([]);
    });
  }

  const answer = (status: number): Fault => ({ kind: "status", status });
  /** What its own page answers, and the list that would tell whether it is gone. */
  const unread: [deletionPolicy: string, page: number, list: Fault, says: string][] = [
    ["abandon", 500, answer(500), "Can't read campaign .*HTTP 500"],
    ["prevent", 400, answer(400), "Can't list campaigns: HTTP 400"],
    ["prevent", 400, { kind: "html", status: 200 }, "Can't list campaigns: HTTP 200"],
    ["cancel", 500, answer(500), "Can't read campaign .*HTTP 500"],
  ];
  for (const [deletionPolicy, page, list, says] of unread) {
    it(`fails no preview, and no other resource's update: "${says}" (policy: ${deletionPolicy})`, async () => {
      const kept = await changed("scheduled");
      const provider = on.another();
      on.faultRead(kept.id, { ...fromHere, fault: answer(page) });
      on.fault({ match: ({ path }) => path.includes("-create_time"), ...fromHere, fault: list });
      const { changes, warnings, inputs } = await on.preview(kept, { deletionPolicy }, provider);
      expect(changes).to.equal(true);
      expect(warnings).to.have.length(1);
      expect(warnings[0]).to.match(new RegExp(`^${says}.*\\nNobody edited this`));
      const { message, partial } = await failed(() => update(kept, inputs, provider));
      expect(message).to.match(new RegExp(`^${says}`));
      // Another policy is recorded nonetheless, unless the campaign itself has to be told.
      if (deletionPolicy === "cancel") expect(partial).to.equal(undefined);
      else expect(partial?.properties).to.deep.equal({ ...kept.outs, deletionPolicy });
      expect(await fails(kept, { deletionPolicy, labels: ["a"] })).to.match(new RegExp(`^${says}`));
      expect(on.calls).to.deep.equal([]);
    });
  }

  it("needs no audit log, nor a preflight", async () => {
    const kept = await changed("sent");
    for (const config of [{ auditLog: "no/such/folder/log" }, { preflight: "off" }] as Record<string, string>[])
      await left(kept, /^description of campaign \d+ "Spring sale"/, on.another({ config }));
  });

  it("is known to be unfinished if it is unknown whether it was put right", async () => {
    const kept = await changed("paused");
    on.fault({ match: ({ method }) => method === "PATCH", fault: { kind: "drop" } });
    const { partial } = await failed(() => update(kept, args));
    expect(partial?.properties.__provenance).to.have.property("unfinished");
  });

  it("lets a draft's mark go that somebody launched, though its time has passed", async () => {
    const timed = { ...args, scheduledTime: "2026-06-01T12:05:00Z", draft: true };
    const kept = await changed("sent", timed, "description", null);
    await on.clock.sleep(10 * 60_000);
    const provider = on.another();
    const { changes, inputs } = await on.preview(kept, { draft: undefined }, provider);
    expect(changes).to.equal(true);
    expect(await update(kept, inputs, provider)).to.not.have.property("draft");
    expect(on.calls).to.deep.equal([]);
  });
});
