import { expect } from "chai";
import {
  checkCap,
  checkExpectedNames,
  checkProtected,
  checkTickets,
  checkWindow,
  endsIn,
  expectedNameDefaults,
  protectedDefaults,
  type SeenResource,
  ticketDefaults,
  type WindowConfig,
  windowDefaults,
} from "../../examples/policy/rules";

const DYNAMIC = "pulumi-nodejs:dynamic/hood:";
const PLUGIN = "hood:index:";
const NEW = { campaignId: "1000248", campaignName: "Spring sale", previousStatus: "running", reason: "Budget cut" };
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
  const classes = (type: string, props: Record<string, unknown>) => seen(`${DYNAMIC}${type}`, props);
  const plugin = (type: string, props: Record<string, unknown>) => seen(`${PLUGIN}${type}`, props);
  const cancellation = (more = {}) => classes("CampaignCancellation", { ...NEW, ...more });
  const done = { outcome: "canceled", canceledAt: CANCELED_AT };
  const desired = { ...NEW, status: "canceled", plannedActions: ["cancel"] };
  const status = (more = {}) => classes("CampaignStatus", { ...desired, ...more });
  const hiddenStatus = (name: string, more = {}) => classes("CampaignStatus", unknown(name, { ...desired, ...more }));
  const over = { previousStatus: "canceled" };

  const due: Readonly<Record<string, SeenResource>> = {
    "a new cancellation": cancellation(),
    "one whose status isn't known yet": classes("CampaignCancellation", unknown("previousStatus", NEW)),
    "a draft, accepted": cancellation({ previousStatus: "draft", whenNotCancelable: "accept" }),
    "a new one in another language": plugin("CampaignCancellation", unknown("canceledAt", { ...NEW, ...done })),
    "one in another language that was over when it was declared, and goes on by now": plugin(
      "CampaignCancellation",
      unknown("canceledAt", { ...NEW, ...over, outcome: "canceled" }),
    ),
    "a status of canceled": status(),
    "one in another language": plugin("CampaignStatus", unknown("currentStatus", desired)),
    "a status that isn't known yet": hiddenStatus("status", { plannedActions: [] }),
    "a status that isn't known yet, in another language, though nothing is planned and the campaign was seen": plugin(
      "CampaignStatus",
      unknown("status", { ...desired, plannedActions: [], currentStatus: "running" }),
    ),
    "a status that isn't there": status({ status: undefined }),
    "a type that this version doesn't know": plugin("CampaignPurge", { ...NEW, ...over }),
    "another one, of the npm classes": classes("toString", { ...NEW, ...over }),
    "a longer one": plugin("campaign/Campaign:Campaign", { ...NEW, ...over }),
  };
  const notDue: Readonly<Record<string, SeenResource>> = {
    "one in the state": cancellation(done),
    "one in the state, of which Hood shows no time": cancellation({ outcome: "alreadyCanceled" }),
    "a campaign that was canceled before": cancellation(over),
    "a campaign that was sent": cancellation({ previousStatus: "sent" }),
    "one in the state, in another language": plugin("CampaignCancellation", { ...NEW, ...done }),
    "a status of canceled that was met before": status({ ...over, plannedActions: [] }),
    "a status in the state": status({ currentStatus: "canceled" }),
    "a status in the state, in another language": plugin("CampaignStatus", { ...desired, currentStatus: "canceled" }),
    "a status that isn't known yet, for a campaign that is canceled": hiddenStatus("status", over),
    "a pause": status({ status: "paused", plannedActions: ["pause"] }),
    "a provider of the plugin": seen("pulumi:providers:hood", {}),
    "a campaign's definition": classes("Campaign", { name: "Spring sale" }),
    "somebody else's resource": seen("random:index:RandomPet", NEW),
  };
  for (const [what, resource] of Object.entries(due)) {
    it(`${what}: an end`, () => expect(endsIn([resource])).to.have.length(1));
  }
  for (const [what, resource] of Object.entries(notDue)) {
    it(`${what}: none`, () => expect(endsIn([resource])).to.deep.equal([]));
  }
});

