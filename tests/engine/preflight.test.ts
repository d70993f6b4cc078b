import { expect } from "chai";
import { type Simulator, startSimulator } from "../../simulator";
import { openStack, type Stack, TOKEN } from "./stack";

interface Case {
  readonly what: string;
  readonly args?: object;
  readonly env?: NodeJS.ProcessEnv;
  /** The property that the failure is on; none where no single one is to blame. */
  readonly property?: string;
  readonly says: RegExp;
}

const GOOD = { campaignId: "1000248", reason: "Budget cut" };

const cases: readonly Case[] = [
  {
    what: "an unknown id",
    args: { ...GOOD, campaignId: "1999999" },
    property: "campaignId",
    says: /Check the id in Hood/,
  },
  {
    what: "another name than expected",
    args: { ...GOOD, expectedName: "Sprung sale" },
    property: "expectedName",
    says: /is called "Spring sale", not "Sprung sale"/,
  },
  {
    what: "a draft",
    args: { ...GOOD, campaignId: "1" },
    property: "campaignId",
    says: /never launched[\s\S]*whenNotCancelable/,
  },
  { what: "a manual campaign", args: { ...GOOD, campaignId: "2" }, property: "campaignId", says: /by hand/ },
  { what: "a sent campaign", args: { ...GOOD, campaignId: "3" }, property: "campaignId", says: /delivered already/ },
  {
    what: "a campaign that needs a decision",
    args: { ...GOOD, campaignId: "4" },
    property: "campaignId",
    says: /A\/B winner/,
  },
  { what: "no token", env: { HOOD_TOKEN: "" }, says: /config set --secret hood:token/ },
  { what: "a token that Hood refuses", env: { HOOD_TOKEN: "expired-token-1" }, says: /HTTP 401[\s\S]*HOOD_TOKEN/ },
  {
    what: "a host that can't be reached",
    env: { HOOD_ENDPOINT: "http://127.0.0.1:9/v1/hood" },
    says: /can't be reached[\s\S]*hood:endpoint/,
  },
  {
    what: "plain http to another machine",
    env: { HOOD_ENDPOINT: "http://hood.example/v1" },
    says: /HOOD_ENDPOINT must begin with https/,
  },
  {
    what: "more cancellations than allowed",
    env: { HOOD_MAX_CANCELLATIONS: "0" },
    says: /more than 0 campaigns[\s\S]*hood:maxCancellations/,
  },
  {
    what: "an id that climbs the path",
    args: { ...GOOD, campaignId: "../1" },
    property: "campaignId",
    says: /string of digits/,
  },
  {
    what: "an id with a path",
    args: { ...GOOD, campaignId: "1000248/pause" },
    property: "campaignId",
    says: /string of digits/,
  },
  { what: "a number as the id", args: { ...GOOD, campaignId: 1000248 }, property: "campaignId", says: /in quotes/ },
  { what: "an empty id", args: { ...GOOD, campaignId: "" }, property: "campaignId", says: /string of digits/ },
  { what: "a blank reason", args: { ...GOOD, reason: "  " }, property: "reason", says: /must not be blank/ },
  { what: "a misspelt guard", args: { ...GOOD, expectdName: "x" }, property: "expectdName", says: /not an argument/ },
];

describe("A preview on the real engine refuses", function () {
  this.timeout(60_000);
  let hood: Simulator;
  let stack: Stack;

  before(async () => {
    hood = await startSimulator({
      token: TOKEN,
      campaigns: [
        { id: "1000248", name: "Spring sale", status: "running" },
        { id: "1", name: "Draft", status: "draft" },
        { id: "2", name: "Manual", status: "manual" },
        { id: "3", name: "Sent", status: "sent" },
        { id: "4", name: "Undecided", status: "needs_decision" },
      ],
    });
    stack = await openStack({ HOOD_ENDPOINT: hood.url });
  });
  beforeEach(() => hood.clearRequests());
  after(async () => {
    await stack.remove();
    await hood.close();
  });

  const preview = async (args: object, env?: NodeJS.ProcessEnv) => {
    await stack.program(`new hood.CampaignCancellation("spring-sale", ${JSON.stringify(args)});`);
    const { code, stdout, stderr } = await stack.preview({ env });
    return { code, output: stdout + stderr };
  };

  for (const { what, args = GOOD, env, property, says } of cases) {
    it(`${what}, with the next step`, async () => {
      const { code, output } = await preview(args, env);
      expect(code).to.not.equal(0);
      expect(output).to.match(says);
      expect(output).to.include(property ? `property ${property} value` : "resource 'spring-sale' has a problem");
      expect(output).to.not.match(/^\s+at /m);
      expect(output).to.not.include("expired-token-1").and.not.include(TOKEN);
      expect(hood.requests.filter(({ method }) => method !== "GET")).to.deep.equal([]);
    });
  }

  it("a page of HTML in place of the API", async () => {
    hood.fault({ times: Number.POSITIVE_INFINITY, fault: { kind: "html", status: 200 } });
    const { code, output } = await preview(GOOD);
    expect(code).to.not.equal(0);
    expect(output).to.match(/isn't JSON[\s\S]*hood:endpoint/);
  });
});

describe("All problems of one resource", function () {
  this.timeout(60_000);

  it("are shown in one preview", async () => {
    const hood = await startSimulator({ token: TOKEN, campaigns: [{ id: "3", name: "Sent", status: "sent" }] });
    const stack = await openStack({ HOOD_ENDPOINT: hood.url });
    try {
      const args = { campaignId: "3", reason: " ", expectedName: "Send", whenNotCancelable: "fial" };
      await stack.program(`new hood.CampaignCancellation("spring-sale", ${JSON.stringify(args)});`);
      const { stdout, stderr } = await stack.preview();
      for (const property of ["campaignId", "reason", "expectedName", "whenNotCancelable"]) {
        expect(stdout + stderr).to.include(`property ${property} value`);
      }
    } finally {
      await stack.remove();
      await hood.close();
    }
  });
});
