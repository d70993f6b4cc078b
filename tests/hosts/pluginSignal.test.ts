import { expect } from "chai";
import { hosts } from "../support/hosts";
import { until } from "../support/testAccount";
import { openWire } from "../support/wire";

describe("the plugin that is told to end", () => {
  const wire = openWire({ host: hosts.plugin }, { latency: 300 });

  it("does so at once where nothing is on its way", async () => {
    const plugin = await wire.another();
    await plugin.check(undefined, { campaignId: wire.campaign("running"), reason: "Budget cut" });
    await plugin.stop("SIGINT");
  }).timeout(2_000);

  it("answers what is on its way, so that it can be recorded, and sends nothing more", async () => {
    const plugin = await wire.another({ config: { maxParallel: "1" } });
    const [first, second] = ["Spring sale", "Summer sale"].map((name) => wire.campaign("running", { name }));
    const inputs = [first, second].map((campaignId) => ({ campaignId, reason: "Budget cut" }));
    for (const news of inputs) await plugin.check(undefined, news);
    const endings: Promise<void>[] = [];
    // The account takes its time: the signal comes before the answer.
    wire.faultCancel(String(first), { before: () => endings.push(plugin.stop("SIGINT")) });
    const calls = inputs.map((news) => plugin.create(news).catch((error: Error) => error));
    await until(() => endings.length > 0);
    const [created, givenUp] = await Promise.all(calls);
    await Promise.all(endings);
    expect(created).to.deep.include({ id: first });
    expect((givenUp as Error).message).to.contain("stopped before its turn came");
    expect(wire.canceled).to.deep.equal([first]);
  });
});
