import { expect } from "chai";
import { UnknownEffectError, UserError } from "../../provider/errors";
import { HoodError } from "../../provider/hood/errors";
import type { FaultRule } from "../../simulator";
import { ID, isCancel, isLook, openEnding } from "../support/ending";
import { expectReadable, thrown } from "../support/messages";

describe("ending a campaign", () => {
  const on = openEnding();

  describe("when Hood refuses the call", () => {
    it("adopts the cancellation of a person who was first", async () => {
      on.hood.fault({ match: isCancel, before: (simulator) => simulator.setStatus(ID, "canceled") });
      expect(await on.end()).to.include({ outcome: "alreadyCanceled", previousStatus: "running" });
      expect(on.posts.map(({ status }) => status)).to.deep.equal([400]);
      expect(on.effects).to.deep.equal([]);
    });

    it("judges a campaign that was sent meanwhile by whenNotCancelable", async () => {
      const rule: FaultRule = { match: isCancel, before: (simulator) => simulator.setStatus(ID, "sent") };
      on.hood.fault(rule);
      const { message } = await thrown(UserError, () => on.end());
      expect(message).to.contain('"sent"');
      on.hood.setStatus(ID, "running");
      on.hood.fault(rule);
      expect((await on.end({ whenNotCancelable: "accept" })).outcome).to.equal("notNeeded");
    });

    it("gives Hood's words where the campaign is still cancelable, and doesn't insist", async () => {
      const message = "The reason is not acceptable.";
      on.hood.fault({ match: isCancel, fault: { kind: "status", status: 400, message } });
      const error = await thrown(UserError, () => on.end());
      expect(error).not.to.be.an.instanceOf(UnknownEffectError);
      expect(error.message).to.contain(message).and.contain("HTTP 400").and.contain("trace_id");
      expect(error.message).to.contain('That call did nothing: it is still campaign 1000248 "Spring sale" (running)');
      expectReadable(error.message);
      expect(on.posts).to.have.length(1);
    });

    it("waits as 429 asks, and then cancels with one effect", async () => {
      on.hood.fault({ match: isCancel, times: 3, fault: { kind: "status", status: 429, retryAfter: 7 } });
      expect((await on.end()).outcome).to.equal("canceled");
      expect(on.posts).to.have.length(4);
      expect(on.clock.now()).to.be.at.least(21_000);
      on.expectOneEffect();
    });
  });

  describe("when nothing more can be found out", () => {
    it("is uncertain once a call went out and no look succeeds", async () => {
      on.hood.fault({ match: isCancel, fault: { kind: "drop", processed: true } });
      await on.account.get(ID);
      on.hood.fault({ match: isLook, times: Infinity, fault: { kind: "status", status: 500 } });
      const { message } = await thrown(UnknownEffectError, () => on.end());
      expect(message).to.contain("Can't look at campaign 1000248: HTTP 500");
    });

    it("is uncertain when the token expires after the call", async () => {
      await on.account.get(ID);
      on.hood.fault({ match: isCancel, fault: { kind: "drop", processed: true } });
      on.hood.fault({ match: isLook, before: (simulator) => simulator.expireTokens() });
      const { message } = await thrown(UnknownEffectError, () => on.end());
      expect(message).to.contain("HTTP 401");
      expect(on.posts).to.have.length(1);
      on.expectOneEffect();
    });

    it("is uncertain when Hood refuses a second call and looks still show the time before the first", async () => {
      await on.open({ staleFor: 60_000 });
      on.hood.fault({ match: isCancel, fault: { kind: "drop", processed: true } });
      const { message } = await thrown(UnknownEffectError, () => on.end());
      expect(message).not.to.contain("did nothing");
      on.expectOneEffect();
    });

    it("is certain that nothing was done when the token expires before the call", async () => {
      await on.account.get(ID);
      on.hood.expireTokens();
      const error = await thrown(HoodError, () => on.end());
      expect(error).to.include({ kind: "unauthorized" });
      expect(on.effects).to.deep.equal([]);
      expect(on.audited.map(({ outcome }) => outcome)).to.deep.equal(["failed"]);
    });

    it("is certain that nothing was done when the first look fails", async () => {
      on.hood.fault({ match: isLook, times: Infinity, fault: { kind: "status", status: 500 } });
      expect(await thrown(HoodError, () => on.end())).to.include({ kind: "lost" });
      expect(on.posts).to.deep.equal([]);
    });

    it("is uncertain when the first look fails and an earlier operation had called", async () => {
      on.hood.fault({ match: isLook, times: Infinity, fault: { kind: "status", status: 500 } });
      await thrown(UnknownEffectError, () => on.end({}, true));
    });
  });
});
