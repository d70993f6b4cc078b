import { expect } from "chai";
import { campaign } from "../../provider/resources/campaign/campaign";
import { UNKNOWN } from "../../provider/unknown";

describe("what a preview tells of a campaign to come", () => {
  it("is what is declared, and of the rest nothing", () => {
    const unknown = { campaignId: UNKNOWN, status: UNKNOWN, createTime: UNKNOWN };
    expect(campaign.planned({ name: "x" })).to.deep.equal({ name: "x", ...unknown });
  });

  it("is what is on record, without arguments that were taken out", () => {
    const record = {
      name: "x",
      description: "y",
      campaignId: "7",
      status: "paused",
      createTime: "2026-05-01T12:00:00Z",
    };
    const { description: _, ...rest } = record;
    expect(campaign.planned({ name: "z" }, record)).to.deep.equal({ ...rest, name: "z" });
  });

  it("leaves the status of a draft open that is launched", () => {
    const record = { name: "x", draft: true, campaignId: "7", status: "draft", createTime: "2026-05-01T12:00:00Z" };
    expect(campaign.planned({ name: "x", draft: true }, record)).to.include({ status: "draft" });
    expect(campaign.planned({ name: "x" }, record)).to.include({ status: UNKNOWN });
  });
});
