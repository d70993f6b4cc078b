import { expect } from "chai";
import { bodyOf } from "../../provider/hood/body";
import { newRecord, textOf } from "../../provider/hood/mark";
import { campaignDetailsIn } from "../../provider/hood/model";

const MB = 1024 * 1024;
const mark = { owner: "a".repeat(20), content: "b".repeat(12), record: newRecord() };
const named = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`name ${n}`, n]));
const few = { id: "2", name: 'A "quoted" \\" name, [1]: {', status: "running", targeting: { items: [{ a: 1 }] } };

const large: [what: string, value: unknown][] = [
  ["a text", `${"x".repeat(3 * MB)}"}],\\`],
  ["a text that is all escaped", '\\"'.repeat(MB)],
  ["numbers", { ids: Array.from({ length: 100_001 }, (_, n) => n) }],
  ["empty objects", Array(100_000).fill({})],
  ["names", { ...named(11_000), end: "}" }],
  ["names inside", [{ items: [{ items: named(11_000) }] }]],
];

describe("an answer", () => {
  const detailsIn = (body: unknown) => campaignDetailsIn(bodyOf({ text: JSON.stringify(body) })?.body);

  for (const [what, value] of large) {
    it(`is read without a field of a campaign that has too much in it: ${what}`, () => {
      const one = { id: "1", targeting: value, name: "x", status: "paused" };
      const [first, second] = detailsIn({ total: 2, items: [one, few], labels: value });
      expect(first?.fields).to.deep.equal({ id: "1", name: "x", status: "paused" });
      expect(first?.tooLarge).to.deep.equal(["targeting"]);
      expect(second).to.deep.include({ fields: few }).and.not.have.property("tooLarge");
      const [alone] = detailsIn({ ...one, messages: value });
      expect(alone?.tooLarge).to.deep.equal(["targeting", "messages"]);
    });
  }

  it("still tells whose campaign it is whose metadata are too large", () => {
    for (const at of [
      { pulumi: textOf(mark), ...named(11_000) },
      { ...named(11_000), "a:b": { key: textOf(mark) } },
    ]) {
      const [found] = detailsIn({ total: 1, items: [{ id: "1", metadata: at, status: "paused" }] });
      expect(found?.mark).to.include(mark);
      expect(found?.fields).to.deep.equal({ id: "1", status: "paused" });
    }
  });

  it("takes no mark from a list of texts in metadata that are too large", () => {
    const metadata = { texts: ["pulumi", textOf(mark)], more: named(11_000) };
    expect(detailsIn({ total: 1, items: [{ id: "1", metadata, status: "paused" }] })[0]).to.not.have.property("mark");
  });

  it("keeps what fits, and isn't read at all if all that is left is too large", () => {
    const text = (items: number, description: string) =>
      JSON.stringify({ total: items, items: Array(items).fill({ ...few, description }) });
    expect(bodyOf({ text: text(4, "x".repeat(1.9 * MB)) })?.size).to.be.above(7.6 * MB);
    expect(bodyOf({ text: text(5, "x".repeat(1.9 * MB)) })).to.equal(undefined);
    expect(bodyOf({ text: text(9, "x".repeat(2.1 * MB)) })?.size).to.be.below(6_000);
    expect(bodyOf({ text: `[${"[],".repeat(200_000)}[]]` })).to.equal(undefined);
    expect(bodyOf({ text: `{"total":1,"items":[${"[],".repeat(200_000)}[]]}` })).to.equal(undefined);
  });
});
