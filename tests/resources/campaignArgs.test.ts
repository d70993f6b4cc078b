import { expect } from "chai";
import { UNKNOWN } from "../../provider/hosts/hosted";
import { type Declaration, readArguments } from "../../provider/resources/arguments";
import { argumentNames, campaignArguments } from "../../provider/resources/campaign/args";
import { unknown } from "../../provider/resources/resource";
import { openInProcess } from "../support/testAccount";

const all = {
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
const push = { channel: "push" };
const time = "2099-01-01T00:00:00Z";

const read = (declared: Declaration, last?: Declaration) => readArguments(campaignArguments, declared, last);
const reasons = (declared: Declaration, last?: Declaration) =>
  read({ name: "x", ...declared }, last && { name: "x", ...last }).failures.map(({ reason }) => String(reason));

describe("the arguments of a Campaign", () => {
  it("are these, and are read as they are", () => {
    expect(argumentNames).to.deep.equal(Object.keys(all));
    expect(read(all)).to.deep.equal({ args: all, failures: [] });
    expect(read({ name: "x", labels: null })).to.deep.equal({ args: { name: "x" }, failures: [] });
  });

  it("may each be unknown in a preview, whole or in part", () => {
    const unknowns = Object.fromEntries(argumentNames.map((name) => [name, unknown]));
    expect(read(unknowns)).to.deep.equal({ args: unknowns, failures: [] });
    const inParts = { labels: ["a", unknown], metadata: { a: unknown }, extra: { a: [unknown] }, messages: [unknown] };
    const args = { labels: unknown, metadata: unknown, extra: unknown, messages: unknown };
    expect(read({ name: "x", ...inParts })).to.deep.equal({ args: { name: "x", ...args }, failures: [] });
  });

  const wrong: [Declaration, string][] = [
    [{ name: undefined }, "name is missing: give the campaign the name"],
    [{ name: null }, "name is missing"],
    [{ name: " " }, "name must not be blank"],
    [{ name: "Spring sale " }, 'name must not begin or end with blanks: write "Spring sale"'],
    [{ name: "\ufeffSpring sale" }, 'name must not begin or end with blanks: write "Spring sale"'],
    [{ name: "🎉".repeat(26) }, "name has 104 bytes in UTF-8, and Hood takes 100 at the most"],
    [{ description: 7 }, "description must be a string"],
    [{ labels: "spring" }, "labels must be a list of strings"],
    [{ labels: ["", unknown] }, "labels must be a list of strings"],
    [{ metadata: [] }, "metadata must be an object"],
    [{ draft: "true" }, "draft must be true or false"],
    [{ scheduledTime: "2026-12-01T09:00:00" }, "scheduledTime must be a moment"],
    [{ scheduledTime: time, runImmediately: true }, "scheduledTime can't go with runImmediately: true: take one"],
    [{ recurrence: { a: unknown }, runImmediately: true }, "recurrence can't go with runImmediately: true"],
    ...["2026-02-30 09:00:00", "2026-02-30T09:00:00Z", "2026-06-31T23:00:00+02:00", "2026-12-01T24:00:00Z"].map(
      (endTime): [Declaration, string] => [{ endTime }, "endTime must be a moment"],
    ),
    [{ dealId: 7 }, "dealId must be a string of digits"],
    [{ deletionPolicy: "delete" }, 'deletionPolicy must be one of "abandon", "cancel", "prevent"'],
    [{ extra: "x" }, "extra must be an object"],
    [{ extra: { utm_tracking: {} } }, "extra must not hold utm_tracking: use the argument utmTracking"],
    [{ extra: { quietHours: {} } }, "extra must not hold quietHours: use the argument quietHours"],
    [{ extra: { is_draft: true } }, "extra must not hold is_draft: use the argument draft"],
    [{ extra: { status: "running" } }, "extra must not hold status: use draft, or a CampaignStatus"],
    [{ extra: { create_time: "x" } }, "extra must not hold create_time: Hood itself writes that field"],
    [{ messages: {} }, "messages must be a list of messages"],
    [{ messages: [push, { channel: "fax" }] }, 'messages[1].channel must be one of "push", "email", "sms"'],
    [{ messages: [{ channel: "email" }] }, "messages[0].integrationId is missing: a message by email needs"],
    [{ messages: [{ channel: "sms", integrationId: 7 }] }, "messages[0].integrationId must be a string"],
    [{ messages: [unknown, "hello"] }, "messages[1] must be an object"],
    [{ messages: Array(5).fill(push) }, "there are 5 for push, and Hood takes 4 for a channel"],
    [{ messages: [push, push] }, "abTest is missing: there are 2 messages for push"],
    [{ messages: [push, unknown, push] }, "abTest is missing: there are 2 messages for push"],
  ];
  for (const [declared, reason] of wrong) {
    it(`can't be ${shown(declared)}`, () => {
      const [first, ...more] = reasons(declared);
      expect(first).to.contain(reason);
      expect(more).to.deep.equal([]);
    });
  }

  const kinds: [kind: string, value: unknown, fitting: readonly string[]][] = [
    ["a number", 7, []],
    ["a boolean", true, ["draft", "runImmediately", "sendInProfileTimeZone", "sendIfProfileTimePassed"]],
    ["a string", "x", ["name", "description", "scheduledTime", "endTime", "dealId", "deletionPolicy"]],
    ["a list", [], ["labels", "messages"]],
    ["an object", { a: 1 }, ["metadata", "recurrence", "abTest", "utmTracking", "quietHours", "targeting", "extra"]],
  ];
  for (const [kind, value, fits] of kinds) {
    for (const name of argumentNames.filter((name) => !fits.includes(name))) {
      it(`name the type of what can't be ${name}: ${kind}`, () => {
        const [reason, ...more] = reasons({ [name]: value });
        expect(reason).to.match(new RegExp(`^${name} must be .*, not ${kind}\\b`));
        expect(more).to.deep.equal([]);
      });
    }
  }

  it("names all that is wrong with messages in one failure", () => {
    const [reason] = reasons({ messages: [{ channel: "fax" }, { channel: "sms" }] });
    expect(reason).to.match(/^messages can't be sent: messages\[0\]\.channel must .*; messages\[1\]\.integrationId is/);
  });

  const right: Declaration[] = [
    { name: "🎉".repeat(25) },
    { scheduledTime: time, runImmediately: unknown },
    { scheduledTime: unknown, runImmediately: true },
    { messages: [push, { channel: "sms", integrationId: "7" }] },
    { messages: Array(4).fill(push), abTest: {} },
    { messages: [push, push], abTest: unknown },
    { messages: [unknown, { channel: unknown }, { channel: "sms", integrationId: unknown }] },
  ];
  for (const declared of right) {
    it(`can be ${shown(declared)}`, () => expect(reasons(declared)).to.deep.equal([]));
  }

  const [blanks, others] = [{ name: "Spring sale " }, { name: " Spring sale" }];
  const [nameless, timed, fax] = [{ name: undefined }, { scheduledTime: time }, { messages: [{ channel: "fax" }] }];
  const again: [what: string, declared: Declaration, last: Declaration, count: number][] = [
    ["pass with what was wrong in the last update too", blanks, blanks, 0],
    ["pass with messages that Hood showed", fax, fax, 0],
    ["fail with what is wrong in another way now", others, blanks, 1],
    ["fail with a name that was never there", nameless, nameless, 1],
    ["fail with what another argument makes wrong", { ...timed, runImmediately: true }, timed, 1],
  ];
  for (const [what, declared, last, count] of again) {
    it(what, () => expect(reasons(declared, last)).to.have.length(count));
  }
});

describe("the check of a Campaign", () => {
  const on = openInProcess({ type: "Campaign" });
  afterEach(() => expect(on.calls).to.deep.equal([]));

  const name = "Spring sale";
  const status = { name, status: "running" };
  const rows: [what: string, olds: object | undefined, news: object, property: string, says?: RegExp][] = [
    ["a time that isn't known yet", undefined, { name, scheduledTime: UNKNOWN, messages: [UNKNOWN] }, ""],
    ["a past time", undefined, { name, scheduledTime: "2020-01-01T00:00:00Z" }, "scheduledTime", /has passed/],
    ["two wrong ones", undefined, { name: " ", messages: [{ channel: "sms" }] }, "name,messages", /^name must not be/],
    ["a status", undefined, status, "status", /declare a CampaignStatus/],
    ["a status that isn't known yet", undefined, { name, status: UNKNOWN }, "status", /declare a CampaignStatus/],
    ["a status of an existing one, which the comparison judges", { name }, status, ""],
    ["an id", undefined, { name, campaignId: "7" }, "campaignId", /takes name, .* extra, deletionPolicy\.$/],
    ["a draft that was none", { name }, { name, draft: true }, "draft", /draft can't be put on campaign "Spring sale"/],
    ["no token", undefined, { name, token: "" }, "", /There is no API token for Hood/],
  ];
  for (const [what, olds, news, property, says] of rows) {
    it(`${says ? "fails" : "passes"}, and sends nothing, for ${what}`, async () => {
      const { token, ...args } = news as Declaration;
      const provider = token === "" ? on.another({ config: { token } }) : on.provider;
      const found = await on.failures(args, olds, provider);
      expect(found.map((failure) => failure.property).join()).to.equal(property);
      if (!says) return expect((await provider.check(olds && { ...olds }, { ...args })).inputs).to.deep.equal(args);
      expect(found[0]?.reason).to.match(says);
    });
  }

  it("reads once what an interrupted update may have left, if preflight is live", async () => {
    for (const provider of [on.provider, on.provider, on.another({ config: { preflight: "off" } })]) {
      expect(await on.failures({ name }, undefined, provider)).to.deep.equal([]);
    }
    expect(on.sent).to.have.length(1);
  });

  it("needs no token if preflight is off, or if the campaign is there already", async () => {
    const tokenless = on.another({ config: { token: "", preflight: "off" } });
    expect(await on.failures({ name }, undefined, tokenless)).to.deep.equal([]);
    expect(await on.failures({ name }, { name }, on.another({ config: { token: "" } }))).to.deep.equal([]);
  });

  it("finds out whether the audit log can be written", async () => {
    const unwritable = on.another({ config: { auditLog: "no/such/folder/log" } });
    expect((await on.failures({ name }, undefined, unwritable))[0]?.reason).to.contain("The audit log");
  });
});

/** A declaration as a test's title. */
function shown(declared: Declaration): string {
  return JSON.stringify(declared, (_, value) => (value === unknown ? "unknown" : value)).slice(0, 70);
}
