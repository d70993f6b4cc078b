import { expect } from "chai";
import type { FaultRule } from "../../simulator";
import { expectReadable } from "../support/messages";
import type { ProviderProcess, Surroundings } from "../support/providerProcess";
import { openInProcess } from "../support/testAccount";

const reason = "Budget cut";

describe("check where the account can't be asked", function () {
  this.timeout(20_000);
  const on = openInProcess();

  async function withProvider<T>(
    surroundings: Surroundings,
    act: (provider: ProviderProcess) => Promise<T>,
  ): Promise<T> {
    const provider = await on.another(surroundings);
    try {
      return await act(provider);
    } finally {
      await provider.stop();
    }
  }

  async function failureWith(surroundings: Surroundings, campaignId = on.campaign("running")) {
    const check = (provider: ProviderProcess) => provider.check(undefined, { campaignId, reason });
    const { inputs, failures } = await withProvider(surroundings, check);
    expect(inputs).to.deep.equal({ campaignId, reason });
    expect(failures).to.have.length(1);
    expect(failures[0]?.property).to.equal("");
    expectReadable(failures[0]?.reason ?? "");
    return failures[0]?.reason ?? "";
  }

  it("says that there is no token, and how to set one", async () => {
    const text = await failureWith({ config: { token: "" } });
    expect(text)
      .to.contain("no API token")
      .and.contain("pulumi config set --secret hood:token")
      .and.contain("HOOD_TOKEN");
    expect(on.sent).to.deep.equal([]);
  });

  it("says that the token isn't accepted, and how to set another", async () => {
    const text = await failureWith({ config: { token: "stale-canary-token" } });
    expect(text).to.contain("HTTP 401 Unauthorized.").and.contain("hood:token").and.contain("expired");
    expect(on.sent).to.have.length(1);
  });

  it("says that nobody is there", async () => {
    const text = await failureWith({ config: { endpoint: "http://127.0.0.1:1/v1/hood" } });
    expect(text).to.contain("127.0.0.1:1 can't be reached (ECONNREFUSED)").and.contain("hood:endpoint");
  });

  it("says that a setting can't be used", async () => {
    const text = await failureWith({ config: { endpoint: "http://hood.example/v1/hood" } });
    expect(text).to.contain("hood:endpoint").and.contain("https://");
    expect(on.sent).to.deep.equal([]);
  });

  const faults: [string, FaultRule["fault"], string[]][] = [
    ["a page with 200", { kind: "html", status: 200 }, ["something that isn't JSON", "hood:endpoint", "proxy"]],
    ["a page with 403", { kind: "html", status: 403 }, ["HTTP 403", "hood:endpoint"]],
    [
      "a redirect",
      { kind: "redirect", location: "https://login.example/" },
      ["HTTP 302", "never followed", "hood:endpoint"],
    ],
    ["a server fault", { kind: "status", status: 500 }, ["HTTP 500", "trace_id", "Run the same command again"]],
    ["no right", { kind: "status", status: 403, message: "Suspended." }, ["HTTP 403", "Suspended.", "right"]],
  ];
  for (const [what, fault, says] of faults) {
    it(`says that ${what} came instead of an answer`, async () => {
      const campaignId = on.campaign("running");
      on.hood.fault({ match: (request) => request.campaignId === campaignId, times: Infinity, fault });
      const text = await failureWith({}, campaignId);
      for (const part of [...says, `Can't look at campaign ${campaignId}`]) expect(text).to.contain(part);
      expect(new Set(on.sent)).to.deep.equal(new Set([`GET /campaigns/${campaignId}`]));
    });
  }

  it("says that no answer came in time", async () => {
    const campaignId = on.campaign("running");
    const match: FaultRule["match"] = (request) => request.campaignId === campaignId;
    on.hood.fault({ match, times: Infinity, fault: { kind: "stall" } });
    const text = await failureWith({ config: { timeout: "50ms" } }, campaignId);
    expect(text).to.contain("no answer from 127.0.0.1").and.contain("within 0.05 s");
  });
});

describe("check in an account that answers 404 to an unknown id", () => {
  const on = openInProcess({}, { unknownId: 404, labelsAs: "string", totalAs: "string" });

  it("says so on the id", async () => {
    const { failures } = await on.provider.check(undefined, { campaignId: "999", reason });
    expect(failures.map(({ property }) => property)).to.deep.equal(["campaignId"]);
    expect(failures[0]?.reason).to.contain("HTTP 404").and.contain("Check the id in Hood");
  });

  it("reads its other notations", async () => {
    const campaignId = on.campaign("running", { labels: ["a", "b"] });
    const { inputs } = await on.provider.check(undefined, { campaignId, reason });
    expect(inputs).to.include({ campaignName: "Spring sale", previousStatus: "running" });
  });
});

describe("a preview without a look", () => {
  const on = openInProcess({ config: { preflight: "off" } });

  it("asks nobody, and shows only what the program says", async () => {
    const args = { campaignId: "999", reason };
    expect(await on.provider.check(undefined, args)).to.deep.equal({ inputs: args, failures: [] });
    expect(on.sent).to.deep.equal([]);
  });

  it("still judges the arguments", async () => {
    const { failures } = await on.provider.check(undefined, { campaignId: "../1", reason: " " });
    expect(failures.map(({ property }) => property)).to.deep.equal(["campaignId", "reason"]);
  });

  it("needs no token, which is missed by the create", async () => {
    const bare = await on.another({ config: { token: "" } });
    try {
      const args = { campaignId: on.campaign("running"), reason };
      expect((await bare.check(undefined, args)).failures).to.deep.equal([]);
      const error = await bare.create(args).catch((caught: Error) => caught);
      expect(error).to.be.an.instanceOf(Error).and.to.have.property("message").that.contains("no API token");
    } finally {
      await bare.stop();
    }
  });

  it("leaves the look to the create, which judges by it", async () => {
    const wrong = { campaignId: on.campaign("running"), reason, expectedName: "Summer sale" };
    const error = await on.provider.create(wrong).catch((caught: Error) => caught);
    expect(error).to.be.an.instanceOf(Error).and.to.have.property("message").that.contains('"Spring sale"');
    const right = { campaignId: on.campaign("running"), reason, expectedName: "Spring sale" };
    const { outs } = await on.provider.create(right);
    expect(outs).to.include({ campaignName: "Spring sale", previousStatus: "running", outcome: "canceled" });
    expect(on.sent).to.deep.equal([
      `GET /campaigns/${wrong.campaignId}`,
      `GET /campaigns/${right.campaignId}`,
      `POST /campaigns/${right.campaignId}/cancel`,
    ]);
  });
});
