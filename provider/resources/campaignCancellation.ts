import { isSameReason } from "../difference";
import { describeForgotten, explain, labelOf, shownStatus, UnfinishedError, UserError } from "../errors";
import type { Account } from "../hood/account";
import { HoodError } from "../hood/errors";
import type { Campaign } from "../hood/model";
import { isCancelable, isCanceled, isKnownStatus, isTerminal, meaningOf, UNKNOWN_STATUS } from "../lifecycle";
import type { Operation } from "../operation";
import { lines, type Message, oneLine, quoted, say } from "../text";
import { digits, guards, notBlank, withArguments } from "./arguments";
import {
  type Before,
  type CancelArgs,
  cancelCampaign,
  decide,
  describeAnother,
  describeNoReturn,
  describeOtherReason,
  describeTooEarly,
  describeUnknownEffect,
  IMPORTED_REASON,
  isAnother,
  type Outcome,
} from "./cancel";
import { callDue, type Due, previewDue } from "./due";
import { countCancellation, duplicateFailures } from "./guards";
import { explained, isRecent, isUntouched, readForCheck, readKept } from "./observe";
import { type Checked, isKnown, type Planned, type Resource, unknown } from "./resource";
import { UnknownEffectError } from "./write";

/** The arguments of a CampaignCancellation, as `sdk/campaignCancellation.ts` documents them. */
export type CancellationArgs = CancelArgs;

/** What a check saw of the live campaign. */
export interface CancellationSeen {
  readonly campaignName?: string;
  readonly previousStatus?: string;
}

export interface CancellationState extends CancellationArgs, CancellationSeen {
  /** `"unknown"` if Hood doesn't show the campaign any more, or if it isn't known whether it was canceled. */
  readonly status: string;
  /** Absent if it isn't known whether the campaign was canceled. */
  readonly outcome?: Outcome;
  readonly canceledAt?: string | undefined;
}

type Inputs = CancellationArgs & CancellationSeen;

/** For so long, in milliseconds, an interrupted update of today may have been what canceled a campaign. */
const A_DAY = 24 * 3_600_000;

