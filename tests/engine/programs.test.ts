import { expect } from "chai";
import { type Simulator, startSimulator } from "../../simulator";
import { expectReadable } from "../support/messages";
import { type Host, link, mustFail, mustSucceed, openStack, type Stack, TOKEN } from "./stack";

const OUTPUT_IN_PYTHON = "Calling __str__ on an Output[T] is not supported.\n\nTo get the value of an Output[T]";
const HOUR = /The account asks to wait until \d\d:\d\d:\d\d UTC \(3600 s\), longer than hood:maxWait allows/;
const WAIT = { HOOD_MAX_WAIT: "5s" };

/** One program that fails in its preview, with all that must be said. */
interface Failing {
  readonly what: string;
  readonly host: Host;
  /** Of a resource called "sale": its type and arguments, or a whole program in JavaScript. */
  readonly declared: object | string;
  readonly env?: NodeJS.ProcessEnv;
  readonly says: readonly (string | RegExp)[];
}

const GOOD = { campaignId: "1", reason: "Budget cut" };
const provider = `class Provider extends pulumi.ProviderResource { constructor(name, props) { super("hood", name, props); } }
  const provider = new Provider("brand-b", { token: "another" });\n`;

/** The second one is found out only when its id is known. */
const twice = [`"1"`, `pulumi.output("1")`].map(
  (id): Failing => ({
    what: `two resources for campaign ${id}`,
    host: "npm classes",
    declared: `new hood.CampaignStatus("pause-it", { campaignId: ${id}, status: "paused" });
      new hood.CampaignCancellation("end-it", { campaignId: ${id}, reason: "Budget cut" });`,
    says: ['CampaignStatus "pause-it" and CampaignCancellation "end-it" both manage'],
  }),
);

const failing: readonly Failing[] = [
  ...twice,
  {
    what: "several wrong arguments at once, each on its property",
    host: "npm classes",
    declared: {
      ...GOOD,
      campaignId: "3",
      reason: " ",
      expectedName: "Send",
      whenNotCancelable: "fial",
      expectdName: "x",
    },
    says: [
      /property campaignId value .*delivered already/s,
      /property reason value .*must not be blank/s,
      /property expectedName value .*is called "Sent"/s,
      "property whenNotCancelable value",
      /property expectdName value .*not an argument/s,
    ],
  },
  {
    what: "several wrong arguments at once, each on its property",
    host: "plugin",
    declared: { campaignId: "3", reason: " " },
    says: [/property campaignId value .*delivered already/s, "property reason value"],
  },
  {
    what: "no token",
    host: "npm classes",
    declared: GOOD,
    env: { HOOD_TOKEN: "" },
    says: ["resource 'sale' has a problem", "config set --secret hood:token"],
  },
  {
    what: "an Output in the text of a reason",
    host: "npm classes",
    declared: `new hood.CampaignCancellation("sale", { campaignId: "1", reason: \`Follows \${pulumi.output("x")}\` });`,
    says: [/has a problem: reason holds .* pulumi\.interpolate/],
  },
  {
    what: "an Output in the text of a reason",
    host: "plugin",
    declared: { campaignId: "1", reason: `Follows ${OUTPUT_IN_PYTHON}` },
    says: [/has a problem: reason holds .* Output\.format/],
  },
  {
    what: "a provider of the plugin for a class",
    host: "plugin",
    declared: `${provider}new hood.CampaignCancellation("sale", ${JSON.stringify(GOOD)}, { provider });`,
    says: [/CampaignCancellation "sale" .* its options give .*`hood:token`/],
  },
  {
    what: "a Set that only an Output yields",
    host: "npm classes",
    declared: `const targeting = pulumi.output("x").apply((x) => ({ segments: new Set([x]) }));
      new hood.Campaign("sale", { name: "Summer", targeting });`,
    says: [/Campaign "sale" .* targeting\.segments is a Set/],
  },
  { what: "an account that asks to wait", host: "npm classes", declared: GOOD, env: WAIT, says: [HOUR, "HTTP 429"] },
  { what: "an account that asks to wait", host: "plugin", declared: GOOD, env: WAIT, says: [HOUR, "HTTP 429"] },
];

