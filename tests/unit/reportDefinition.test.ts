import { type Case, type Given, itJudges, UNKNOWN } from "./reportSteps";

const defined = { name: "Spring sale", campaignId: "7", status: "scheduled" };
const definition = (given: Given): Given => ({ type: "Campaign", ...given });

const cases: readonly Case[] = [
  ["a new draft", definition({ inputs: { name: "New", draft: true } }), "reversible", /a draft, which sends nothing/],
  [
    "a new campaign for now",
    definition({ inputs: { name: "New", runImmediately: true } }),
    "launches",
    /starts at once/,
  ],
  [
    "a new campaign for later",
    definition({ inputs: { name: "New", scheduledTime: "2099-12-01T10:00:00+01:00" } }),
    "launches",
    /starts 2099-12-01 09:00:00 GMT/,
  ],
  [
    "a new campaign for some time",
    definition({ inputs: { name: "New", scheduledTime: UNKNOWN } }),
    "launches",
    /a time that the preview doesn't show/,
  ],
  ["a new campaign by hand", definition({ inputs: { name: "New" } }), "reversible", /sent by hand only/],
  [
    "a new campaign that recurs",
    definition({ inputs: { name: "New", recurrence: {} } }),
    "launches",
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
    "launches",
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
    "one of which the engine shows no outputs",
    definition({ op: "delete", record: defined, old: { outputs: undefined } }),
    "irreversible",
    /doesn't show its deletionPolicy/,
  ],
  [
    "one that a text says to keep",
    definition({
      op: "delete-replaced",
      record: { ...defined, deletionPolicy: "cancel" },
      retainOnDelete: "true",
    }),
    "irreversible",
    /deletionPolicy is "cancel"/,
  ],
  [
    "a launch that may be one",
    definition({
      op: "update",
      record: { ...defined, draft: true },
      inputs: { name: "Spring sale", draft: "[secret]" },
    }),
    "launches",
    /^Launches it, sent by hand only/,
  ],
  [
    "another time",
    definition({
      op: "update",
      record: { ...defined, scheduledTime: "2099-12-01 09:00:00" },
      inputs: { name: "Spring sale", scheduledTime: UNKNOWN },
    }),
    "launches",
    /^Changes when it is sent, starts at a time/,
  ],
  [
    "another time for what is declared as a draft",
    definition({
      op: "update",
      record: { ...defined, draft: true },
      inputs: { name: "Spring sale", draft: true, scheduledTime: UNKNOWN },
    }),
    "launches",
    /^Changes when it is sent, unless it is a draft still/,
  ],
  ["a campaign that is only read from now on", definition({ op: "discard", record: defined }), "unchanged"],
];

describe("What a preview says of a Campaign", () => itJudges(cases));