/** The permanent end of one campaign. API page: docs.ocamba.com/api/hood/v1.0/reference/create-campaigns-by_id-cancel */
export const campaignCancellation: Resource<CancellationArgs, CancellationSeen, CancellationState> = {
  type: "CampaignCancellation",
  live: "status",
  seen: ["campaignName", "previousStatus"],

  arguments: {
    campaignId: {
      read: digits,
      onChange: (old, state, value) => ({ never: () => describeOtherCampaign(old, state, value) }),
    },
    reason: {
      read: notBlank('say why the campaign ends, such as "Budget cut, OPS-1234"; it is sent to Hood with the call'),
      // A reason that was never sent can be corrected. Only the state tells whether it was.
      onChange({ campaignId, campaignName, reason }, state, value) {
        const campaign = labelOf(campaignId, campaignName);
        if (state && !state.outcome) return { never: () => describeTooEarly(campaign, say`the reason`) };
        return state?.outcome === "canceled" ? { never: () => describeOtherReason(campaign, reason, value) } : "state";
      },
      same: isSameReason,
    },
    ...guards,
  },

  otherProperty({ campaignId, campaignName, previousStatus = UNKNOWN_STATUS }, name, value) {
    const isOver = isCancelable(previousStatus) || isCanceled(previousStatus);
    if (name !== "status" || !isOver || typeof value !== "string" || isCanceled(value)) return undefined;
    return describeNoReturn(labelOf(campaignId, campaignName), value);
  },

  async check(operation, args, old) {
    const duplicates = duplicateFailures(operation, args.campaignId);
    // What was seen of a new declaration stays, so that a live campaign which moves on is never a diff.
    if (old) {
      const { campaignName, previousStatus } = old;
      return { seen: { campaignName, previousStatus }, failures: duplicates };
    }
    const { seen, failures } = await checkNew(operation, args);
    return { seen, failures: [...duplicates, ...failures] };
  },

  async preflight(operation, state, args) {
    if (!this.isDue(state)) return {};
    return previewDue(operation, dueOf(state, args), { ends: true, words: describeAction(state) });
  },

  /** Something is to be finished: a create whose effect isn't known, or a campaign that a refresh found cancelable. */
  isDue: ({ outcome, status }) => outcome === undefined || isCancelable(status),

  async create(operation, inputs) {
    const state = await cancel(operation, inputs, { sent: false });
    const { outcome, canceledAt } = state;
    const isRecent = Date.parse(canceledAt ?? "") > operation.account().time() - A_DAY;
    if (outcome === "alreadyCanceled" && isRecent) await operation.warn(describeAlreadyCanceled(state));
    return { id: inputs.campaignId, state };
  },

  async read(operation, id, state) {
    const account = operation.account();
    const read = async () => {
      const recent = await account.getRecent(id, [probableStatus(state)]);
      // A list may lag behind the end.
      return { campaign: recent.isListed && !isTerminal(recent.status) ? await account.get(id) : recent };
    };
    if (!state) return importedFrom((await explained(read)).campaign);
    const wasThere = state.outcome !== undefined || state.previousStatus !== undefined;
    const campaign = labelOf(id, state.campaignName);
    const found = await (wasThere ? readKept(operation, campaign, id, read) : explained(read));
    if (!found) return { state };
    // A cancellation is history: it stays in the state when Hood forgets the campaign.
    if (found instanceof HoodError) {
      await operation.warn(describeForgotten(campaign, found));
      return { state: { ...state, status: UNKNOWN_STATUS } };
    }
    const isOther = hasEnded(state) && isAnother(state, found.campaign);
    if (isOther) await operation.warn(describeAnother(campaign, found.campaign));
    if (isOther || isOlder(account, state, found.campaign)) return { state };
    const { name: campaignName, status } = found.campaign;
    return { state: { ...state, campaignId: id, campaignName, status } };
  },

  async update(operation, state, inputs) {
    const next = withArguments(this.arguments, state, inputs);
    if (!this.isDue(state)) return next;
    const { outcome, canceledAt } = state;
    const act = async () => {
      // An unfinished create has sent its call already.
      const now = await cancel(operation, next, { sent: outcome === undefined });
      // Its own call did it, whatever a refresh has shown since.
      return outcome === "canceled" && now.outcome !== "canceled" ? { ...now, outcome, canceledAt } : now;
    };
    return callDue(operation, dueOf(state, inputs), act, ({ name: campaignName = next.campaignName, status }) => {
      return { ...next, campaignName, status };
    });
  },

  async delete(operation, state) {
    await operation.warn(describeRemoval(state));
  },

  previewOutputs(inputs, state) {
    if (state && !this.isDue(state)) return { ...state, ...inputs };
    const status = state ? state.status : (inputs.previousStatus ?? unknown);
    if (!isKnown(status) || !isKnownStatus(status)) {
      return { ...inputs, status: unknown, outcome: unknown, canceledAt: unknown };
    }
    if (isCancelable(status)) return { ...inputs, status: "canceled", outcome: "canceled", canceledAt: unknown };
    // If it is unfinished, its own call did it.
    const outcome = state && !state.outcome ? "canceled" : "alreadyCanceled";
    if (isCanceled(status)) return { ...inputs, status, outcome, canceledAt: unknown };
    return { ...inputs, status, outcome: "notNeeded" };
  },
};

/** Reads the live campaign, and says all that speaks against canceling it. */
async function checkNew(operation: Operation, args: Planned<CancellationArgs>): Promise<Checked<CancellationSeen>> {
  const { campaignId } = args;
  if (operation.settings().preflight === "off") {
    await countCancellation(operation, campaignId);
    return { seen: {}, failures: [] };
  }
  if (!isKnown(campaignId)) {
    // What can't be seen yet may turn out to be one more, so it counts.
    await countCancellation(operation, campaignId);
    return { seen: { campaignName: unknown, previousStatus: unknown }, failures: [] };
  }
  const campaign = await readForCheck(operation, campaignId, (seen) => decide(seen, args).failures.length > 0);
  const seen = { campaignName: campaign.name, previousStatus: campaign.status };
  if (isCancelable(campaign.status)) await countCancellation(operation, campaignId, { name: campaign.name });
  return { seen, failures: decide(campaign, args).failures };
}

function dueOf(state: CancellationState, args: Planned<CancellationArgs>): Due {
  const judge = (campaign: Campaign) => {
    const { failures, outcome } = decide(campaign, args);
    return { failures, isDone: outcome !== undefined };
  };
  return { state, args, seen: state.status, judge };
}

