import { expect } from "chai";
import { type Properties, UNKNOWN } from "../../provider/hosts/hosted";
import { expectReadable } from "../support/messages";
import { openInProcess } from "../support/testAccount";

const PAST = "2020-01-01T00:00:00Z";

describe("check of a campaign", () => {
  const on = openInProcess({ type: "Campaign" });
  const failures = async (olds: Properties | undefined, news: Properties, provider = on.provider) =>
    (await provider.check(olds, news)).failures;

  afterEach(() => expect(on.calls).to.deep.equal([]));

  it("takes the arguments as they are, and reads what an interrupted update may have left", async () => {
    const args = { name: "Spring sale", metadata: { team: "crm" }, scheduledTime: UNKNOWN, messages: [UNKNOWN] };
    for (const provider of [on.provider, on.provider, on.another({ config: { preflight: "off" } })]) {
      expect(await provider.check(undefined, args)).to.deep.equal({ inputs: args, failures: [] });
    }
    expect(on.sent).to.have.length(1);
  });

  const wrong: [string, Properties, string][] = [
    ["name", {}, "name is missing"],
    ["scheduledTime", { name: "x", scheduledTime: PAST }, "has passed"],
    ["recurrence", { name: "x", recurrence: {}, runImmediately: true }, "take one of them out"],
    ["abTest", { name: "x", messages: [{ channel: "push" }, { channel: "push" }] }, "abTest is missing"],
    ["messages", { name: "x", messages: [{ channel: "sms" }] }, "integrationId is missing"],
    ["extra", { name: "x", extra: { deal_id: "7" } }, "use the argument dealId"],
    ["status", { name: "x", status: "running" }, "declare a CampaignStatus"],
    ["status", { name: "x", status: UNKNOWN }, "declare a CampaignStatus"],
    ["campaignId", { name: "x", campaignId: "7" }, "is not an argument of Campaign, which takes name, description"],
  ];
  for (const [property, args, words] of wrong) {
    it(`fails on ${property} for ${JSON.stringify(args)}`, async () => {
      const [failure, ...more] = await failures(undefined, args);
      expect(failure).to.include({ property });
      expect(failure?.reason).to.contain(words);
      expectReadable(failure?.reason ?? "");
      expect(more).to.deep.equal([]);
    });
  }

  it("doesn't name status among the arguments", async () => {
    const [failure] = await failures(undefined, { name: "x", campaignId: "7" });
    expect(failure?.reason)
      .to.match(/extra, deletionPolicy\.$/)
      .and.not.contain("status");
  });

  it("leaves the status of an existing campaign to those that know the campaign", async () => {
    const args = { name: "x", status: "running" };
    expect(await on.provider.check({ name: "x" }, args)).to.deep.equal({ inputs: args, failures: [] });
  });

  it("lets nothing become a draft again", async () => {
    const [failure] = await failures({ name: "Spring sale" }, { name: "Spring sale", draft: true });
    expect(failure).to.include({ property: "draft" });
    expect(failure?.reason).to.contain('draft can\'t be put on campaign "Spring sale" again');
  });

  for (const [preflight, count] of [
    ["live", 1],
    ["off", 0],
  ] as const) {
    it(`has ${count} failures without a token before a create, if preflight is ${preflight}`, async () => {
      const tokenless = on.another({ config: { token: "", preflight } });
      const found = await failures(undefined, { name: "x" }, tokenless);
      expect(found).to.have.length(count);
      if (count > 0) expect(found[0]?.reason).to.contain("There is no API token for Hood");
      expect(await failures({ name: "x" }, { name: "x" }, tokenless)).to.deep.equal([]);
    });
  }

  it("finds out whether the audit log can be written", async () => {
    const unwritable = on.another({ config: { auditLog: "no/such/folder/log" } });
    const [failure] = await failures(undefined, { name: "x" }, unwritable);
    expect(failure?.reason).to.contain("The audit log");
  });
});
