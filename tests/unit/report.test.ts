import { expect } from "chai";
import { error, live, reportOf, reportOn, step, UNKNOWN, verdictOn } from "./reportSteps";

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
    const idle = ["same", "read", "refresh", "discard"].map((op) => ({ ...other, record: {}, op, name: op }));
    const changes = ["create", "update", "delete", "replace", "create-replacement"].map((op) => ({
      ...other,
      record: {},
      op,
      name: op,
    }));
    const stack = { type: "pulumi:pulumi:Stack", name: "test", inputs: {} };
    const again = { ...other, record: {}, op: "delete-replaced", name: "replace" };
    const report = reportOn(...idle, ...changes, again, stack, { op: "refresh", record: ended, inputs: live });
    const { irreversible, launches, reversible, removed, recorded, refused, otherChanges } = report;
    expect([irreversible, launches, reversible, removed, recorded, refused].flat()).to.deep.equal([]);
    expect(otherChanges).to.equal(5);
  });

  it("the order is that of the resources' names, whatever the engine's was", () => {
    const report = reportOn(...["c", "a", "b"].map((name) => ({ name, inputs: live })));
    expect(report.irreversible.map(({ resource }) => resource)).to.deep.equal(["a", "b", "c"]);
  });

  it("a removal that an interrupted update left over counts beside the replacement of its resource", () => {
    const type = "Campaign";
    const replaced = { type, record: { ...defined, deletionPolicy: "cancel" }, inputs: { name: "New" } };
    const parts = ["replace", "create-replacement", "delete-replaced"].map((op) => ({ ...replaced, op }));
    const record = { ...defined, name: "Left over", deletionPolicy: "cancel" };
    const pending = { type, op: "delete-replaced", record, old: { id: "2", delete: true } };
    const names = reportOn(pending, ...parts).irreversible.map(({ campaignName }) => campaignName);
    expect(names).to.have.members(["Spring sale", "Left over"]);
    expect(reportOn(pending).irreversible).to.have.length(1);
  });

  it("an end that takes the place of another one on record is one thing, and stands first", () => {
    const inputs = { ...live, campaignId: "8", campaignName: "Autumn sale" };
    for (const op of ["replace", "create-replacement"]) {
      const { irreversible, removed } = reportOn({ name: "a", inputs: live }, { op, name: "b", record: ended, inputs });
      expect(irreversible.map(({ resource, replaces }) => [resource, replaces?.campaignName])).to.deep.equal([
        ["b", "Spring sale"],
        ["a", undefined],
      ]);
      expect(removed).to.deep.equal([]);
    }
    const status = { ...live, status: "canceled", plannedActions: ["cancel"], currentStatus: "canceled" };
    const [entry] = reportOn({ type: "CampaignStatus", op: "replace", record: status, inputs: status }).irreversible;
    expect(entry?.replaces).to.deep.equal({ campaignId: "7", campaignName: "Spring sale" });
  });

  const settings = { endpoint: "https://eu.example/v1/hood", token: "[secret]" };
  const brand = { type: "pulumi:providers:hood", name: "brand" };

  it("a provider of the plugin that changes is listed with its settings, without its token", () => {
    const inputs = { ...settings, token: "canary", maxParallel: 3 };
    const [change, ...others] = reportOn({ ...brand, op: "update", record: {}, inputs }).providers;
    expect(change).to.include({ resource: "brand", op: "update" });
    expect(change?.settings).to.deep.equal({ endpoint: settings.endpoint, token: "[secret]", maxParallel: "3" });
    expect(others).to.deep.equal([]);
    expect(reportOn({ ...brand, op: "same", record: {}, inputs }).providers).to.deep.equal([]);
  });

  it("a provider whose settings only the update will know counts as an end, and what it saw isn't believed", () => {
    const provider = "urn:pulumi:test::test::pulumi:providers:hood::brand::1";
    const inputs = { ...live, status: "canceled", previousStatus: "canceled", plannedActions: [] };
    const follower = { type: "hood:index:CampaignStatus", inputs, new: { provider } };
    const report = reportOn({ ...brand, inputs: { ...settings, endpoint: UNKNOWN } }, follower);
    expect(report.irreversible.map(({ resource }) => resource)).to.deep.equal(["brand", "it"]);
    expect(reportOn({ ...brand, inputs: settings }, follower).irreversible).to.deep.equal([]);
  });

  it("a preview that ended with an error counts as failed, whatever its JSON says", () => {
    expect(reportOf([], [], { exitCode: 255 }).refused[0]?.message).to.contain("exit code 255");
    expect(reportOf([], [error("boom")], { exitCode: 255 }).refused).to.deep.equal([{ message: "boom" }]);
    const yaml = { severity: "info#err", message: "\u001b[31mError\u001b[0m: it isn't assignable" };
    expect(reportOf([], [yaml]).refused).to.deep.equal([{ message: "it isn't assignable" }]);
  });
});

