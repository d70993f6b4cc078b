import { inspect } from "node:util";
import { expect } from "chai";
import { UNKNOWN } from "../../provider/unknown";
import { expectReadable } from "../support/messages";
import type { Properties } from "../support/providerProcess";
import { openInProcess } from "../support/testAccount";

const reason = "Budget cut";

describe("check of an existing cancellation", () => {
  const on = openInProcess();
  const olds = { campaignId: "1000248", reason, campaignName: "Spring sale", previousStatus: "running" };
  const args = { campaignId: "1000248", reason };
  const check = (news: Properties, before: Properties = olds) => on.provider.check(before, news);

  afterEach(() => expect(on.sent).to.deep.equal([]));

  it("keeps what was seen when it was new", async () => {
    expect(await check(args)).to.deep.equal({ inputs: olds, failures: [] });
  });

  it("keeps that nothing was seen", async () => {
    expect(await check(args, args)).to.deep.equal({ inputs: args, failures: [] });
  });

  it("takes other guards", async () => {
    const guards = { expectedName: "Summer sale", whenNotCancelable: "accept" };
    expect(await check({ ...args, ...guards })).to.deep.equal({ inputs: { ...olds, ...guards }, failures: [] });
    expect(await check(args, { ...olds, ...guards })).to.deep.equal({ inputs: olds, failures: [] });
  });

  for (const [property, wish] of [
    ["campaignId", { campaignId: "1000249" }],
    ["status", { status: "running" }],
  ] as const) {
    it(`refuses reversal by ${property}, once and in few lines`, async () => {
      const { failures } = await check({ ...args, ...wish });
      expect(failures.map((failure) => failure.property)).to.deep.equal([property]);
      const text = failures[0]?.reason ?? "";
      expect(text).to.contain("1000248").and.contain('"Spring sale"').and.contain("final");
      expectReadable(text);
    });
  }

  it("leaves another reason to the comparison, which knows whether one was sent", async () => {
    const edited = { ...args, reason: "Another reason" };
    expect(await check(edited)).to.deep.equal({ inputs: { ...olds, ...edited }, failures: [] });
  });

  for (const previousStatus of ["draft", "sent", "canceled", undefined]) {
    it(`claims no end of this resource's own, where it found the campaign ${previousStatus}`, async () => {
      const { failures } = await check({ ...args, campaignId: "1000249" }, { ...olds, previousStatus });
      expect(failures.map(({ property }) => property)).to.deep.equal(["campaignId"]);
      expect(failures[0]?.reason).to.match(/^This resource stands for campaign 1000248 /);
      expectReadable(failures[0]?.reason ?? "");
    });
  }

  it("lets values pass that aren't known yet", async () => {
    const unknown = { campaignId: UNKNOWN, reason: UNKNOWN, expectedName: UNKNOWN };
    expect((await check(unknown)).failures).to.deep.equal([]);
  });

  for (const wrong of [{ expectedName: "" }, { whenNotCancelable: "ignore" }, { extra: 1 }]) {
    it(`refuses ${JSON.stringify(wrong)}`, async () => {
      const { failures } = await check({ ...args, ...wrong });
      expect(failures.map(({ property }) => property)).to.deep.equal(Object.keys(wrong));
    });
  }

  for (const wrong of [{ campaignId: undefined }, { campaignId: 1000248 }, { reason: undefined }, { reason: "" }]) {
    it(`says what is wrong with ${inspect(wrong)}`, async () => {
      const { failures } = await check({ ...args, ...wrong });
      expect(failures.map(({ property }) => property)).to.deep.equal(Object.keys(wrong));
      expect(failures[0]?.reason).not.to.contain("undefined");
      expectReadable(failures[0]?.reason ?? "");
    });
  }

  const garbled = "Follows Calling [toString] on an [Output<T>] is not supported.";

  it("names an Output in the text of an edited reason, and not only that the reason is another", async () => {
    const { failures } = await check({ ...args, reason: garbled });
    expect(failures.map(({ reason }) => reason).join()).to.match(/^reason holds .* pulumi\.interpolate/);
  });

  it("lets a reason pass that was sent with such a text, since nobody can take it back", async () => {
    expect((await check({ ...args, reason: garbled }, { ...olds, reason: garbled })).failures).to.deep.equal([]);
  });

  it("needs neither a token nor an account", async () => {
    const bare = await on.another({ config: { token: "", endpoint: "http://127.0.0.1:1/v1/hood" } });
    try {
      expect((await bare.check(olds, args)).failures).to.deep.equal([]);
    } finally {
      await bare.stop();
    }
  });
});
