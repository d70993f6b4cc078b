import type { Campaign } from "../hood/campaign";
import { meaningOf } from "../lifecycle";
import { sentence } from "../messages";
import { oneLine, quote } from "../text";

export function describeNotCancelable({ id, name, status }: Campaign): string {
  return [
    `Campaign ${id} ${quote(name)} can't be cancelled: its status is ${quote(status)}, it is ${meaningOf(status)}.`,
    'Remove this resource, or set whenNotCancelable: "accept" to record that nothing is left to cancel.',
  ].join("\n");
}

/** For an import, which records what is there, and never acts. */
export function describeNotEnded({ id, name, status }: Campaign): string {
  return [
    `Campaign ${id} ${quote(name)} can't be imported as a CampaignCancellation: its status is ${quote(status)}, it is ${meaningOf(status)}.`,
    "An import records what has ended, and ends nothing. To end the campaign, declare a CampaignCancellation, and preview.",
  ].join("\n");
}

export function describeUncertain(campaign: string, detail: string): string {
  return [
    `Whether ${campaign} is cancelled by now isn't certain: the call went out, and its effect couldn't be seen.`,
    sentence(detail),
    "Run `pulumi up` again: it looks first, and finishes only what is left. Where Hood has no such campaign any more, remove the resource: nothing is sent.",
  ].join("\n");
}

/** Says what an update of an existing resource would do to the live campaign, which the engine's own display doesn't show. */
export function describeAction(campaign: string, { outcome, status }: { outcome?: unknown; status?: unknown }): string {
  if (outcome === undefined) {
    return `Whether ${campaign} was cancelled isn't certain yet: \`pulumi up\` looks at it, and cancels it where that is still to be done.`;
  }
  return `A refresh found ${campaign} ${oneLine(String(status))}: \`pulumi up\` cancels it for good.`;
}

/** What removing a resource leaves behind. */
export function describeRemoval(campaign: string, outcome: unknown): string {
  const left =
    outcome === undefined
      ? "whether it was cancelled was never certain: look at it in Hood"
      : outcome === "notNeeded"
        ? "the campaign stays as it is"
        : "the campaign stays cancelled, since cancelling is final";
  return `Only the record of ${campaign} was removed, and nothing was sent: ${left}.`;
}
