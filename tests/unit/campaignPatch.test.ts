import { expect } from "chai";
import fc from "fast-check";
import type { Properties } from "../../provider/context";
import { hashOf, newRecord, textOf } from "../../provider/hood/mark";
import { bodyOf, fieldsOf, keepingMark, mergePatch, patchOf } from "../../provider/resources/campaign/patch";

/** RFC 7386, section 2, word for word. */
function apply(target: unknown, patch: unknown): unknown {
  const isObject = (value: unknown): value is Properties =>
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
  const values = fc.dictionary(name, tree, { maxKeys: 5 }) as fc.Arbitrary<Properties>;
  const flat = (value: unknown) => JSON.parse(JSON.stringify(value));

  it("turns any campaign into any other, by RFC 7386", () => {
    fc.assert(
      fc.property(values, values, (before, after) => {
        expect(flat(apply(before, mergePatch(before, after)))).to.deep.equal(flat(after));
      }),
    );
  });

  it("holds nothing where nothing changes", () => {
    fc.assert(fc.property(values, (any) => void expect(mergePatch(flat(any), flat(any))).to.deep.equal({})));
  });

  it("removes with null, inside too, goes into objects, and sends lists whole", () => {
    const before = { a: 1, gone: 1, inside: { kept: 1, gone: 2, changed: 3 }, list: [1, { a: 1 }] };
    const after = { a: 1, inside: { kept: 1, changed: 4 }, list: [1, { a: 2 }], added: { b: 1 } };
    expect(mergePatch(before, after)).to.deep.equal({
      gone: null,
      inside: { gone: null, changed: 4 },
      list: [1, { a: 2 }],
      added: { b: 1 },
    });
  });

  it("says nothing of what is the same moment or the same nothing", () => {
    const before = { name: "x", scheduledTime: "2026-05-01T14:00:00+02:00", metadata: { a: 1, b: null }, draft: false };
    const after = { name: "x", scheduledTime: "2026-05-01 12:00:00", metadata: { a: 1 }, deletionPolicy: "cancel" };
    expect(patchOf(before, after, "scheduled")).to.deep.equal({});
  });

  it("takes each key of removed metadata out, and leaves the mark", () => {
    expect(patchOf({ name: "x", metadata: { a: 1, b: { c: 2 } } }, { name: "x" }, "paused")).to.deep.equal({
      metadata: { a: null, b: null },
    });
  });

  it("writes the mark again where new metadata takes its place", () => {
    const mark = { owner: hashOf("a"), content: hashOf("b"), record: newRecord() };
    const kept = (metadata: Properties, known?: typeof mark) => keepingMark({ metadata }, { metadata }, known).metadata;
    const pair = { key: "team", value: "crm" };
    expect(kept(pair, mark)).to.deep.equal({ ...pair, pulumi: textOf(mark) });
    expect(kept({ pulumi: "mine" }, mark)).to.deep.equal({ pulumi: "mine", pulumi_2: textOf(mark) });
    expect(kept(pair)).to.equal(pair);
    expect(kept({ team: "crm" }, mark)).to.deep.equal({ team: "crm" });
  });

  const launches: [string, Properties, string][] = [
    ["runImmediately", { runImmediately: true }, "running"],
    ["a time", { scheduledTime: "2026-12-01 09:00:00" }, "scheduled"],
    ["a recurrence", { recurrence: { every: "1D" } }, "scheduled"],
    ["neither", {}, "manual"],
  ];
  for (const [what, how, status] of launches) {
    it(`launches a draft with ${what} to ${status}, and only a draft`, () => {
      const olds = { name: "x", ...how, draft: true };
      expect(patchOf(olds, { name: "x", ...how }, "draft")).to.deep.equal({ status });
      expect(patchOf(olds, { name: "x", ...how, draft: false }, "draft")).to.deep.equal({ status });
      expect(patchOf(olds, { name: "x", ...how }, "running")).to.deep.equal({});
      expect(patchOf({ name: "x", ...how }, { name: "x", ...how }, "draft")).to.deep.equal({});
    });
  }
});

describe("what Hood is told of a campaign", () => {
  it("bears the API's names, one level deep where those are documented", () => {
    const args = {
      name: "Spring sale",
      abTest: { testSplit: 30, odd_field: 1 },
      messages: [{ channel: "sms", integrationId: "7", primaryLang: "en", sms: { bodyText: "x" } }],
      metadata: { ownKey: 1 },
      sendInProfileTimeZone: true,
      scheduledTime: "2026-12-01T10:00:00.5+01:00",
      deletionPolicy: "prevent",
      extra: { frequency_cap: 2 },
    };
    expect(fieldsOf(args)).to.deep.equal({
      name: "Spring sale",
      ab_test: { test_split: 30, odd_field: 1 },
      messages: [{ channel: "sms", integration_id: "7", primary_lang: "en", sms: { bodyText: "x" } }],
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
