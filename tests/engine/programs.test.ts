import { expect } from "chai";
import type { FaultRule } from "../../simulator";
import { expectReadable } from "../support/accounts";
import { type Host, inYaml, mustFail, mustSucceed, onAccount, type Stack, TOKEN } from "./stack";

/** One program that fails in its preview, with all that must be said. */
interface Failing {
  readonly what: string;
  readonly host?: Host;
  /** Of a resource called "sale": its type and arguments, or a whole program in JavaScript. */
  readonly declared: object | string;
  readonly env?: NodeJS.ProcessEnv;
  readonly fault?: FaultRule;
  readonly says: readonly (string | RegExp)[];
}

const GOOD = { campaignId: "1", reason: "Budget cut" };
const asksToWait = (seconds: number, times = 1) => ({
  declared: GOOD,
  env: { HOOD_MAX_WAIT: "5s" },
  fault: { times, fault: { kind: "status", status: 429, retryAfter: seconds } } as const,
  says: [/The account asks to wait until \d\d:\d\d:\d\d UTC \(3600 s\), longer than hood:maxWait allows/, "HTTP 429"],
});

const failing: readonly Failing[] = [
  // The second one is found out only when its id is known.
  ...[`"1"`, `pulumi.output("1")`].map((id) => ({
    what: `two resources for campaign ${id}`,
    declared: `new hood.CampaignStatus("pause-it", { campaignId: ${id}, status: "paused" });
      new hood.CampaignCancellation("end-it", { campaignId: ${id}, reason: "Budget cut" });`,
    says: ['CampaignStatus "pause-it" and CampaignCancellation "end-it" both manage'],
  })),
  {
    what: "several wrong arguments at once, each on its property",
    declared: { campaignId: "3", reason: " ", expectedName: "Send", whenNotCancelable: "fial", expectdName: "x" },
    says: [
      /property campaignId value .*delivered already/s,
      /property reason value .*must not be blank/s,
      /property expectedName value .*is called "Sent"/s,
      "property whenNotCancelable value",
      /property expectdName value .*not an argument/s,
    ],
  },
  {
    what: "no token",
    declared: GOOD,
    env: { HOOD_TOKEN: "" },
    says: ["resource 'sale' has a problem", "config set --secret hood:token"],
  },
  { what: "an account that asks to wait", host: "plugin", ...asksToWait(3_600) },
  {
    what: "a lookup in an account that asks to wait",
    ...asksToWait(2, 3),
    declared: `module.exports = () => hood.getCampaigns({ status: "running" });`,
    says: [
      /Waiting for the account's rate limit until [\d:]+ UTC \([12] s\)/,
      "hood:maxWait allows 5 s",
      "HOOD_MAX_WAIT",
    ],
  },
  ...[`hood.getCampaign({ id: "9" });`, `hood.getCampaignOutput({ id: "9" });`].map((declared) => ({
    what: `a lookup that nobody waits for, ${declared}`,
    declared,
    says: ["error: Can't read campaign 9: HTTP 400", "Check the id in Hood"],
  })),
];

