import { expect } from "chai";
import { type Simulator, startSimulator } from "../../simulator";
import { openPluginStack } from "./pluginStack";
import { openStack, type Stack, TOKEN } from "./stack";

const cancellation = { campaignId: "1000248", reason: "Budget cut" };
const settings = { HOOD_MAX_WAIT: "5s" };

/** A program for each way in, and what each asks the account for. */
const programs: [string, (env: NodeJS.ProcessEnv) => Promise<Pick<Stack, "preview" | "remove">>][] = [
  [
    "the classes",
    async (env) => {
      const stack = await openStack(env);
      await stack.program(`new hood.CampaignCancellation("spring", ${JSON.stringify(cancellation)});`);
      return stack;
    },
  ],
  [
    "a lookup of the classes",
    async (env) => {
      const stack = await openStack(env);
      await stack.program(`module.exports = async () => ({ all: await hood.getCampaigns() });`);
      return stack;
    },
  ],
  [
    "the plugin",
    (env) => {
      const resources = { spring: { type: "hood:CampaignCancellation", properties: cancellation } };
      return openPluginStack({ "Pulumi.yaml": JSON.stringify({ name: "test", runtime: "yaml", resources }) }, env);
    },
  ],
  [
    "a lookup of the plugin",
    (env) => {
      const call = { "fn::invoke": { function: "hood:getCampaigns", arguments: {}, return: "campaigns" } };
      const program = { name: "test", runtime: "yaml", outputs: { all: call } };
      return openPluginStack({ "Pulumi.yaml": JSON.stringify(program) }, env);
    },
  ],
];

/** What the account asks for, and the line that a preview shows meanwhile. */
const waits: [string, number, RegExp][] = [
  ["an hour", 3_600, /The account asks to wait until \d\d:\d\d:\d\d UTC \(3600 s\), longer than hood:maxWait allows/],
  ["two seconds, for ever", 2, /Waiting for the account's rate limit until \d\d:\d\d:\d\d UTC \([12] s\)/],
];

describe("A preview of an account that asks to wait, on the real engine", function () {
  this.timeout(120_000);
  let hood: Simulator;
  let retryAfter = 0;

  before(async () => {
    hood = await startSimulator({ token: TOKEN, campaigns: [{ id: "1000248", name: "Spring sale" }] });
    hood.fault({
      times: Number.POSITIVE_INFINITY,
      get fault() {
        return { kind: "status", status: 429, retryAfter } as const;
      },
    });
  });
  after(() => hood.close());

  for (const [way, open] of programs) {
    it(`shows a line and then an error, through ${way}`, async () => {
      const stack = await open({ ...settings, HOOD_ENDPOINT: hood.url });
      try {
        for (const [what, seconds, line] of waits) {
          retryAfter = seconds;
          const { code, stdout, stderr } = await stack.preview();
          const said = stdout + stderr;
          expect(code, `${what}: ${said}`).to.not.equal(0);
          expect(said).to.match(line);
          expect(said).to.contain("HTTP 429").and.contain("hood:maxWait allows 5 s").and.contain("HOOD_MAX_WAIT");
          expect(said).to.match(/until \d{4}-\d\d-\d\d|attempt would be at \d{4}-\d\d-\d\d/);
          expect(said).to.not.match(/^\s+at /m);
        }
      } finally {
        await stack.remove();
      }
    });
  }
});
