import { type Case, type Given, itJudges, UNKNOWN } from "./reportSteps";

const defined = { name: "Spring sale", campaignId: "7", status: "scheduled" };
const definition = (given: Given): Given => ({ type: "Campaign", ...given });

const cases: readonly Case[] = [
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

describe("What a preview says of a Campaign", () => itJudges(cases));
