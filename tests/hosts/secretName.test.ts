import { expect } from "chai";
import type { ProviderError } from "../support/messages";
import { type Host, hosts, openProcesses } from "../support/providerProcess";

const NAME = 'Quiet "launch" of the X-99';
const reason = "Budget cut";

/** What a program's secret comes to at the host: the plugin is told of it, and the classes tell the dynamic provider. */
const secretName = (host: Host, name: string) =>
  host.name === "plugin" ? { expectedName: host.secret(name) } : { expectedName: name, campaignName: name };

for (const host of Object.values(hosts)) {
  describe(`a secret expectedName, through the ${host.name} host,`, function () {
    this.timeout(60_000);
    const on = openProcesses({ host });
    const nothingShows = (...said: unknown[]) => {
      const text = JSON.stringify(said) + on.engine.logs.map(({ message }) => message).join();
      expect(text).to.not.contain("Quiet").and.not.contain("X-99");
    };

    it("makes a secret of the live name too, from the preview to the removal", async () => {
      const campaignId = on.campaign("running", { name: NAME });
      const process = await on.process();
      const args = { campaignId, reason, ...secretName(host, NAME) };
      const { inputs, failures } = await process.check(undefined, args);
      expect(failures).to.deep.equal([]);
      if (host.name === "plugin") expect(inputs.campaignName).to.deep.equal(host.secret(NAME));
      else expect(inputs).to.include({ campaignName: NAME, __secretName: true });
      const { id, outs } = await process.create(inputs);
      if (host.name === "plugin") expect(outs.campaignName).to.deep.equal(host.secret(NAME));
      expect((await process.check(inputs, args)).inputs).to.deep.equal(inputs);
      expect((await process.diff(id, outs, inputs)).changes).to.equal(false);
      on.hood.setStatus(id, "running");
      const { props } = await process.read(id, outs);
      await process.diff(id, props, inputs);
      await process.delete(id, props);
      expect(on.engine.logs.map(({ message }) => message).join()).to.contain(`Removed campaign ${id} [secret]`);
      nothingShows();
    });

    it("shows neither name if they differ", async () => {
      const campaignId = on.campaign("running", { name: NAME });
      const process = await on.process();
      const { failures } = await process.check(undefined, { campaignId, reason, ...secretName(host, `${NAME}s`) });
      const [failure] = failures;
      expect(failure?.reason).to.contain(`Campaign ${campaignId} is called [secret], not [secret]: nothing is sent.`);
      expect(failure?.property).to.equal("");
      nothingShows(failures);
    });

    it("shows no name in an error", async () => {
      const campaignId = on.campaign("running", { name: NAME });
      const process = await on.process();
      const { inputs } = await process.check(undefined, { campaignId, reason, ...secretName(host, NAME) });
      on.hood.setStatus(campaignId, "sent");
      on.fault({ fault: { kind: "status", status: 400 } });
      const error = await process.create(inputs).catch((failed: ProviderError) => failed);
      expect(JSON.stringify([(error as Error).message])).to.contain("[secret]");
      nothingShows((error as Error).message);
    });

    it("is none if a program gives the live name itself, as if it were a guard", async () => {
      if (host.name === "plugin") return;
      const campaignId = on.campaign("running", { name: NAME });
      const { failures } = await (await on.process()).check(undefined, { campaignId, reason, campaignName: "Other" });
      expect(failures.map((failure) => failure.reason).join()).to.contain("campaignName is not an argument");
    });
  });
}
