import { admitCancellation } from "./admit";
import { type CancellationArguments, cancellationArguments as rules } from "./cancellation/arguments";
import { type Attempt, type Ended, endCampaign } from "./cancellation/end";
import { describeAction, describeNotEnded, describeRemoval, describeUncertain } from "./cancellation/messages";
import { checkExisting, checkNew } from "./cancellation/preflight";
import type { Context, Properties, Resource } from "./context";
import { isSameReason } from "./difference";
import { UncertainError, UnfinishedError, UserError } from "./errors";
import type { Campaign } from "./hood/campaign";
import { HoodError } from "./hood/errors";
import { IMPORTED_REASON, isImport } from "./import";
import { isCancelable, isFinal, isKnownStatus } from "./lifecycle";
import { describeForgotten, explain, labelOf } from "./messages";
import { type Part, refuseReversal } from "./reversal";
import { isUnknown, UNKNOWN } from "./unknown";

/** The status on record for a campaign that Hood no longer shows, or whose end isn't certain yet. */
const UNKNOWN_STATUS = "unknown";

/** The permanent end of one campaign. API page: docs.ocamba.com/api/hood/v1.0/reference/create-campaigns-by_id-cancel */
export const campaignCancellation: Resource = {
  argumentNames: rules.names,
  live: "status",

  planned(inputs, record) {
    if (record && !needsAction(record)) return { ...record, ...inputs };
    const seen = record ? statusOf(record) : (inputs.previousStatus ?? UNKNOWN);
    if (isUnknown(seen)) return { ...inputs, status: UNKNOWN, outcome: UNKNOWN, canceledAt: UNKNOWN };
    const before = String(seen);
    if (isCancelable(before)) return { ...inputs, status: "canceled", outcome: "canceled", canceledAt: UNKNOWN };
    if (isFinal(before)) return { ...inputs, status: before, outcome: "alreadyCanceled", canceledAt: UNKNOWN };
    return { ...inputs, status: before, outcome: "notNeeded" };
  },

  async check(context, olds, news) {
    return Object.keys(olds).length === 0 ? checkNew(context, news) : checkExisting(context, olds, news);
  },

  async diff(context, olds, news) {
    refuseReversal({ ...olds, part: partOf(olds) }, news);
    if (needsAction(olds)) {
      await admitCancellation(context, olds.campaignId);
      await context.warn(describeAction(labelOf(olds.campaignId, olds.campaignName), olds));
    }
    return { changes: needsAction(olds) || reasonDiffers(olds, news) || guardsDiffer(olds, news) };
  },

  async create(context, inputs) {
    const id = String(inputs.campaignId);
    const ended = await end(context, inputs, { calledBefore: false });
    return { id, outs: recordOf(inputs, ended) };
  },

  async read(context, id, props) {
    try {
      const campaign = await context.account().observe(id, [statusOnRecord(props)]);
      if (isImport(props)) return importedFrom(campaign);
      const { name, status } = campaign;
      return { id, props: { ...props, campaignId: id, campaignName: name, status } };
    } catch (error) {
      // A cancellation is history: it stays on record when Hood forgets the campaign. Without a record there is none.
      const forgotten = error instanceof HoodError && error.kind === "unknownCampaign" && hasRecord(props);
      if (!forgotten) throw new UserError(explain(error));
      await context.warn(describeForgotten(labelOf(id, props.campaignName), error));
      return { id, props: { ...props, status: UNKNOWN_STATUS } };
    }
  },

  async update(context, olds, news) {
    refuseReversal({ ...olds, part: partOf(olds) }, news);
    const kept = reasonDiffers(olds, news) ? {} : { reason: olds.reason };
    const properties = { ...rules.without(olds), ...rules.pick(news), ...kept };
    if (!needsAction(olds)) return { outs: properties };
    // An unfinished create has called already; what was never ours to cancel has not.
    const calledBefore = olds.outcome === undefined || olds.outcome === "canceled";
    return { outs: recordOf(properties, await end(context, properties, { calledBefore })) };
  },

  async delete(context, { campaignId, campaignName, outcome }) {
    await context.warn(describeRemoval(labelOf(campaignId, campaignName), outcome));
  },
};

/** What can be known of an end that Pulumi had no part in. @throws UserError where there is none. */
function importedFrom(campaign: Campaign): { id: string; props: Properties; inputs: Properties } {
  const { id, name: campaignName, status, updateTime: canceledAt } = campaign;
  if (!isFinal(status)) throw new UserError(describeNotEnded(campaign));
  const inputs = { campaignId: id, reason: IMPORTED_REASON, campaignName, previousStatus: status };
  return { id, inputs, props: { ...inputs, status, outcome: "alreadyCanceled", canceledAt } };
}

async function end(context: Context, properties: Properties, attempt: Attempt): Promise<Ended> {
  const args = properties as unknown as CancellationArguments;
  try {
    return await context.counted(() => endCampaign(context, args, attempt));
  } catch (error) {
    if (!(error instanceof UncertainError)) throw new UserError(explain(error));
    const campaign = labelOf(args.campaignId, properties.campaignName);
    const { outcome: _, ...begun } = properties;
    const unfinished = { ...begun, status: UNKNOWN_STATUS };
    throw new UnfinishedError(describeUncertain(campaign, error.message), args.campaignId, unfinished);
  }
}

function recordOf(properties: Properties, { outcome, campaign, previousStatus, canceledAt }: Ended): Properties {
  const { name: campaignName, status } = campaign;
  return { previousStatus, ...properties, campaignName, status, outcome, canceledAt };
}

/** An update has something to finish: a create whose end isn't certain, or a campaign that a refresh found cancelable. */
function needsAction({ outcome, status }: Properties): boolean {
  return outcome === undefined || isCancelable(String(status));
}

/** Where a campaign on record stands, as far as is known: what was seen when it was declared says nothing any more. */
function statusOf({ status }: Properties): unknown {
  return isKnownStatus(String(status)) ? status : UNKNOWN;
}

/** What the resource had to do with its campaign's end. */
function partOf({ outcome = "unfinished" }: Properties): Part {
  return outcome as Part;
}

/** A reason that isn't known yet is another one only where another one is let pass. */
function reasonDiffers(olds: Properties, news: Properties): boolean {
  if (isUnknown(news.reason)) return partOf(olds) === "alreadyCanceled" || partOf(olds) === "notNeeded";
  return !isSameReason(olds.reason, news.reason);
}

function guardsDiffer(olds: Properties, news: Properties): boolean {
  const accept = (properties: Properties) => properties.whenNotCancelable ?? "fail";
  return olds.expectedName !== news.expectedName || accept(olds) !== accept(news);
}

/** Where a campaign on record most probably is, which is the list to look for it in. */
function statusOnRecord(record: Properties): string {
  const status = statusOf(record);
  return isUnknown(status) ? "canceled" : String(status);
}

function hasRecord({ outcome, previousStatus }: Properties): boolean {
  return outcome !== undefined || previousStatus !== undefined;
}
