import { expect } from "chai";
import { providerTextOf } from "../../report/owner";
import { providerText } from "../../sdk/dynamic";
import { type Case, type Given, itJudges, live, UNKNOWN } from "./reportSteps";

const ended = { ...live, status: "canceled", outcome: "canceled", canceledAt: "2026-05-01T12:00:00Z" };
const OWN = providerTextOf("CampaignCancellation") ?? "";
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
  ["one that the engine shows nothing of", cancellation({ inputs: {} }), "irreversible", /^Which campaign it is/],
  [
    "one of a canceled campaign",
    cancellation({ inputs: { ...live, previousStatus: "canceled" } }),
    "recorded",
    /^CancelResult already: adopted/,
  ],
  [
    "one of a sent campaign",
    cancellation({ inputs: { ...live, previousStatus: "sent", whenNotCancelable: "accept" } }),
    "recorded",
    /^Nothing left to cancel: it is delivered/,
  ],
  [
    "one of a campaign not known yet, which is said to be canceled",
    cancellation({ inputs: { ...live, campaignId: UNKNOWN, previousStatus: "canceled" } }),
    "irreversible",
    /^Which campaign it is/,
  ],
  [
    "one in a list of statuses",
    cancellation({ inputs: { ...live, previousStatus: ["canceled"] } }),
    "irreversible",
    /doesn't show its status/,
  ],
  [
    "this package's provider under another type",
    { type: "pulumi-nodejs:dynamic/site:Label", inputs: { ...live, __provider: OWN } },
    "irreversible",
    /this package's provider under another type/,
  ],
  [
    "this package's provider under a type that ends like one of Pulumi's own",
    { type: "pulumi-nodejs:dynamic/site:Label$pulumi:x", inputs: { ...live, __provider: OWN } },
    "irreversible",
    /this package's provider under another type/,
  ],
  [
    "one that is said to be canceled, with a provider that the program declares",
    cancellation({
      inputs: { ...live, previousStatus: "canceled" },
      new: { provider: "urn:pulumi:test::test::pulumi:providers:pulumi-nodejs::mine::1" },
    }),
    "irreversible",
    /declares a provider/,
  ],
  ...["default", "default_3_248_0"].map(
    (name): Case => [
      `one that was canceled before, with Pulumi's own provider ${name}`,
      cancellation({
        inputs: { ...live, previousStatus: "canceled" },
        new: { provider: `urn:pulumi:test::test::pulumi:providers:pulumi-nodejs::${name}::1` },
      }),
      "recorded",
      /^CancelResult already/,
    ],
  ),
  [
    "its removal",
    { op: "delete", type: "pulumi-nodejs:dynamic/site:Label", record: { ...ended, __provider: OWN } },
    "irreversible",
    /this package's provider under another type/,
  ],
  [
    "another type whose provider is a secret",
    { type: "pulumi-nodejs:dynamic/site:Label", inputs: { ...live, __provider: "[secret]" } },
    "irreversible",
    /doesn't show its provider's code/,
  ],
  [
    "another type that the plugin serves",
    {
      type: "site:index:Label",
      inputs: live,
      new: { provider: "urn:pulumi:test::test::pulumi:providers:hood::default::1" },
    },
    "irreversible",
    /doesn't know its type/,
  ],
  ...[undefined, UNKNOWN, "[secret]", 7, `${OWN} `, OWN.replace("Cancellation", "Status")].flatMap(
    (__provider): Case[] => [
      [
        `a new one whose provider is ${__provider}`,
        cancellation({ inputs: { ...live, previousStatus: "canceled", __provider } }),
        "irreversible",
        /another provider than this package's/,
      ],
      [
        `a removed one whose provider was ${__provider}`,
        cancellation({ op: "delete", record: { ...ended, __provider } }),
        "irreversible",
        /another provider than this package's/,
      ],
    ],
  ),
  [
    "a component of somebody's own with a type like Hood's",
    { type: "hood:team:Cancellations", inputs: {}, new: { custom: false } },
    "other",
  ],
  ["one that somebody else's program only reads", cancellation({ op: "read", inputs: live }), "unchanged"],
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

describe("The text that leads to a provider", () => {
  for (const [type, provider] of Object.entries({
    CampaignCancellation: "campaignCancellation",
    CampaignStatus: "campaignStatus",
    Campaign: "campaign",
  })) {
    it(`is for ${type} what the classes give`, () => expect(providerTextOf(type)).to.equal(providerText(provider)));
  }
});
