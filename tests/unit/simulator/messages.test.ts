import { expect } from "chai";
import { closeAll, open } from "./account";

type Message = Record<string, unknown>;
const push = { channel: "push", push: { title: "Hello" } };
const sms = { channel: "sms", integration_id: "1628" };
const email = { channel: "email", integration_id: "1629" };
const ab_test = { name: "Subject", test_split: 30 };

const allowed: [what: string, body: object][] = [
  ["no message", { messages: [] }],
  ["a push message without an integration", { messages: [push] }],
  ["one message per channel", { messages: [push, sms, email] }],
  ["four messages of a channel under test", { messages: [push, push, push, push, sms], ab_test }],
];
const refused: [what: string, body: object][] = [
  ["messages that are no array", { messages: push }],
  ["a message that is no object", { messages: ["push"] }],
  ["a message without a channel", { messages: [{ push: {} }] }],
  ["a channel that Hood does not have", { messages: [{ channel: "fax" }] }],
  ["an sms without an integration", { messages: [{ channel: "sms" }] }],
  ["an email with a blank integration", { messages: [{ ...email, integration_id: " " }] }],
  ["an integration that is no text", { messages: [{ ...email, integration_id: 1629 }] }],
  ["two messages of a channel without a test", { messages: [push, push, sms] }],
  ["five messages of a channel", { messages: [push, push, push, push, push], ab_test }],
  ["a test that is no object", { ab_test: "Subject" }],
  ["a message id that the campaign does not have", { messages: [{ ...push, id: "9" }] }],
];

describe("simulator: messages", () => {
  afterEach(closeAll);

  for (const [cases, statuses] of [
    [allowed, { create: 201, edit: 204 }],
    [refused, { create: 400, edit: 400 }],
  ] as const) {
    for (const [what, body] of cases) {
      it(`create with ${what} answers ${statuses.create}`, async () => {
        const { hood, call } = await open();
        expect((await call("POST", "/campaigns", { name: "Spring sale", ...body })).status).to.equal(statuses.create);
        expect(hood.campaigns.size).to.equal(statuses.create === 201 ? 1 : 0);
      });

      it(`an edit to ${what} answers ${statuses.edit}`, async () => {
        const { hood, call } = await open({ campaigns: [{ id: "7", status: "draft" }] });
        const before = structuredClone(hood.campaign("7"));
        expect((await call("PATCH", "/campaigns/7", body)).status).to.equal(statuses.edit);
        if (statuses.edit === 400) expect(hood.campaign("7")).to.deep.equal(before);
      });
    }
  }

  it("an edit is judged by what comes of it", async () => {
    const { call } = await open({ campaigns: [{ id: "7", status: "draft", ab_test, messages: [push, push] }] });
    expect((await call("PATCH", "/campaigns/7", { ab_test: null })).status).to.equal(400);
    expect((await call("PATCH", "/campaigns/7", { ab_test: null, messages: [push] })).status).to.equal(204);
    expect((await call("PATCH", "/campaigns/7", { messages: [push, push] })).status).to.equal(400);
    expect((await call("PATCH", "/campaigns/7", { messages: [push, push], ab_test })).status).to.equal(204);
  });

  it("get ids, and know whose they are", async () => {
    const { hood, call } = await open({ campaigns: [{ id: "7", messages: [push, { ...sms, id: "1025" }] }] });
    const whose = { company_id: "1000000", campaign_id: "7" };
    expect(hood.campaign("7").messages).to.deep.equal([
      { ...whose, ...push, id: "1024" },
      { ...whose, ...sms, id: "1025" },
    ]);
    const { json } = await call("POST", "/campaigns", { name: "Spring sale", messages: [push, sms] });
    const others = { company_id: "1000000", campaign_id: json.id };
    expect(json.messages).to.deep.equal([
      { ...others, ...push, id: "1026" },
      { ...others, ...sms, id: "1027" },
    ]);
  });

  it("are replaced as a whole; one that an edit names by its id keeps it", async () => {
    const { hood, call } = await open({ campaigns: [{ id: "7", status: "draft", messages: [push, sms] }] });
    const [, second] = (await call("GET", "/campaigns/7")).json.items[0].messages as Message[];
    const messages = [email, { ...second, name: "Reminder", campaign_id: "9" }];
    expect((await call("PATCH", "/campaigns/7", { messages })).status).to.equal(204);
    const whose = { company_id: "1000000", campaign_id: "7" };
    expect(hood.campaign("7").messages).to.deep.equal([
      { ...whose, ...email, id: "1026" },
      { ...whose, ...sms, id: "1025", name: "Reminder" },
    ]);
    const twice = { ab_test, messages: [second, second] };
    expect((await call("PATCH", "/campaigns/7", twice)).status).to.equal(400);
    expect((await call("PATCH", "/campaigns/7", { messages: null })).status).to.equal(204);
    expect(hood.campaign("7").messages).to.deep.equal([]);
  });
});
