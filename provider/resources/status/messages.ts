import type { Campaign } from "../../hood/model";
import { isCanceled, meaningOf, reachableFrom } from "../../lifecycle";
import { sentence } from "../../messages";
import { oneLine, quoted } from "../../text";

export function describeUnreachable({ id, name, status }: Campaign, wished: string): string {
  const reachable = reachableFrom(status).map(quoted).join(", ");
  return [
    `Campaign ${id} ${quoted(name)} can't become ${quoted(wished)}: its status is ${quoted(status)}, it is ${meaningOf(status)}.`,
    reachable
      ? `From there it can become ${reachable}: wish for one of these, or remove this resource; nothing is sent then.`
      : "No call that this resource could send leads out of that: remove the resource, nothing is sent then.",
  ].join("\n");
}

/** For an import, which records what is there, and never acts. */
export function describeNotImportable({ id, name, status }: Campaign): string {
  return [
    `Campaign ${id} ${quoted(name)} can't be imported as a CampaignStatus: its status is ${quoted(status)}, it is ${meaningOf(status)}.`,
    "Only a status that can be wished for can be imported: running, paused, scheduled or canceled.",
  ].join("\n");
}

export function describeNoTime({ id, name, status }: Campaign): string {
  return `scheduledTime is missing: campaign ${id} ${quoted(name)} is ${oneLine(status)}, and needs a time to be scheduled for, such as "2026-12-01T09:00:00Z".`;
}

export function describePast(time: string): string {
  return `scheduledTime ${time} (GMT) has passed: give a time that is still to come.`;
}

export function describeOtherCampaign(campaign: string, wished: unknown, difference = ""): string {
  const other = oneLine(String(wished));
  return [
    `This resource stands for the status of ${campaign} and can't be pointed at campaign ${other}.${difference}`,
    `Declare another CampaignStatus for campaign ${other}, and put the campaignId back here or remove this resource: nothing is sent then.`,
  ].join("\n");
}

/** For a way that was begun and isn't known to have come to its end. */
export function describeOnTheWay(campaign: string, wished: unknown, detail: string): string {
  return [
    `Whether ${campaign} has become ${quoted(wished)} isn't certain, or it got only a part of the way.`,
    sentence(detail),
    "Run `pulumi up` again: it looks first, and takes only the steps that are left.",
  ].join("\n");
}

/** Says what an update of an existing resource would do to the live campaign, which the engine's own display doesn't show. */
export function describeNextSteps(campaign: string, wished: unknown, current: unknown): string {
  if (current === undefined) {
    const steps = isCanceled(String(wished))
      ? "cancels it for good where that is still to be done"
      : "takes the steps that are left";
    return `Whether ${campaign} has become ${quoted(wished)} isn't certain yet: \`pulumi up\` looks at it, and ${steps}.`;
  }
  return `A refresh found ${campaign} ${oneLine(String(current))}: \`pulumi up\` brings it back to ${quoted(wished)}.`;
}

/** What removing a resource leaves behind. */
export function describeStatusRemoval(campaign: string): string {
  return `Only the wish for a status of ${campaign} was removed, and nothing was sent: the campaign stays as it is.`;
}
