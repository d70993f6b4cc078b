import { expect } from "chai";
import { endsIn, type SeenResource } from "../../examples/policy/ends";
import {
  checkCap,
  checkExpectedNames,
  checkProtected,
  checkTickets,
  checkWindow,
  expectedNameDefaults,
  protectedDefaults,
  ticketDefaults,
  windowDefaults,
} from "../../examples/policy/rules";
import { providerText } from "../../sdk/dynamic";

const DYNAMIC = "pulumi-nodejs:dynamic/hood:";
const PLUGIN = "hood:index:";
const NEW = { campaignId: "1000248", campaignName: "Spring sale", previousStatus: "running", reason: "Budget cut" };
const OWN = providerText("campaignCancellation");
const CANCELED_AT = "2026-05-01T12:00:00Z";

function seen(type: string, props: Record<string, unknown>, stack = "dev"): SeenResource {
  return { type, urn: `urn:pulumi:${stack}::shop::${type}::spring-sale`, name: "spring-sale", props };
}

/** A property that a preview doesn't know yet, as @pulumi/policy hands it over. */
function unknown(name: string, props: Record<string, unknown>): Record<string, unknown> {
  return Object.defineProperty({ ...props }, name, {
    get: () => {
      throw new Error(`string value at .${name} can't be known during preview`);
    },
  });
}

function messages(violations: { message: string }[]): string {
  return violations.map(({ message }) => message).join("\n");
}

