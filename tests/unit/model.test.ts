import { expect } from "chai";
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
