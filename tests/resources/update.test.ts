import { expect } from "chai";
import { expectReadable, thrown } from "../support/messages";
import { ProviderError } from "../support/providerError";
import type { Properties } from "../support/providerProcess";
import { openInProcess } from "../support/testAccount";

const reason = "Budget cut";

const inputsOf = (campaignId: string) => ({
  campaignId,
  reason,
  campaignName: "Spring sale",
  previousStatus: "running",
});
const recordOf = (campaignId: string) => ({
  ...inputsOf(campaignId),
  status: "canceled",
  outcome: "canceled",
  canceledAt: "2026-05-01T12:00:00.000Z",
});
const begunOf = (campaignId: string) => ({ ...inputsOf(campaignId), status: "unknown" });

describe("update", function () {
  this.timeout(20_000);
  const on = openInProcess();
  const update = (olds: Properties & { campaignId: string }, news: Properties) =>
    on.provider.update(olds.campaignId, olds, news);

  describe("of guards alone", () => {
    it("changes the record, and asks nobody", async () => {
      const record = recordOf("999");
      const guards = { expectedName: "Summer sale", whenNotCancelable: "accept" };
      expect((await update(record, { ...inputsOf("999"), ...guards })).outs).to.deep.equal({ ...record, ...guards });
      expect(on.sent).to.deep.equal([]);
    });

    it("takes out what the program took out", async () => {
      const record = recordOf("999");
      const { outs } = await update({ ...record, expectedName: "Spring sale" }, inputsOf("999"));
      expect(outs).to.deep.equal(record);
      expect(on.sent).to.deep.equal([]);
    });

    it("keeps what a refresh saw", async () => {
      const seen = { ...recordOf("999"), campaignName: "Renamed", status: "unknown" };
      const { outs } = await update(seen, { ...inputsOf("999"), expectedName: "Renamed" });
      expect(outs).to.deep.equal({ ...seen, expectedName: "Renamed" });
      expect(on.sent).to.deep.equal([]);
    });
  });

  describe("of an end that wasn't certain", () => {
    it("records it where it turns out to be done, and calls no more", async () => {
      const id = on.campaign("canceled", { update_time: "2026-05-01 12:00:00" });
      expect((await update(begunOf(id), inputsOf(id))).outs).to.deep.equal({
        ...recordOf(id),
        canceledAt: "2026-05-01T12:00:00Z",
      });
      expect(on.sent).to.deep.equal([`GET /campaigns/${id}`]);
    });

    it("cancels where it turns out not to be", async () => {
      const id = on.campaign("running");
      const { canceledAt, ...outs } = (await update(begunOf(id), inputsOf(id))).outs;
      expect({ ...outs, canceledAt: recordOf(id).canceledAt }).to.deep.equal(recordOf(id));
      expect(canceledAt).to.be.a("string");
      expect(on.sent).to.deep.equal([`GET /campaigns/${id}`, `POST /campaigns/${id}/cancel`]);
      expect(on.canceled).to.deep.equal([id]);
    });

    it("keeps it open where it still can't be told", async () => {
      const id = on.campaign("canceled");
      const fault = { kind: "status", status: 401 } as const;
      on.hood.fault({ match: ({ campaignId }) => campaignId === id, fault });
      const { message, partial } = await thrown(ProviderError, () => update(begunOf(id), inputsOf(id)));
      expect(message).to.contain("isn't certain").and.contain('"Spring sale"');
      expectReadable(message);
      const begun = partial?.properties ?? {};
      expect({ id: partial?.id, begun }).to.deep.equal({ id, begun: begunOf(id) });
      expect((await update(begunOf(id), inputsOf(id))).outs).to.include({ outcome: "canceled", status: "canceled" });
    });
  });

  for (const outcome of ["canceled", "alreadyCanceled", "notNeeded"]) {
    it(`cancels one that a refresh found cancelable, after ${outcome}`, async () => {
      const id = on.campaign("paused");
      const { outs } = await update({ ...recordOf(id), outcome, status: "paused" }, inputsOf(id));
      expect(outs).to.include({ outcome: "canceled", status: "canceled" });
      expect(on.canceled).to.deep.equal([id]);
      expect(on.calls).to.have.length(1);
    });
  }

  it("sends nothing where the refresh was overtaken", async () => {
    const id = on.campaign("canceled");
    const { outs } = await update({ ...recordOf(id), status: "running" }, inputsOf(id));
    expect(outs).to.include({ outcome: "canceled", status: "canceled" });
    expect(on.sent).to.deep.equal([`GET /campaigns/${id}`]);
  });

  it("judges by the guards as they are now", async () => {
    const id = on.campaign("running");
    const news = { ...inputsOf(id), expectedName: "Summer sale" };
    const { message } = await thrown(ProviderError, () => update({ ...recordOf(id), status: "running" }, news));
    expect(message).to.contain('"Summer sale"');
    expect(on.canceled).to.deep.equal([]);
  });

  for (const wish of [{ campaignId: "1000249" }, { reason: "Another reason" }, { status: "running" }]) {
    it(`refuses reversal by ${Object.keys(wish)}, and sends nothing`, async () => {
      const id = on.campaign("running");
      const refused = () => update({ ...recordOf(id), status: "running" }, { ...inputsOf(id), ...wish });
      const { message, partial } = await thrown(ProviderError, refused);
      expect(message).to.contain("Cancelling is final").and.contain(id);
      expectReadable(message);
      expect(partial).to.equal(undefined);
      expect(on.sent).to.deep.equal([]);
    });
  }
});
