import { expect } from "chai";
import { expectReadable } from "../support/messages";
import { openInProcess } from "../support/testAccount";

const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const PAST = "2020-01-01T00:00:00Z";

describe("check of a campaign", function () {
  this.timeout(20_000);
  const on = openInProcess({ type: "Campaign" });
  const failures = async (olds: object | undefined, news: object) =>
    (await on.provider.check(olds as Record<string, unknown>, news as Record<string, unknown>)).failures;

  afterEach(() => expect(on.sent).to.deep.equal([]));

  it("takes the arguments as they are, and asks nobody", async () => {
    const args = { name: "Spring sale", metadata: { team: "crm" }, scheduledTime: UNKNOWN, messages: [UNKNOWN] };
    expect(await on.provider.check(undefined, args)).to.deep.equal({ inputs: args, failures: [] });
  });

  const wrong: [string, object, string][] = [
    ["name", {}, "name must not be blank"],
    ["scheduledTime", { name: "x", scheduledTime: PAST }, "has passed"],
    [
      "scheduledTime",
      { name: "x", scheduledTime: "2099-01-01 00:00:00", runImmediately: true },
      "take one of them out",
    ],
    ["recurrence", { name: "x", recurrence: {}, runImmediately: true }, "take one of them out"],
    ["abTest", { name: "x", messages: [{ channel: "push" }, { channel: "push" }] }, "abTest is missing"],
    ["messages", { name: "x", messages: [{ channel: "sms" }] }, "integrationId is missing"],
    ["extra", { name: "x", extra: { deal_id: "7" } }, "use the argument dealId"],
    ["status", { name: "x", status: "running" }, "declare a CampaignStatus"],
    ["campaignId", { name: "x", campaignId: "7" }, "is not an argument of Campaign, which takes name, description"],
  ];
  for (const [property, args, words] of wrong) {
    it(`refuses ${JSON.stringify(args)}`, async () => {
      const [failure, ...more] = await failures(undefined, args);
      expect(failure).to.include({ property });
      expect(failure?.reason).to.contain(words);
      expectReadable(failure?.reason ?? "");
      expect(more).to.deep.equal([]);
    });
  }

  it("minds a time that has passed only where it, or the draft, is edited", async () => {
    const olds = { name: "x", scheduledTime: PAST };
    expect(await failures(olds, { ...olds, name: "y" })).to.deep.equal([]);
    expect(await failures({ name: "x" }, olds)).to.have.length(1);
    expect(await failures({ ...olds, draft: true }, olds)).to.have.length(1);
    expect(await failures({ ...olds, draft: false }, olds)).to.deep.equal([]);
  });

  it("lets nothing become a draft again", async () => {
    const [failure] = await failures({ name: "Spring sale" }, { name: "Spring sale", draft: true });
    expect(failure).to.include({ property: "draft" });
    expect(failure?.reason).to.contain('draft can\'t be put on campaign "Spring sale" again');
  });

  it("asks for a token before anything is created, unless the preview isn't to ask", async () => {
    for (const [preflight, count] of [
      ["live", 1],
      ["off", 0],
    ] as const) {
      const tokenless = await on.another({ config: { token: "", preflight } });
      try {
        const answer = await tokenless.check(undefined, { name: "x" });
        expect(answer.failures).to.have.length(count);
        if (count) expect(answer.failures[0]?.reason).to.contain("There is no API token for Hood");
        expect((await tokenless.check({ name: "x" }, { name: "x" })).failures).to.deep.equal([]);
      } finally {
        await tokenless.stop();
      }
    }
  });

  it("finds out whether the audit log can be written", async () => {
    const provider = await on.another({ config: { auditLog: "no/such/folder/log" } });
    try {
      const [failure] = (await provider.check(undefined, { name: "x" })).failures;
      expect(failure?.reason).to.contain("The audit log");
    } finally {
      await provider.stop();
    }
  });
});
