import type { Checked, Context, Failure, Properties } from "../../context";
import { isSameReason } from "../../difference";
import type { Campaign } from "../../hood/model";
import { hoodTime } from "../../hood/time";
import { cancelableStatuses, isCanceled, type Step } from "../../lifecycle";
import { labelOf } from "../../messages";
import { isUnknown, UNKNOWN } from "../../unknown";
import { countCancellation, expectAuditable } from "../admit";
import { duplicateFailures } from "../contention";
import { failureFrom } from "../objections";
import { differenceOfIds, type Part, partSeen, reversalOf } from "../reversal";
import { failuresOf, mayEnd, statusArguments as rules, type StatusArguments } from "./arguments";
import { describeOtherCampaign } from "./messages";
import { planFor } from "./plan";

/** What a check saw of the live campaign, and what follows from it. It becomes part of the inputs, so that previews show it. */
const SEEN_INPUTS = ["campaignName", "previousStatus", "plannedActions"] as const;
/** Among the inputs only where a refresh found that the campaign isn't where it was brought to. */
const DRIFTED = "currentStatus";

/** A wish that is to be met now: its arguments, one look at the live campaign, and the way that leads there. */
export async function checkNew(context: Context, news: Properties): Promise<Checked> {
  const args = rules.pick(news);
  const failures = [...failuresOf(news, SEEN_INPUTS), ...contentionOver(context, args.campaignId)];
  try {
    const known = !isUnknown(args.campaignId) && failures.every(({ property }) => property !== "campaignId");
    const live = context.settings().preflight === "live";
    const campaign =
      known && live ? await context.account().getRecent(String(args.campaignId), cancelableStatuses) : undefined;
    const plan = campaign && failures.length === 0 ? planFor(campaign, args as unknown as StatusArguments) : undefined;
    failures.push(...(plan?.failures ?? []));
    // What can't be seen yet may turn out to need a call, so it counts.
    if (plan?.steps?.length !== 0) await admit(context, args);
    // An update takes no unknown inputs: it would say so in place of what is wrong.
    const shown = live && failures.length === 0;
    return { inputs: { ...args, ...(shown && seenOf(campaign, plan?.steps)) }, failures };
  } catch (error) {
    return { inputs: args, failures: [...failures, failureFrom(error)] };
  }
}

async function admit(context: Context, { campaignId, status }: Properties): Promise<void> {
  await (mayEnd(status) ? countCancellation(context, campaignId, status) : expectAuditable(context));
  if (!isUnknown(campaignId) && !isUnknown(status)) context.plans.set(String(campaignId), String(status));
}

function seenOf(campaign: Campaign | undefined, steps: readonly Step[] | undefined): Properties {
  return {
    campaignName: campaign?.name ?? UNKNOWN,
    previousStatus: campaign?.status ?? UNKNOWN,
    plannedActions: steps?.map(({ action }) => action) ?? UNKNOWN,
  };
}

/** A wish that was met before acts again only where it was edited, or where a refresh found that it isn't met any more. */
export async function checkExisting(context: Context, olds: Properties, news: Properties): Promise<Checked> {
  const refused = refusedEdit(olds, news, partSeen(olds.previousStatus));
  if (refused) return { inputs: news, failures: [refused] };
  if (isEdited(olds, news) || DRIFTED in olds) return checkNew(context, withoutSeen(news));
  const seen = Object.fromEntries(SEEN_INPUTS.filter((name) => name in olds).map((name) => [name, olds[name]]));
  const failures = [...failuresOf(news, SEEN_INPUTS, olds), ...contentionOver(context, news.campaignId)];
  const reason = isSameReason(olds.reason, news.reason) ? olds.reason : news.reason;
  return { inputs: { ...rules.pick({ ...news, reason }), ...seen }, failures };
}

/** True where the program now wishes for something else. What guards the wish, or explains it, is no wish. */
export function isEdited(olds: Properties, news: Properties): boolean {
  return olds.status !== news.status || timeOf(olds) !== timeOf(news);
}

/** What no edit may do: undo a cancellation, or point the resource at another campaign. */
export function refusedEdit(olds: Properties, news: Properties, part: Part): Failure | undefined {
  const reversal = isCanceled(String(olds.status)) ? reversalOf({ ...olds, part }, news) : undefined;
  if (reversal) return { property: reversal.property, reason: reversal.message };
  const { campaignId, campaignName } = olds;
  const known = ![campaignId, news.campaignId].some((id) => id === undefined || isUnknown(id));
  if (!known || campaignId === news.campaignId) return undefined;
  const difference = differenceOfIds(campaignId, news.campaignId);
  const reason = describeOtherCampaign(labelOf(campaignId, campaignName), news.campaignId, difference);
  return { property: "campaignId", reason };
}

/** The inputs of a resource that is on record, as the next check is to find them. */
export function inputsOf(record: Properties, drifted: boolean): Properties {
  const names: readonly string[] = drifted ? [...SEEN, DRIFTED] : SEEN_INPUTS;
  const seen = names.filter((name) => record[name] !== undefined).map((name) => [name, record[name]]);
  return { ...rules.pick(record), ...Object.fromEntries(seen) };
}

function withoutSeen(properties: Properties): Properties {
  const names: readonly string[] = SEEN_INPUTS;
  return Object.fromEntries(Object.entries(properties).filter(([name]) => !names.includes(name)));
}

function timeOf({ scheduledTime }: Properties): unknown {
  return hoodTime(scheduledTime) ?? scheduledTime;
}
