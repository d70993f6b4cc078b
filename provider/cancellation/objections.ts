import type { Failure } from "../context";
import type { Campaign } from "../hood/campaign";
import { isCancelable, isFinal } from "../lifecycle";
import { objectionsToName, objectionsToStatus } from "../objections";
import { isUnknown } from "../unknown";
import type { CancellationArguments } from "./arguments";
import { describeNotCancelable } from "./messages";

type Guards = Pick<CancellationArguments, "expectedName" | "whenNotCancelable">;

/** Everything that speaks against cancelling this live campaign by these arguments. Unknown guards are left for later. */
export function objectionsTo(campaign: Campaign, { expectedName, whenNotCancelable }: Guards): Failure[] {
  const failures = [...objectionsToName(campaign, expectedName), ...objectionsToStatus(campaign)];
  const ended = isCancelable(campaign.status) || isFinal(campaign.status);
  const accepted = whenNotCancelable === "accept" || isUnknown(whenNotCancelable);
  // An undocumented status is objected to already.
  if (ended || accepted || failures.some(({ property }) => property === "campaignId")) return failures;
  return [...failures, { property: "campaignId", reason: describeNotCancelable(campaign) }];
}
