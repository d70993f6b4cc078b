import { argumentFailures, argumentNames, pickArguments, strangerFailures } from "./arguments";
import { checkAuditLog } from "./auditLog";
import type { Checked, Context, Failure, Properties } from "./context";
import { UserError } from "./errors";
import type { Campaign } from "./hood/campaign";
import { HoodError } from "./hood/errors";
import { cancelableStatuses, isCancelable } from "./lifecycle";
import { describeTooMany, explain } from "./messages";
import { objectionsTo } from "./objections";
import { reversalOf } from "./reversal";
import { isUnknown, UNKNOWN } from "./unknown";

/** What a check saw of the live campaign. It becomes part of the inputs, so that previews show it. */
const SEEN = ["campaignName", "previousStatus"] as const;

/** A declaration that is new: its arguments, one look at the live campaign, and all that speaks against ending it. */
export async function checkNew(context: Context, news: Properties): Promise<Checked> {
  const args = pickArguments(news);
  const failures = [...argumentFailures(args), ...strangerFailures(news, argumentNames)];
  try {
    const known = !isUnknown(args.campaignId) && failures.every(({ property }) => property !== "campaignId");
    const live = context.settings().preflight === "live";
    const campaign =
      known && live ? await context.account().observe(String(args.campaignId), cancelableStatuses) : undefined;
    if (campaign) failures.push(...objectionsTo(campaign, args));
    // What can't be seen yet may turn out to be one more, so it counts.
    if (!campaign || isCancelable(campaign.status)) await admit(context, args.campaignId);
    return { inputs: { ...args, ...(live && seenOf(campaign)) }, failures };
  } catch (error) {
    return { inputs: args, failures: [...failures, failureFrom(error)] };
  }
}

function seenOf(campaign: Campaign | undefined): Properties {
  return { campaignName: campaign?.name ?? UNKNOWN, previousStatus: campaign?.status ?? UNKNOWN };
}

/** What was seen when it was new stays, so that a live campaign which moves on is never a diff. */
export function checkExisting(olds: Properties, news: Properties): Checked {
  const seen = Object.fromEntries(SEEN.filter((name) => name in olds).map((name) => [name, olds[name]]));
  const args = pickArguments(news);
  const failures = [...argumentFailures(args), ...strangerFailures(news, [...argumentNames, ...SEEN])];
  const legible = failures.every(({ property }) => property !== "campaignId" && property !== "reason");
  const reversal = legible ? reversalOf(olds, news) : undefined;
  if (reversal) return { inputs: news, failures: [{ property: reversal.property, reason: reversal.message }] };
  return { inputs: { ...args, ...seen }, failures };
}

function failureFrom(error: unknown): Failure {
  const property = error instanceof HoodError && error.kind === "unknownCampaign" ? "campaignId" : "";
  return { property, reason: explain(error) };
}

/** Lets one more cancellation into the operation. @throws UserError over the cap, or where it couldn't be written down. */
export async function admit({ cancellations, settings }: Context, campaignId: unknown): Promise<void> {
  // Resources whose campaign isn't known yet are told apart by their number.
  cancellations.add(isUnknown(campaignId) ? `unknown ${cancellations.size}` : String(campaignId));
  const { maxCancellations, auditLog } = settings();
  if (cancellations.size > maxCancellations) throw new UserError(describeTooMany(maxCancellations));
  if (auditLog !== undefined) await checkAuditLog(auditLog);
}
