import { expect } from "chai";
import { HoodError } from "../../provider/hood/errors";
import { thrown } from "../support/messages";
import { page as login, openRawAccount, refusal } from "../support/rawAccount";
import { json } from "../support/rawServer";

const query = { sort: "create_time" };
const item = { id: "1000248", name: "Spring sale", status: "running" };
const sent = (raw: ReturnType<typeof openRawAccount>) =>
  raw.server.requests.map(({ path }) => /page=(\d+,\d+)/.exec(path)?.[1]);

describe("pages of campaigns", () => {
  const raw = openRawAccount();

  it("are asked for smaller where larger ones are refused, and no further", async () => {
    raw.server.answer(json(400, refusal));
    const error = await thrown(HoodError, () => raw.account.search(query));
    expect(error.message).to.contain("Can't list campaigns: HTTP 400 Bad request.");
    expect(sent(raw)).to.deep.equal(["1,500", "1,100", "1,10"]);
  });

  it("are no larger than what is wanted", async () => {
    raw.server.answer(json(400, refusal));
    await thrown(HoodError, () => raw.account.search(query, 50));
    await thrown(HoodError, () => raw.account.search(query, 7));
    expect(sent(raw)).to.deep.equal(["1,50", "1,10", "1,7"]);
  });

  it("aren't asked for smaller where it isn't their size", async () => {
    raw.server.answer(json(401, { title: "Unauthorized." }));
    expect((await thrown(HoodError, () => raw.account.search(query))).kind).to.equal("unauthorized");
    expect(raw.server.requests).to.have.length(1);
  });

  it("go on in the size that the first one shows", async () => {
    const items = [1, 2, 3].map((id) => ({ ...item, id: String(id) }));
    raw.server.answer(json(200, { total: 5, items }), json(200, { total: 5, items: [{ id: "4" }, { id: "5" }] }));
    await raw.account.search(query);
    expect(sent(raw).slice(0, 3)).to.deep.equal(["1,500", "2,3", "1,3"]);
  });

  const wrong: [string, object | undefined, string][] = [
    ["no list", {}, "without a list of campaigns"],
    ["something else as the list", { total: 1, items: "x" }, "without a list of campaigns"],
    ["no total", { items: [item] }, "that has no total"],
    ["a total that is no number", { total: null, items: [item] }, "that has no total"],
    ["a total and no campaign", { total: 2, items: [] }, "a total of 2 and no campaign"],
    ["a campaign without an id", { total: 1, items: [{ name: "x" }] }, "no usable id"],
    ["an id that was rounded", { total: 1, items: [{ id: 9007199254740992 }] }, "no usable id"],
    ["something else as a campaign", { total: 1, items: ["x"] }, "no usable id"],
  ];
  for (const [what, body, says] of wrong) {
    it(`that hold ${what} aren't taken for a list`, async () => {
      raw.server.answer(json(200, body));
      const error = await thrown(HoodError, () => raw.account.search(query));
      expect(error).to.include({ kind: "unexpectedResponse", status: 200 }, error.message);
      expect(error.message).to.contain(says);
    });
  }

  it("aren't taken from a proxy", async () => {
    raw.server.answer(login);
    expect((await thrown(HoodError, () => raw.account.search(query))).kind).to.equal("unexpectedResponse");
  });

  it("may hold an id as a number, while it is exact", async () => {
    raw.server.answer(json(200, { total: 1, items: [{ ...item, id: 1000248 }] }));
    expect(await raw.account.search(query)).to.deep.equal([item]);
  });
});
