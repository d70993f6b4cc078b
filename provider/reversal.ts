import { UserError } from "./errors";
import { isFinal } from "./lifecycle";
import { labelOf } from "./messages";
import { oneLine, quote } from "./text";
import { isUnknown } from "./unknown";

/** What a resource stands for: the ending of one campaign, with the reason that went with it. */
export interface Ending {
  readonly campaignId?: unknown;
  readonly campaignName?: unknown;
  readonly reason?: unknown;
}

/** What the program now asks of the same resource. */
export interface Wish {
  readonly campaignId?: unknown;
  readonly reason?: unknown;
  readonly status?: unknown;
}

/** A wish that can't be granted, on the property that carries it. */
export interface Reversal {
  readonly property: "campaignId" | "reason" | "status";
  readonly message: string;
}

/**
 * The one rule that refuses to undo a cancellation. `check`, `diff` and `update` all ask it, so they can't disagree.
 * Values that aren't known yet are left alone: they are judged when they are known.
 */
export function reversalOf(ending: Ending, wish: Wish): Reversal | undefined {
  const campaign = labelOf(ending.campaignId, ending.campaignName);
  if (differs(ending.campaignId, wish.campaignId)) {
    const wished = oneLine(String(wish.campaignId));
    return {
      property: "campaignId",
      message: lines(
        `Cancelling is final: this resource stands for the end of ${campaign} and can't be pointed at campaign ${wished}.`,
        `To end campaign ${wished} too, declare another CampaignCancellation for it and put campaignId: ${quote(ending.campaignId)} back here.`,
        `Removing this resource sends nothing: campaign ${ending.campaignId} stays as it is.`,
      ),
    };
  }
  if (differs(ending.reason, wish.reason)) {
    return {
      property: "reason",
      message: lines(
        `Cancelling is final: the reason stays on record with the end of ${campaign}, and can't be changed afterwards.`,
        "Put the recorded reason back (`pulumi stack export` shows it), or remove this resource: nothing is sent, the campaign stays as it is.",
      ),
    };
  }
  if (wish.status !== undefined && !isUnknown(wish.status) && !isFinal(String(wish.status))) {
    return { property: "status", message: describeNoReturn(campaign, wish.status) };
  }
  return undefined;
}

/** The words for every wish to bring a canceled campaign back, whichever resource it comes from. */
export function describeNoReturn(campaign: string, status: unknown): string {
  return lines(
    `Cancelling is final: ${campaign} is canceled, and can't become ${quote(status)}.`,
    "Remove that wish, or the resource with it: nothing is sent, the campaign stays canceled. To send again, create a new campaign.",
  );
}

/** For where a reversal gets past `check`. @throws UserError with what {@link reversalOf} finds. */
export function refuseReversal(ending: Ending, wish: Wish): void {
  const reversal = reversalOf(ending, wish);
  if (reversal) throw new UserError(reversal.message);
}

function differs(before: unknown, after: unknown): boolean {
  return before !== undefined && !isUnknown(before) && !isUnknown(after) && before !== after;
}

function lines(...text: string[]): string {
  return text.join("\n");
}
