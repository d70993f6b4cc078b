import { expect } from "chai";
import { buildReport } from "../../report/report";
import { live, reportOn, step, UNKNOWN, verdictOn } from "./reportSteps";

const ended = { ...live, status: "canceled", outcome: "canceled", canceledAt: "2026-05-01T12:00:00Z" };
const defined = { name: "Spring sale", campaignId: "7", status: "scheduled" };

describe("What a preview says of a stack", () => {
  it("an entry has what the preview saw, and the resource's name, whatever is in it", () => {
    expect(verdictOn({ name: "a::b", inputs: live }).entry).to.deep.equal({
      resource: "a::b",
      type: "CampaignCancellation",
      urn: "urn:pulumi:test::test::pulumi-nodejs:dynamic/hood:CampaignCancellation::a::b",
      campaignId: "7",
      campaignName: "Spring sale",
      status: "running",
      reason: "Budget cut",
    });
  });

  it("what isn't known yet is left out, and a secret stays one", () => {
    const { entry } = verdictOn({ inputs: { ...live, campaignName: UNKNOWN, reason: "[secret]" } });
    expect(entry).not.to.have.property("campaignName");
    expect(entry.reason).to.equal("[secret]");
  });

  it("a replacement is a removal and a new resource, also where its parts are listed", () => {
    const both = { type: "Campaign", record: { ...defined, deletionPolicy: "cancel" }, inputs: { name: "New" } };
    for (const parts of [[], ["create-replacement", "delete-replaced"]]) {
      const report = reportOn(...["replace", ...parts].map((op) => ({ ...both, op })));
      expect(report.irreversible.map(({ campaignName }) => campaignName)).to.deep.equal(["Spring sale"]);
      expect(report.reversible.map(({ campaignName }) => campaignName)).to.deep.equal(["New"]);
    }
  });

  it("the parts of a replacement count where they stand alone", () => {
    const record = { ...defined, deletionPolicy: "cancel" };
    expect(reportOn({ op: "delete-replaced", type: "Campaign", record }).irreversible).to.have.length(1);
    expect(reportOn({ op: "create-replacement", inputs: live }).irreversible).to.have.length(1);
  });

  it("other resources are a number, without those that stay, are read, or are the stack itself", () => {
    const other = { type: "aws:s3/bucket:Bucket", inputs: {} };
    const idle = ["same", "read", "refresh"].map((op) => ({ ...other, op, name: op }));
    const changes = ["create", "update", "delete", "replace", "create-replacement"].map((op) => ({
      ...other,
      op,
      name: op,
    }));
    const stack = { type: "pulumi:pulumi:Stack", name: "test" };
    const again = { ...other, op: "delete-replaced", name: "replace" };
    const report = reportOn(...idle, ...changes, again, stack, { op: "refresh", record: ended, inputs: live });
    expect(report).to.deep.equal({
      irreversible: [],
      reversible: [],
      removed: [],
      recorded: [],
      refused: [],
      otherChanges: 5,
    });
  });

  it("the order is that of the resources' names, whatever the engine's was", () => {
    const report = reportOn(...["c", "a", "b"].map((name) => ({ name, inputs: live })));
    expect(report.irreversible.map(({ resource }) => resource)).to.deep.equal(["a", "b", "c"]);
  });

  it("what is no step at all does no harm, and an end among it is seen", () => {
    const steps = [
      null,
      7,
      "x",
      [],
      {},
      { op: 7, urn: 7, newState: 7, oldState: [] },
      { ...step({ inputs: live }), future: { a: 1 } },
    ];
    expect(buildReport({ steps, diagnostics: [null, 7, {}] }).irreversible).to.have.length(1);
  });
});
