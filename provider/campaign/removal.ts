import { endCampaign } from "../cancellation/end";
import { describeUncertain } from "../cancellation/messages";
import type { Context, Properties } from "../context";
import { UncertainError, UserError } from "../errors";
import { explain, labelOf } from "../messages";
import { describeEnded, describeNotEnded } from "./messages";

/** What Hood shows for a campaign that ends because its resource does. */
const REASON = "Removed from the Pulumi program";

/** Ends the campaign of a resource that is removed, where there is anything to end, and says what came of it. @throws UserError */
export async function cancelOnRemoval(context: Context, { campaignId, name }: Properties): Promise<void> {
  const args = { campaignId: String(campaignId), reason: REASON, whenNotCancelable: "accept" } as const;
  try {
    const { campaign, outcome } = await context.counted(() => endCampaign(context, args, { calledBefore: false }));
    await context.warn(describeEnded(campaign, outcome === "canceled"));
  } catch (error) {
    if (!(error instanceof UncertainError)) throw new UserError(describeNotEnded(explain(error)));
    throw new UserError(describeUncertain(labelOf(campaignId, name), error.message));
  }
}
