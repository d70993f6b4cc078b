import { expect } from "chai";
import { UnknownEffectError, UserError } from "../../provider/errors";
import type { FaultRule } from "../../simulator";
import { ID, isCancel, openEnding } from "../support/ending";
import { expectReadable, thrown } from "../support/messages";

describe("ending a campaign", () => {
  const on = openEnding();

  describe("when the answer of the call is lost", () => {
    const afterwards: [string, FaultRule["fault"]][] = [
      ["the connection ends", { kind: "drop", processed: true }],
      ["it answers 500", { kind: "status", status: 500, processed: true }],
      ["it answers 503 with words", { kind: "status", status: 503, message: "Busy.", processed: true }],
      ["a gateway's page comes", { kind: "html", status: 502, processed: true }],
      ["a login page comes", { kind: "html", status: 200, processed: true }],
      ["a redirect comes", { kind: "redirect", location: "https://login.example/", processed: true }],
      ["JSON is cut off", { kind: "truncate" }],
      ["200 with a body comes instead of 204", { kind: "body" }],
      ["the answer breaks in the middle", { kind: "reset" }],
    ];
    for (const [what, fault] of afterwards) {
      it(`finds out that it took effect (${what})`, async () => {
        on.hood.fault({ match: isCancel, fault });
        const ended = await on.end();
        expect(ended).to.include({ outcome: "canceled", previousStatus: "running" });
        expect(ended.canceledAt).to.equal("2026-05-01T12:00:00Z");
        expect(on.posts).to.have.length(1);
        on.expectOneEffect();
      });
    }

    const before: [string, FaultRule["fault"]][] = [
      ["the connection ends", { kind: "drop" }],
      ["it answers 500", { kind: "status", status: 500 }],
      ["a gateway's page comes", { kind: "html", status: 502 }],
      ["a redirect comes", { kind: "redirect", location: "https://login.example/" }],
    ];
    for (const [what, fault] of before) {
      it(`sends it again when it took none, but only after two looks (${what})`, async () => {
        on.hood.fault({ match: isCancel, fault });
        expect(await on.end()).to.include({ outcome: "canceled", previousStatus: "running" });
        expect(on.methods).to.deep.equal(["GET", "POST", "GET", "GET", "POST"]);
        expect(on.clock.pauses).to.deep.equal([250, 3_500]);
        on.expectOneEffect();
      });
    }

    it("doesn't believe a stale look", async () => {
      await on.open({ staleFor: 2_000 });
      on.hood.fault({ match: isCancel, fault: { kind: "drop", processed: true } });
      expect((await on.end()).outcome).to.equal("canceled");
      expect(on.methods).to.deep.equal(["GET", "POST", "GET", "GET"]);
      on.expectOneEffect();
    });

    it("has one effect even where looks stay stale for longer than it waits", async () => {
      await on.open({ staleFor: 5_000 });
      on.hood.fault({ match: isCancel, fault: { kind: "drop", processed: true } });
      expect((await on.end()).outcome).to.equal("canceled");
      expect(on.posts.map(({ status }) => status)).to.deep.equal(["dropped", 400]);
      on.expectOneEffect();
    });

    it("counts what its own call did, also under a new name", async () => {
      await on.account.get(ID);
      on.hood.campaign(ID).name = "Summer sale";
      on.hood.fault({ match: isCancel, fault: { kind: "drop", processed: true } });
      expect((await on.end({ expectedName: "Spring sale" })).outcome).to.equal("canceled");
      on.expectOneEffect();
    });

    it("doesn't claim to know either when the token ends between two calls", async () => {
      on.hood.fault({ match: isCancel, fault: { kind: "status", status: 500 } });
      on.hood.fault({ match: isCancel, fault: { kind: "status", status: 401 } });
      expect((await thrown(UnknownEffectError, () => on.end())).message).to.contain("HTTP 401");
      expect(on.posts).to.have.length(2);
    });

    it("asks three times as patiently as any look what it did, before it calls that uncertain", async () => {
      on.hood.fault({ match: isCancel, fault: { kind: "drop", processed: true } });
      const afterCall: FaultRule["match"] = ({ method }) => method === "GET" && on.posts.length > 0;
      on.hood.fault({ match: afterCall, times: Infinity, fault: { kind: "status", status: 500 } });
      await thrown(UnknownEffectError, () => on.end());
      expect(on.hood.requests.filter(({ method }) => method === "GET")).to.have.length(1 + 3 * 6);
      expect(on.posts).to.have.length(1);
    });

    it("gives up after six calls, and doesn't claim to know what they did", async () => {
      on.hood.fault({ match: isCancel, times: Infinity, fault: { kind: "status", status: 500 } });
      const { message } = await thrown(UnknownEffectError, () => on.end());
      expect(on.posts).to.have.length(6);
      expect(message).to.contain("HTTP 500").and.contain("trace_id").and.contain("it still shows as running");
      expectReadable(message);
      expect(on.effects).to.deep.equal([]);
    });

    it("judges what the campaign has become meanwhile", async () => {
      const sentMeanwhile: FaultRule = {
        match: isCancel,
        before: (simulator) => simulator.setStatus(ID, "sent"),
        fault: { kind: "drop" },
      };
      on.hood.fault(sentMeanwhile);
      await thrown(UserError, () => on.end());
      on.hood.setStatus(ID, "running");
      on.hood.fault(sentMeanwhile);
      expect((await on.end({ whenNotCancelable: "accept" })).outcome).to.equal("notNeeded");
      expect(on.effects).to.deep.equal([]);
    });
  });
});