/** As the documentation of getCampaigns shows it; beside it, what isn't waited for, and what isn't known in the preview. */
const LOOKUPS = `module.exports = async () => {
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

describe("A program on the real engine", function () {
  this.timeout(90_000);
  const on = onAccount();
  const stacks: Partial<Record<Host, Stack>> = {};
  const stackOf = async (host: Host) => (stacks[host] ??= await on.open(host));

  before(() =>
    on.account({
      rateLimit: "off",
      campaigns: [
        { id: "1", name: "Spring sale", status: "running" },
        { id: "2", name: "Summer teaser", status: "draft" },
        { id: "3", name: "Sent", status: "sent" },
        { id: "1000248", name: "Spring sale", status: "running", labels: ["expired"] },
        { id: "1000249", name: "Summer sale", status: "paused", labels: ["expired"] },
        { id: "1000250", name: "Autumn sale", status: "draft", labels: ["expired"] },
        { id: "1000251", name: "Winter sale", status: "running", labels: ["current"] },
        { id: "1000252", name: "Late sale", status: "running" },
      ],
    }),
  );
  beforeEach(() => on.hood.clearRequests());

  for (const { what, host = "npm classes", declared, env, fault, says } of failing) {
    it(`fails in its preview, in a few words, with ${what}, through the ${host}`, async () => {
      const stack = await stackOf(host);
      if (typeof declared === "string") await stack.program(declared);
      else await stack.declare({ sale: { type: "CampaignCancellation", args: declared } });
      if (fault) on.hood.fault(fault);
      const ran = await stack.preview({ env });
      const diagnostics = await mustFail(ran);
      for (const words of says)
        expect(ran.stdout + ran.stderr).to.match(typeof words === "string" ? RegExp(words) : words);
      const errors = diagnostics.split("error: ").slice(1);
      if (typeof declared === "string") expect(errors, diagnostics).to.have.length(1);
      for (const error of errors) expectReadable(error.split("\n\n", 1)[0]?.trimEnd() ?? "");
      expect(diagnostics).to.not.contain(TOKEN);
      expect(on.calls()).to.deep.equal([]);
    });
  }

  it("selects by lookups what a preview shows and an up cancels, and is waited for by itself", async () => {
    const stack = await stackOf("npm classes");
    await mustSucceed(stack.run(["config", "set", "--secret", "hood:token", TOKEN]));
    const env = { HOOD_TOKEN: "" };
    await stack.program(LOOKUPS);
    const names = ["Spring sale", "Summer sale", "Late sale", "Winter sale"];
    const plan = await stack.plan({ env });
    expect(plan.map(({ newState }) => newState?.inputs.campaignName)).to.have.members(names);
    expect(on.calls()).to.deep.equal([]);
    on.hood.fault({ fault: { kind: "status", status: 500 } });
    await mustSucceed(stack.up({ env }));
    const canceled = ["1000248", "1000249", "1000251", "1000252"].map((id) => `POST /${id}/cancel`);
    expect(on.calls()).to.have.members(canceled);
    expect(await stack.outputs()).to.deep.include({ one: "Winter sale", many: 0 });
    expect(await stack.stateText())
      .to.contain("Winter sale")
      .and.not.contain(TOKEN);
    // They find again what the program canceled, and so keep it in the state.
    await mustSucceed(stack.run(["preview", "--expect-no-changes"], { env }));
    expect(on.calls()).to.have.members(canceled);
  });

  it("gets its lookups answered by the plugin too", async () => {
    const stack = await stackOf("plugin");
    const variables = {
      found: { "fn::invoke": { function: "hood:getCampaigns", arguments: { status: ["draft"], sort: "name" } } },
      one: { "fn::invoke": { function: "hood:getCampaign", arguments: { id: "1000250" } } },
    };
    const outputs = { first: `\${found.campaigns[0].name}`, name: `\${one.name}` };
    await stack.write(inYaml({}, { variables, outputs }));
    await mustSucceed(stack.up());
    expect(await stack.outputs()).to.deep.equal({ first: "Autumn sale", name: "Autumn sale" });
  });

  const declared = (reason: string) => `
    const expectedName = pulumi.output("x").apply(() => "Spring sale");
    const reason = ${JSON.stringify(reason)};
    const { whenNotCancelable: nothing } = new hood.CampaignCancellation("ended", { campaignId: "1", reason, expectedName });
    const metadata = pulumi.output("x").apply(() => ({ at: new Date(1) }));
    new hood.Campaign("copy", { name: "Copy", description: nothing, labels: pulumi.secret(nothing), messages: nothing, metadata });`;

  it("passes on optional outputs that aren't set, and a name that is an output and no secret, and has no diff by line breaks", async () => {
    const stack = await stackOf("npm classes");
    await stack.program(declared("Budget cut\nOPS-1234\n"));
    await mustSucceed(stack.up());
    const created = on.hood.requests.find(({ method, path }) => method === "POST" && path.endsWith("/campaigns"));
    const { metadata, ...others } = JSON.parse(created?.body ?? "");
    expect(others).to.not.have.any.keys("description", "labels", "messages");
    expect(metadata.at).to.equal("1970-01-01T00:00:00.001Z");
    const ended = (await stack.resources()).find(({ urn }) => urn.endsWith("::ended"));
    expect(ended?.outputs).to.include({ campaignName: "Spring sale" }).and.not.have.property("__secretName");
    await stack.program(declared("Budget cut\r\nOPS-1234"));
    await mustSucceed(stack.run(["preview", "--expect-no-changes"]));
  });

  it("is told once of settings that nobody reads", async () => {
    const stack = await stackOf("npm classes");
    await mustSucceed(stack.run(["config", "set", "hood:maxCancelations", "1"]));
    const { stdout, stderr } = await mustSucceed(stack.up({ env: { HOOD_TIMEOT: "1s" } }));
    const [, said = ""] = `${stdout}${stderr}`.split("Diagnostics:\n");
    expect(said).to.contain("hood:maxCancelations (do you mean hood:maxCancellations?)");
    expect(said).to.contain("HOOD_TIMEOT (do you mean HOOD_TIMEOUT?)");
    expect(said.match(/warning: /g), said).to.have.length(1);
  });
});
