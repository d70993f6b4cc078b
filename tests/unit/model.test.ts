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
import { campaignsIn } from "../../provider/hood/model";

const item = { id: "1000248", name: "Spring sale", status: "running", update_time: "2026-05-01 12:00:00" };
const campaign = { id: "1000248", name: "Spring sale", status: "running", updateTime: "2026-05-01T12:00:00Z" };

describe("campaigns in an answer", () => {
  it("reads what it needs", () => expect(campaignsIn({ total: 1, items: [item] })).to.deep.equal([campaign]));

  const big = JSON.parse('{"id":9007199254740993,"name":"x","status":"running"}');
  const read: [what: string, body: unknown, found: unknown[]][] = [
    [
      "fields of no use, whatever they are",
      { ...item, labels: "a,b", messages: null, metadata: [], creator: "x" },
      [campaign],
    ],
    ["labels as a list", { ...item, labels: ["a", "b"] }, [campaign]],
    [
      "an id beyond 2^53 that is a text",
      { ...item, id: "12345678901234567891" },
      [{ ...campaign, id: "12345678901234567891" }],
    ],
    ["an id that is an exact number", { ...item, id: 1000248 }, [campaign]],
    ["an id that is a number and not exact any more", big, []],
    ["an id that is a fraction", { ...item, id: 1.5 }, []],
    ["a status that it doesn't know", { ...item, status: "archived" }, [{ ...campaign, status: "archived" }]],
    ["no name", { id: "1", status: "running" }, [{ id: "1", name: "", status: "running" }]],
  ];
  for (const [what, one, found] of read) {
    it(`reads ${what}`, () => expect(campaignsIn({ items: [one] })).to.deep.equal(found));
  }

  it("takes the total as a number, a text, or nothing", () => {
    for (const total of [1, "1", undefined, null])
      expect(campaignsIn({ total, items: [item] })).to.deep.equal([campaign]);
  });

  it("leaves out a time that is none of Hood's", () => {
    for (const update_time of [undefined, null, "", 1777636800, "0000", "2026-05-01T12:00:00Z", "2026-05-01 12:00"])
      expect(campaignsIn({ items: [{ ...item, update_time }] })[0]).not.to.have.property("updateTime");
  });

  it("finds none in what isn't a list of campaigns", () => {
    const items = [null, {}, "x", []].map((items) => ({ items }));
    for (const body of [undefined, null, "", [], [item], {}, ...items]) expect(campaignsIn(body)).to.deep.equal([]);
  });

  it("leaves out items without a usable id or status, and keeps the others", () => {
    const odd = [{ id: "1" }, { status: "running" }, { id: "1", status: 7 }, { id: null, status: "x" }];
    const items = [null, 7, [], {}, ...odd, item];
    expect(campaignsIn({ items })).to.deep.equal([campaign]);
  });
});

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
