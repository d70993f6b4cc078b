import { expect } from "chai";
import {
  placeIn,
  readArguments,
  stringifiedIn,
  unknownProperties,
  withArguments,
} from "../../provider/resources/arguments";
import { campaignCancellation } from "../../provider/resources/campaignCancellation";
import { lookups } from "../../provider/resources/lookups";
import { unknown } from "../../provider/resources/resource";
import { expectReadable, thrown } from "../support/messages";

const table = campaignCancellation.arguments;
const right = { campaignId: "1000248", reason: "Budget cut" };
const read = (declared: object, last?: object) => readArguments(table, { ...declared }, last && { ...last });

/** As Node.js says it, whole. */
const OF_NODE = [
  "Calling [toString] on an [Output<T>] is not supported.",
  "",
  "To get the value of an Output<T> as an Output<string> consider either:",
  "1: o.apply(v => `prefix$" + "{v}suffix`)",
  "2: pulumi.interpolate `prefix$" + "{v}suffix`",
  "This function may throw in a future version of @pulumi/pulumi.",
].join("\n");

describe("reading arguments", () => {
  const wrong: [property: string, value: unknown, says: string][] = [
    ["campaignId", undefined, "missing"],
    ["campaignId", null, "digits"],
    ["campaignId", 1000248, "quotes"],
    ...["", " 1000248", "1000248\n", "../1", "1000248/pause", "1000248?x=1", "-1", "1e6", "١٢٣", ["1"]].map(
      (value): [string, unknown, string] => ["campaignId", value, "digits"],
    ),
    ["campaignId", "1000248\u200b", "character 8 is a zero-width space"],
    ...["", " \t\n\u00a0"].map((value): [string, unknown, string] => ["reason", value, "blank"]),
    ["reason", undefined, "is missing"],
    ["reason", 7, "not a number"],
    ["expectedName", "", "exact name"],
    ["expectedName", 7, "exact name"],
    ["whenNotCancelable", "ignore", '"fail" or "accept"'],
    ["whenNotCancelable", "accept ", 'not "accept ": it looks like "accept", but character 7'],
    ["whenNotCancelable", true, '"fail" or "accept"'],
  ];
  for (const [property, value, says] of wrong) {
    it(`fails on ${property} ${JSON.stringify(value)}, which is judged at its worst from there on`, () => {
      const { args, failures } = read({ ...right, [property]: value });
      expect(failures.map((failure) => failure.property)).to.deep.equal([property]);
      const reason = failures[0]?.reason ?? "";
      expect(reason)
        .to.match(new RegExp(`^${property} `))
        .and.contain(says);
      expectReadable(reason);
      expect(args).to.include({ [property]: property === "whenNotCancelable" ? "fail" : unknown });
    });
  }

  it("says everything that is wrong at once", () => {
    const { failures } = read({ campaignId: 1, reason: "", expectedName: "", whenNotCancelable: "x" });
    expect(failures.map(({ property }) => property)).to.deep.equal(Object.keys(table));
  });

  const fine: object[] = [
    right,
    { ...right, campaignId: "18446744073709551616" },
    { ...right, campaignId: "0", whenNotCancelable: "accept" },
    { ...right, expectedName: "Spring sale", whenNotCancelable: "fail" },
    { campaignId: unknown, reason: unknown, expectedName: unknown, whenNotCancelable: unknown },
  ];
  for (const args of fine) {
    it(`takes ${Object.values(args).map(String).join(", ")} as they are, and nothing else`, () => {
      const unset = { expectedName: undefined, whenNotCancelable: null };
      expect(read({ ...unset, ...args, status: "canceled" })).to.deep.equal({ args, failures: [] });
    });
  }

  it("fails on one that is deeper than anything that Hood takes, however deep", () => {
    for (const [levels, fails] of [
      [100, false],
      [101, true],
      [100_000, true],
    ] as const) {
      let reason: unknown = "deep";
      for (let level = 0; level < levels; level++) reason = [reason];
      const { failures } = read({ ...right, reason });
      expect(failures[0]?.reason.includes("levels of values inside each other"), String(levels)).to.equal(fails);
    }
  });

  it("takes a value for unknown as a whole that holds an unknown part", () => {
    const parts = { parts: { read: (value: unknown) => ({ value }), onChange: "state" } as const };
    for (const value of [[unknown], { a: [{ b: unknown }] }]) {
      expect(readArguments(parts, { parts: value }).args).to.deep.equal({ parts: unknown });
    }
  });

  it("holds nothing against an argument that was sent already", () => {
    const old = { ...right, reason: OF_NODE };
    expect(read(old, old).failures).to.deep.equal([]);
    expect(read({ ...right, reason: `${OF_NODE} ` }, old).failures).to.have.length(1);
    const earlier = { ...right, whenNotCancelable: "ignore" };
    expect(read(earlier, earlier)).to.deep.equal({ args: earlier, failures: [] });
  });

  it("fails on a misspelt one, and lists those that there are", () => {
    const declared = { ...right, expectedname: "x", "a\nb": 1, unset: undefined, seen: "x" };
    const failures = unknownProperties("CampaignCancellation", Object.keys(table), declared, ["seen"]);
    expect(failures.map(({ property }) => property)).to.deep.equal(["expectedname", "a\nb"]);
    expect(failures[0]?.reason).to.contain("campaignId, reason, expectedName, whenNotCancelable");
    for (const { reason } of failures) expectReadable(reason);
  });

  it("leaves nothing in the state of those that the program took out", () => {
    const state = { ...right, expectedName: "Spring sale", status: "canceled" };
    const inputs = { ...right, reason: "Other", campaignName: "Renamed" };
    expect(withArguments(table, state, inputs)).to.deep.equal({ ...right, reason: "Other", status: "canceled" });
  });
});

