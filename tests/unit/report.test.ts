import { expect } from "chai";
import { canceled, defined, error, judgementOn, live, reportOf, reportOn, step, UNKNOWN } from "./reportSteps";

const cancels = { ...defined, deletionPolicy: "cancel" };

describe("What a preview says of a stack", () => {
  it("gives an entry what the preview saw, and the resource's name, whatever is in it", () => {
    expect(judgementOn({ name: "a::b", inputs: live }).entry).to.deep.equal({
      resource: "a::b",
      type: "CampaignCancellation",
      urn: "urn:pulumi:test::test::pulumi-nodejs:dynamic/hood:CampaignCancellation::a::b",
      campaignId: "7",
      campaignName: "Spring sale",
      status: "running",
      reason: "Budget cut",
    });
  });

  it("leaves out what isn't known yet, and keeps a secret one", () => {
    const { entry } = judgementOn({ inputs: { ...live, campaignName: UNKNOWN, reason: "[secret]" } });
    expect(entry).not.to.have.property("campaignName");
    expect(entry.reason).to.equal("[secret]");
  });

  it("counts other resources, without those that stay, are read, or are the stack itself", () => {
    const other = { type: "aws:s3/bucket:Bucket", inputs: {}, state: {} };
    const idle = ["same", "read", "refresh", "discard"].map((op) => ({ ...other, op, name: op }));
    const changes = ["create", "update", "delete", "replace", "create-replacement"].map((op) => ({
      ...other,
      op,
      name: op,
    }));
    const stack = { type: "pulumi:pulumi:Stack", name: "test", inputs: {} };
    const again = { ...other, op: "delete-replaced", name: "replace" };
    const report = reportOn(...idle, ...changes, again, stack, { op: "refresh", state: canceled, inputs: live });
    const { irreversible, launches, reversible, removed, recorded, refused, otherChanges } = report;
    expect([irreversible, launches, reversible, removed, recorded, refused].flat()).to.deep.equal([]);
    expect(otherChanges).to.equal(5);
  });

  it("lists resources by their names, whatever the engine's order was", () => {
    const report = reportOn(...["c", "a", "b"].map((name) => ({ name, inputs: live })));
    expect(report.irreversible.map(({ resource }) => resource)).to.deep.equal(["a", "b", "c"]);
  });

  it("says that the preview failed if it ended with an error, whatever its JSON says", () => {
    expect(reportOf([], [], { exitCode: 255 }).refused[0]?.message).to.contain("exit code 255");
    expect(reportOf([], [error("boom")], { exitCode: 255 }).refused).to.deep.equal([{ message: "boom" }]);
  });
});

describe("A replacement in a report", () => {
  const both = { type: "Campaign", state: cancels, inputs: { name: "New" } };
  const parts = ["replace", "create-replacement", "delete-replaced"].map((op) => ({ ...both, op }));
  const leftOver = { type: "Campaign", op: "delete-replaced", old: { delete: true } };
  const endsOf = (...steps: Parameters<typeof reportOn>) =>
    reportOn(...steps).irreversible.map(({ campaignName }) => campaignName);

  it("is a removal and a new resource, also if its parts are listed", () => {
    for (const steps of [parts.slice(0, 1), parts]) {
      expect(endsOf(...steps)).to.deep.equal(["Spring sale"]);
      expect(reportOn(...steps).reversible.map(({ campaignName }) => campaignName)).to.deep.equal(["New"]);
    }
  });

  it("counts by its parts if they stand alone", () => {
    expect(endsOf({ ...both, op: "delete-replaced" })).to.have.length(1);
    expect(endsOf({ op: "create-replacement", inputs: live })).to.have.length(1);
  });

  const pending = { ...cancels, name: "Left over" };
  const abandons = parts.map((part) => ({ ...part, state: defined }));
  for (const [what, steps, ends] of [
    [
      "of another campaign",
      [{ ...leftOver, state: pending, old: { id: "2" } }, ...parts],
      ["Left over", "Spring sale"],
    ],
    ["of a campaign with the same id", [{ ...leftOver, state: pending }, ...abandons], ["Left over"]],
    ["of the same campaign", [{ ...leftOver, state: cancels }, ...parts], ["Spring sale", "Spring sale"]],
    [
      "without an id",
      [
        { ...leftOver, state: pending, old: { id: undefined } },
        ...abandons.map((part) => ({ ...part, old: { id: undefined } })),
      ],
      ["Left over"],
    ],
    ["alone", [{ ...leftOver, state: pending }], ["Left over"]],
  ] as const) {
    it(`doesn't hide the removal ${what} that an interrupted update left over`, () => {
      expect(endsOf(...steps)).to.have.members(ends);
      expect(endsOf(...[...steps].reverse())).to.have.members(ends);
    });
  }

  it("doesn't hide another new resource", () => {
    const steps = [
      parts[0] ?? both,
      { type: "Campaign", op: "create-replacement", state: cancels, inputs: { name: "Now", runImmediately: true } },
    ];
    expect(reportOn(...steps).launches.map(({ campaignName }) => campaignName)).to.deep.equal(["Now"]);
  });

  it("leaves the removed campaign alone only if both states say that the engine just forgets it", () => {
    const retained = { ...both, op: "replace", retainOnDelete: true };
    expect(endsOf(retained)).to.deep.equal(["Spring sale"]);
    expect(endsOf({ ...retained, retainOnDelete: false, new: { retainOnDelete: true } })).to.deep.equal([
      "Spring sale",
    ]);
    expect(endsOf({ ...retained, new: { retainOnDelete: true } })).to.deep.equal([]);
  });

  it("is a removal alone if the new resource is only read", () => {
    const inputs = { name: "Now", runImmediately: true };
    const { irreversible, launches } = reportOn({ ...both, op: "replace", inputs, new: { external: true } });
    expect([irreversible.length, launches.length]).to.deep.equal([1, 0]);
  });

  it("shows by any of its parts that the preview listed them", () => {
    const shown = (op: string) => reportOn({ ...both, op }).partsShown;
    expect(["replace", "create-replacement", "delete-replaced"].map(shown)).to.deep.equal([false, true, true]);
  });

  it("is one thing for a cancellation in the state, and stands first", () => {
    const inputs = { ...live, campaignId: "8", campaignName: "Autumn sale" };
    for (const op of ["replace", "create-replacement"]) {
      const { irreversible, removed } = reportOn(
        { name: "a", inputs: live },
        { op, name: "b", state: canceled, inputs },
      );
      expect(irreversible.map(({ resource, replaces }) => [resource, replaces?.campaignName])).to.deep.equal([
        ["b", "Spring sale"],
        ["a", undefined],
      ]);
      expect(removed).to.deep.equal([]);
    }
    const status = { ...live, status: "canceled", plannedActions: ["cancel"], currentStatus: "canceled" };
    const [entry] = reportOn({ type: "CampaignStatus", op: "replace", state: status, inputs: status }).irreversible;
    expect(entry?.replaces).to.deep.equal({ campaignId: "7", campaignName: "Spring sale" });
  });
});

