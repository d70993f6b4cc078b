import { expect } from "chai";
import type { Fault } from "../../simulator";
import { expectReadable, thrown } from "../support/messages";
import { ProviderError } from "../support/providerError";
import { openInProcess } from "../support/testAccount";

const reason = "Budget cut";

describe("create", function () {
  this.timeout(20_000);
  const on = openInProcess();

  const apply = (campaignId: string, more: object = {}) => on.apply({ campaignId, reason, ...more });

  for (const status of ["scheduled", "running", "paused"]) {
    it(`cancels one that is ${status} with exactly one call`, async () => {
      const id = on.campaign(status);
      const created = await apply(id);
      const { canceledAt, ...outs } = created.outs;
      expect(created.id).to.equal(id);
      expect(outs).to.deep.equal({
        campaignId: id,
        reason,
        campaignName: "Spring sale",
        previousStatus: status,
        status: "canceled",
        outcome: "canceled",
      });
      expect(canceledAt).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      expect(on.calls).to.deep.equal([`POST /campaigns/${id}/cancel`]);
      expect(JSON.parse(on.hood.requests.at(-1)?.body ?? "")).to.deep.equal({ reason });
      expect(on.canceled).to.deep.equal([id]);
    });
  }

  it("adopts one that is canceled already, and sends nothing", async () => {
    const id = on.campaign("canceled", { update_time: "2026-05-01 12:00:00" });
    expect((await apply(id)).outs).to.include({
      outcome: "alreadyCanceled",
      previousStatus: "canceled",
      status: "canceled",
      canceledAt: "2026-05-01T12:00:00Z",
    });
    expect(on.calls).to.deep.equal([]);
  });

  it("records that nothing is left to cancel where that is allowed, and sends nothing", async () => {
    const id = on.campaign("sent");
    const { outs } = await apply(id, { whenNotCancelable: "accept" });
    expect(outs).to.include({ outcome: "notNeeded", status: "sent", previousStatus: "sent" });
    expect(outs).not.to.have.property("canceledAt");
    expect(on.calls).to.deep.equal([]);
  });

  it("adopts the cancellation of a person who was first", async () => {
    const id = on.campaign("running");
    on.faultCancel(id, { before: (hood) => hood.setStatus(id, "canceled") });
    expect((await apply(id)).outs).to.include({
      outcome: "alreadyCanceled",
      previousStatus: "running",
      status: "canceled",
    });
    expect(on.calls).to.have.length(1);
    expect(on.canceled).to.deep.equal([]);
  });

  it("fails on a campaign that was sent meanwhile, or accepts it", async () => {
    const meanwhile = (id: string) => on.faultCancel(id, { before: (hood) => hood.setStatus(id, "sent") });
    const first = on.campaign("running");
    meanwhile(first);
    const { message, partial } = await thrown(ProviderError, () => apply(first));
    expect(message).to.contain('"sent"').and.contain(first);
    expectReadable(message);
    expect(partial).to.equal(undefined);
    const second = on.campaign("running");
    meanwhile(second);
    const { outs } = await apply(second, { whenNotCancelable: "accept" });
    expect(outs).to.include({ outcome: "notNeeded", status: "sent", previousStatus: "running" });
  });

  const lost: [string, Fault][] = [
    ["the connection ended", { kind: "drop", processed: true }],
    ["it was a 500", { kind: "status", status: 500, processed: true }],
    ["it was 200 with a body", { kind: "body" }],
  ];
  for (const [what, fault] of lost) {
    it(`finds out what became of a call whose answer was lost: ${what}`, async () => {
      const id = on.campaign("running");
      on.faultCancel(id, { fault });
      expect((await apply(id)).outs).to.include({ outcome: "canceled", status: "canceled", previousStatus: "running" });
      expect(on.calls).to.deep.equal([`POST /campaigns/${id}/cancel`]);
      expect(on.sent.at(-1)).to.equal(`GET /campaigns/${id}`);
      expect(on.canceled).to.deep.equal([id]);
    });
  }

  it("sends a call again that was lost on the way, after looking", async () => {
    const id = on.campaign("running");
    on.faultCancel(id, { fault: { kind: "drop" } });
    expect((await apply(id)).outs).to.include({ outcome: "canceled", status: "canceled" });
    const [look, call] = [`GET /campaigns/${id}`, `POST /campaigns/${id}/cancel`];
    expect(on.sent.slice(on.sent.indexOf(call))).to.deep.equal([call, look, look, call]);
    expect(on.canceled).to.deep.equal([id]);
  });

  it("waits as 429 asks", async () => {
    const id = on.campaign("running");
    on.faultCancel(id, { fault: { kind: "status", status: 429, retryAfter: 1 } });
    const start = performance.now();
    expect((await apply(id)).outs).to.include({ outcome: "canceled" });
    expect(performance.now() - start).to.be.at.least(950);
    expect(on.canceled).to.deep.equal([id]);
  });

  it("gives Hood's words where it is refused and still cancelable", async () => {
    const id = on.campaign("running");
    on.faultCancel(id, { fault: { kind: "status", status: 400, message: "The reason is not acceptable." } });
    const { message, partial } = await thrown(ProviderError, () => apply(id));
    const parts = [`Can't cancel campaign ${id}`, "HTTP 400 Bad request. The reason is not acceptable.", "trace_id"];
    for (const part of [...parts, '"Spring sale"', "running"]) expect(message).to.contain(part);
    expectReadable(message);
    expect(partial).to.equal(undefined);
    expect(on.canceled).to.deep.equal([]);
  });

  it("cancels many at once, each with one call", async () => {
    const ids = Array.from({ length: 40 }, () => on.campaign("running"));
    const results = await Promise.all(ids.map((id) => apply(id)));
    expect(results.map(({ outs }) => outs.outcome)).to.deep.equal(ids.map(() => "canceled"));
    expect([...on.canceled].sort()).to.deep.equal([...ids].sort());
    expect(on.calls).to.have.length(40);
  });

  it("prints nothing", () => expect(on.provider.output).to.match(/^\d+\n$/));
});

describe("an update of one campaign", () => {
  const on = openInProcess();

  it("takes one look and one call", async () => {
    const campaignId = on.campaign("running");
    const { inputs } = await on.provider.check(undefined, { campaignId, reason });
    await on.provider.create(inputs);
    expect(on.sent).to.deep.equal([`GET /campaigns/${campaignId}`, `POST /campaigns/${campaignId}/cancel`]);
  });
});
