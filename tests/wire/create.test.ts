import { expect } from "chai";
import type { Fault, FaultRule } from "../../simulator";
import { expectReadable, thrown } from "../support/messages";
import type { ProviderProcess } from "../support/providerProcess";
import { openWire, until } from "../support/wire";
import { WireError } from "../support/wireError";

const reason = "Budget cut";

describe("create", function () {
  this.timeout(20_000);
  const wire = openWire();

  const cancelOf =
    (id: string): FaultRule["match"] =>
    ({ method, campaignId }) =>
      method === "POST" && campaignId === id;
  const lookOf =
    (id: string): FaultRule["match"] =>
    ({ method, campaignId }) =>
      method === "GET" && campaignId === id;
  const faultCancel = (id: string, fault: Fault) => wire.hood.fault({ match: cancelOf(id), fault });

  /** As an update does it: check, and then create with what check gave. */
  async function apply(campaignId: string, provider: ProviderProcess = wire.provider, more: object = {}) {
    const { inputs, failures } = await provider.check(undefined, { campaignId, reason, ...more });
    expect(failures).to.deep.equal([]);
    return provider.create(inputs);
  }

  for (const status of ["scheduled", "running", "paused"]) {
    it(`cancels one that is ${status} with exactly one call`, async () => {
      const id = wire.campaign(status);
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
      expect(wire.calls).to.deep.equal([`POST /campaigns/${id}/cancel`]);
      expect(JSON.parse(wire.hood.requests.at(-1)?.body ?? "")).to.deep.equal({ reason });
      expect(wire.canceled).to.deep.equal([id]);
    });
  }

  it("adopts one that is canceled already, and sends nothing", async () => {
    const id = wire.campaign("canceled", { update_time: "2026-05-01 12:00:00" });
    expect((await apply(id)).outs).to.include({
      outcome: "alreadyCanceled",
      previousStatus: "canceled",
      status: "canceled",
      canceledAt: "2026-05-01T12:00:00Z",
    });
    expect(wire.calls).to.deep.equal([]);
  });

  it("records that nothing is left to cancel where that is allowed, and sends nothing", async () => {
    const id = wire.campaign("sent");
    const { outs } = await apply(id, wire.provider, { whenNotCancelable: "accept" });
    expect(outs).to.include({ outcome: "notNeeded", status: "sent", previousStatus: "sent" });
    expect(outs).not.to.have.property("canceledAt");
    expect(wire.calls).to.deep.equal([]);
  });

  it("adopts the cancellation of a person who was first", async () => {
    const id = wire.campaign("running");
    wire.hood.fault({ match: cancelOf(id), before: (hood) => hood.setStatus(id, "canceled") });
    expect((await apply(id)).outs).to.include({
      outcome: "alreadyCanceled",
      previousStatus: "running",
      status: "canceled",
    });
    expect(wire.calls).to.have.length(1);
    expect(wire.canceled).to.deep.equal([]);
  });

  it("fails on a campaign that was sent meanwhile, or accepts it", async () => {
    const meanwhile = (id: string) =>
      wire.hood.fault({ match: cancelOf(id), before: (hood) => hood.setStatus(id, "sent") });
    const first = wire.campaign("running");
    meanwhile(first);
    const { message, partial } = await thrown(WireError, () => apply(first));
    expect(message).to.contain('"sent"').and.contain(first);
    expectReadable(message);
    expect(partial).to.equal(undefined);
    const second = wire.campaign("running");
    meanwhile(second);
    const { outs } = await apply(second, wire.provider, { whenNotCancelable: "accept" });
    expect(outs).to.include({ outcome: "notNeeded", status: "sent", previousStatus: "running" });
  });

  const lost: [string, Fault][] = [
    ["the connection ended", { kind: "drop", processed: true }],
    ["it was a 500", { kind: "status", status: 500, processed: true }],
    ["it was 200 with a body", { kind: "body" }],
  ];
  for (const [what, fault] of lost) {
    it(`finds out what became of a call whose answer was lost: ${what}`, async () => {
      const id = wire.campaign("running");
      faultCancel(id, fault);
      expect((await apply(id)).outs).to.include({ outcome: "canceled", status: "canceled", previousStatus: "running" });
      expect(wire.calls).to.deep.equal([`POST /campaigns/${id}/cancel`]);
      expect(wire.sent.at(-1)).to.equal(`GET /campaigns/${id}`);
      expect(wire.canceled).to.deep.equal([id]);
    });
  }

  it("sends a call again that was lost on the way, after looking", async () => {
    const id = wire.campaign("running");
    faultCancel(id, { kind: "drop" });
    expect((await apply(id)).outs).to.include({ outcome: "canceled", status: "canceled" });
    const [look, call] = [`GET /campaigns/${id}`, `POST /campaigns/${id}/cancel`];
    expect(wire.sent.slice(wire.sent.indexOf(call))).to.deep.equal([call, look, look, call]);
    expect(wire.canceled).to.deep.equal([id]);
  });

  it("waits as 429 asks", async () => {
    const id = wire.campaign("running");
    faultCancel(id, { kind: "status", status: 429, retryAfter: 1 });
    const start = performance.now();
    expect((await apply(id)).outs).to.include({ outcome: "canceled" });
    expect(performance.now() - start).to.be.at.least(950);
    expect(wire.canceled).to.deep.equal([id]);
  });

  it("gives Hood's words where it is refused and still cancelable", async () => {
    const id = wire.campaign("running");
    faultCancel(id, { kind: "status", status: 400, message: "The reason is not acceptable." });
    const { message, partial } = await thrown(WireError, () => apply(id));
    const parts = [`Can't cancel campaign ${id}`, "HTTP 400 Bad request. The reason is not acceptable.", "trace_id"];
    for (const part of [...parts, '"Spring sale"', "running"]) expect(message).to.contain(part);
    expectReadable(message);
    expect(partial).to.equal(undefined);
    expect(wire.canceled).to.deep.equal([]);
  });

  it("keeps what was begun and isn't certain, for an update that resolves it", async () => {
    const id = wire.campaign("running");
    faultCancel(id, { kind: "drop", processed: true });
    const { inputs } = await wire.provider.check(undefined, { campaignId: id, reason });
    wire.hood.fault({ match: lookOf(id), times: 4, fault: { kind: "status", status: 500 } });
    const { message, partial } = await thrown(WireError, () => wire.provider.create(inputs));
    expect(message)
      .to.contain(`campaign ${id} "Spring sale"`)
      .and.contain("isn't certain")
      .and.contain("Run `pulumi up` again");
    expectReadable(message);
    expect(partial).to.deep.include({ id, reasons: [message] });
    const { __provider, ...begun } = partial?.properties ?? {};
    expect(__provider).to.contain("pulumi-ocamba-hood/provider");
    expect(begun).to.deep.equal({ ...inputs, status: "unknown" });

    const next = await wire.another();
    try {
      expect(await next.check(inputs, { campaignId: id, reason })).to.deep.equal({ inputs, failures: [] });
      expect((await next.diff(id, begun, inputs)).changes).to.equal(true);
      const { outs } = await next.update(id, begun, inputs);
      expect(outs).to.include({ outcome: "canceled", status: "canceled", previousStatus: "running" });
    } finally {
      await next.stop();
    }
    expect(wire.calls).to.have.length(1);
    expect(wire.canceled).to.deep.equal([id]);
  });

  it("converges after the process was killed between the call and the record", async () => {
    const id = wire.campaign("running");
    faultCancel(id, { kind: "stall", processed: true });
    const doomed = await wire.another({ config: { timeout: "60s" } });
    const call = thrown(WireError, () => apply(id, doomed));
    await until(() => wire.canceled.includes(id));
    await doomed.stop("SIGKILL");
    await call;

    const next = await wire.another();
    try {
      expect((await apply(id, next)).outs).to.include({ outcome: "alreadyCanceled", status: "canceled" });
    } finally {
      await next.stop();
    }
    expect(wire.calls).to.have.length(1);
    expect(wire.canceled).to.deep.equal([id]);
  });

  it("cancels many at once, each with one call", async () => {
    const ids = Array.from({ length: 40 }, () => wire.campaign("running"));
    const results = await Promise.all(ids.map((id) => apply(id)));
    expect(results.map(({ outs }) => outs.outcome)).to.deep.equal(ids.map(() => "canceled"));
    expect([...wire.canceled].sort()).to.deep.equal([...ids].sort());
    expect(wire.calls).to.have.length(40);
  });

  it("prints nothing", () => expect(wire.provider.output).to.match(/^\d+\n$/));
});

