import { expect } from "chai";
import { cancellationArguments } from "../../provider/resources/cancellation/arguments";
import { checkArguments, getCampaigns } from "../../provider/resources/lookups";
import { placeIn, stringifiedIn } from "../../provider/resources/stringified";
import { UNKNOWN } from "../../provider/unknown";
import { expectReadable } from "../support/messages";

/** As the SDKs of Pulumi write them; the first is what Node.js says, whole. */
const OF_NODE = [
  "Calling [toString] on an [Output<T>] is not supported.",
  "",
  "To get the value of an Output<T> as an Output<string> consider either:",
  "1: o.apply(v => `prefix$" + "{v}suffix`)",
  "2: pulumi.interpolate `prefix$" + "{v}suffix`",
  "This function may throw in a future version of @pulumi/pulumi.",
].join("\n");

describe("A text that a value without a text was put into", () => {
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
    it(`is found for ${what}, in the middle of a longer one too, and the way out named`, () => {
      for (const whole of [text, `Follows ${text}, OPS-1234`]) {
        const [found, ...more] = stringifiedIn(whole, "reason");
        expect(found?.place, whole).to.equal("reason");
        expect(found?.reason).to.contain(wayOut);
        expect(more).to.deep.equal([]);
      }
    });
  }

  const fine = [
    "Budget cut, OPS-1234",
    "",
    UNKNOWN,
    "Calling customers on an output day is not supported",
    "calling it off",
    "object Object",
    "[object]",
    "{name}",
    "{{ profile.name }}",
    "<b>20 % off</b> at 0x",
    "Output<T>",
  ];
  for (const text of fine) {
    it(`isn't seen in ${JSON.stringify(text)}`, () => expect(stringifiedIn(text, "reason")).to.deep.equal([]));
  }

  const places: [value: unknown, place: string][] = [
    [[{ channel: "push", push: { title: OF_NODE } }], "messages[0].push.title"],
    [["fine", [OF_NODE]], "messages[1][0]"],
    [{ "a b": { c: OF_NODE } }, 'messages["a b"].c'],
    [{ a: { "Hi [object Object]": 1 } }, "a key of messages.a"],
  ];
  for (const [value, place] of places) {
    it(`is found at ${place}`, () => {
      expect(stringifiedIn(value, "messages").map((found) => found.place)).to.deep.equal([place]);
    });
  }

  it("has the place that a program would write", () => {
    expect(["a", "a-b", "ä", "$b_1", "1"].map((key) => placeIn("x", key))).to.deep.equal([
      "x.a",
      'x["a-b"]',
      'x["ä"]',
      "x.$b_1",
      'x["1"]',
    ]);
  });
});

describe("The check of arguments", () => {
  const right = { campaignId: "1000248", reason: "Budget cut" };

  it("refuses such a text, with its place", () => {
    const failures = cancellationArguments.failures({ ...right, reason: OF_NODE });
    // No property: the engine would print all of its lines in front of the reason.
    expect(failures.map(({ property }) => property)).to.deep.equal([""]);
    const reason = failures[0]?.reason ?? "";
    expect(reason).to.match(/^reason holds .* pulumi\.interpolate .*\.$/);
    expectReadable(reason);
  });

  it("says too that such a text is no id, so that nobody asks for it", () => {
    const failures = cancellationArguments.failures({ ...right, campaignId: OF_NODE });
    expect(failures.map(({ property }) => property)).to.deep.equal(["", "campaignId"]);
  });

  it("lets it pass where it stands on record, from a time when nobody looked", () => {
    const args = { ...right, reason: OF_NODE };
    expect(cancellationArguments.failures(args, { ...args })).to.deep.equal([]);
    expect(cancellationArguments.failures(args, { ...args, reason: `${OF_NODE} ` })).to.have.length(1);
  });

  it("refuses it in lookups", () => {
    expect(() => checkArguments(getCampaigns.rules, { search: "[object Promise]" })).to.throw(/search holds .*await/);
  });
});
