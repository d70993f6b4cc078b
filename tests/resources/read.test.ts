import { expect } from "chai";
import { expectReadable, thrown } from "../support/messages";
import { ProviderError } from "../support/providerError";
import { openInProcess } from "../support/testAccount";

const record = {
  reason: "Budget cut",
  expectedName: "Spring sale",
  campaignName: "Spring sale",
  previousStatus: "running",
  status: "canceled",
  outcome: "canceled",
  canceledAt: "2026-05-01T12:00:00.000Z",
};

describe("read", function () {
  this.timeout(20_000);
  const on = openInProcess();

  for (const status of ["canceled", "running", "sent", "archived"]) {
    it(`shows that it is ${status}, and what it is called now`, async () => {
      const id = on.campaign(status, { name: "Summer sale" });
      const result = await on.provider.read(id, { ...record, campaignId: id });
      expect(result).to.deep.equal({
        id,
        props: { ...record, campaignId: id, campaignName: "Summer sale", status },
      });
      expect(on.calls).to.deep.equal([]);
    });
  }

  it("takes few looks for many", async () => {
    const ids = Array.from({ length: 100 }, () => on.campaign("canceled"));
    const next = await on.another();
    try {
      const results = await Promise.all(ids.map((id) => next.read(id, { ...record, campaignId: id })));
      expect(results.map(({ props }) => props.campaignId)).to.deep.equal(ids);
    } finally {
      await next.stop();
    }
    expect(on.sent.length).to.be.at.most(20);
    expect(on.calls).to.deep.equal([]);
  });

  it("finds a campaign that isn't where its record says", async () => {
    const ids = Array.from({ length: 10 }, () => on.campaign("paused"));
    const next = await on.another();
    try {
      for (const id of ids) {
        expect((await next.read(id, { ...record, campaignId: id })).props).to.include({ status: "paused" });
      }
    } finally {
      await next.stop();
    }
  });

  it("keeps the record of a campaign that Hood forgot", async () => {
    const props = { ...record, campaignId: "999" };
    expect(await on.provider.read("999", props)).to.deep.equal({ id: "999", props: { ...props, status: "unknown" } });
  });

  it("keeps the record of an end that isn't certain", async () => {
    const { outcome: _, canceledAt: __, ...begun } = { ...record, campaignId: "999", status: "unknown" };
    expect((await on.provider.read("999", begun)).props).to.deep.equal(begun);
  });

  it("takes a read without a record for an import: of what is there, and is canceled", async () => {
    const { message } = await thrown(ProviderError, () => on.provider.read("999", {}));
    expect(message).to.contain("Can't look at campaign 999");
    expectReadable(message);
    const id = on.campaign("canceled");
    const { props, inputs } = await on.provider.read(id, {});
    const seen = { campaignId: id, campaignName: "Spring sale", previousStatus: "canceled" };
    expect(inputs).to.deep.equal({ ...seen, reason: "Not known: it was cancelled outside Pulumi" });
    expect(props).to.deep.include({ ...inputs, status: "canceled", outcome: "alreadyCanceled" });
    const refused = await thrown(ProviderError, () => on.provider.read(on.campaign("running"), {}));
    expect(refused.message).to.contain("can't be imported").and.contain("running");
    expectReadable(refused.message);
  });

  it("never takes a failure for a campaign that is gone", async () => {
    const id = on.campaign("canceled");
    const fault = { kind: "html", status: 404 } as const;
    on.hood.fault({ match: ({ campaignId }) => campaignId === id, times: 4, fault });
    const { message } = await thrown(ProviderError, () => on.provider.read(id, { ...record, campaignId: id }));
    expect(message).to.contain("isn't JSON").and.contain("hood:endpoint");
    expectReadable(message);
    // Pulumi's host prints what a read throws, beside the error itself: no stack, and not the same text twice.
    expect(on.provider.output)
      .not.to.match(/^\s+at /m)
      .and.not.to.contain("isn't JSON");
  });

  it("never takes a token that isn't accepted for a campaign that is gone", async () => {
    const stale = await on.another({ config: { token: "stale-canary-token" } });
    try {
      const { message } = await thrown(ProviderError, () => stale.read("999", { ...record, campaignId: "999" }));
      expect(message).to.contain("HTTP 401").and.contain("hood:token");
    } finally {
      await stale.stop();
    }
  });
});
