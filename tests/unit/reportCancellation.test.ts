import { type Case, type Given, itJudges, live, UNKNOWN } from "./reportSteps";

const ended = { ...live, status: "canceled", outcome: "canceled", canceledAt: "2026-05-01T12:00:00Z" };
const cancellation = (given: Given): Given => ({ type: "CampaignCancellation", ...given });

const cases: readonly Case[] = [
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
    "one of a draft, accepted",
    cancellation({ inputs: { ...live, previousStatus: "draft", whenNotCancelable: "accept" } }),
    "irreversible",
    /can still become so/,
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
];

describe("What a preview says of a CampaignCancellation", () => itJudges(cases));
