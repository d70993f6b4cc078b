import { expect } from "chai";
import { hosted, type Properties, UNKNOWN } from "../../provider/hosts/hosted";
import { campaignStatus } from "../../provider/resources/campaignStatus";

const { previewOutputs } = hosted(campaignStatus);
const seen = { campaignId: "7", status: "paused", campaignName: "Spring sale", previousStatus: "running" };
const paused = { ...seen, plannedActions: ["pause"] };
const unknown = { ...paused, status: UNKNOWN, plannedActions: UNKNOWN };
const state = { ...paused, currentStatus: "paused" };

describe("what a preview shows of a CampaignStatus", () => {
  const rows: [what: string, inputs: Properties, state: Properties | undefined, currentStatus: string][] = [
    ["a status that takes calls", paused, undefined, UNKNOWN],
    ["a status whose calls aren't known", { ...seen, plannedActions: UNKNOWN }, undefined, UNKNOWN],
    ["a campaign that wasn't looked at", { campaignId: "7", status: "paused" }, undefined, UNKNOWN],
    ["a campaign that has the status", { ...seen, plannedActions: [], previousStatus: "paused" }, undefined, "paused"],
    [
      "a cancellation that comes too late",
      { ...seen, status: "canceled", reason: "Budget cut", plannedActions: [], previousStatus: "sent" },
      undefined,
      "sent",
    ],
    ["a status that a campaign was brought to", paused, state, "paused"],
    ["another status", { ...paused, status: "running", plannedActions: ["resume"] }, state, UNKNOWN],
    ["a status that somebody else changed", paused, { ...state, currentStatus: "running" }, UNKNOWN],
    ["a status that an update left half-way", { ...paused, plannedActions: [] }, paused, UNKNOWN],
    ["a new resource whose status only the update will know", unknown, undefined, UNKNOWN],
    ["an edited status that only the update will know", unknown, state, UNKNOWN],
  ];
  for (const [what, inputs, before, currentStatus] of rows) {
    it(`${what}: ${currentStatus === UNKNOWN ? "the current status isn't known" : `it is ${currentStatus}`}`, () => {
      expect(previewOutputs(inputs, before)).to.include({ currentStatus });
    });
  }

  for (const [what, before] of [
    ["new", undefined],
    ["edited", state],
  ] as const) {
    it(`shows no calls if the status is unknown and ${what}, and the campaign wasn't looked at`, () => {
      const inputs = { campaignId: "7", status: UNKNOWN };
      expect(previewOutputs(inputs, before)).to.include({ plannedActions: UNKNOWN, currentStatus: UNKNOWN });
    });
  }
});
