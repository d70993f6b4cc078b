import { isSameReason, unseenDifference } from "./difference";
import { UserError } from "./errors";
import { isCancelable, isFinal, isKnownStatus } from "./lifecycle";
import { labelOf } from "./messages";
import { oneLine, quote } from "./text";
import { isUnknown } from "./unknown";

/**
 * What a resource had to do with the end of its campaign. A check knows inputs alone, and with them what a preview saw:
 * `"presumed"` says that the campaign could be canceled then, `"unknown"` that nothing was seen.
 */
export type Part = "canceled" | "alreadyCanceled" | "notNeeded" | "unfinished" | "presumed" | "unknown";

/** What a check can tell of it, by the status that the campaign had when the resource was declared. */
export function partSeen(previousStatus: unknown): Part {
  const status = String(previousStatus);
  if (isCancelable(status)) return "presumed";
  if (isFinal(status)) return "alreadyCanceled";
  return isKnownStatus(status) ? "notNeeded" : "unknown";
}

/** What a resource stands for: the end of one campaign, with the reason that went with it. */
export interface Ending {
  readonly part: Part;
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
 *
 * A reason that was never sent can be corrected. Only the record tells whether it was, so a check leaves that to the `diff`.
 */
export function reversalOf(ending: Ending, wish: Wish): Reversal | undefined {
  const campaign = labelOf(ending.campaignId, ending.campaignName);
  if (differs(ending.campaignId, wish.campaignId)) {
    return { property: "campaignId", message: describeOtherEnd(campaign, ending, wish) };
  }
  if (differs(ending.reason, wish.reason) && !isSameReason(ending.reason, wish.reason)) {
    if (ending.part === "canceled") return { property: "reason", message: describeOtherReason(campaign, ending, wish) };
    if (ending.part === "unfinished") return { property: "reason", message: describeTooEarly(campaign, "the reason") };
  }
  if (wish.status === undefined || isUnknown(wish.status) || isFinal(String(wish.status))) return undefined;
  if (ending.part === "unfinished") return { property: "status", message: describeTooEarly(campaign, "the status") };
  // Where nothing was canceled, whoever looks at the campaign says what can become of it.
  const isOver = ending.part !== "notNeeded" && ending.part !== "unknown";
  return isOver ? { property: "status", message: describeNoReturn(campaign, wish.status) } : undefined;
}

function describeOtherEnd(campaign: string, { campaignId, part }: Ending, wish: Wish): string {
  const wished = oneLine(String(wish.campaignId));
  const stands = `his resource stands for ${campaign} and can't be pointed at campaign ${wished}.`;
  const isEnd = part === "canceled" || part === "presumed";
  return lines(
    `${isEnd ? "Cancelling is final: t" : "T"}${stands}${differenceOfIds(campaignId, wish.campaignId)}`,
    `To end campaign ${wished} too, declare another CampaignCancellation for it and put campaignId: ${quote(campaignId)} back here.`,
    `Removing this resource sends nothing: campaign ${campaignId} stays as it is.`,
  );
}

/** How two ids differ that look the same. */
export function differenceOfIds(recorded: unknown, wished: unknown): string {
  return unseenDifference(
    { text: String(recorded), where: "in the state" },
    { text: String(wished), where: "in the program" },
  );
}

function describeOtherReason(campaign: string, ending: Ending, wish: Wish): string {
  const recorded = { text: String(ending.reason), where: "in the state" };
  const wished = { text: String(wish.reason), where: "in the program" };
  // It may be a secret.
  const difference = unseenDifference(recorded, wished, { secret: true }).replace("They", "The two reasons");
  return lines(
    `Cancelling is final: the reason stays on record with the end of ${campaign}, and can't be changed afterwards.${difference}`,
    `Put the recorded reason back (${REASON_SHOWN}), or remove this resource: nothing is sent, the campaign stays as it is.`,
  );
}

/** For a resource whose call went out, and was never answered. */
function describeTooEarly(campaign: string, what: string): string {
  return lines(
    `Whether ${campaign} was canceled isn't certain yet, so ${what} can't be changed now: the call may have gone out.`,
    `Put back what is recorded (${REASON_SHOWN}), and run \`pulumi up\`, which looks at the campaign and finishes what is left.`,
    "Or remove this resource: nothing is sent then.",
  );
}

const REASON_SHOWN = "`pulumi stack export` shows it, a secret with `--show-secrets`";

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
