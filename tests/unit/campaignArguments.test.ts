import { expect } from "chai";
import type { Properties } from "../../provider/context";
import { campaignArguments } from "../../provider/resources/campaign/arguments";
import { editedArguments } from "../../provider/resources/campaign/changes";
import { messageFailures } from "../../provider/resources/campaign/messageRules";
import { UNKNOWN } from "../../provider/unknown";

const whole = {
  name: "Spring sale",
  description: "",
  labels: ["spring"],
  metadata: { any: null },
  draft: true,
  scheduledTime: "2026-12-01 09:00:00",
  runImmediately: false,
  recurrence: {},
  endTime: "2026-12-31T09:00:00+01:00",
  abTest: { testSplit: 30 },
  messages: [],
  utmTracking: {},
  quietHours: {},
  targeting: {},
  sendInProfileTimeZone: true,
  sendIfProfileTimePassed: false,
  dealId: "1000251",
  extra: { frequency_cap: 2 },
  deletionPolicy: "prevent",
};

describe("the arguments of a Campaign", () => {
  const reasons = (args: Properties) => campaignArguments.failures(args).map(({ reason }) => reason);

  it("are these, and each may be unknown yet", () => {
    expect(campaignArguments.names).to.deep.equal(Object.keys(whole));
    expect(reasons(whole)).to.deep.equal([]);
    expect(reasons({ name: "x" })).to.deep.equal([]);
    expect(reasons(Object.fromEntries(Object.keys(whole).map((name) => [name, UNKNOWN])))).to.deep.equal([]);
  });

  const wrong: [Properties, string][] = [
    [{}, "name must not be blank"],
    [{ name: " " }, "name must not be blank"],
    [{ name: "Spring sale " }, 'name must not begin or end with blanks: write "Spring sale"'],
    [{ name: "\ufeffSpring sale" }, 'name must not begin or end with blanks: write "Spring sale"'],
    [{ name: "🎉".repeat(26) }, "name has 104 bytes in UTF-8, and Hood takes 100 at the most"],
    [{ description: 7 }, "description must be a string"],
    [{ labels: "spring" }, "labels must be a list of strings"],
    [{ labels: [""] }, "labels must be a list of strings"],
    [{ metadata: [] }, "metadata must be an object"],
    [{ draft: "true" }, "draft must be true or false"],
    [{ scheduledTime: "2026-12-01T09:00:00" }, "scheduledTime must be a moment"],
    [{ endTime: "2026-02-30 09:00:00" }, "endTime must be a moment"],
    [{ messages: {} }, "messages must be a list of messages"],
    [{ dealId: 7 }, "dealId must be a string of digits"],
    [{ deletionPolicy: "delete" }, 'deletionPolicy must be one of "abandon", "cancel", "prevent"'],
    [{ extra: "x" }, "extra must be an object"],
    [{ extra: { utm_tracking: {} } }, "extra must not hold utm_tracking: use the argument utmTracking"],
    [{ extra: { quietHours: {} } }, "extra must not hold quietHours: use the argument quietHours"],
    [{ extra: { is_draft: true } }, "extra must not hold is_draft: use the argument draft"],
    [{ extra: { status: "running" } }, "extra must not hold status: use draft, or a CampaignStatus"],
    [{ extra: { create_time: "x" } }, "extra must not hold create_time: Hood itself writes that field"],
  ];
  for (const [args, reason] of wrong) {
    it(`refuse ${JSON.stringify(args).slice(0, 60)}`, () => {
      const [first, ...more] = reasons({
        ...("name" in args || Object.keys(args).length === 0 ? {} : { name: "x" }),
        ...args,
      });
      expect(first).to.contain(reason);
      expect(more).to.deep.equal([]);
    });
  }

  it("refuse nothing that is on record already", () => {
    expect(campaignArguments.failures({ name: "Spring sale " }, { name: "Spring sale " })).to.deep.equal([]);
    expect(campaignArguments.failures({ name: " Spring sale" }, { name: "Spring sale " })).to.have.length(1);
    expect(campaignArguments.failures({}, {})).to.have.length(1);
  });

  it("take a name of exactly 100 bytes", () => expect(reasons({ name: "🎉".repeat(25) })).to.deep.equal([]));
});

describe("the messages of a Campaign", () => {
  const reasons = (...messages: unknown[]) => messageFailures({ messages }).map(({ reason }) => reason);
  const push = { channel: "push" };

  it("need a channel, and an integration for email and sms", () => {
    expect(reasons(push, { channel: "sms", integrationId: "7" })).to.deep.equal([]);
    const [channel, missing, number, object, ...more] = reasons(
      { channel: "fax" },
      { channel: "email" },
      { channel: "sms", integrationId: 7 },
      "hello",
    );
    expect(channel).to.contain('messages[0].channel must be one of "push", "email", "sms"');
    expect(missing).to.contain("messages[1].integrationId is missing");
    expect(number).to.contain("messages[2].integrationId must be a string");
    expect(object).to.contain("messages[3] must be an object");
    expect(more).to.deep.equal([]);
  });

  it("need a test where one channel has several, and are four for a channel at the most", () => {
    const failure = messageFailures({ messages: [push, push] });
    expect(failure).to.have.length(1);
    expect(failure[0]).to.include({ property: "abTest" });
    expect(messageFailures({ messages: [push, push], abTest: UNKNOWN })).to.deep.equal([]);
    expect(messageFailures({ messages: [push, { channel: "sms", integrationId: "7" }] })).to.deep.equal([]);
    expect(messageFailures({ messages: Array(4).fill(push), abTest: {} })).to.deep.equal([]);
    expect(reasons(...Array(5).fill(push))[0]).to.contain("hold 5 for push, and Hood takes 4");
  });

  it("are left for later where they aren't known yet", () => {
    expect(messageFailures({ messages: UNKNOWN })).to.deep.equal([]);
    expect(reasons(UNKNOWN, { channel: UNKNOWN }, { channel: "sms", integrationId: UNKNOWN })).to.deep.equal([]);
  });
});

describe("what a program edits", () => {
  it("is what Hood would have to know", () => {
    const olds = { name: "x", scheduledTime: "2026-12-01T09:00:00Z", draft: false, metadata: { a: 1 } };
    const news = { name: "x", scheduledTime: "2026-12-01 09:00:00", metadata: { a: 1 }, deletionPolicy: "cancel" };
    expect(editedArguments(olds, news)).to.deep.equal([]);
    expect(editedArguments(olds, { ...news, name: "y", draft: true, metadata: { a: UNKNOWN } })).to.deep.equal([
      "name",
      "metadata",
      "draft",
    ]);
    expect(editedArguments(olds, { name: "x" })).to.deep.equal(["metadata", "scheduledTime"]);
    expect(editedArguments({ extra: { a: 1 } }, { extra: { a: 2 } })).to.deep.equal(["extra"]);
  });
});