describe("A program on the real engine", function () {
  this.timeout(60_000);
  let hood: Simulator;
  const stacks: Partial<Record<Host, Stack>> = {};
  const stackOf = async (host: Host) => {
    const opened = stacks[host];
    if (opened) return opened;
    const stack = await openStack(host, { HOOD_ENDPOINT: hood.url });
    // A program in Node.js can declare the plugin's providers, too.
    if (host === "plugin") await link(stack.folder);
    stacks[host] = stack;
    return stack;
  };

  before(async () => {
    hood = await startSimulator({
      token: TOKEN,
      campaigns: [
        { id: "1", name: "Spring sale", status: "running" },
        { id: "2", name: "Summer teaser", status: "draft" },
        { id: "3", name: "Sent", status: "sent" },
      ],
    });
  });
  beforeEach(() => hood.clearRequests());
  after(async () => {
    for (const stack of Object.values(stacks)) await stack.remove();
    await hood?.close();
  });
  const calls = () => hood.requests.filter(({ method }) => method !== "GET");

  for (const { what, host, declared, env, says } of failing) {
    it(`fails in its preview, in a few words, with ${what}, through the ${host}`, async () => {
      const stack = await stackOf(host);
      if (typeof declared === "string") await stack.program(declared);
      else await stack.declare({ sale: { type: "CampaignCancellation", args: declared } });
      if (env === WAIT) hood.fault({ fault: { kind: "status", status: 429, retryAfter: 3_600 } });
      const ran = await stack.preview({ env });
      const diagnostics = await mustFail(ran);
      for (const words of says)
        expect(ran.stdout + ran.stderr).to.match(typeof words === "string" ? RegExp(words) : words);
      const errors = diagnostics.split("error: ").slice(1);
      if (typeof declared === "string") expect(errors, diagnostics).to.have.length(1);
      for (const error of errors) expectReadable(error.split("\n\n", 1)[0]?.trimEnd() ?? "");
      expect(diagnostics).to.not.contain(TOKEN);
      expect(calls()).to.deep.equal([]);
    });
  }

  const declared = (draft: object, reason: string) => `
    const output = pulumi.output("x");
    const expectedName = output.apply(() => "Spring sale");
    const ended = new hood.CampaignCancellation("ended", { campaignId: "1", reason: ${JSON.stringify(reason)}, expectedName });
    const nothing = ended.whenNotCancelable;
    new hood.CampaignCancellation("draft", {
      expectedName: nothing,
      ...${JSON.stringify({ campaignId: "2", reason: "Budget cut", whenNotCancelable: "accept", ...draft })},
    });
    const metadata = output.apply(() => ({ at: new Date(1) }));
    const recurrence = { every: "week", until: new Date(0) };
    new hood.Campaign("copy", { name: "Copy", description: nothing, labels: pulumi.secret(nothing), messages: nothing, recurrence, metadata });`;

  it("passes on Dates, optional outputs that aren't set, and a name that is an output and no secret", async () => {
    const stack = await stackOf("npm classes");
    await stack.program(declared({}, "Budget cut\nOPS-1234\n"));
    await mustSucceed(stack.up());
    const created = hood.requests.find(({ method, path }) => method === "POST" && path.endsWith("/campaigns"));
    const { recurrence, metadata, ...others } = JSON.parse(created?.body ?? "");
    expect(others).to.not.have.any.keys("description", "labels", "messages");
    expect(recurrence).to.deep.equal({ every: "week", until: "1970-01-01T00:00:00.000Z" });
    expect(metadata.at).to.equal("1970-01-01T00:00:00.001Z");
    const ended = (await stack.resources()).find(({ urn }) => urn.endsWith("::ended"));
    expect(ended?.outputs).to.include({ campaignName: "Spring sale" }).and.not.have.property("__secretName");
  });

  it("may have other line breaks and a corrected reason that was never sent, and is told once of settings that nobody reads", async () => {
    const stack = await stackOf("npm classes");
    await stack.program(declared({ reason: "Stock is short" }, "Budget cut\r\nOPS-1234"));
    await mustSucceed(stack.run(["config", "set", "hood:maxCancelations", "1"]));
    const { stdout, stderr } = await mustSucceed(stack.up({ env: { HOOD_TIMEOT: "1s" } }));
    expect(hood.requests).to.deep.equal([]);
    const [, said = ""] = `${stdout}${stderr}`.split("Diagnostics:\n");
    expect(said).to.contain("hood:maxCancelations (do you mean hood:maxCancellations?)");
    expect(said).to.contain("HOOD_TIMEOT (do you mean HOOD_TIMEOUT?)");
    expect(said.match(/warning: /g), said).to.have.length(1);
    await mustSucceed(stack.run(["preview", "--expect-no-changes"]));
  });
});
