import { expect } from "chai";
import { UNKNOWN } from "../../provider/hosts/hosted";
import { type Declaration, readArguments, stringifiedIn } from "../../provider/resources/arguments";
import { argumentNames, campaignArguments } from "../../provider/resources/campaign/args";
import { campaignCancellation } from "../../provider/resources/campaignCancellation";
import { lookups } from "../../provider/resources/lookups";
import { unknown } from "../../provider/resources/resource";
import { expectReadable, thrown } from "../support/accounts";
import { openInProcess } from "../support/testAccount";

const table = campaignCancellation.arguments;
const right = { campaignId: "1000248", reason: "Budget cut" };
const read = (declared: object, last?: object) => readArguments(table, { ...declared }, last && { ...last });

/** As Node.js says it, whole. */
const OF_NODE = [
  "Calling [toString] on an [Output<T>] is not supported.",
  "",
  "To get the value of an Output<T> as an Output<string> consider either:",
  "1: o.apply(v => `prefix$" + "{v}suffix`)",
  "2: pulumi.interpolate `prefix$" + "{v}suffix`",
  "This function may throw in a future version of @pulumi/pulumi.",
].join("\n");

describe("reading arguments", () => {
  const wrong: [property: string, value: unknown, says: string][] = [
    ["campaignId", undefined, "missing"],
    ["campaignId", null, "digits"],
    ["campaignId", 1000248, "quotes"],
    ...["", " 1000248", "1000248\n", "../1", "1000248/pause", "1000248?x=1", "-1", "1e6", "١٢٣", ["1"]].map(
      (value): [string, unknown, string] => ["campaignId", value, "digits"],
    ),
    ["campaignId", "1000248\u200b", "character 8 is a zero-width space"],
    ...["", " \t\n\u00a0"].map((value): [string, unknown, string] => ["reason", value, "blank"]),
    ["reason", undefined, "is missing"],
    ["reason", 7, "not a number"],
    ["expectedName", "", "exact name"],
    ["whenNotCancelable", "ignore", '"fail" or "accept"'],
    ["whenNotCancelable", "accept ", 'not "accept ": it looks like "accept", but character 7'],
    ["whenNotCancelable", true, '"fail" or "accept"'],
  ];
  for (const [property, value, says] of wrong) {
    it(`fails on ${property} ${JSON.stringify(value)}, which is judged at its worst from there on`, () => {
      const { args, failures } = read({ ...right, [property]: value });
      expect(failures.map((failure) => failure.property)).to.deep.equal([property]);
      const reason = failures[0]?.reason ?? "";
      expect(reason)
        .to.match(new RegExp(`^${property} `))
        .and.contain(says);
      expectReadable(reason);
      expect(args).to.include({ [property]: property === "whenNotCancelable" ? "fail" : unknown });
    });
  }

  const fine: object[] = [
    right,
    { ...right, campaignId: "0", whenNotCancelable: "accept" },
    { ...right, expectedName: "Spring sale", whenNotCancelable: "fail" },
    { campaignId: unknown, reason: unknown, expectedName: unknown, whenNotCancelable: unknown },
  ];
  for (const args of fine) {
    it(`takes ${Object.values(args).map(String).join(", ")} as they are, and nothing else`, () => {
      const unset = { expectedName: undefined, whenNotCancelable: null };
      expect(read({ ...unset, ...args, status: "canceled" })).to.deep.equal({ args, failures: [] });
    });
  }

  it("fails on one that is deeper than anything that Hood takes, however deep", () => {
    for (const [levels, fails] of [
      [100, false],
      [101, true],
      [100_000, true],
    ] as const) {
      let reason: unknown = "deep";
      for (let level = 0; level < levels; level++) reason = [reason];
      const { failures } = read({ ...right, reason });
      expect(failures[0]?.reason.includes("levels of values inside each other"), String(levels)).to.equal(fails);
    }
  });

  it("holds nothing against an argument that an earlier version took", () => {
    const earlier = { ...right, whenNotCancelable: "ignore" };
    expect(read(earlier, earlier)).to.deep.equal({ args: earlier, failures: [] });
  });
});

