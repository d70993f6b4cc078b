import { expect } from "chai";
import { UserError } from "../../provider/errors";
import { ID, isCancel, openEnding } from "../support/ending";
import { thrown } from "../support/messages";

describe("ending a campaign", () => {
  const on = openEnding();

  describe("that is cancelable", () => {
    for (const status of ["scheduled", "running", "paused"]) {
      it(`cancels one that is ${status}, with a look and a call`, async () => {
        on.hood.setStatus(ID, status);
        const ended = await on.end();
        expect(ended).to.include({ outcome: "canceled", previousStatus: status });
        expect(ended.campaign).to.include({ id: ID, name: "Spring sale", status: "canceled" });
        expect(on.methods).to.deep.equal(["GET", "POST"]);
        expect(on.hood.campaign(ID)).to.include({ status: "canceled", reason: "Budget cut" });
        expect(on.clock.pauses).to.deep.equal([]);
      });
    }

    it("says when, in UTC", async () => {
      const before = Date.now();
      const { canceledAt = "" } = await on.end();
      expect(canceledAt).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      expect(Date.parse(canceledAt)).to.be.within(before, Date.now());
    });

    it("doesn't look again at what was just looked at", async () => {
      await on.account.get(ID);
      await on.end();
      expect(on.methods).to.deep.equal(["GET", "POST"]);
    });

    it("sends an id and a reason as they are", async () => {
      const id = "12345678901234567891";
      on.hood.add({ id, name: "Big", status: "running" });
      await on.end({ campaignId: id, reason: 'Q4 "cut" – 予算' });
      expect(on.posts[0]?.path).to.equal(`/v1/hood/campaigns/${id}/cancel`);
      expect(JSON.parse(on.posts[0]?.body ?? "")).to.deep.equal({ reason: 'Q4 "cut" – 予算' });
    });
  });

  describe("that has ended", () => {
    it("adopts a cancellation that was there before, with its time", async () => {
      on.hood.setStatus(ID, "canceled");
      const ended = await on.end();
      expect(ended).to.include({ outcome: "alreadyCanceled", previousStatus: "canceled" });
      expect(ended.canceledAt).to.equal("2026-05-01T12:00:00Z");
      expect(on.posts).to.deep.equal([]);
    });

    for (const status of ["sent", "needs_decision", "draft", "manual"]) {
      it(`refuses one that is ${status}, and sends nothing`, async () => {
        on.hood.setStatus(ID, status);
        const { message } = await thrown(UserError, () => on.end());
        expect(message).to.contain(status).and.contain('"Spring sale"').and.contain("whenNotCancelable");
        expect(on.posts).to.deep.equal([]);
      });

      it(`accepts one that is ${status} where that is allowed, and sends nothing`, async () => {
        on.hood.setStatus(ID, status);
        const ended = await on.end({ whenNotCancelable: "accept" });
        expect(ended).to.include({ outcome: "notNeeded", previousStatus: status });
        expect(ended).not.to.have.property("canceledAt");
        expect(on.posts).to.deep.equal([]);
      });
    }

    it("leaves an unknown status alone, also where anything is accepted", async () => {
      on.hood.setStatus(ID, "archived");
      const { message } = await thrown(UserError, () => on.end({ whenNotCancelable: "accept" }));
      expect(message).to.contain('"archived"').and.contain("left alone");
      expect(on.posts).to.deep.equal([]);
    });
  });

  it("sends nothing to a campaign of another name", async () => {
    const { message } = await thrown(UserError, () => on.end({ expectedName: "Summer sale" }));
    expect(message).to.contain('"Spring sale"').and.contain('"Summer sale"');
    expect(on.posts).to.deep.equal([]);
    expect((await on.end({ expectedName: "Spring sale" })).outcome).to.equal("canceled");
  });

  describe("after an earlier operation had called", () => {
    it("counts a canceled campaign as its own, and calls no more", async () => {
      on.hood.setStatus(ID, "canceled");
      expect((await on.end({}, true)).outcome).to.equal("canceled");
      expect(on.posts).to.deep.equal([]);
    });

    it("cancels one that is still cancelable", async () => {
      expect((await on.end({}, true)).outcome).to.equal("canceled");
      on.expectOneEffect();
    });

    it("looks now, whatever was seen before", async () => {
      await on.account.get(ID);
      on.hood.setStatus(ID, "canceled");
      expect((await on.end({}, true)).outcome).to.equal("canceled");
      expect(on.posts).to.deep.equal([]);
    });
  });

  describe("is audited", () => {
    const call = { action: "cancel", campaignId: ID, campaignName: "Spring sale", reason: "Budget cut" };

    it("once for a call that is accepted, and never for a look", async () => {
      await thrown(UserError, () => on.end({ expectedName: "Summer sale" }));
      expect(on.audited).to.deep.equal([]);
      await on.end();
      expect(on.audited).to.deep.equal([{ ...call, outcome: "accepted", httpStatus: 204 }]);
    });

    it("for each call, with what Hood said", async () => {
      on.hood.fault({ match: isCancel, fault: { kind: "drop" } });
      on.hood.fault({ match: isCancel, fault: { kind: "status", status: 500 } });
      on.hood.fault({ match: isCancel, before: (simulator) => simulator.setStatus(ID, "canceled") });
      await on.end();
      expect(on.audited.map(({ outcome, httpStatus }) => [outcome, httpStatus])).to.deep.equal([
        ["unsure", undefined],
        ["unsure", 500],
        ["refused", 400],
      ]);
      for (const { traceId } of on.audited.slice(1)) expect(traceId).to.match(/^[0-9a-f-]{36}$/);
    });
  });
});
