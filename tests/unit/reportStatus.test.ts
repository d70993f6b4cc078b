import { type Case, type Given, itJudges, live, UNKNOWN } from "./reportSteps";

const wish = { ...live, status: "canceled", plannedActions: ["cancel"] };
const met = { ...live, status: "paused", plannedActions: ["pause"], currentStatus: "paused" };
const { currentStatus: _, ...paused } = met;
const status = (given: Given): Given => ({ type: "CampaignStatus", ...given });

const NOT_SHOWN = /^The preview doesn't show which status/;

const cases: readonly Case[] = [
  ["a wish for canceled", status({ inputs: wish }), "irreversible"],
  [
    "a wish for canceled, not cancelable yet",
    status({ inputs: { ...wish, previousStatus: "needs_decision", plannedActions: [] } }),
    "irreversible",
    /can still become so/,
  ],
  [
    "a wish for canceled, met",
    status({ inputs: { ...wish, previousStatus: "canceled", plannedActions: [] } }),
    "recorded",
    /^CancelResult already/,
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
  [
    "a wish not known yet",
    status({ inputs: { ...wish, status: UNKNOWN, plannedActions: UNKNOWN } }),
    "irreversible",
    NOT_SHOWN,
  ],
  ...["unknown", "[secret]", undefined, null, 5, ["paused"], "cancelled"].flatMap((shown) => {
    const value = shown === "unknown" ? UNKNOWN : shown;
    return [[], ["pause"], "[secret]", UNKNOWN, undefined].flatMap((plannedActions): Case[] => {
      const inputs = { ...wish, status: value, plannedActions };
      const what = `the status ${JSON.stringify(shown)} with ${JSON.stringify(plannedActions)} planned`;
      return [
        [`${what}, new`, status({ inputs }), "irreversible", NOT_SHOWN],
        [`${what}, edited`, status({ op: "update", record: met, before: paused, inputs }), "irreversible", NOT_SHOWN],
        [`${what}, half-way`, status({ op: "update", record: paused, inputs }), "irreversible", NOT_SHOWN],
      ];
    });
  }),
  ["a wish for canceled by other calls", status({ inputs: { ...wish, plannedActions: ["pause"] } }), "irreversible"],
  [
    "a canceled wish on record, whose live status is a secret",
    status({
      op: "update",
      record: { ...wish, currentStatus: "[secret]" },
      before: wish,
      inputs: { ...wish, expectedName: "x" },
    }),
    "irreversible",
    /doesn't show its status/,
  ],
  [
    "a secret wish",
    status({
      op: "update",
      record: { ...met, status: "[secret]" },
      before: { ...paused, status: "[secret]" },
      inputs: { ...paused, status: "[secret]" },
    }),
    "irreversible",
    NOT_SHOWN,
  ],
  ["a wish for paused", status({ inputs: paused }), "reversible", /^Pause: running to paused\.$/],
  [
    "a wish for scheduled",
    status({ inputs: { ...paused, status: "scheduled", plannedActions: ["pause", "resume"] } }),
    "launches",
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
    "launches",
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
];

describe("What a preview says of a CampaignStatus", () => itJudges(cases));
