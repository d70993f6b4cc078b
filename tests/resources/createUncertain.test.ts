import { expect } from "chai";
import { expectReadable, thrown } from "../support/messages";
import { ProviderError } from "../support/providerError";
import { openInProcess, until } from "../support/testAccount";

const reason = "Budget cut";

describe("create whose end isn't certain", function () {
  this.timeout(20_000);
  const on = openInProcess();

  it("keeps what was begun and isn't certain, for an update that resolves it", async () => {
    const id = on.campaign("running");
    on.faultCancel(id, { fault: { kind: "drop", processed: true } });
    const { inputs } = await on.provider.check(undefined, { campaignId: id, reason });
    on.faultRead(id, { fault: { kind: "status", status: 401 } });
    const { message, partial } = await thrown(ProviderError, () => on.provider.create(inputs));
    expect(message)
      .to.contain(`campaign ${id} "Spring sale"`)
      .and.contain("isn't certain")
      .and.contain("Run `pulumi up` again");
    expectReadable(message);
    expect(partial).to.deep.include({ id, reasons: [message] });
    const begun = partial?.properties ?? {};
    expect(begun).to.deep.equal({ ...inputs, status: "unknown" });

    const next = await on.another();
    try {
      expect(await next.check(inputs, { campaignId: id, reason })).to.deep.equal({ inputs, failures: [] });
      expect((await next.diff(id, begun, inputs)).changes).to.equal(true);
      const { outs } = await next.update(id, begun, inputs);
      expect(outs).to.include({ outcome: "canceled", status: "canceled", previousStatus: "running" });
    } finally {
      await next.stop();
    }
    expect(on.calls).to.have.length(1);
    expect(on.canceled).to.deep.equal([id]);
  });

  it("converges after the process was killed between the call and the record", async () => {
    const id = on.campaign("running");
    on.faultCancel(id, { fault: { kind: "stall", processed: true } });
    const doomed = await on.another({ config: { timeout: "60s" } });
    const call = thrown(ProviderError, () => on.apply({ campaignId: id, reason }, doomed));
    await until(() => on.canceled.includes(id));
    await doomed.stop("SIGKILL");
    await call;

    const next = await on.another();
    try {
      expect((await on.apply({ campaignId: id, reason }, next)).outs).to.include({
        outcome: "alreadyCanceled",
        status: "canceled",
      });
    } finally {
      await next.stop();
    }
    expect(on.calls).to.have.length(1);
    expect(on.canceled).to.deep.equal([id]);
  });
});

describe("create with a token that expires", function () {
  this.timeout(20_000);
  const on = openInProcess();

  it("is certain that nothing was done before the call, and not certain after it", async () => {
    const [early, late] = [on.campaign("running"), on.campaign("running")];
    const lateInputs = (await on.provider.check(undefined, { campaignId: late, reason })).inputs;
    const earlyInputs = (await on.provider.check(undefined, { campaignId: early, reason })).inputs;
    on.hood.fault({ match: ({ method }) => method === "POST", fault: { kind: "drop", processed: true } });
    on.hood.fault({ match: ({ method }) => method === "GET", before: (hood) => hood.expireTokens() });
    const after = await thrown(ProviderError, () => on.provider.create(lateInputs));
    expect(after.message).to.contain("isn't certain").and.contain("HTTP 401");
    expectReadable(after.message);
    expect(after.partial?.id).to.equal(late);
    const before = await thrown(ProviderError, () => on.provider.create(earlyInputs));
    expect(before.message).to.contain("HTTP 401").and.contain("hood:token").and.not.contain("isn't certain");
    expect(before.partial).to.equal(undefined);
    expectReadable(before.message);
    expect(on.canceled).to.deep.equal([late]);
  });
});
