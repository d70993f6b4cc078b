import { expect } from "chai";
import { type Simulator, startSimulator } from "../../simulator";
import { expectReadable } from "../support/messages";
import { type Host, inYaml, link, mustFail, mustSucceed, openStack, type Stack, TOKEN } from "./stack";

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

/** As the documentation of getCampaigns shows it; beside it, what isn't waited for, and what isn't known in the preview. */
const PROGRAM = `module.exports = async () => {
  const status = ["running", "scheduled", "paused", "canceled"];
  const campaigns = await hood.getCampaigns({ status, fields: ["name", "labels"] });
  for (const { id, name } of campaigns.filter(({ labels }) => labels?.includes("expired"))) {
    new hood.CampaignCancellation(id, { campaignId: id, expectedName: name, reason: "The offer is over" });
  }
  hood.getCampaign({ id: "1000252" }).then(({ id, name }) => {
    new hood.CampaignCancellation(name, { campaignId: id, reason: "Too late" });
  });
  const ended = new hood.CampaignCancellation("winter", { campaignId: "1000251", reason: "Cold" });
  return {
    all: await hood.getCampaigns(),
    one: hood.getCampaignOutput({ id: ended.id }).name,
    many: hood.getCampaignsOutput({ search: ended.id }).apply((found) => found.length),
  };
};`;

describe("Lookups on the real engine", function () {
  this.timeout(90_000);
  let hood: Simulator;
  let stack: Stack;

  before(async () => {
    const expired = { status: "running", labels: ["expired"] };
    hood = await startSimulator({
      token: TOKEN,
      rateLimit: "off",
      campaigns: [
        { id: "1000248", name: "Spring sale", ...expired },
        { id: "1000249", name: "Summer sale", ...expired, status: "paused" },
        { id: "1000250", name: "Autumn sale", ...expired, status: "draft" },
        { id: "1000251", name: "Winter sale", status: "running", labels: ["current"] },
        { id: "1000252", name: "Late sale", status: "running" },
      ],
    });
    stack = await openStack("npm classes", { HOOD_ENDPOINT: hood.url, HOOD_TOKEN: "", HOOD_MAX_WAIT: "5s" });
    await mustSucceed(stack.run(["config", "set", "--secret", "hood:token", TOKEN]));
  });
  beforeEach(() => hood.clearRequests());
  after(async () => {
    await stack?.remove();
    await hood?.close();
  });

  const sent = () => hood.requests.map(({ method, path }) => `${method} ${path.replace("/v1/hood", "")}`);
  const calls = () => sent().filter((request) => !request.startsWith("GET "));

  it("select what a preview shows and an up cancels, and are waited for by themselves", async () => {
    await stack.program(PROGRAM);
    const plan = await stack.plan();
    const names = ["Spring sale", "Summer sale", "Late sale", "Winter sale"];
    expect(plan.map(({ newState }) => newState?.inputs.campaignName)).to.have.members(names);
    expect(calls()).to.deep.equal([]);
    hood.fault({ fault: { kind: "status", status: 500 } });
    await mustSucceed(stack.up());
    const canceled = ["1000248", "1000249", "1000251", "1000252"];
    expect(calls()).to.have.members(canceled.map((id) => `POST /campaigns/${id}/cancel`));
    expect(await stack.outputs()).to.deep.include({ one: "Winter sale", many: 0 });
    const state = await stack.stateText();
    expect(state).to.contain("Winter sale").and.not.contain(TOKEN);
  });

  it("find again what the program canceled, and so keep it in the state", async () => {
    await mustSucceed(stack.run(["preview", "--expect-no-changes"]));
    expect(calls()).to.deep.equal([]);
  });

  it("ask nothing in a preview while an id isn't known", async () => {
    await stack.program(`
      const ended = new hood.CampaignCancellation("another", { campaignId: "1000251", reason: "Cold" });
      module.exports = { one: hood.getCampaignOutput({ id: ended.id }), many: hood.getCampaignsOutput({ search: ended.id }) };`);
    await mustSucceed(stack.preview({ env: { HOOD_PREFLIGHT: "off" } }));
    expect(sent()).to.deep.equal([]);
  });

  const failing: [which: string, program: string][] = [
    ["that nobody awaits", `hood.getCampaign({ id: "9" });`],
    ["as outputs that nobody uses", `hood.getCampaignOutput({ id: "9" });`],
  ];
  for (const [which, program] of failing) {
    it(`${which} stop the program if they fail, with one error`, async () => {
      await stack.program(program);
      const diagnostics = await mustFail(stack.preview());
      expect(diagnostics.split("error: Can't read campaign 9: HTTP 400")).to.have.length(2, diagnostics);
      expect(diagnostics).to.contain("Check the id in Hood");
    });
  }

  it("show a line and an error if the account asks to wait, and say that the token is missing", async () => {
    await stack.program(`module.exports = () => hood.getCampaigns({ status: "running" });`);
    hood.fault({ times: 3, fault: { kind: "status", status: 429, retryAfter: 2 } });
    const waits = await stack.preview();
    expect(waits.stdout).to.match(/Waiting for the account's rate limit until \d\d:\d\d:\d\d UTC \([12] s\)/);
    expect(await mustFail(waits))
      .to.contain("hood:maxWait allows 5 s")
      .and.contain("HOOD_MAX_WAIT");
    hood.clearRequests();
    await mustSucceed(stack.run(["config", "rm", "hood:token"]));
    expect(await mustFail(stack.preview())).to.contain("There is no API token for Hood.");
    expect(sent()).to.deep.equal([]);
  });

  it("are answered by the plugin too", async () => {
    const plugin = await openStack("plugin", { HOOD_ENDPOINT: hood.url });
    try {
      const variables = {
        found: { "fn::invoke": { function: "hood:getCampaigns", arguments: { status: ["draft"], sort: "name" } } },
        one: { "fn::invoke": { function: "hood:getCampaign", arguments: { id: "1000250" } } },
      };
      const outputs = { first: `\${found.campaigns[0].name}`, name: `\${one.name}` };
      await plugin.write(inYaml({}, { variables, outputs }));
      await mustSucceed(plugin.up());
      expect(await plugin.outputs()).to.deep.equal({ first: "Autumn sale", name: "Autumn sale" });
    } finally {
      await plugin.remove();
    }
  });
});
