import type { Properties } from "../context";
import type { Campaign } from "../hood/campaign";
import { isFinal, meaningOf, reachableFrom } from "../lifecycle";
import { describeCampaign, labelOf, sentence } from "../messages";
import { describeNoReturn } from "../reversal";
import { count, oneLine, quote } from "../text";
import { editedArguments } from "./changes";
import { statusAtLaunch } from "./patch";

/** Arguments by which a campaign is sent. */
const LAUNCHING = ["scheduledTime", "runImmediately", "recurrence"];

/** For an edit that the campaign doesn't take in its status. */
export function describeRefusedEdit(campaign: Campaign, olds: Properties, news: Properties): string {
  const { id, name, status } = campaign;
  const edited = editedArguments(olds, news);
  const launches = edited.some((argument) => LAUNCHING.includes(argument) && news[argument] !== undefined);
  if (isFinal(status) && launches) return describeNoReturn(labelOf(id, name), statusAtLaunch(news));
  return [
    `Campaign ${id} ${quote(name)} takes no edits: its status is ${quote(status)}, it is ${meaningOf(status)}. The program changes ${edited.join(", ")}.`,
    reachableFrom(status).includes("paused")
      ? 'Pause it first: with a CampaignStatus of status: "paused" that this resource names in dependsOn, or in an update before this one.'
      : "For what is new, declare another Campaign.",
    "To leave the campaign as it is, declare what it has: after a `pulumi refresh`, `pulumi stack export` shows it.",
  ].join("\n");
}

/** For a create that took an existing campaign. @param age milliseconds */
export function describeAdopted(campaign: Campaign, age: number): string {
  return [
    `No campaign was created: ${describeCampaign(campaign)}, created ${count(Math.max(0, Math.round(age / 60_000)), "minute")} ago, is what this resource declares, and is taken for what an interrupted update left.`,
    'If it is another one, take this resource out with deletionPolicy: "abandon" (nothing is sent), and declare it again under another name.',
  ].join("\n");
}

/** For a campaign that two resources stand for since a create took it. */
export function describeShared(campaign: string): string {
  return [
    `A new resource of the same name has taken ${campaign} for what an interrupted update left, and this resource stands for it too.`,
    'Take the new one out with deletionPolicy: "abandon" (nothing is sent), and declare it again under another name.',
  ].join("\n");
}

export function describeUncertainCreate(name: unknown, detail: string): string {
  return [
    `Whether campaign ${quote(name)} was created isn't certain: the call went out, and its effect couldn't be seen.`,
    sentence(detail),
    "Run `pulumi up` again within the hour: it looks for the campaign first, and creates it only where it isn't there.",
  ].join("\n");
}

export function describeRefusedCreate(name: unknown, reason: string): string {
  return `${reason}\nCampaign ${quote(name)} was not created.`;
}

export function describeUncertainEdit(campaign: string, detail: string): string {
  return [
    `Whether ${campaign} was edited isn't certain: the call went out, and its effect couldn't be seen.`,
    sentence(detail),
    "Run `pulumi up` again: it looks first, and sends only what is left.",
  ].join("\n");
}

export function describeNoDraft(name: unknown): string {
  return `draft can't be put on campaign ${quote(name)} again: nothing goes back to being a draft. Take it out; to hold the campaign, pause it with a CampaignStatus.`;
}

export function describeStatusArgument(): string {
  return "status is not an argument of Campaign: declare a CampaignStatus for the campaign, or use draft.";
}

/** For a draft that somebody has launched. */
export function describeLaunched(campaign: Campaign): string {
  return [
    `Somebody has launched ${describeCampaign(campaign)}, which the program declares as a draft: it can't become one again.`,
    "Take draft: true out of the program; nothing is sent for that.",
  ].join("\n");
}

/** For a campaign that Hood doesn't show any more. @param words those for any such campaign */
export function describeGone(words: string): string {
  return `${words} Nothing creates it anew by itself: if it is really gone and is to be sent, remove the resource and declare it again.`;
}

/** What removing a resource leaves behind. */
export function describeAbandoned(campaign: string, status: unknown): string {
  return `Only the record of ${campaign} was removed, and nothing was sent: it stays as it is in Hood (when it was last seen: ${oneLine(String(status))}).`;
}

export function describeTakenOver(campaign: string): string {
  return `Only the record of ${campaign} was removed, although its deletionPolicy is "cancel": another resource has taken the campaign over in this update, so it goes on.`;
}

export function describePrevented(campaign: string): string {
  return [
    `The resource of ${campaign} isn't removed, since its deletionPolicy is "prevent".`,
    'To remove it, set deletionPolicy to "abandon" (the campaign stays as it is) or "cancel" (it ends for good), run `pulumi up`, and then remove it.',
  ].join("\n");
}

/** What removing a resource has done to its campaign. */
export function describeEnded({ id, name, status }: Campaign, called: boolean): string {
  const campaign = labelOf(id, name);
  if (called)
    return `The record of ${campaign} was removed, and the campaign was cancelled for good, as its deletionPolicy says.`;
  return `The record of ${campaign} was removed, and nothing was left to cancel: the campaign is ${quote(status)}, ${meaningOf(status)}.`;
}

export function describeNotEnded(reason: string): string {
  return `${reason}\nTo remove the resource without cancelling, set deletionPolicy to "abandon", run \`pulumi up\`, and then remove it.`;
}
