import { expect } from "chai";
import { type HoodType, providerTextOf } from "../../report/owner";
import { providerText } from "../../sdk/dynamic";
import { type Case, canceled, itJudges, live, UNKNOWN } from "./reportSteps";

const OWN = providerTextOf("CampaignCancellation");
const seenCanceled = { ...live, previousStatus: "canceled" };

describe("What a preview says of a step that may be Hood's", () => {
  const label = "pulumi-nodejs:dynamic/site:Label";
  const declared = (name: string, kind = "pulumi-nodejs") => ({
    provider: `urn:pulumi:test::test::pulumi:providers:${kind}::${name}::1`,
  });
  const OTHER_TYPE = /this package's provider under another type/;
  const OTHER_PROVIDER = /another provider than this package's/;
  const UNKNOWN_TYPE = /doesn't know its type/;

  itJudges([
    [
      "this package's provider under another type",
      { type: label, inputs: { __provider: OWN } },
      "irreversible",
      OTHER_TYPE,
    ],
    ["its removal", { op: "delete", type: label, state: { __provider: OWN } }, "irreversible", OTHER_TYPE],
    [
      "it under a type that ends like one of Pulumi's own",
      { type: `${label}$pulumi:x`, inputs: { __provider: OWN } },
      "irreversible",
      OTHER_TYPE,
    ],
    [
      "another type with a secret provider",
      { type: label, inputs: { __provider: "[secret]" } },
      "irreversible",
      /doesn't show its provider's code/,
    ],
    [
      "another type that the plugin serves",
      { type: "site:index:Label", inputs: live, new: declared("default", "hood") },
      "irreversible",
      UNKNOWN_TYPE,
    ],
    ["a type of a newer provider", { type: "hood:index:CampaignPurge", inputs: live }, "irreversible", UNKNOWN_TYPE],
    ["a step of a newer engine", { op: "transmute", inputs: live }, "irreversible", /doesn't know the engine's step/],
    ["a step of a newer engine for another resource", { op: "transmute", type: "aws:s3:Bucket", inputs: {} }, "other"],
    [
      "a canceled campaign through a provider that the program declares",
      { inputs: seenCanceled, new: declared("mine") },
      "irreversible",
      /declares a provider/,
    ],
    ...["default", "default_3_248_0"].map(
      (name): Case => [
        `a canceled campaign through Pulumi's own provider ${name}`,
        { inputs: seenCanceled, new: declared(name) },
        "recorded",
        /^Canceled already/,
      ],
    ),
    ...[undefined, UNKNOWN, "[secret]", 7, `${OWN} `, OWN.replace("Cancellation", "Status")].flatMap(
      (__provider): Case[] => [
        [
          `a new one with the provider ${__provider}`,
          { inputs: { ...seenCanceled, __provider } },
          "irreversible",
          OTHER_PROVIDER,
        ],
        [
          `a removed one with the provider ${__provider}`,
          { op: "delete", state: { ...canceled, __provider } },
          "irreversible",
          OTHER_PROVIDER,
        ],
      ],
    ),
    ["a component with a type like Hood's", { type: "hood:team:All", inputs: {}, new: { custom: false } }, "other"],
  ]);
});

describe("The code of a provider", () => {
  for (const type of ["Campaign", "CampaignCancellation", "CampaignStatus"] satisfies HoodType[]) {
    it(`is known for ${type} as the classes give it`, () => {
      expect(providerTextOf(type)).to.equal(providerText(type.replace("C", "c")));
    });
  }
});