describe("a text that a value without a text was put into", () => {
  const garbled: [what: string, text: string, wayOut: string][] = [
    ["an Output in Node.js", OF_NODE, "pulumi.interpolate"],
    ["an Output in JSON.stringify", '{"a":"Calling [toJSON] on an [Output<T>] is not supported.\\n"}', ".apply"],
    ["an Output in Python", "Calling __str__ on an Output[T] is not supported.", "Output.concat"],
    ["an Output in .NET", "Calling [ToString] on an [Output<T>] is not supported.", "Output.format"],
    ["an Output in Java", "Calling 'toString' on an 'Output<T>' is not supported.", "Output.format"],
    ["an Output in Go, with %s", "{%!s(*internal.OutputState=&{<nil> 0 <nil>})}", "pulumi.Sprintf"],
    ["an Output in Go, with %v", "{0x1c1b3e196040}", "pulumi.Sprintf"],
    ["an Output in Go, with %+v", "{OutputState:0x1c1b3e196040}", "pulumi.Sprintf"],
    ["an Output in a list, in Python", "[<pulumi.output.Output object at 0x7fd396596d10>]", "Output.concat"],
    ["an Output in an old .NET", "Pulumi.Output`1[System.String]", "Output.format"],
    ["an Output in a link", `https://acme.com/?c=${encodeURIComponent(OF_NODE)}`, "pulumi.interpolate"],
    ["an Output in a short name", "calling-tostring-on-an-output-t-is-not", "pulumi.interpolate"],
    ["an Output in capitals, cut", OF_NODE.slice(0, 32).toUpperCase(), "pulumi.interpolate"],
    ["a promise", "[object Promise]", "await"],
    ["an object", "[object Object]", "field"],
    ["a Map", "[object Map]", "field"],
    ["a coroutine in Python", "<coroutine object name at 0x7fd39658ddd0>", "attribute"],
  ];
  for (const [what, text, wayOut] of garbled) {
    it(`is found for ${what}, in the middle of a longer one too, and says what to write instead`, () => {
      for (const longer of [text, `Follows ${text}, OPS-1234`]) {
        const [found, ...more] = stringifiedIn(longer, "reason");
        expect(found)
          .to.match(/^reason holds .*\.$/)
          .and.contain(wayOut);
        expect(more).to.deep.equal([]);
      }
    });
  }

  it("isn't seen in other texts", () => {
    const fine = ["", "Budget cut, OPS-1234", "Calling customers on an output day is not supported", "calling it off"];
    const alike = ["object Object", "[object]", "{name}", "{{ profile.name }}", "<b>20 % off</b> at 0x", "Output<T>"];
    for (const text of [...fine, ...alike]) expect(stringifiedIn(text, "reason"), text).to.deep.equal([]);
  });

  const places: [value: unknown, place: string][] = [
    [[{ channel: "push", push: { title: OF_NODE } }], "messages[0].push.title"],
    [["fine", [OF_NODE, unknown]], "messages[1][0]"],
    [{ "a b": { c: OF_NODE } }, 'messages["a b"].c'],
    [{ a: { "Hi [object Object]": 1 } }, "a key of messages.a"],
  ];
  for (const [value, place] of places) {
    it(`is found at ${place}`, () => {
      const found = stringifiedIn(value, "messages");
      expect(found).to.have.length(1);
      expect(found[0]?.startsWith(`${place} holds `)).to.equal(true);
    });
  }

  it("has the place that a program would write", () => {
    const keys = ["a", "a-b", "ä", "$b_1", "1"];
    expect(keys.map((key) => placeIn("x", key))).to.deep.equal(["x.a", 'x["a-b"]', 'x["ä"]', "x.$b_1", 'x["1"]']);
  });

  it("fails in an argument, without its property: the engine would print all of its lines in front of the reason", () => {
    const { failures } = read({ ...right, reason: OF_NODE });
    expect(failures.map(({ property }) => property)).to.deep.equal([""]);
    expect(failures[0]?.reason).to.match(/^reason holds .* pulumi\.interpolate .*\.$/);
    expectReadable(failures[0]?.reason ?? "");
  });

  it("is no id either, so that nobody asks for it", () => {
    const { args, failures } = read({ ...right, campaignId: OF_NODE });
    expect(failures.map(({ property }) => property)).to.deep.equal(["", "campaignId"]);
    expect(args).to.include({ campaignId: unknown });
  });

  it("fails in a lookup", async () => {
    const nobody = () => Promise.reject(new Error("Nobody is asked."));
    const caller = { account: nobody, warn: nobody };
    const { message } = await thrown(Error, () => lookups.getCampaigns(caller, { search: "[object Promise]" }));
    expect(message).to.match(/search holds .*await/);
  });
});
