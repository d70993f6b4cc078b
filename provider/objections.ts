import type { Failure } from "./context";
import type { Campaign } from "./hood/campaign";
import { HoodError } from "./hood/errors";
import { isKnownStatus } from "./lifecycle";
import { describeUnknownStatus, describeWrongName, explain } from "./messages";
import { harmless } from "./text";
import { isUnknown } from "./unknown";

/** What speaks against a live campaign that isn't called as expected. An unknown guard is left for later. */
export function objectionsToName(campaign: Campaign, expectedName: unknown): Failure[] {
  if (expectedName === undefined || isUnknown(expectedName)) return [];
  // A live name came in harmless, and may have been read so.
  if (campaign.name === harmless(String(expectedName))) return [];
  return [{ property: "expectedName", reason: describeWrongName(campaign, String(expectedName)) }];
}

/** Nobody said what a status means that isn't documented, so it is neither acted on nor accepted as anything. */
export function objectionsToStatus(campaign: Campaign): Failure[] {
  if (isKnownStatus(campaign.status)) return [];
  return [{ property: "campaignId", reason: describeUnknownStatus(campaign) }];
}

/** A failed look as a failure of the check, on the property that it belongs to. A defect goes on as it is. */
export function failureFrom(error: unknown): Failure {
  const property = error instanceof HoodError && error.kind === "unknownCampaign" ? "campaignId" : "";
  return { property, reason: explain(error) };
}