describe("a text that a value without a text was put into", () => {
  const garbled: [what: string, text: string, wayOut: string][] = [
    ["an Output in Node.js", OF_NODE, "pulumi.interpolate"],
    ["an Output in JSON.stringify", '{"a":"Calling [toJSON] on an [Output<T>] is not supported.\\n"}', ".apply"],
    ["an Output in Python", "Calling __str__ on an Output[T] is not supported.", "Output.concat"],
    ["an Output in .NET", "Calling [ToString] on an [Output<T>] is not supported.", "Output.format"],
    ["an Output in Java", "Calling 'toString' on an 'Output<T>' is not supported.", "Output.format"],
    ["an Output in Go, with %s", "{%!s(*internal.OutputState=&{<nil> 0 <nil>})}", "pulumi.Sprintf"],
    ["an Output in Go, with %v", "{0x1c1b3e196040}", "pulumi.Sprintf"],
    ["an Output in an old .NET", "Pulumi.Output`1[System.String]", "Output.format"],
    ["an Output in a link", `https://acme.com/?c=${encodeURIComponent(OF_NODE)}`, "pulumi.interpolate"],
    ["an Output in a short name", "calling-tostring-on-an-output-t-is-not", "pulumi.interpolate"],
    ["a promise", "[object Promise]", "await"],
    ["an object", "[object Object]", "field"],
    ["a Map", "[object Map]", "field"],
    ["a coroutine in Python", "<coroutine object name at 0x7fd39658ddd0>", "attribute"],
  ];
  for (const [what, text, wayOut] of garbled) {
    it(`is found for ${what}, in the middle of a longer one too, and says what to write instead`, () => {
      for (const longer of [text, `Follows ${text}, OPS-1234`]) {
        const [found, ...more] = stringifiedIn(longer, "reason");
        expect(found)
          .to.match(/^reason holds .*\.$/)
          .and.contain(wayOut);
        expect(more).to.deep.equal([]);
      }
    });
  }

  it("isn't seen in other texts", () => {
    const fine = ["", "Budget cut, OPS-1234", "Calling customers on an output day is not supported", "calling it off"];
    const alike = ["object Object", "[object]", "{name}", "{{ profile.name }}", "<b>20 % off</b> at 0x", "Output<T>"];
    for (const text of [...fine, ...alike]) expect(stringifiedIn(text, "reason"), text).to.deep.equal([]);
  });

  const places: [value: unknown, place: string][] = [
    [[{ channel: "push", push: { title: OF_NODE } }], "messages[0].push.title"],
    [["fine", [OF_NODE, unknown]], "messages[1][0]"],
    [{ "a b": { c: OF_NODE } }, 'messages["a b"].c'],
    [{ a: { "Hi [object Object]": 1 } }, "a key of messages.a"],
  ];
  for (const [value, place] of places) {
    it(`is found at ${place}`, () => {
      const found = stringifiedIn(value, "messages");
      expect(found).to.have.length(1);
      expect(found[0]?.startsWith(`${place} holds `)).to.equal(true);
    });
  }

  it("is no id either, so that nobody asks for it", () => {
    const { args, failures } = read({ ...right, campaignId: OF_NODE });
    expect(failures.map(({ property }) => property)).to.deep.equal(["", "campaignId"]);
    expect(args).to.include({ campaignId: unknown });
  });

  it("fails in a lookup", async () => {
    const nobody = () => Promise.reject(new Error("Nobody is asked."));
    const caller = { account: nobody, warn: nobody };
    const { message } = await thrown(Error, () => lookups.getCampaigns(caller, { search: "[object Promise]" }));
    expect(message).to.match(/search holds .*await/);
  });
});

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

const readCampaign = (declared: Declaration) => readArguments(campaignArguments, declared);
const reasons = (declared: Declaration) =>
  readCampaign({ name: "x", ...declared }).failures.map(({ reason }) => String(reason));

