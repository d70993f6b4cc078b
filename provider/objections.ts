import type { CancellationArguments } from "./arguments";
import type { Failure } from "./context";
import type { Campaign } from "./hood/campaign";
import { isCancelable, isFinal, isKnownStatus } from "./lifecycle";
import { describeNotCancelable, describeUnknownStatus, describeWrongName } from "./messages";
import { isUnknown } from "./unknown";

type Guards = Pick<CancellationArguments, "expectedName" | "whenNotCancelable">;

/** Everything that speaks against cancelling this live campaign by these arguments. Unknown guards are left for later. */
export function objectionsTo(campaign: Campaign, { expectedName, whenNotCancelable }: Guards): Failure[] {
  const failures: Failure[] = [];
  if (expectedName !== undefined && !isUnknown(expectedName) && campaign.name !== expectedName) {
    failures.push({ property: "expectedName", reason: describeWrongName(campaign, expectedName) });
  }
  const { status } = campaign;
  if (!isKnownStatus(status)) {
    // Nobody said what it means, so it is neither cancelled nor accepted as ended.
    failures.push({ property: "campaignId", reason: describeUnknownStatus(campaign) });
  } else if (
    !isCancelable(status) &&
    !isFinal(status) &&
    whenNotCancelable !== "accept" &&
    !isUnknown(whenNotCancelable)
  ) {
    failures.push({ property: "campaignId", reason: describeNotCancelable(campaign) });
  }
  return failures;
}