describe("What a report is about", () => {
  const about = (said: object, environment = {}) => reportOf([], [], { said, environment }).about;

  it("project and stack are those of the preview, and the commit that of the pipeline", () => {
    expect(about({}, { CI_COMMIT_SHA: "abc" })).to.deep.equal({ project: "test", stack: "test", commit: "abc" });
    expect(about({ commit: "def", stack: "acme/test/test" }, { GITHUB_SHA: "abc" })).to.include({ commit: "def" });
  });

  it("a preview of another project or stack than was said is refused", () => {
    expect(() => about({ stack: "prod" })).to.throw('on the stack "prod": the preview is of the stack "test"');
    expect(() => about({ project: "shop" })).to.throw('on the project "shop"');
  });

  const settingsIn = (config: object, environment = {}) =>
    reportOf([], [], { environment }, { ...config }).settings.map(({ name, value }) => `${name} ${value}`);

  it("settings are listed that aren't the default, the endpoint first, and no token", () => {
    const config = { "hood:preflight": "off", "hood:endpoint": "https://u:p@evil.example", "hood:token": "canary" };
    expect(settingsIn(config, { HOOD_TOKEN: "canary", HOOD_MAX_CANCELLATIONS: "7" })).to.deep.equal([
      "hood:endpoint https://[secret]@evil.example",
      "HOOD_MAX_CANCELLATIONS 7",
      "hood:preflight off",
      "hood:token [secret]",
    ]);
    const defaults = {
      "hood:endpoint": "https://api.ocamba.com/v1/hood/",
      "hood:timeout": "30000ms",
      "aws:region": "x",
    };
    expect(settingsIn(defaults, { HOOD_MAX_PARALLEL: "10", HOOD_PREFLIGHT: "" })).to.deep.equal([]);
    expect(settingsIn({ "hood:maxCancelations": "1" })).to.deep.equal(["hood:maxCancelations 1"]);
  });
});

describe("A report's fingerprint", () => {
  const of = (inputs: object, surroundings = {}) =>
    reportOf([step({ inputs: { ...inputs } })], [], surroundings).fingerprint;

  it("is the same only for the same campaigns in the same status", () => {
    expect(of(live)).to.equal(of(live, { said: { commit: "abc" } }));
    for (const change of [{ campaignId: "8" }, { campaignName: "x" }, { previousStatus: "paused" }, { reason: "x" }]) {
      expect(of({ ...live, ...change }), JSON.stringify(change)).not.to.equal(of(live));
    }
  });

  it("is never the same if neither id nor name of a campaign is shown", () => {
    const hidden = ["[secret]", UNKNOWN, undefined];
    for (const campaignId of hidden) {
      expect(of({ ...live, campaignId })).to.equal(of({ ...live, campaignId }));
      for (const campaignName of hidden) {
        const inputs = { ...live, campaignId, campaignName };
        expect(of(inputs)).not.to.equal(of(inputs));
      }
    }
  });
});
