import { expect } from "chai";
import { campaignCancellation } from "../../provider/resources/campaignCancellation";
import { UNKNOWN } from "../../provider/unknown";

const declared = { campaignId: "7", reason: "Budget cut", campaignName: "Spring sale" };
const ended = {
  ...declared,
  previousStatus: "running",
  status: "canceled",
  outcome: "canceled",
  canceledAt: "2026-05-01",
};
const adopted = { ...ended, previousStatus: "canceled", outcome: "alreadyCanceled" };
const open = { status: UNKNOWN, outcome: UNKNOWN, canceledAt: UNKNOWN };
const toEnd = { status: "canceled", outcome: "canceled", canceledAt: UNKNOWN };

describe("what a preview tells of an end to come", () => {
  const inputs = (previousStatus?: string) =>
    previousStatus === undefined ? declared : { ...declared, previousStatus };
  const table: [
    what: string,
    previousStatus: string | undefined,
    record: Record<string, unknown> | undefined,
    is: object,
  ][] = [
    ["a running campaign", "running", undefined, toEnd],
    [
      "one that has ended",
      "canceled",
      undefined,
      { status: "canceled", outcome: "alreadyCanceled", canceledAt: UNKNOWN },
    ],
    ["one that was sent", "sent", undefined, { status: "sent", outcome: "notNeeded" }],
    ["one that isn't known yet", UNKNOWN, undefined, open],
    ["one that wasn't looked at", undefined, undefined, open],
    ["an end on record", "running", ended, ended],
    ["an adopted end that was undone since", "canceled", { ...adopted, status: "running" }, toEnd],
    [
      "a campaign that was sent, and is found running",
      "sent",
      { ...ended, outcome: "notNeeded", status: "running" },
      toEnd,
    ],
    ["an end that isn't certain", "running", { ...declared, previousStatus: "running", status: "unknown" }, open],
  ];
  for (const [what, previousStatus, record, is] of table) {
    it(what, () => {
      expect(campaignCancellation.planned(inputs(previousStatus), record)).to.include(is);
    });
  }
});
