import { createHash } from "node:crypto";
import { expect } from "chai";
import fc from "fast-check";
import {
  hashOf,
  hashOfContent,
  keysBeside,
  markIn,
  markKeyIn,
  newRecord,
  textOf,
  withMark,
  withoutMark,
} from "../../provider/hood/mark";

const mark = { owner: hashOf("urn"), content: hashOfContent({}), moment: Date.UTC(2026, 4, 1), record: newRecord() };
const text = textOf(mark);

describe("the mark of a campaign", () => {
  it("fits Hood's shortest limit for a text, in hexadecimal digits", () => expect(text).to.match(/^[0-9a-f]{60}$/));

  /** Metadata as a server may give it back. */
  const shown: [string, unknown, unknown][] = [
    ["as the only pair", { key: "pulumi", value: text }, {}],
    ["beside a pair", { key: "team", value: "crm", pulumi: text }, { key: "team", value: "crm" }],
    ["in capital letters", { KEY: "PULUMI", VALUE: text.toUpperCase() }, {}],
    ["under another name", { "x-pulumi": text, team: "crm" }, { team: "crm" }],
    [
      "as a list of pairs",
      [
        { key: "team", value: "crm" },
        { key: "pulumi", value: text },
      ],
      [{ key: "team", value: "crm" }],
    ],
    [
      "as a pair of a list",
      [
        ["team", "crm"],
        ["pulumi", text],
      ],
      [["team", "crm"]],
    ],
    ["as a list of names and values", ["team", "crm", "pulumi_2", text], ["team", "crm"]],
    ["as a list of values", ["crm", text], ["crm"]],
    ["as a value alone", text, {}],
    ["deeper", { a: [{ b: { pulumi: text } }, { c: [1, [text]] }] }, { a: [{ b: {} }, { c: [1] }] }],
    ["more than once", { value: text, pulumi: text }, {}],
    ["as a pair that got company", { key: "pulumi", value: text, team: "crm" }, { team: "crm" }],
  ];
  for (const [what, metadata, rest] of shown) {
    it(`is found ${what}, and taken out again`, () => {
      expect(markIn(metadata)).to.deep.equal(mark);
      expect(withoutMark(metadata)).to.deep.equal(rest);
      expect(markIn(rest)).to.equal(undefined);
    });
  }

  const others: [string, unknown][] = [
    ["no metadata", undefined],
    ["null", null],
    ["a text", "crm"],
    ["another pair", { key: "pulumi", value: "yes" }],
    ["60 digits without the checksum", { pulumi: "0".repeat(60) }],
    ["a longer hash", { pulumi: "ab".repeat(64) }],
    ["a text that names a mark", { copied: `from ${text}` }],
    ["the name of a key", { [text]: "crm" }],
  ];
  for (const [what, metadata] of others) {
    it(`isn't found in ${what}, which stays as it is`, () => {
      expect(markIn(metadata)).to.equal(undefined);
      expect(withoutMark(metadata)).to.deep.equal(metadata);
    });
  }

  it("is found in any metadata that a program declares, which comes back whole", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.string()), (metadata) => {
        const marked = withMark(metadata, mark);
        expect(markIn(marked)).to.deep.equal(mark);
        expect(withoutMark(marked)).to.deep.equal({ ...metadata });
      }),
    );
  });

  it("takes a key that is free, whatever the program calls its own", () => {
    const taken = { pulumi: "a", pulumi_2: "b" };
    expect(withMark(taken, mark)).to.deep.equal({ ...taken, pulumi_3: text });
  });

  it("is taken out of metadata inside metadata too, which was copied from another campaign", () => {
    expect(withoutMark({ copy: { key: "pulumi", value: text }, team: "crm" })).to.deep.equal({ copy: {}, team: "crm" });
  });

  it("is that of an earlier version, with the moment of no create", () => {
    const older = `${"0123456789abcdef0123".repeat(2)}${"f".repeat(16)}`;
    const sum = createHash("sha256").update(older).digest("hex").slice(0, 4);
    const found = { owner: "0123456789abcdef0123", content: "0123456789ab", record: "f".repeat(16) };
    expect(markIn({ pulumi: older + sum })).to.deep.equal(found);
    expect(markIn({ pulumi: textOf(found) })).to.deep.equal(found);
  });

  it("is nobody's where there are those of two owners, and no state's where there are two of one owner", () => {
    const { owner, ...others } = mark;
    const another = textOf({ owner: hashOf("another"), ...others });
    const newer = textOf({ ...mark, record: newRecord() });
    expect(markIn({ pulumi: text, pulumi_2: another })).to.equal(undefined);
    expect(markIn({ pulumi: text, pulumi_2: newer })).to.deep.equal({ owner, content: "", record: "" });
  });

  it("can be replaced only where it stands once, at the top", () => {
    const places = [{ a: text }, { a: text, b: text }, { a: { b: text } }, [text], text, {}];
    expect(places.map(markKeyIn)).to.deep.equal(["a", ...Array(5).fill(undefined)]);
  });

  it("counts the keys beside it", () => {
    expect([undefined, {}, { team: "crm" }, ["crm"]].map(keysBeside)).to.deep.equal([0, 0, 1, 1]);
  });
});