describe("What the policy pack takes for an end that is to come", () => {
  const desired = { ...NEW, status: "canceled", plannedActions: ["cancel"] };
  const table: [what: string, resource: SeenResource, due: boolean][] = [
    ["a new cancellation", seen(`${DYNAMIC}CampaignCancellation`, NEW), true],
    ["one whose name isn't known yet", seen(`${DYNAMIC}CampaignCancellation`, unknown("campaignName", NEW)), true],
    ["one whose status isn't known yet", seen(`${DYNAMIC}CampaignCancellation`, unknown("previousStatus", NEW)), true],
    ["an unfinished one", seen(`${DYNAMIC}CampaignCancellation`, { ...NEW, status: "unknown" }), true],
    [
      "a draft, accepted",
      seen(`${DYNAMIC}CampaignCancellation`, { ...NEW, previousStatus: "draft", whenNotCancelable: "accept" }),
      true,
    ],
    [
      "one on record",
      seen(`${DYNAMIC}CampaignCancellation`, { ...NEW, outcome: "canceled", canceledAt: CANCELED_AT }),
      false,
    ],
    [
      "one on record, of which Hood shows no time",
      seen(`${DYNAMIC}CampaignCancellation`, { ...NEW, outcome: "alreadyCanceled" }),
      false,
    ],
    [
      "a campaign that was cancelled before",
      seen(`${DYNAMIC}CampaignCancellation`, { ...NEW, previousStatus: "canceled" }),
      false,
    ],
    [
      "a manual one, accepted",
      seen(`${DYNAMIC}CampaignCancellation`, { ...NEW, previousStatus: "manual", whenNotCancelable: "accept" }),
      true,
    ],
    ["a campaign that was sent", seen(`${DYNAMIC}CampaignCancellation`, { ...NEW, previousStatus: "sent" }), false],
    [
      "a new cancellation in another language",
      seen(`${PLUGIN}CampaignCancellation`, unknown("canceledAt", { ...NEW, status: "canceled", outcome: "canceled" })),
      true,
    ],
    [
      "one on record in another language",
      seen(`${PLUGIN}CampaignCancellation`, { ...NEW, outcome: "canceled", canceledAt: CANCELED_AT }),
      false,
    ],
    ["a desired for canceled", seen(`${DYNAMIC}CampaignStatus`, desired), true],
    [
      "a desired whose way isn't known yet",
      seen(`${DYNAMIC}CampaignStatus`, unknown("plannedActions", { ...desired, previousStatus: "running" })),
      true,
    ],
    [
      "a desired that was met before",
      seen(`${DYNAMIC}CampaignStatus`, { ...desired, previousStatus: "canceled", plannedActions: [] }),
      false,
    ],
    ["a desired on record", seen(`${DYNAMIC}CampaignStatus`, { ...desired, currentStatus: "canceled" }), false],
    [
      "a desired in another language",
      seen(`${PLUGIN}CampaignStatus`, unknown("currentStatus", { ...desired, currentStatus: "" })),
      true,
    ],
    [
      "a desired on record in another language",
      seen(`${PLUGIN}CampaignStatus`, { ...desired, currentStatus: "canceled" }),
      false,
    ],
    [
      "a status that isn't known yet",
      seen(`${DYNAMIC}CampaignStatus`, unknown("status", { ...desired, status: "", plannedActions: [] })),
      true,
    ],
    [
      "a status that isn't known yet, though nothing is planned by now and the campaign was seen, in another language",
      seen(`${PLUGIN}CampaignStatus`, unknown("status", { ...desired, plannedActions: [], currentStatus: "running" })),
      true,
    ],
    [
      "a status that isn't known yet, for a campaign that is canceled",
      seen(`${DYNAMIC}CampaignStatus`, unknown("status", { ...desired, previousStatus: "canceled" })),
      false,
    ],
    ["a status that isn't there", seen(`${DYNAMIC}CampaignStatus`, { ...desired, status: undefined }), true],
    [
      "a cancellation that can't be sent yet",
      seen(`${DYNAMIC}CampaignStatus`, { ...desired, previousStatus: "needs_decision", plannedActions: [] }),
      true,
    ],
    [
      "a pause whose calls aren't known yet",
      seen(`${DYNAMIC}CampaignStatus`, unknown("plannedActions", { ...desired, status: "paused" })),
      false,
    ],
    ["a pause", seen(`${DYNAMIC}CampaignStatus`, { ...desired, status: "paused", plannedActions: ["pause"] }), false],
    [
      "this package's provider under another type",
      seen("pulumi-nodejs:dynamic/site:Label", { ...NEW, __provider: OWN }),
      true,
    ],
    [
      "its end on record",
      seen("pulumi-nodejs:dynamic/site:Label", {
        ...NEW,
        __provider: OWN,
        outcome: "canceled",
        canceledAt: CANCELED_AT,
      }),
      false,
    ],
    [
      "one of Hood's types with another provider",
      seen(`${DYNAMIC}CampaignCancellation`, { ...NEW, previousStatus: "canceled", __provider: `${OWN} ` }),
      true,
    ],
    [
      "one of Hood's types with the provider of another one",
      seen(`${DYNAMIC}Campaign`, { ...NEW, __provider: OWN }),
      true,
    ],
    [
      "a provider that is made from this package's",
      seen("pulumi-nodejs:dynamic/site:Label", {
        __provider: 'exports.handler=()=>wrap(require("pulumi-ocamba-hood"))',
      }),
      true,
    ],
    [
      "somebody else's provider",
      seen("pulumi-nodejs:dynamic:Resource", { __provider: 'exports.handler = __f0;\nrequire("fs");' }),
      false,
    ],
    ...[
      'return async () => { /* see the import: we require "x" */ };',
      'throw new Error("Fields we require: name. Can\'t do this on import. eval failed");',
      'return (i) => i.mode === "import";',
      "return (i) => fetch(`https://api.x/v1/import/$" + "{i.id}`);",
      'return () => ({ require: true, import: 1, "eval": 2 });',
      'return "\\u001b[31m\\x1b" + os.constructor.name;',
    ].map((code): [string, SeenResource, boolean] => [
      `somebody else's provider that says ${code}`,
      seen("pulumi-nodejs:dynamic:Resource", { __provider: `exports.handler = __f0;\nfunction __f0() { ${code} }` }),
      false,
    ]),
    ["somebody else's provider in Python", seen("pulumi-python:dynamic:Resource", unknown("__provider", {})), false],
    ["a provider that can't be read", seen("pulumi-nodejs:dynamic:Resource", unknown("__provider", {})), true],
    ["a provider of no known form", seen("pulumi-nodejs:dynamic:Resource", { __provider: "exports.handler=f" }), true],
    ...[
      'require("pulumi-ocamba-h\\u006fod/provider")',
      'require("pulumi-\\157camba-hood/provider")',
      'require("pulumi-" + name)',
      "import(name)",
      "const r = require; r(name)",
      'const { require: r } = module; r("a" + b)',
      'r\\u0065quire("a" + b)',
      '"import: " + r\\u0065quire(name)',
      "eval(text)",
      "new Function(text)",
      'process.getBuiltinModule("module")',
      'process["main" + "Module"].require(name)',
      'module.require("a" + b)',
      "return `import $" + "{require(name)}`",
    ].map((code): [string, SeenResource, boolean] => [
      `a provider that says ${code}`,
      seen("pulumi-nodejs:dynamic:Resource", { __provider: `exports.handler = __f0;\n${code};` }),
      true,
    ]),
    ["somebody else's type whose provider the engine keeps back", seen("pulumi-nodejs:dynamic:Resource", {}), false],
    ...[
      `${PLUGIN}CampaignPurge`,
      "hood:other:X",
      "hood:index/campaignCancellation:CampaignCancellation",
      `${DYNAMIC}New-Thing`,
      `${DYNAMIC}toString`,
    ].map((type): [string, SeenResource, boolean] => [
      `a type that this version doesn't know, ${type}`,
      seen(type, { ...NEW, previousStatus: "canceled" }),
      true,
    ]),
    [
      "one of Hood's types whose provider the engine keeps back",
      seen(`${DYNAMIC}CampaignCancellation`, { ...NEW, previousStatus: "canceled" }),
      false,
    ],
    ["a provider of the plugin", seen("pulumi:providers:hood", {}), false],
    [
      "a campaign that was over when it was declared, and goes on by now, in another language",
      seen(
        `${PLUGIN}CampaignCancellation`,
        unknown("canceledAt", { ...NEW, previousStatus: "canceled", outcome: "canceled" }),
      ),
      true,
    ],
    ["a campaign's definition", seen(`${DYNAMIC}Campaign`, { name: "Spring sale" }), false],
    ["somebody else's resource", seen("random:index:RandomPet", NEW), false],
  ];
  for (const [what, resource, due] of table) {
    it(`${what}: ${due ? "an end" : "none"}`, () => {
      expect(endsIn([resource])).to.have.length(due ? 1 : 0);
    });
  }
});

