import type { Context, Properties, Resource } from "../context";
import { isSameReason } from "../difference";
import { UnfinishedError, UnknownEffectError, UserError } from "../errors";
import { HoodError } from "../hood/errors";
import type { Campaign } from "../hood/model";
import { isCancelable, isCanceled, isKnownStatus } from "../lifecycle";
import { describeForgotten, explain, labelOf } from "../messages";
import { isUnknown, UNKNOWN } from "../unknown";
import { countCancellation } from "./admit";
import { IMPORTED_REASON, isImport } from "./import";
import type { Part } from "./reversal";
import { isDesired, mayEnd, statusArguments as rules, type StatusArguments } from "./status/arguments";
import { describeNextSteps, describeNotImportable, describeOnTheWay, describeStatusRemoval } from "./status/messages";
import { hasDrifted } from "./status/plan";
import { checkExisting, checkNew, inputsOf, isEdited, refusedEdit } from "./status/preflight";
import { type Arrived, walk } from "./status/walk";

/** The status on record for a campaign that Hood no longer shows. */
const UNKNOWN_STATUS = "unknown";

/**
 * The status that a campaign is brought to: running, paused, scheduled, or canceled for good.
 * API pages: docs.ocamba.com/api/hood/v1.0/reference/create-campaigns-by_id-pause, -resume, -cancel
 */
export const campaignStatus: Resource = {
  argumentNames: rules.names,
  live: "currentStatus",
  planned(inputs, record) {
    if (record && !isDue(record, inputs)) return { ...record, ...inputs };
    return {
      plannedActions: UNKNOWN,
      ...inputs,
      currentStatus: record && isUnfinished(record) ? UNKNOWN : statusAfter(inputs),
    };
  },

  check: (context, olds, news) =>
    Object.keys(olds).length === 0 ? checkNew(context, news) : checkExisting(context, olds, news),

  async diff(context, olds, news) {
    refuse(olds, news);
    const due = isUnfinished(olds) || hasDrifted(olds.status, olds.currentStatus);
    // A check counts what is edited; of a record without a status, it can't tell.
    if (due && mayEnd(news.status)) await countCancellation(context, olds.campaignId ?? news.campaignId);
    if (due && !isEdited(olds, news)) {
      const campaign = labelOf(olds.campaignId, olds.campaignName);
      await context.warn(describeNextSteps(campaign, olds.status, olds.currentStatus));
    }
    return { changes: due || rules.names.some((name) => isChanged(name, olds, news)) };
  },

  async create(context, inputs) {
    return { id: String(inputs.campaignId), outs: await act(context, inputs, false) };
  },

  async read(context, id, props) {
    try {
      const campaign = await context.account().getRecent(id, [statusOnRecord(props)]);
      if (isImport(props)) return importedFrom(campaign);
      const { name, status } = campaign;
      const found = { ...props, campaignId: id, campaignName: name, currentStatus: status };
      return { id, props: found, inputs: inputsOf(found, hasDrifted(props.status, status)) };
    } catch (error) {
      // The wish stays on record when Hood forgets the campaign. Without a record there is none.
      const forgotten = error instanceof HoodError && error.kind === "unknownCampaign" && props.status !== undefined;
      if (!forgotten) throw new UserError(explain(error));
      await context.warn(describeForgotten(labelOf(id, props.campaignName), error));
      return { id, props: { ...props, currentStatus: UNKNOWN_STATUS } };
    }
  },

  async update(context, olds, news) {
    refuse(olds, news);
    if (isDue(olds, news)) return { outs: await act(context, news, isUnfinished(olds)) };
    const kept = isChanged("reason", olds, news) ? {} : { reason: olds.reason };
    return { outs: { ...rules.without(olds), ...rules.pick(news), ...kept } };
  },

  async delete(context, { campaignId, campaignName }) {
    await context.warn(describeStatusRemoval(labelOf(campaignId, campaignName)));
  },
};

/** The live status as a wish that is met. @throws UserError where nobody can wish for it. */
function importedFrom(campaign: Campaign): { id: string; props: Properties; inputs: Properties } {
  const { id, name: campaignName, status, scheduledTime } = campaign;
  if (!isDesired(status)) throw new UserError(describeNotImportable(campaign));
  const reason = isCanceled(status) ? IMPORTED_REASON : undefined;
  const time = status === "scheduled" ? scheduledTime : undefined;
  const seen = { campaignName, previousStatus: status, plannedActions: [] };
  const inputs = { campaignId: id, status, reason, scheduledTime: time, ...seen };
  return { id, inputs, props: { ...inputs, currentStatus: status } };
}

async function act(context: Context, inputs: Properties, calledBefore: boolean): Promise<Properties> {
  const args = inputs as unknown as StatusArguments;
  try {
    return recordOf(inputs, await context.counted(() => walk(context, args, calledBefore)), calledBefore);
  } catch (error) {
    if (!(error instanceof UnknownEffectError)) throw new UserError(explain(error));
    const campaign = labelOf(args.campaignId, inputs.campaignName);
    const { currentStatus: _, ...begun } = inputs;
    throw new UnfinishedError(describeOnTheWay(campaign, args.status, error.message), args.campaignId, begun);
  }
}

function recordOf(inputs: Properties, { campaign, previousStatus: found }: Arrived, calledBefore: boolean): Properties {
  // An end that is found once the call for it has gone out isn't what was there before.
  const previousStatus = calledBefore && isCanceled(found) ? (inputs.previousStatus ?? UNKNOWN_STATUS) : found;
  return { plannedActions: [], ...inputs, campaignName: campaign.name, previousStatus, currentStatus: campaign.status };
}

/** Where a plan leads: known only where no call is due, since a campaign may move on while one is made. */
function statusAfter({ plannedActions, previousStatus = UNKNOWN }: Properties): unknown {
  return Array.isArray(plannedActions) && plannedActions.length === 0 ? previousStatus : UNKNOWN;
}

/** For where a refused edit gets past `check`. */
function refuse(olds: Properties, news: Properties): void {
  const refused = refusedEdit(olds, news, partOf(olds));
  if (refused) throw new UserError(refused.reason);
}

/** What a resource for the status "canceled" had to do with its campaign's end. What can't be told counts as its own. */
function partOf(record: Properties): Part {
  if (isUnfinished(record)) return "unfinished";
  const [before, now] = [String(record.previousStatus), String(record.currentStatus)];
  if (isCanceled(before)) return "alreadyCanceled";
  return isBeyondCancel(before) || isBeyondCancel(now) ? "notNeeded" : "canceled";
}

/** An update has steps to take, or at least to look for. */
function isDue(record: Properties, news: Properties): boolean {
  return isUnfinished(record) || isEdited(record, news) || hasDrifted(record.status, record.currentStatus);
}

/** The way to the wish was begun, and isn't known to have come to its end. */
function isUnfinished({ currentStatus }: Properties): boolean {
  return currentStatus === undefined;
}

/** True for a status from which nobody has canceled, and nobody can. */
function isBeyondCancel(status: string): boolean {
  return isKnownStatus(status) && !isCancelable(status) && !isCanceled(status);
}

function isChanged(name: string, olds: Properties, news: Properties): boolean {
  return differs(olds[name], news[name]) && !(name === "reason" && isSameReason(olds.reason, news.reason));
}

function differs(before: unknown, after: unknown): boolean {
  return before !== after && !(isUnknown(before) && isUnknown(after));
}

/** Where a campaign on record most probably is, which is the list to look for it in. */
function statusOnRecord({ currentStatus, status }: Properties): string {
  return isKnownStatus(String(currentStatus)) ? String(currentStatus) : String(status);
}
