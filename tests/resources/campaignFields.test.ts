import { expect } from "chai";
import fc from "fast-check";
import { hashOf, hashOfContent, newRecord, textOf } from "../../provider/hood/mark";
import type { CampaignArgs } from "../../provider/resources/campaign/args";
import { campaign } from "../../provider/resources/campaign/campaign";
import {
  bodyOf,
  editedArguments,
  type Fields,
  fieldsOf,
  keepingMark,
  mergePatch,
  patchOf,
} from "../../provider/resources/campaign/fields";
import { type Planned, unknown } from "../../provider/resources/resource";

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

  it("turns any campaign into any other, by RFC 7386", () => {
    fc.assert(
      fc.property(values, values, (before: Fields, after: Fields) => {
        expect(flat(apply(before, mergePatch(before, after)))).to.deep.equal(flat(after));
      }),
    );
  });

  it("holds nothing if nothing changes", () => {
    fc.assert(fc.property(values, (any) => void expect(mergePatch(flat(any), flat(any))).to.deep.equal({})));
  });

  const moment = { scheduledTime: "2026-05-01T14:00:00+02:00" };
  const same = { scheduledTime: "2026-05-01 12:00:00", metadata: { a: 1 }, deletionPolicy: "cancel" } as const;
  const launch = { description: null, metadata: { a: null, b: 2 }, status: "manual" };
  const patches: [what: string, live: string, olds: object, news: Partial<CampaignArgs>, patch: Fields][] = [
    [
      "takes out of a draft that is launched what the program has removed",
      "draft",
      { description: "y", metadata: { a: 1, b: 2 }, draft: true },
      { metadata: { b: 2 } },
      { name: "x", ...launch },
    ],
    [
      "says nothing of what is the same moment or the same nothing",
      "scheduled",
      { ...moment, metadata: { a: 1, b: null }, draft: false },
      same,
      {},
    ],
    [
      "takes each key of removed metadata out, and leaves the mark",
      "paused",
      { metadata: { a: 1, b: { c: 2 } } },
      {},
      { metadata: { a: null, b: null } },
    ],
  ];
  for (const [what, live, olds, news, patch] of patches) {
    it(what, () => expect(patchOf({ name: "x", ...olds }, { name: "x", ...news }, live)).to.deep.equal(patch));
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
    expect(kept({ team: "crm" }, mark)).to.deep.equal({ team: "crm" });
  });

  const launches: [string, Partial<CampaignArgs>, string][] = [
    ["runImmediately", { runImmediately: true }, "running"],
    ["a time", { scheduledTime: "2026-12-01 09:00:00" }, "scheduled"],
    ["a recurrence", { recurrence: { every: "1D" } }, "scheduled"],
    ["neither", {}, "manual"],
  ];
  for (const [what, how, status] of launches) {
    it(`launches a draft with ${what} to ${status}, and only a draft`, () => {
      const olds = { name: "x", ...how, draft: true };
      const { run_immediately: _, ...whole } = fieldsOf({ name: "x", ...how });
      expect(patchOf(olds, { name: "x", ...how }, "draft")).to.deep.equal({ ...whole, status });
      expect(patchOf(olds, { name: "x", ...how, draft: false }, "draft")).to.deep.equal({ ...whole, status });
      expect(patchOf(olds, { name: "x", ...how }, "running")).to.deep.equal({});
      expect(patchOf({ name: "x", ...how }, { name: "x", ...how }, "draft")).to.deep.equal({});
    });
  }
});

describe("what Hood is told of a campaign", () => {
  it("has the API's names, one level deep if those are documented", () => {
    const sms = { channel: "sms", sms: { bodyText: "x" } };
    const args = {
      name: "Spring sale",
      abTest: { testSplit: 30, odd_field: 1 },
      messages: [{ ...sms, integrationId: "7", primaryLang: "en" }],
      metadata: { ownKey: 1 },
      sendInProfileTimeZone: true,
      scheduledTime: "2026-12-01T10:00:00.5+01:00",
      deletionPolicy: "prevent",
      extra: { frequency_cap: 2 },
    } as const;
    expect(fieldsOf(args)).to.deep.equal({
      name: "Spring sale",
      ab_test: { test_split: 30, odd_field: 1 },
      messages: [{ ...sms, integration_id: "7", primary_lang: "en" }],
      metadata: { ownKey: 1 },
      send_in_profile_time_zone: true,
      scheduled_time: "2026-12-01 09:00:00",
      frequency_cap: 2,
    });
  });

  it("says of a draft that it is one, and nothing of what isn't", () => {
    expect(bodyOf({ name: "x", draft: true })).to.deep.equal({ name: "x", status: "draft" });
    expect(bodyOf({ name: "x", draft: false })).to.deep.equal({ name: "x" });
  });
});

describe("what a program edits", () => {
  const metadata = { a: 1 };
  const olds = { name: "x", scheduledTime: "2026-12-01T09:00:00Z", draft: false, metadata };
  const same = { name: "x", scheduledTime: "2026-12-01 09:00:00", metadata, deletionPolicy: "cancel" } as const;

  it("is what Hood would have to be told of, and what isn't known yet", () => {
    expect(editedArguments(olds, same)).to.deep.equal([]);
    expect(editedArguments(olds, { ...same, name: "y", draft: true })).to.deep.equal(["name", "draft"]);
    expect(editedArguments(olds, { name: "x" })).to.deep.equal(["metadata", "scheduledTime"]);
    expect(editedArguments({ name: "x", extra: { a: 1 } }, { name: "x", extra: { a: 2 } })).to.deep.equal(["extra"]);
    const all: Planned<CampaignArgs> = {
      name: unknown,
      metadata: unknown,
      extra: unknown,
      draft: unknown,
      deletionPolicy: unknown,
    };
    expect(editedArguments(olds, { ...same, ...all })).to.deep.equal(["name", "metadata", "extra"]);
  });
});

describe("what a preview tells of a campaign", () => {
  const outputs = { campaignId: "7", status: "draft", createTime: "2026-05-01T12:00:00Z" };

  it("is what is declared, and of the rest nothing", () => {
    const nothing = { campaignId: unknown, status: unknown, createTime: unknown };
    expect(campaign.previewOutputs({ name: "x" }, undefined)).to.deep.equal({ name: "x", ...nothing });
  });

  it("is what the state has, without arguments that were taken out", () => {
    const state = { name: "x", description: "y", ...outputs, status: "paused", __provenance: { record: "1" } };
    const { description: _, ...rest } = state;
    // By the time of the edit, the campaign may have moved on.
    expect(campaign.previewOutputs({ name: "z" }, state)).to.deep.equal({ ...rest, name: "z", status: unknown });
    const only = { name: "x", description: "y", deletionPolicy: "cancel" } as const;
    expect(campaign.previewOutputs(only, state)).to.deep.equal({ ...state, ...only });
  });

  it("leaves the status of a draft open that is launched", () => {
    const state = { name: "x", draft: true, ...outputs };
    expect(campaign.previewOutputs({ name: "x", draft: true }, state)).to.include({ status: "draft" });
    expect(campaign.previewOutputs({ name: "x" }, state)).to.include({ status: unknown });
  });
});