describe("A provider of the plugin in a report", () => {
  const settings = { endpoint: "https://eu.example/v1/hood", token: "[secret]" };
  const brand = { type: "pulumi:providers:hood", name: "brand" };

  it("is listed with its settings if it changes, without its token", () => {
    const inputs = { ...settings, token: "canary", maxParallel: 3, auditLog: UNKNOWN };
    const [change, ...others] = reportOn({ ...brand, op: "update", state: {}, inputs }).providers;
    expect(change).to.include({ resource: "brand", op: "update" });
    expect(change?.settings).to.deep.equal({
      endpoint: settings.endpoint,
      token: "[secret]",
      maxParallel: "3",
      auditLog: "not known",
    });
    expect(others).to.deep.equal([]);
    expect(reportOn({ ...brand, op: "same", state: {}, inputs }).providers).to.deep.equal([]);
  });

  it("counts as an end if only the update will know its settings, and what it saw isn't believed", () => {
    const provider = "urn:pulumi:test::test::pulumi:providers:hood::brand::1";
    const inputs = { ...live, status: "canceled", previousStatus: "canceled", plannedActions: [] };
    const follower = { type: "hood:index:CampaignStatus", inputs, new: { provider } };
    const report = reportOn({ ...brand, inputs: { ...settings, endpoint: UNKNOWN } }, follower);
    expect(report.irreversible.map(({ resource }) => resource)).to.deep.equal(["brand", "it"]);
    expect(reportOn({ ...brand, inputs: settings }, follower).irreversible).to.deep.equal([]);
  });
});

describe("What a report is about", () => {
  const about = (said: object, environment = {}) => reportOf([], [], { said, environment }).about;

  it("is the project and the stack of the preview, and the commit of the pipeline", () => {
    expect(about({}, { CI_COMMIT_SHA: "abc" })).to.deep.equal({ project: "test", stack: "test", commit: "abc" });
    expect(about({ commit: "def", stack: "acme/test/test" }, { GITHUB_SHA: "abc" })).to.include({ commit: "def" });
  });

  it("is never another project or stack than was said", () => {
    expect(() => about({ stack: "prod" })).to.throw('on the stack "prod": the preview is of the stack "test"');
    expect(() => about({ project: "shop" })).to.throw('on the project "shop"');
  });

  const settingsIn = (config: object, environment = {}) =>
    reportOf([], [], { environment }, { ...config }).settings.map(({ name, value }) => `${name} ${value}`);

  it("includes the settings that aren't the default, the endpoint first, and no token", () => {
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
  const of = (inputs: object, more = {}, surroundings = {}) =>
    reportOf([step({ inputs: { ...inputs }, ...more })], [], surroundings).fingerprint;

  it("is the same only for the same campaigns in the same status", () => {
    expect(of(live)).to.equal(of(live, {}, { said: { commit: "abc" } }));
    for (const change of [{ campaignId: "8" }, { campaignName: "x" }, { previousStatus: "paused" }, { reason: "x" }]) {
      expect(of({ ...live, ...change }), JSON.stringify(change)).not.to.equal(of(live));
    }
  });

  const now = { name: "New", runImmediately: true };
  for (const [what, inputs, isSame, more] of [
    ["a secret reason", { ...live, reason: "[secret]" }, true],
    ["a secret name of a campaign with an id", { ...live, campaignName: "[secret]" }, true],
    ["a new campaign", now, true, { type: "Campaign" }],
    ["a new campaign with a secret name", { ...now, name: "[secret]" }, false, { type: "Campaign" }],
    ["a secret id, although the name is shown", { ...live, campaignId: "[secret]" }, false],
    ["a secret status", { ...live, previousStatus: "[secret]" }, false],
    ["a blank id and a secret name", { ...live, campaignId: "", campaignName: "[secret]" }, false],
    ...["[secret]", UNKNOWN, undefined].flatMap((campaignId) =>
      ["[secret]", UNKNOWN, undefined].map(
        (campaignName) =>
          [`the id ${campaignId} and the name ${campaignName}`, { ...live, campaignId, campaignName }, false] as const,
      ),
    ),
  ] as const) {
    it(`is ${isSame ? "" : "never "}the same twice with ${what}`, () => {
      const [one, other] = [of(inputs, more), of(inputs, more)];
      expect(one === other).to.equal(isSame);
    });
  }
});
