import { expect } from "chai";
import { UNKNOWN } from "../../provider/unknown";
import { expectReadable, thrown } from "../support/messages";
import { ProviderError } from "../support/providerError";
import type { Properties } from "../support/providerProcess";
import { openInProcess } from "../support/testAccount";

const id = "1000248";
const args = { campaignId: id, reason: "Budget cut" };
const inputs = { ...args, campaignName: "Spring sale", previousStatus: "running" };
const record = { ...inputs, status: "canceled", outcome: "canceled", canceledAt: "2026-05-01T12:00:00.000Z" };

describe("diff", () => {
  const on = openInProcess();
  const diff = (olds: Properties, news: Properties) => on.provider.diff(id, olds, news);

  afterEach(() => expect(on.sent).to.deep.equal([]));

  it("finds no change, and asks nobody", async () => {
    expect(await diff(record, inputs)).to.deep.equal({ changes: false, replaces: [] });
  });

  it("finds none where nothing was seen before", async () => {
    expect((await diff(record, args)).changes).to.equal(false);
  });

  it("finds none in what only the live campaign does", async () => {
    for (const status of ["canceled", "sent", "unknown", "archived"]) {
      expect((await diff({ ...record, status, campaignName: "Renamed" }, inputs)).changes).to.equal(false);
    }
  });

  it("finds none under another token, another account, or settings that can't be used", async () => {
    const config = { token: "another token", endpoint: "http://hood.example", rateLimit: "1/9s", timeout: "soon" };
    const other = await on.another({ config });
    try {
      expect(await other.diff(id, record, inputs)).to.deep.equal({ changes: false, replaces: [] });
    } finally {
      await other.stop();
    }
  });

  const accept = { whenNotCancelable: "accept" };
  const name = { expectedName: "Spring sale" };
  for (const [what, before, after] of [
    ["a new guard", {}, name],
    ["another guard", name, { expectedName: "Summer sale" }],
    ["a guard that is gone", name, {}],
    ["a guard that isn't known yet", name, { expectedName: UNKNOWN }],
    ["what is accepted", {}, accept],
    ["what isn't accepted any more", accept, {}],
  ] as const) {
    it(`finds a change of ${what}, and never replaces`, async () => {
      const found = await diff({ ...record, ...before }, { ...inputs, ...after });
      expect(found).to.deep.equal({ changes: true, replaces: [] });
    });
  }

  it("takes the default that is written out for no change", async () => {
    expect((await diff(record, { ...inputs, whenNotCancelable: "fail" })).changes).to.equal(false);
    expect((await diff({ ...record, whenNotCancelable: "fail" }, inputs)).changes).to.equal(false);
  });

  it("finds something to do where an end isn't certain", async () => {
    const { outcome: _, canceledAt: __, ...begun } = { ...record, status: "unknown" };
    expect(await diff(begun, inputs)).to.deep.equal({ changes: true, replaces: [] });
  });

  for (const status of ["scheduled", "running", "paused"]) {
    it(`finds something to do where a refresh found it ${status}`, async () => {
      expect(await diff({ ...record, status }, inputs)).to.deep.equal({ changes: true, replaces: [] });
    });
  }

  for (const wish of [{ campaignId: "1000249" }, { reason: "Another reason" }, { status: "running" }]) {
    it(`refuses reversal by ${Object.keys(wish)}, without a stack trace`, async () => {
      const { message } = await thrown(ProviderError, () => diff(record, { ...inputs, ...wish }));
      expect(message).to.contain(id).and.contain('"Spring sale"').and.contain("final");
      expectReadable(message);
      // Pulumi's host prints what a diff throws, beside the error itself: no stack, and not the same text twice.
      expect(on.provider.output)
        .to.not.contain("Cancelling is final")
        .and.not.match(/^\s+at /m);
    });
  }

  it("says the same as check and update", async () => {
    const wish = { ...inputs, campaignId: "1000249" };
    const { failures } = await on.provider.check(inputs, wish);
    const { message } = await thrown(ProviderError, () => diff(record, wish));
    const update = await thrown(ProviderError, () => on.provider.update(id, record, wish));
    expect([message, update.message]).to.deep.equal([failures[0]?.reason, failures[0]?.reason]);
  });

  it("lets values pass that aren't known yet", async () => {
    expect((await diff(record, { campaignId: UNKNOWN, reason: UNKNOWN })).changes).to.equal(false);
  });
});

describe("diff under the cap", () => {
  const on = openInProcess({ config: { maxCancellations: "1" } });

  it("counts what an update would cancel again", async () => {
    const found = (campaignId: string) => {
      const olds = { ...record, campaignId, status: "running" };
      return on.provider.diff(campaignId, olds, { ...inputs, campaignId });
    };
    expect((await found("1")).changes).to.equal(true);
    expect((await found("1")).changes).to.equal(true);
    const { message } = await thrown(ProviderError, () => found("2"));
    expect(message).to.contain("more than 1 campaign");
    expectReadable(message);
  });
});