describe("What the policy pack refuses", () => {
  const end = (props: Record<string, unknown> = {}, stack = "dev") =>
    endsIn([seen(`${DYNAMIC}CampaignCancellation`, { ...NEW, ...props }, stack)]);

  it("a reason without a ticket", () => {
    expect(checkTickets(end({ reason: "Budget cut, OPS-1234" }), ticketDefaults)).to.deep.equal([]);
    const [violation] = checkTickets(end(), ticketDefaults);
    expect(violation?.urn).to.match(/::spring-sale$/);
    expect(violation?.message).to.contain('campaign 1000248 "Spring sale"').and.contain("names no ticket");
    // It may be a secret.
    expect(violation?.message).not.to.contain(`"Budget cut"`);
    const unknownReason = endsIn([seen(`${DYNAMIC}CampaignCancellation`, unknown("reason", NEW))]);
    expect(messages(checkTickets(unknownReason, ticketDefaults))).to.contain("isn't known yet");
  });

  it("an end of a campaign whose name could turn or hide what is read", () => {
    const [violation] = checkTickets(end({ campaignName: "a\u202e\u009b\nb" }), ticketDefaults);
    expect(violation?.message).to.contain('"a\\u202e\\u009b\\nb"');
  });

  it("more ends than the cap", () => {
    const ends = Array.from({ length: 8 }, (_, n) => end({ campaignId: String(n) })).flat();
    expect(checkCap(ends, { max: 8 })).to.deep.equal([]);
    expect(messages(checkCap(ends, { max: 7 }))).to.match(/would end 8 campaigns .* and 7 is all .* and 3 more\.$/m);
  });

  const config = { ...windowDefaults, days: ["mon", "fri"] as const };
  const times: [time: string, open: boolean][] = [
    ["2026-05-01T07:59:59Z", false],
    ["2026-05-01T08:00:00Z", true],
    ["2026-05-01T15:59:59Z", true],
    ["2026-05-01T16:00:00Z", false],
    ["2026-05-02T12:00:00Z", false],
    ["2026-05-04T12:00:00Z", true],
  ];
  for (const [time, open] of times) {
    it(`${open ? "nothing" : "an end"} at ${time}, where the window is Monday and Friday, 08:00 to 16:00`, () => {
      expect(checkWindow(end(), config, new Date(time))).to.have.length(open ? 0 : 1);
    });
  }

  it("an end at any time, where no day is given, and none on a whole day", () => {
    const now = new Date("2026-05-01T12:00:00Z");
    expect(messages(checkWindow(end(), { ...config, days: [] }, now))).to.contain("Campaigns may end: never");
    const whole = { ...config, from: "00:00", to: "24:00" };
    expect(checkWindow(end(), whole, new Date("2026-05-01T23:59:59Z"))).to.deep.equal([]);
  });

  it("an unguarded end in production", () => {
    for (const stack of ["prod", "eu-prod", "shop.production"]) {
      expect(checkExpectedNames(end({}, stack), expectedNameDefaults), stack).to.have.length(1);
      expect(checkExpectedNames(end({ expectedName: "Spring sale" }, stack), expectedNameDefaults)).to.deep.equal([]);
    }
    for (const stack of ["dev", "preprod", "prod-copy"]) {
      expect(checkExpectedNames(end({}, stack), expectedNameDefaults), stack).to.deep.equal([]);
    }
  });

  it("the end of a campaign with a protected name, or with one that isn't known", () => {
    const names = { ...protectedDefaults, names: ["^Legal", "^Spring"] };
    expect(messages(checkProtected(end(), [], names))).to.contain("is protected");
    expect(checkProtected(end({ campaignName: "Late Spring" }), [], names)).to.deep.equal([]);
    const nameless = endsIn([seen(`${DYNAMIC}CampaignCancellation`, unknown("campaignName", NEW))]);
    expect(messages(checkProtected(nameless, [], names))).to.contain("doesn't know its name");
    expect(checkProtected(nameless, [], protectedDefaults)).to.deep.equal([]);
  });

  it("the end of a campaign that the stack defines with a protected label", () => {
    const definition = (labels: unknown, more = {}) =>
      seen(`${PLUGIN}Campaign`, { name: "Spring sale", campaignId: "1000248", labels, ...more });
    const refused = (resource: SeenResource) => checkProtected(end(), [resource], protectedDefaults);
    expect(refused(definition(["eu", "protected"]))).to.have.length(1);
    expect(refused(definition(["eu"]))).to.deep.equal([]);
    expect(refused(definition(undefined))).to.deep.equal([]);
    expect(refused(definition(["protected"], { campaignId: "7" }))).to.deep.equal([]);
  });

  it("an end that may be that of a protected campaign, as far as the preview knows", () => {
    const definition = (name: string) => seen(`${DYNAMIC}Campaign`, { name, labels: ["protected"] });
    const refused = (ends: ReturnType<typeof end>, name: string) =>
      messages(checkProtected(ends, [definition(name)], protectedDefaults));
    // In Node.js programs, the preview of a change to a definition doesn't show its id.
    expect(refused(end(), "Spring sale")).to.contain("is protected");
    expect(refused(end(), "Summer sale")).to.equal("");
    const anyone = endsIn([seen(`${DYNAMIC}CampaignCancellation`, { reason: "Budget cut" })]);
    expect(refused(anyone, "Summer sale")).to.contain("can't be told");
  });

  it("a definition whose removal would end a protected campaign", () => {
    const definition = (deletionPolicy: string) =>
      seen(`${DYNAMIC}Campaign`, { name: "Spring sale", labels: ["protected"], deletionPolicy });
    expect(messages(checkProtected([], [definition("cancel")], protectedDefaults))).to.contain('Use "prevent"');
    expect(checkProtected([], [definition("prevent")], protectedDefaults)).to.deep.equal([]);
  });

  it("a configuration that it can't use", () => {
    expect(() => checkTickets([], { pattern: "(" })).to.throw(
      'end-needs-ticket, pattern: "(" is no regular expression',
    );
    expect(() => checkWindow([], { ...windowDefaults, from: "8:00" }, new Date(0))).to.throw("no time of day");
    expect(() => checkWindow([], { ...windowDefaults, to: "24:01" }, new Date(0))).to.throw("no time of day");
    expect(() => checkWindow([], { ...windowDefaults, from: "16:00" }, new Date(0))).to.throw("isn't before");
  });
});
