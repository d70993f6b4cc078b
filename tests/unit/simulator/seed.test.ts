import { expect } from "chai";
import { parseSeed, readSeed } from "../../../simulator/seed";

const good = { id: "1000248", name: "Spring sale", status: "running" };
const without = (field: keyof typeof good) =>
  Object.fromEntries(Object.entries(good).filter(([name]) => name !== field));

describe("simulator: seed files", () => {
  it("takes campaigns with id, name and status, and whatever else they bring", () => {
    const seed = [
      good,
      { ...good, id: "2", labels: ["sale"], scheduled_time: "2026-03-03 08:00:00", description: null },
    ];
    expect(parseSeed(JSON.stringify(seed), "campaigns.json")).to.deep.equal(seed);
    expect(parseSeed("[]", "campaigns.json")).to.deep.equal([]);
  });

  const mistakes: [content: unknown, message: string][] = [
    ["[{]", "it is not JSON"],
    ["", "it is not JSON"],
    [{ campaigns: [] }, "it holds no array"],
    [[good, "text"], 'item 2 is "text". Expected an object'],
    [
      [good, { ...good, id: "2", status: "runing" }],
      'item 2, field status: it is "runing". Expected one of draft, manual,',
    ],
    [[without("status")], "item 1, field status: it is missing"],
    [[{ ...good, id: 1000248 }], "item 1, field id: it is 1000248. Expected decimal digits as a string"],
    [[{ ...good, id: "10a" }], 'item 1, field id: it is "10a"'],
    [[without("id")], "item 1, field id: it is missing"],
    [[good, good], "item 2, field id: 1000248 is already the id of item 1"],
    [[without("name")], "item 1, field name: it is missing"],
    [[{ ...good, name: " " }], 'item 1, field name: it is " ". Expected a text that is not blank'],
    [[{ ...good, labels: "sale" }], 'item 1, field labels: it is "sale". Expected an array of texts'],
    [[{ ...good, scheduled_time: "soon" }], 'field scheduled_time: it is "soon". Expected a date-time'],
    [[{ ...good, metadata: [] }], "field metadata: it is []. Expected an object"],
    [[{ ...good, recurrence: "1D" }], 'field recurrence: it is "1D". Expected an object'],
    [[{ ...good, ab_test: true }], "field ab_test: it is true. Expected an object"],
    [[{ ...good, messages: ["push"] }], 'field messages: it is ["push"]. Expected an array of objects'],
    [[{ ...good, end_time: "soon" }], 'field end_time: it is "soon". Expected a date-time'],
  ];
  for (const [content, message] of mistakes) {
    const text = typeof content === "string" ? content : JSON.stringify(content);
    it(`${text.slice(0, 80)} is refused: ${message}`, () => {
      expect(() => parseSeed(text, "campaigns.json"))
        .to.throw(message)
        .with.property("message")
        .that.match(/^Could not use the seed file campaigns\.json: /);
    });
  }

  it("a file that is not there is named", () => {
    expect(() => readSeed("no-such-file.json")).to.throw("Could not read the seed file no-such-file.json");
  });
});
