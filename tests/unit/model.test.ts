import { expect } from "chai";
import { campaignsIn } from "../../provider/hood/model";

const item = { id: "1000248", name: "Spring sale", status: "running", update_time: "2026-05-01 12:00:00" };
const campaign = { id: "1000248", name: "Spring sale", status: "running", updateTime: "2026-05-01T12:00:00Z" };

describe("campaigns in an answer", () => {
  it("reads what it needs", () => expect(campaignsIn({ total: 1, items: [item] })).to.deep.equal([campaign]));

  it("ignores the rest, whatever it is", () => {
    const odd = { ...item, labels: "a,b", company_id: 7, messages: null, metadata: [], creator: "x" };
    expect(campaignsIn({ total: 1, items: [odd] })).to.deep.equal([campaign]);
    expect(campaignsIn({ total: 1, items: [{ ...item, labels: ["a", "b"] }] })).to.deep.equal([campaign]);
  });

  it("takes the total as a number, a text, or nothing", () => {
    for (const total of [1, "1", undefined, null])
      expect(campaignsIn({ total, items: [item] })).to.deep.equal([campaign]);
  });

  it("keeps ids beyond 2^53 exactly, when they are texts", () => {
    const [big] = campaignsIn({ items: [{ ...item, id: "12345678901234567891" }] });
    expect(big?.id).to.equal("12345678901234567891");
  });

  it("takes an id that is a number only while it is exact", () => {
    expect(campaignsIn({ items: [{ ...item, id: 1000248 }] })).to.deep.equal([campaign]);
    expect(campaignsIn(JSON.parse('{"items":[{"id":9007199254740993,"name":"x","status":"running"}]}'))).to.deep.equal(
      [],
    );
    expect(campaignsIn({ items: [{ ...item, id: 1.5 }] })).to.deep.equal([]);
  });

  it("passes an unknown status on as it is", () => {
    expect(campaignsIn({ items: [{ ...item, status: "archived" }] })[0]?.status).to.equal("archived");
  });

  it("reads a missing name as an empty one", () => {
    expect(campaignsIn({ items: [{ id: "1", status: "running" }] })).to.deep.equal([
      { id: "1", name: "", status: "running" },
    ]);
  });

  for (const time of [undefined, null, "", 1777636800, "0000", "2026-05-01T12:00:00Z", "2026-05-01 12:00"]) {
    it(`leaves out a time that is ${JSON.stringify(time)}`, () => {
      expect(campaignsIn({ items: [{ ...item, update_time: time }] })[0]).not.to.have.property("updateTime");
    });
  }

  const none = [undefined, null, "", [], [item], {}, { items: null }, { items: {} }, { items: "x" }, { items: [] }];
  for (const body of none) {
    it(`finds none in ${JSON.stringify(body)}`, () => expect(campaignsIn(body)).to.deep.equal([]));
  }

  it("leaves out items without a usable id or status, and keeps the others", () => {
    const odd = [{ id: "1" }, { status: "running" }, { id: "1", status: 7 }, { id: null, status: "x" }];
    const items = [null, 7, [], {}, ...odd, item];
    expect(campaignsIn({ items })).to.deep.equal([campaign]);
  });
});
