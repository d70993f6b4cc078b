import { expect } from "chai";
import { type EngineServer, startEngineServer } from "../support/engineServer";
import { expectReadable } from "../support/messages";
import { openInProcess, until } from "../support/testAccount";

const WAIT = { kind: "status", status: 429, retryAfter: 2 } as const;
const everything = { match: () => true, times: Number.POSITIVE_INFINITY };

describe("an account that asks to wait", function () {
  this.timeout(30_000);
  // A line begins where a wait lasts for more than three seconds.
  const on = openInProcess({ config: { maxWait: "5s" } }, { parallelLimit: "off" });
  let engine: EngineServer;
  const lines = () => engine.logs.map(({ severity, message }) => `${severity} ${message}`);

  before(async () => {
    engine = await startEngineServer();
  });
  after(() => engine.close());

  it("is obeyed with a live line for the user, and for no longer than hood:maxWait", async () => {
    const provider = await on.another({ engine: engine.address });
    try {
      const campaignId = on.campaign("running");
      on.hood.fault({ ...everything, fault: WAIT });
      const begun = Date.now();
      const { failures } = await provider.check(undefined, { campaignId, reason: "Budget cut" });
      expect(Date.now() - begun).to.be.below(5_500);
      const reason = failures[0]?.reason ?? "";
      expect(reason).to.contain("HTTP 429 Too many requests.").and.contain("again and again for 4 s");
      expect(reason).to.contain("hood:maxWait allows 5 s").and.contain("Run the same command again");
      expectReadable(reason);
      await until(() => lines().length > 0);
      expect(lines()[0]).to.match(/^INFO Waiting for the account's rate limit until \d\d:\d\d:\d\d UTC \(\d s\)$/);
    } finally {
      await provider.stop();
    }
  });
});