describe("an update of one campaign", () => {
  const wire = openWire();

  it("takes one look and one call", async () => {
    const campaignId = wire.campaign("running");
    const { inputs } = await wire.provider.check(undefined, { campaignId, reason });
    await wire.provider.create(inputs);
    expect(wire.sent).to.deep.equal([`GET /campaigns/${campaignId}`, `POST /campaigns/${campaignId}/cancel`]);
  });
});

describe("create with a token that expires", function () {
  this.timeout(20_000);
  const wire = openWire();

  it("is certain that nothing was done before the call, and not certain after it", async () => {
    const [early, late] = [wire.campaign("running"), wire.campaign("running")];
    const lateInputs = (await wire.provider.check(undefined, { campaignId: late, reason })).inputs;
    const earlyInputs = (await wire.provider.check(undefined, { campaignId: early, reason })).inputs;
    wire.hood.fault({ match: ({ method }) => method === "POST", fault: { kind: "drop", processed: true } });
    wire.hood.fault({ match: ({ method }) => method === "GET", before: (hood) => hood.expireTokens() });
    const after = await thrown(WireError, () => wire.provider.create(lateInputs));
    expect(after.message).to.contain("isn't certain").and.contain("HTTP 401");
    expectReadable(after.message);
    expect(after.partial?.id).to.equal(late);
    const before = await thrown(WireError, () => wire.provider.create(earlyInputs));
    expect(before.message).to.contain("HTTP 401").and.contain("hood:token").and.not.contain("isn't certain");
    expect(before.partial).to.equal(undefined);
    expectReadable(before.message);
    expect(wire.canceled).to.deep.equal([late]);
  });
});
