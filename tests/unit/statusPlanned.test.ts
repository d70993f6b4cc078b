import { expect } from "chai";
import { campaignStatus } from "../../provider/resources/campaignStatus";
import { UNKNOWN } from "../../provider/unknown";

const wish = { campaignId: "7", status: "paused", campaignName: "Spring sale", previousStatus: "running" };
const planned = { ...wish, plannedActions: ["pause"] };
const unknown = { ...planned, status: UNKNOWN, plannedActions: UNKNOWN };
const record = { ...planned, currentStatus: "paused" };

describe("what a preview tells of a status to come", () => {
  const table: [
    what: string,
    inputs: Record<string, unknown>,
    record: Record<string, unknown> | undefined,
    is: string,
  ][] = [
    ["a wish that takes calls", planned, undefined, UNKNOWN],
    ["a wish whose calls aren't known", { ...wish, plannedActions: UNKNOWN }, undefined, UNKNOWN],
    ["a wish without a look", { campaignId: "7", status: "paused" }, undefined, UNKNOWN],
    ["a wish that is met", { ...wish, plannedActions: [], previousStatus: "paused" }, undefined, "paused"],
    [
      "an end that came too late",
      { ...wish, status: "canceled", plannedActions: [], previousStatus: "sent" },
      undefined,
      "sent",
    ],
    ["a wish on record", planned, record, "paused"],
    ["another wish", { ...planned, status: "running", plannedActions: ["resume"] }, record, UNKNOWN],
    ["a wish that somebody undid", planned, { ...record, currentStatus: "running" }, UNKNOWN],
    ["a wish left half-way", { ...planned, plannedActions: [] }, planned, UNKNOWN],
    ["a new status that only the update will know", unknown, undefined, UNKNOWN],
    ["a status on record that only the update will know", unknown, record, UNKNOWN],
  ];
  for (const [what, inputs, before, currentStatus] of table) {
    it(`${what}: ${currentStatus === UNKNOWN ? "not known" : currentStatus}`, () => {
      expect(campaignStatus.planned(inputs, before)).to.include({ currentStatus });
    });
  }

  for (const [what, before] of [
    ["new", undefined],
    ["edited", record],
  ] as const) {
    it(`shows no calls if the status is unknown and ${what}, and the campaign wasn't looked at`, () => {
      const inputs = { campaignId: "7", status: UNKNOWN };
      expect(campaignStatus.planned(inputs, before)).to.include({ plannedActions: UNKNOWN, currentStatus: UNKNOWN });
    });
  }
});
