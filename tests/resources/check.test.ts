import { expect } from "chai";
import { UNKNOWN } from "../../provider/unknown";
import { expectReadable } from "../support/messages";
import type { Properties } from "../support/providerProcess";
import { openInProcess } from "../support/testAccount";

const reason = "Budget cut";

describe("check of a new cancellation", () => {
  const on = openInProcess();
  const check = (news: Properties) => on.provider.check(undefined, { reason, ...news });

  async function failureOf(news: Properties) {
    const { failures } = await check(news);
    expect(failures).to.have.length(1);
    const [failure] = failures;
    expectReadable(failure?.reason ?? "");
    return { property: failure?.property, reason: failure?.reason ?? "" };
  }

  for (const status of ["scheduled", "running", "paused", "canceled"]) {
    it(`shows one that is ${status}, and changes nothing`, async () => {
      const campaignId = on.campaign(status);
      const { inputs, failures } = await check({ campaignId });
      expect(failures).to.deep.equal([]);
      expect(inputs).to.deep.equal({ campaignId, reason, campaignName: "Spring sale", previousStatus: status });
      expect(on.calls).to.deep.equal([]);
      expect(on.hood.campaign(campaignId).status).to.equal(status);
    });
  }

  it("keeps the guards among the inputs", async () => {
    const guards = { expectedName: "Spring sale", whenNotCancelable: "accept" };
    const { inputs, failures } = await check({ campaignId: on.campaign("running"), ...guards });
    expect(failures).to.deep.equal([]);
    expect(inputs).to.include(guards);
  });

  it("keeps ids beyond 2^53", async () => {
    const campaignId = on.campaign("running", { id: "12345678901234567891" });
    expect((await check({ campaignId })).inputs).to.include({ campaignId, previousStatus: "running" });
  });

  it("refuses an id that Hood doesn't know, in Hood's words", async () => {
    const failure = await failureOf({ campaignId: "999" });
    expect(failure.property).to.equal("campaignId");
    expect(failure.reason).to.contain("Can't look at campaign 999: HTTP 400").and.contain("trace_id");
    expect(failure.reason).to.contain("Check the id in Hood");
  });

  it("refuses another name", async () => {
    const failure = await failureOf({ campaignId: on.campaign("running"), expectedName: "Summer sale" });
    expect(failure.property).to.equal("expectedName");
    expect(failure.reason).to.contain('"Spring sale"').and.contain('"Summer sale"').and.contain("nothing is sent");
  });

  for (const status of ["draft", "manual", "sent", "needs_decision"]) {
    it(`refuses one that is ${status}`, async () => {
      const campaignId = on.campaign(status);
      const failure = await failureOf({ campaignId });
      expect(failure.property).to.equal("campaignId");
      expect(failure.reason).to.contain(campaignId).and.contain('"Spring sale"').and.contain(`"${status}"`);
      expect(failure.reason).to.contain('whenNotCancelable: "accept"');
    });

    it(`accepts one that is ${status} where that is allowed`, async () => {
      const { inputs, failures } = await check({ campaignId: on.campaign(status), whenNotCancelable: "accept" });
      expect(failures).to.deep.equal([]);
      expect(inputs).to.include({ previousStatus: status });
    });
  }

  it("refuses a status that nobody knows, whatever is allowed", async () => {
    const failure = await failureOf({ campaignId: on.campaign("archived"), whenNotCancelable: "accept" });
    expect(failure.property).to.equal("campaignId");
    expect(failure.reason).to.contain('"archived"').and.contain("newer version");
  });

  for (const campaignId of ["../1", "1000248/pause", "1000248?x=1", "", " ", 1000248, undefined]) {
    it(`refuses the id ${JSON.stringify(campaignId)}, and asks nobody`, async () => {
      expect((await failureOf({ campaignId })).property).to.equal("campaignId");
      expect(on.sent).to.deep.equal([]);
    });
  }

  for (const blank of ["", "  ", "\n"]) {
    it(`refuses the reason ${JSON.stringify(blank)}`, async () => {
      const failure = await failureOf({ campaignId: on.campaign("running"), reason: blank });
      expect(failure.property).to.equal("reason");
    });
  }

  it("refuses a misspelt guard, and a wish for a status", async () => {
    const campaignId = on.campaign("running");
    expect((await failureOf({ campaignId, expectedname: "Spring sale" })).property).to.equal("expectedname");
    expect((await failureOf({ campaignId, status: "running" })).property).to.equal("status");
  });

  it("reports several problems together", async () => {
    const campaignId = on.campaign("sent");
    const wrong = { campaignId, reason: "", expectedName: "Summer sale", extra: 1 };
    const properties = (await check(wrong)).failures.map(({ property }) => property);
    expect(properties).to.have.members(["campaignId", "reason", "expectedName", "extra"]);
    for (const { reason: text } of (await check(wrong)).failures) expectReadable(text);
  });

  it("lets an id pass that isn't known yet, and judges it when it is", async () => {
    const { inputs, failures } = await check({ campaignId: UNKNOWN });
    expect(failures).to.deep.equal([]);
    expect(inputs).to.include({ campaignId: UNKNOWN, campaignName: UNKNOWN, previousStatus: UNKNOWN });
    expect(on.sent).to.deep.equal([]);
    expect((await failureOf({ campaignId: on.campaign("draft") })).property).to.equal("campaignId");
  });

  it("lets guards pass that aren't known yet, and still judges the rest", async () => {
    const campaignId = on.campaign("running");
    const unknown = { reason: UNKNOWN, expectedName: UNKNOWN, whenNotCancelable: UNKNOWN };
    const { inputs, failures } = await check({ campaignId, ...unknown });
    expect(failures).to.deep.equal([]);
    expect(inputs).to.deep.include({ ...unknown, campaignName: "Spring sale" });
    expect((await failureOf({ ...unknown, campaignId: on.campaign("archived") })).property).to.equal("campaignId");
  });

  it("shows a name of many lines, and fails on it in few", async () => {
    const campaignId = on.campaign("draft", { name: "a\n\u001b[31m::error::\n".repeat(200) });
    const { reason: text } = await failureOf({ campaignId, expectedName: UNKNOWN });
    expect(text).not.to.contain("\u001b");
  });

  it("prints nothing", () => expect(on.provider.output).to.match(/^\d+\n$/));
});

describe("a preview", () => {
  const on = openInProcess();

  it("takes one look for one campaign", async () => {
    const campaignId = on.campaign("running");
    await on.provider.check(undefined, { campaignId, reason });
    expect(on.sent).to.deep.equal([`GET /campaigns/${campaignId}`]);
  });

  it("takes few looks for many, and nothing but looks", async () => {
    const ids = Array.from({ length: 100 }, () => on.campaign("running"));
    for (const campaignId of ids) {
      const { inputs, failures } = await on.provider.check(undefined, { campaignId, reason });
      expect(failures).to.deep.equal([]);
      expect(inputs).to.include({ campaignId, previousStatus: "running" });
    }
    expect(on.sent.length).to.be.at.most(20);
    expect(on.calls).to.deep.equal([]);
  });
});