async function cancel(operation: Operation, inputs: Inputs, before: Before): Promise<CancellationState> {
  try {
    const { outcome, campaign, previousStatus, canceledAt } = await operation.counted(() =>
      cancelCampaign(operation, inputs, before),
    );
    const { name: campaignName, status } = campaign;
    return { previousStatus, ...inputs, campaignName, status, outcome, canceledAt };
  } catch (error) {
    if (error instanceof UserError) throw error;
    if (!(error instanceof UnknownEffectError)) throw new UserError(explain(error));
    const { outcome: _, ...begun }: Inputs & { outcome?: Outcome } = inputs;
    const words = describeUnknownEffect(labelOf(inputs.campaignId, inputs.campaignName), error.message);
    throw new UnfinishedError(words, inputs.campaignId, { ...begun, status: UNKNOWN_STATUS });
  }
}

/** What can be known of an end that Pulumi had no part in. @throws UserError if there is none. */
function importedFrom(campaign: Campaign): { state: CancellationState; inputs: Inputs } {
  const { id, name: campaignName, status, updateTime: canceledAt } = campaign;
  if (!isCanceled(status)) throw new UserError(describeNotCanceled(campaign));
  const inputs = { campaignId: id, reason: IMPORTED_REASON, campaignName, previousStatus: status };
  return { inputs, state: { ...inputs, status, outcome: "alreadyCanceled", canceledAt } };
}

/** True if the campaign was seen to be canceled, whatever has been found since. */
function hasEnded({ outcome }: CancellationState): boolean {
  return outcome === "canceled" || outcome === "alreadyCanceled";
}

/** True for a page that lags behind the end. */
function isOlder(account: Account, { canceledAt }: CancellationState, campaign: Campaign): boolean {
  const at = Date.parse(canceledAt ?? "");
  return !isCanceled(campaign.status) && isRecent(account, at) && isUntouched(campaign, at);
}

/** The list to look for a campaign in. */
function probableStatus(state: CancellationState | undefined): string {
  return state && isKnownStatus(state.status) ? state.status : "canceled";
}

function describeOtherCampaign(old: Inputs, state: CancellationState | undefined, wanted: unknown): Message {
  const { campaignId, campaignName, previousStatus = UNKNOWN_STATUS } = old;
  const campaign = labelOf(campaignId, campaignName);
  const other = oneLine(String(wanted));
  const isEnd = state ? state.outcome === "canceled" : isCancelable(previousStatus);
  const stands = isEnd
    ? say`Cancellation is permanent: this resource canceled ${campaign} and can't be changed to campaign ${other}.`
    : say`This resource is for ${campaign} and can't be changed to campaign ${other}.`;
  return lines(
    stands,
    say`To cancel campaign ${other} too, declare another CampaignCancellation for it and put campaignId: ${quoted(campaignId)} back here.`,
    say`Removing this resource sends nothing: campaign ${campaignId} stays as it is.`,
  );
}

/** For a campaign that has ended a short time ago: nobody recorded whose call it was. */
function describeAlreadyCanceled({ campaignId, campaignName, canceledAt }: CancellationState): Message {
  return say`Found ${labelOf(campaignId, campaignName)} canceled already, at ${String(canceledAt)}: by somebody else, or by an update of this program that was interrupted before it could record its own call. Nothing was sent now.`;
}

/** For an import, which records what is there, and never acts. */
function describeNotCanceled({ id, name, status }: Campaign): Message {
  return lines(
    say`Campaign ${id} ${quoted(name)} can't be imported as a CampaignCancellation: its status is ${quoted(status)}, it is ${meaningOf(status)}.`,
    say`An import records what was canceled, and cancels nothing. To cancel the campaign, declare a CampaignCancellation, and preview.`,
  );
}

/** Says what an update of an existing resource would do to the live campaign, which the engine's own display doesn't show. */
function describeAction({ campaignId, campaignName, outcome, status }: CancellationState): Message {
  const campaign = labelOf(campaignId, campaignName);
  if (outcome === undefined) {
    return say`It is unknown whether ${campaign} was canceled: \`pulumi up\` reads it, and cancels it if that is still to be done.`;
  }
  return say`A refresh found ${campaign} ${shownStatus(status)}: \`pulumi up\` cancels it for good.`;
}

/** What removing a resource leaves behind. */
function describeRemoval({ campaignId, campaignName, outcome }: CancellationState): Message {
  const left =
    outcome === undefined
      ? "it is unknown whether the campaign was canceled: look at it in Hood"
      : outcome === "notNeeded"
        ? "the campaign stays as it is"
        : "the campaign stays canceled";
  return say`Removed ${labelOf(campaignId, campaignName)} from the Pulumi state. Nothing was sent to Hood: ${left}.`;
}