describe("What the policy pack denies", () => {
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

  const window = { ...windowDefaults, days: ["mon", "fri"] as const };
  const times: [title: string, config: WindowConfig, denied: string[], allowed: string[]][] = [
    [
      "out of the window, which here is Monday and Friday, 08:00 to 16:00",
      window,
      ["2026-05-01T07:59:59Z", "2026-05-01T16:00:00Z", "2026-05-02T12:00:00Z"],
      ["2026-05-01T08:00:00Z", "2026-05-01T15:59:59Z", "2026-05-04T12:00:00Z"],
    ],
    ["at no time of a whole day", { ...window, from: "00:00", to: "24:00" }, [], ["2026-05-01T23:59:59Z"]],
  ];
  for (const [title, config, denied, allowed] of times) {
    it(`an end ${title}`, () => {
      const isDenied = (time: string) => checkWindow(end(), config, new Date(time)).length === 1;
      expect([...denied, ...allowed].filter(isDenied)).to.deep.equal(denied);
    });
  }

  it("an end at any time, if no day is given", () => {
    const denied = checkWindow(end(), { ...window, days: [] }, new Date("2026-05-01T12:00:00Z"));
    expect(messages(denied)).to.contain("Campaigns may end: never");
  });

  it("an unguarded end in production", () => {
    const isDenied = (stack: string, props = {}) =>
      checkExpectedNames(end(props, stack), expectedNameDefaults).length > 0;
    const stacks = ["prod", "eu-prod", "shop.production", "dev", "preprod", "prod-copy"];
    expect(stacks.filter((stack) => isDenied(stack))).to.deep.equal(["prod", "eu-prod", "shop.production"]);
    expect(stacks.filter((stack) => isDenied(stack, { expectedName: "Spring sale" }))).to.deep.equal([]);
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
    const denied = (resource: SeenResource) => checkProtected(end(), [resource], protectedDefaults);
    expect(denied(definition(["eu", "protected"]))).to.have.length(1);
    expect(denied(definition(["eu"]))).to.deep.equal([]);
    expect(denied(definition(undefined))).to.deep.equal([]);
    expect(denied(definition(["protected"], { campaignId: "7" }))).to.deep.equal([]);
  });

  it("an end that may be that of a protected campaign, as far as the preview knows", () => {
    const definition = (name: string) => seen(`${DYNAMIC}Campaign`, { name, labels: ["protected"] });
    const denied = (ends: ReturnType<typeof end>, name: string) =>
      messages(checkProtected(ends, [definition(name)], protectedDefaults));
    // In Node.js programs, the preview of a change to a definition doesn't show its id.
    expect(denied(end(), "Spring sale")).to.contain("is protected");
    expect(denied(end(), "Summer sale")).to.equal("");
    const anyone = endsIn([seen(`${DYNAMIC}CampaignCancellation`, { reason: "Budget cut" })]);
    expect(denied(anyone, "Summer sale")).to.contain("can't be told");
  });

  it("a definition whose removal would end a protected campaign", () => {
    const definition = (deletionPolicy: string) =>
      seen(`${DYNAMIC}Campaign`, { name: "Spring sale", labels: ["protected"], deletionPolicy });
    expect(messages(checkProtected([], [definition("cancel")], protectedDefaults))).to.contain('Use "prevent"');
    expect(checkProtected([], [definition("prevent")], protectedDefaults)).to.deep.equal([]);
  });

  it("a configuration that it can't use", () => {
    const pattern = 'end-needs-ticket, pattern: "(" is no regular expression';
    expect(() => checkTickets([], { pattern: "(" })).to.throw(pattern);
    const using = (more: object) => () => checkWindow([], { ...windowDefaults, ...more }, new Date(0));
    for (const wrong of [{ from: "8:00" }, { to: "24:01" }]) expect(using(wrong)).to.throw("no time of day");
    expect(using({ from: "16:00" })).to.throw("isn't before");
  });
});
