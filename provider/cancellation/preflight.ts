import { admitCancellation } from "../admit";
import { contentionOver } from "../contention";
import type { Checked, Context, Properties } from "../context";
import { isSameReason } from "../difference";
import type { Campaign } from "../hood/campaign";
import { cancelableStatuses, isCancelable } from "../lifecycle";
import { failureFrom } from "../objections";
import { partSeen, reversalOf } from "../reversal";
import { isUnknown, UNKNOWN } from "../unknown";
import { cancellationArguments as rules } from "./arguments";
import { objectionsTo } from "./objections";

/** What a check saw of the live campaign. It becomes part of the inputs, so that previews show it. */
const SEEN = ["campaignName", "previousStatus"] as const;

/** A declaration that is new: its arguments, one look at the live campaign, and all that speaks against ending it. */
export async function checkNew(context: Context, news: Properties): Promise<Checked> {
  const args = rules.pick(news);
  const contention = contentionOver(context, args.campaignId);
  const failures = [...rules.failures(args), ...rules.strangers(news), ...contention];
  try {
    const known = !isUnknown(args.campaignId) && failures.every(({ property }) => property !== "campaignId");
    const live = context.settings().preflight === "live";
    const campaign =
      known && live ? await context.account().observe(String(args.campaignId), cancelableStatuses) : undefined;
    if (campaign) failures.push(...objectionsTo(campaign, args));
    // What can't be seen yet may turn out to be one more, so it counts.
    if (!campaign || isCancelable(campaign.status)) await admitCancellation(context, args.campaignId);
    // An update takes no unknown inputs: it would say so in place of what is wrong.
    const shown = live && failures.length === 0;
    return { inputs: { ...args, ...(shown && seenOf(campaign)) }, failures };
  } catch (error) {
    return { inputs: args, failures: [...failures, failureFrom(error)] };
  }
}

function seenOf(campaign: Campaign | undefined): Properties {
  return { campaignName: campaign?.name ?? UNKNOWN, previousStatus: campaign?.status ?? UNKNOWN };
}

/** What was seen when it was new stays, so that a live campaign which moves on is never a diff. */
export function checkExisting(context: Context, olds: Properties, news: Properties): Checked {
  const seen = Object.fromEntries(SEEN.filter((name) => name in olds).map((name) => [name, olds[name]]));
  const args = rules.pick(news);
  const failures = [...rules.failures(args, olds), ...rules.strangers(news, SEEN)];
  const legible = failures.every(({ property }) => !["campaignId", "reason", ""].includes(property));
  const reversal = legible ? reversalOf({ ...olds, part: partSeen(olds.previousStatus) }, news) : undefined;
  if (reversal) return { inputs: news, failures: [{ property: reversal.property, reason: reversal.message }] };
  const reason = isSameReason(olds.reason, args.reason) ? olds.reason : args.reason;
  return { inputs: { ...args, reason, ...seen }, failures: [...failures, ...contentionOver(context, args.campaignId)] };
}