describe("the arguments of a Campaign", () => {
  it("are these, and are read as they are", () => {
    expect(argumentNames).to.deep.equal(Object.keys(all));
    expect(readCampaign(all)).to.deep.equal({ args: all, failures: [] });
    expect(readCampaign({ name: "x", labels: null })).to.deep.equal({ args: { name: "x" }, failures: [] });
  });

  it("may each be unknown in a preview, whole or in part", () => {
    const unknowns = Object.fromEntries(argumentNames.map((name) => [name, unknown]));
    expect(readCampaign(unknowns)).to.deep.equal({ args: unknowns, failures: [] });
    const inParts = { labels: ["a", unknown], metadata: { a: unknown }, extra: { a: [unknown] }, messages: [unknown] };
    const args = { labels: unknown, metadata: unknown, extra: unknown, messages: unknown };
    expect(readCampaign({ name: "x", ...inParts })).to.deep.equal({ args: { name: "x", ...args }, failures: [] });
  });

  const wrong: [Declaration, string][] = [
    [{ name: undefined }, "name is missing: give the campaign the name"],
    [{ name: " " }, "name must not be blank"],
    [{ name: "Spring sale " }, 'name must not begin or end with blanks: write "Spring sale"'],
    [{ name: "🎉".repeat(26) }, "name has 104 bytes in UTF-8, and Hood takes 100 at the most"],
    [{ description: 7 }, "description must be a string"],
    [{ labels: ["", unknown] }, "labels must be a list of strings"],
    [{ scheduledTime: "2026-12-01T09:00:00" }, "scheduledTime must be a moment"],
    [{ scheduledTime: time, runImmediately: true }, "scheduledTime can't go with runImmediately: true: take one"],
    [{ endTime: "2026-06-31T23:00:00+02:00" }, "endTime must be a moment"],
    [{ dealId: 7 }, "dealId must be a string of digits"],
    [{ extra: { utm_tracking: {} } }, "extra must not hold utm_tracking: use the argument utmTracking"],
    [{ extra: { is_draft: true } }, "extra must not hold is_draft: use the argument draft"],
    [{ extra: { status: "running" } }, "extra must not hold status: use draft, or a CampaignStatus"],
    [{ extra: { create_time: "x" } }, "extra must not hold create_time: Hood itself writes that field"],
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

  const objects = ["metadata", "recurrence", "abTest", "utmTracking", "quietHours", "targeting", "extra"];
  const flags = ["draft", "runImmediately", "sendInProfileTimeZone", "sendIfProfileTimePassed"];
  const kinds: [kind: string, value: unknown, must: string, fitting: readonly string[]][] = [
    ["a number", 7, "", []],
    ["a boolean", true, "true or false", flags],
    ["a string", "x", "", ["name", "description", "scheduledTime", "endTime", "dealId", "deletionPolicy"]],
    ["a list", [], "a list of (strings|messages)", ["labels", "messages"]],
    ["an object", { a: 1 }, "an object", objects],
  ];
  for (const name of argumentNames) {
    it(`say what ${name} must be, and name the type of what it can't be`, () => {
      const must = kinds.find(([, , , fits]) => fits.includes(name))?.[2];
      for (const [kind, value] of kinds.filter(([, , , fits]) => !fits.includes(name))) {
        const [reason, ...more] = reasons({ [name]: value });
        expect(reason).to.match(new RegExp(`^${name} must be ${must}.*, not ${kind}\\b`));
        expect(more).to.deep.equal([]);
      }
    });
  }

  it("names all that is wrong with messages in one failure", () => {
    const [reason] = reasons({ messages: [{ channel: "fax" }, { channel: "sms" }] });
    expect(reason).to.match(/^messages can't be sent: messages\[0\]\.channel must .*; messages\[1\]\.integrationId is/);
  });

  const right: Declaration[] = [
    { name: "🎉".repeat(25) },
    { scheduledTime: time, runImmediately: unknown },
    { messages: [push, { channel: "sms", integrationId: "7" }] },
    { messages: Array(4).fill(push), abTest: {} },
    { messages: [unknown, { channel: unknown }, { channel: "sms", integrationId: unknown }] },
  ];
  for (const declared of right) {
    it(`can be ${shown(declared)}`, () => expect(reasons(declared)).to.deep.equal([]));
  }
});

describe("the check of a Campaign", () => {
  const on = openInProcess({ type: "Campaign" });
  afterEach(() => expect(on.calls).to.deep.equal([]));

  const name = "Spring sale";
  const status = { name, status: "running" };
  const [off, tokenless] = [{ preflight: "off" }, { token: "" }];
  type Row = [what: string, olds: object | undefined, news: object, fails?: [string, RegExp], config?: object];
  const rows: Row[] = [
    ["a time that isn't known yet", undefined, { name, scheduledTime: UNKNOWN, messages: [UNKNOWN] }],
    ["a past time", undefined, { name, scheduledTime: "2020-01-01T00:00:00Z" }, ["scheduledTime", /has passed/]],
    [
      "two wrong ones",
      undefined,
      { name: " ", messages: [{ channel: "sms" }] },
      ["name,messages", /^name must not be/],
    ],
    ["a status", undefined, status, ["status", /declare a CampaignStatus/]],
    ["an unknown status", undefined, { name, status: UNKNOWN }, ["status", /declare a CampaignStatus/]],
    ["a status of an existing one, which the comparison judges", { name }, status],
    ["an id", undefined, { name, campaignId: "7" }, ["campaignId", /takes name, .* extra, deletionPolicy\.$/]],
    ["a draft that was none", { name }, { name, draft: true }, ["draft", /draft can't be put on campaign "Spring/]],
    ["no token", undefined, { name }, ["", /There is no API token for Hood/], tokenless],
    ["no token and no preflight", undefined, { name }, undefined, { ...tokenless, ...off }],
    ["no token, of a campaign that is there", { name }, { name }, undefined, tokenless],
    ["an unwritable audit log", undefined, { name }, ["", /The audit log/], { auditLog: "no/such/folder/log" }],
  ];
  for (const [what, olds, news, fails, config] of rows) {
    it(`${fails ? "fails" : "passes"}, and sends nothing, for ${what}`, async () => {
      const provider = config ? on.another({ config: { ...config } }) : on.provider;
      const found = await on.failures(news, olds, provider);
      expect(found.map((failure) => failure.property).join()).to.equal(fails?.[0] ?? "");
      if (fails) return expect(found[0]?.reason).to.match(fails[1]);
      return expect((await provider.check(olds && { ...olds }, { ...news })).inputs).to.deep.equal(news);
    });
  }

  it("reads once what an interrupted update may have left, if preflight is live", async () => {
    for (const provider of [on.provider, on.provider, on.another({ config: off })]) {
      expect(await on.failures({ name }, undefined, provider)).to.deep.equal([]);
    }
    expect(on.sent).to.have.length(1);
  });
});

/** A declaration as a test's title. */
function shown(declared: Declaration): string {
  return JSON.stringify(declared, (_, value) => (value === unknown ? "unknown" : value)).slice(0, 70);
}
