import { expect } from "chai";
import { buildReport } from "../../plan/build";
import { type Given, reportOn, step, UNKNOWN, verdictOn } from "./planSteps";

const live = { campaignId: "7", campaignName: "Spring sale", previousStatus: "running", reason: "Budget cut" };
const ended = { ...live, status: "canceled", outcome: "canceled", canceledAt: "2026-05-01T12:00:00Z" };
const wish = { ...live, status: "canceled", plannedActions: ["cancel"] };
const met = { ...live, status: "paused", plannedActions: ["pause"], currentStatus: "paused" };
const { currentStatus: _, ...paused } = met;
const cancellation = (given: Given): Given => ({ type: "CampaignCancellation", ...given });
const status = (given: Given): Given => ({ type: "CampaignStatus", ...given });
const definition = (given: Given): Given => ({ type: "Campaign", ...given });
const defined = { name: "Spring sale", campaignId: "7", status: "scheduled" };

const cases: readonly [what: string, given: Given, kind: string, note?: RegExp][] = [
  ["a new cancellation", cancellation({ inputs: live }), "irreversible"],
  ["one behind the plugin", cancellation({ type: "hood:index:CampaignCancellation", inputs: live }), "irreversible"],
  [
    "one within a component",
    cancellation({ type: "a:b:C$hood:index:CampaignCancellation", inputs: live }),
    "irreversible",
  ],
  [
    "one of a campaign not known yet",
    cancellation({ inputs: { campaignId: UNKNOWN, campaignName: UNKNOWN, previousStatus: UNKNOWN } }),
    "irreversible",
    /^Which campaign it is/,
  ],
  [
    "one that the preview didn't look at",
    cancellation({ inputs: { campaignId: "7", reason: "x" } }),
    "irreversible",
    /doesn't show its status/,
  ],
  [
    "one whose status is secret",
    cancellation({ inputs: { ...live, previousStatus: "[secret]" } }),
    "irreversible",
    /doesn't show its status/,
  ],
  [
    "one in a status that nobody knows",
    cancellation({ inputs: { ...live, previousStatus: "halted" } }),
    "irreversible",
  ],
  ["one that the engine shows nothing of", cancellation({}), "irreversible", /^Which campaign it is/],
  [
    "one of a canceled campaign",
    cancellation({ inputs: { ...live, previousStatus: "canceled" } }),
    "recorded",
    /^Ended already: adopted/,
  ],
  [
    "one of a sent campaign",
    cancellation({ inputs: { ...live, previousStatus: "sent", whenNotCancelable: "accept" } }),
    "recorded",
    /^Nothing left to cancel: it is delivered/,
  ],
  ["an import", cancellation({ op: "import", inputs: live }), "recorded", /^Imported/],
  [
    "a step of a newer engine",
    cancellation({ op: "transmute", inputs: live }),
    "irreversible",
    /doesn't know the engine's step/,
  ],
  [
    "a type of a newer provider",
    { type: "hood:index:CampaignPurge", inputs: live },
    "irreversible",
    /doesn't know its type/,
  ],
  [
    "a guard that changes",
    cancellation({ op: "update", record: ended, inputs: { ...live, expectedName: "x" } }),
    "recorded",
    /^Only its record/,
  ],
  [
    "an unfinished cancellation",
    cancellation({ op: "update", record: { ...live, status: "unknown" }, inputs: live }),
    "irreversible",
    /isn't certain/,
  ],
  [
    "a cancellation that was undone",
    cancellation({ op: "update", record: { ...ended, status: "running" }, inputs: live }),
    "irreversible",
    /a refresh found/,
  ],
  [
    "a cancellation whose record is secret",
    cancellation({ op: "update", record: { ...ended, status: "[secret]" }, inputs: live }),
    "irreversible",
    /doesn't show its status/,
  ],
  ["a removed cancellation", cancellation({ op: "delete", record: ended }), "removed", /^Nothing is sent/],

  ["a wish for canceled", status({ inputs: wish }), "irreversible"],
  [
    "a wish for canceled, met",
    status({ inputs: { ...wish, previousStatus: "canceled", plannedActions: [] } }),
    "recorded",
    /^Ended already/,
  ],
  [
    "a wish for canceled, too late",
    status({ inputs: { ...wish, previousStatus: "sent", plannedActions: [] } }),
    "recorded",
    /^Nothing left to cancel/,
  ],
  [
    "a wish for canceled, not looked at",
    status({ inputs: { campaignId: "7", status: "canceled" } }),
    "irreversible",
    /doesn't show its status/,
  ],
  ["a wish not known yet", status({ inputs: { ...wish, status: UNKNOWN, plannedActions: UNKNOWN } }), "irreversible"],
  [
    "a secret wish",
    status({
      op: "update",
      record: { ...met, status: "[secret]" },
      before: { ...paused, status: "[secret]" },
      inputs: { ...paused, status: "[secret]" },
    }),
    "irreversible",
  ],
  ["a wish for paused", status({ inputs: paused }), "reversible", /^Pause: running to paused\.$/],
  [
    "a wish for scheduled",
    status({ inputs: { ...paused, status: "scheduled", plannedActions: ["pause", "resume"] } }),
    "reversible",
    /^Pause, then resume: running to scheduled\.$/,
  ],
  [
    "a wish for paused, met",
    status({ inputs: { ...paused, previousStatus: "paused", plannedActions: [] } }),
    "recorded",
    /^It is paused already/,
  ],
  [
    "a wish for paused, not looked at",
    status({ inputs: { campaignId: "7", status: "paused" } }),
    "reversible",
    /^To paused; the steps aren't known/,
  ],
  [
    "a call that nobody knows",
    status({ inputs: { ...paused, plannedActions: ["<script>"] } }),
    "reversible",
    /^Another step: /,
  ],
  ["a wish edited to canceled", status({ op: "update", record: met, before: paused, inputs: wish }), "irreversible"],
  [
    "a wish edited to running",
    status({
      op: "update",
      record: met,
      before: paused,
      inputs: { ...live, status: "running", previousStatus: "paused", plannedActions: ["resume"] },
    }),
    "reversible",
    /^Resume: paused to running/,
  ],
  [
    "another reason for what is canceled",
    status({
      op: "update",
      record: { ...wish, currentStatus: "canceled" },
      before: wish,
      inputs: { ...wish, expectedName: "x" },
    }),
    "recorded",
    /^Only its record/,
  ],
  [
    "a canceled wish that was undone",
    status({
      op: "update",
      record: { ...wish, currentStatus: "running" },
      before: { ...wish, currentStatus: "running" },
      inputs: wish,
    }),
    "irreversible",
    /a refresh found/,
  ],
  ["a canceled wish left half-way", status({ op: "update", record: wish, inputs: wish }), "irreversible", /half-way/],
  ["a paused wish left half-way", status({ op: "update", record: paused, inputs: paused }), "reversible", /half-way/],
  [
    "drift without the mark of a refresh",
    status({
      op: "update",
      record: { ...wish, currentStatus: "running" },
      before: wish,
      inputs: { ...wish, expectedName: "x" },
    }),
    "irreversible",
  ],
  [
    "a secret that changes",
    status({ op: "update", record: met, before: paused, inputs: paused }),
    "reversible",
    /is a secret/,
  ],
  ["a removed wish", status({ op: "delete", record: met }), "removed", /^Nothing is sent/],

  ["a new draft", definition({ inputs: { name: "New", draft: true } }), "reversible", /a draft, which sends nothing/],
  [
    "a new campaign for now",
    definition({ inputs: { name: "New", runImmediately: true } }),
    "reversible",
    /starts at once/,
  ],
  [
    "a new campaign for later",
    definition({ inputs: { name: "New", scheduledTime: "2099-12-01T10:00:00+01:00" } }),
    "reversible",
    /starts 2099-12-01 09:00:00 GMT/,
  ],
  [
    "a new campaign for some time",
    definition({ inputs: { name: "New", scheduledTime: UNKNOWN } }),
    "reversible",
    /a time that the preview doesn't show/,
  ],
  ["a new campaign by hand", definition({ inputs: { name: "New" } }), "reversible", /sent by hand only/],
  [
    "a new campaign that recurs",
    definition({ inputs: { name: "New", recurrence: {} } }),
    "reversible",
    /again and again/,
  ],
  [
    "an edit",
    definition({ op: "update", record: defined, inputs: { name: "Other", labels: ["a"] } }),
    "reversible",
    /^Changes name, labels\.$/,
  ],
  [
    "a launch",
    definition({
      op: "update",
      record: { ...defined, draft: true },
      inputs: { name: "Spring sale", runImmediately: true },
    }),
    "reversible",
    /^Launches it, starts at once\. /,
  ],
  [
    "an edit of a secret",
    definition({ op: "update", record: defined, inputs: { name: "Spring sale" } }),
    "reversible",
    /is a secret/,
  ],
  [
    "another deletionPolicy",
    definition({ op: "update", record: defined, inputs: { name: "Spring sale", deletionPolicy: "cancel" } }),
    "recorded",
    /removing the resource ends the campaign/,
  ],
  ["a removed campaign", definition({ op: "delete", record: defined }), "removed", /^Nothing is sent/],
  [
    "one that ends with its resource",
    definition({ op: "delete", record: { ...defined, deletionPolicy: "cancel" } }),
    "irreversible",
    /deletionPolicy is "cancel"/,
  ],
  [
    "one that has ended before",
    definition({ op: "delete", record: { ...defined, status: "canceled", deletionPolicy: "cancel" } }),
    "removed",
    /^Nothing is sent/,
  ],
  [
    "one that the engine only forgets",
    definition({ op: "delete", record: { ...defined, deletionPolicy: "cancel" }, retainOnDelete: true }),
    "removed",
    /^Nothing is sent/,
  ],
  [
    "one that must not be removed",
    definition({ op: "delete", record: { ...defined, deletionPolicy: "prevent" } }),
    "removed",
    /refuses this removal/,
  ],
  [
    "one whose policy is secret",
    definition({ op: "delete", record: { ...defined, deletionPolicy: "[secret]" } }),
    "irreversible",
    /doesn't show its deletionPolicy/,
  ],
  [
    "one that the engine shows no state of",
    definition({ op: "delete" }),
    "irreversible",
    /doesn't show its deletionPolicy/,
  ],
];

describe("What a preview's steps mean", () => {
  for (const [what, given, kind, note] of cases) {
    it(`${what}: ${kind}`, () => {
      const verdict = verdictOn(given);
      expect(verdict.kind).to.equal(kind);
      if (note) expect(verdict.entry.note).to.match(note);
      else expect(verdict.entry).not.to.have.property("note");
    });
  }

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
