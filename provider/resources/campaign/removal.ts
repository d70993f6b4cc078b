import type { Context, Properties } from "../../context";
import { UnknownEffectError, UserError } from "../../errors";
import { markIn } from "../../hood/mark";
import type { CampaignDetails } from "../../hood/model";
import { isCancelable } from "../../lifecycle";
import { explain, labelOf } from "../../messages";
import { countCancellation } from "../admit";
import { cancelCampaign } from "../cancellation/end";
import { describeUnknownEffect } from "../cancellation/messages";
import { memoryOf } from "./memory";
import {
  describeAbandoned,
  describeEnded,
  describeKept,
  describeNotEnded,
  describePrevented,
  describeTakenOver,
  describeUnresolved,
} from "./messages";
import { ownerOf, provenanceOf } from "./provenance";

/** What Hood shows for a campaign that ends because its resource does. */
const REASON = "Removed from the Pulumi program";

/**
 * Removes the record of a campaign, and ends the campaign if its policy says so and it is certainly this record's alone.
 *
 * @throws UserError if the record must stay.
 */
export async function removeCampaign(context: Context, record: Properties): Promise<void> {
  const { campaignId, name, status, deletionPolicy = "abandon" } = record;
  const label = labelOf(campaignId, name);
  const memory = memoryOf(context);
  // The record of a replaced resource, also when its removal comes in a later update.
  if (memory.isAnothers(String(campaignId), provenanceOf(record).record)) return context.warn(describeTakenOver(label));
  if (deletionPolicy === "prevent") throw new UserError(describePrevented(label));
  if (deletionPolicy !== "cancel") return context.warn(describeAbandoned(label, status));
  if (memory.unresolved.has(ownerOf(context) ?? "")) throw new UserError(describeUnresolved(label));
  await endIfOwn(context, record);
}

/** Ends the campaign, if there is anything to end, and says what came of it. */
async function endIfOwn(context: Context, record: Properties): Promise<void> {
  const { campaignId, name } = record;
  const args = { campaignId: String(campaignId), reason: REASON, whenNotCancelable: "accept" } as const;
  const lookAt = async () => {
    const live = await context.account().details(args.campaignId);
    const doubt = isCancelable(live.campaign.status) ? doubtAbout(context, record, live) : undefined;
    if (doubt !== undefined) throw new Doubt(doubt);
    return live.campaign;
  };
  try {
    await lookAt();
    await countCancellation(context, campaignId);
    const attempt = { calledBefore: false, renew: lookAt };
    const { campaign, outcome } = await context.counted(() => cancelCampaign(context, args, attempt));
    await context.warn(describeEnded(campaign, outcome === "canceled"));
  } catch (error) {
    if (error instanceof Doubt) return context.warn(describeKept(labelOf(campaignId, name), error.message));
    if (!(error instanceof UnknownEffectError)) throw new UserError(describeNotEnded(explain(error)));
    throw new UserError(describeUnknownEffect(labelOf(campaignId, name), error.message));
  }
}

/** The campaign may be another's. */
class Doubt extends Error {}

/** Why a campaign may be another's, as the continuation of "not canceled: "; undefined if it is the record's own. */
function doubtAbout(context: Context, record: Properties, { mark: live }: CampaignDetails): string | undefined {
  const { mark, imported } = provenanceOf(record);
  if (imported) return "it was imported, not created by this resource";
  const recorded = markIn({ mark });
  const own = [recorded?.owner, ownerOf(context)];
  if (live && !own.includes(live.owner)) return "its metadata says that another resource created it";
  if (live && recorded && live.record !== recorded.record) return "its metadata says that another record manages it";
  if (live) return undefined;
  return mark === undefined ? undefined : "its metadata doesn't say any more that this resource created it";
}
