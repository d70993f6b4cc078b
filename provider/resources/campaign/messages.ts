import type { Properties } from "../../context";
import type { RecentCampaign } from "../../hood/lists";
import type { Campaign } from "../../hood/model";
import { isCanceled, meaningOf, reachableFrom } from "../../lifecycle";
import { describeCampaign, labelOf, sentence } from "../../messages";
import { oneLine, quoted } from "../../text";
import { describeNoReturn } from "../reversal";
import { editedArguments } from "./changes";
import { statusAtLaunch } from "./patch";

/** Arguments by which a campaign is sent. */
const LAUNCHING = ["scheduledTime", "runImmediately", "recurrence"];

/** For an edit that the campaign doesn't take in its status. */
export function describeRefusedEdit(campaign: Campaign, olds: Properties, news: Properties): string {
  const { id, name, status } = campaign;
  const edited = editedArguments(olds, news);
  const launches = edited.some((argument) => LAUNCHING.includes(argument) && news[argument] !== undefined);
  if (isCanceled(status) && launches) return describeNoReturn(labelOf(id, name), statusAtLaunch(news));
  return [
    `Campaign ${id} ${quoted(name)} takes no edits: its status is ${quoted(status)}, it is ${meaningOf(status)}. The program changes ${edited.join(", ")}.`,
    reachableFrom(status).includes("paused")
      ? 'Pause it first: with a CampaignStatus of status: "paused" that this resource names in dependsOn, or in an update before this one.'
      : "For what is new, declare another Campaign.",
    "To leave the campaign as it is, declare what it has: after a `pulumi refresh`, `pulumi stack export` shows it.",
  ].join("\n");
}

/** For a create that took what an earlier one had made. */
export function describeAdopted(campaign: Campaign): string {
  return `An interrupted update had already created ${describeCampaign(campaign)}: this resource now manages it, and no second one was created.`;
}

/** For what an earlier create made with other arguments. */
export function describeOtherContent(name: unknown, { campaign, createdAt }: RecentCampaign): string {
  return [
    `Campaign ${quoted(name)} was not created: ${describeRecent({ campaign, createdAt })} was made for this resource with other arguments, and takes no edits now.`,
    "To keep that one, declare it as it is; to create another campaign beside it, give this resource another name in the program.",
  ].join("\n");
}

export function describeSeveralLeft(name: unknown, left: readonly RecentCampaign[]): string {
  return [
    `Campaign ${quoted(name)} was not created: ${listOf(left)} were all made for this resource, and only one can be its own.`,
    "Cancel in Hood those that aren't meant, and run `pulumi up` again; or give this resource another name in the program.",
  ].join("\n");
}

/** For an account that doesn't say when a campaign was created. */
export function describeAgeless(name: unknown, left: RecentCampaign): string {
  return [
    `Campaign ${quoted(name)} was not created: ${describeRecent(left)} was made for this resource, and Hood doesn't say when: an interrupted update may have left it, or it was left on purpose.`,
    "To have another campaign, cancel that one in Hood, or give this resource another name in the program.",
  ].join("\n");
}

/** For a replacement of what can't be removed. */
export function describePreventedTwin(name: unknown, made: RecentCampaign): string {
  return [
    `Campaign ${quoted(name)} was not created: ${describeRecent(made)} was made for this resource, and its deletionPolicy "prevent" keeps it from being replaced.`,
    'To replace it, set deletionPolicy to "abandon" or "cancel" and run `pulumi up` first; to create another campaign, give this resource another name.',
  ].join("\n");
}

/** For an account that shows no marks. */
export function describeUnclear(name: unknown, alike: readonly RecentCampaign[]): string {
  return [
    `Campaign ${quoted(name)} was not created: an interrupted update may have made ${listOf(alike)}, and this account doesn't show who made a campaign.`,
    "If it is the one that you declare, cancel it in Hood and run `pulumi up` again, or import it (with the plugin). If it is another one, give one of the two another name.",
  ].join("\n");
}

/** For a campaign that a list shows and its own page doesn't yet. */
export function describeLagging({ id, name }: Campaign): string {
  return `Campaign ${id} ${quoted(name)}, made for this resource by an interrupted update, can't be read yet: nothing was sent. Run \`pulumi up\` again in a minute.`;
}

const MOST_LISTED = 5;

function listOf(campaigns: readonly RecentCampaign[]): string {
  const shown = campaigns.slice(0, MOST_LISTED).map(describeRecent).join(", ");
  return campaigns.length > MOST_LISTED ? `${shown} and ${campaigns.length - MOST_LISTED} more` : shown;
}

/** `campaign 1000248 "Spring sale" (scheduled, created 2026-05-01 12:00 UTC)`. */
function describeRecent({
  campaign: { id, name, status },
  createdAt,
}: Pick<RecentCampaign, "campaign" | "createdAt">): string {
  const at = Number.isNaN(createdAt)
    ? ""
    : `, created ${new Date(createdAt).toISOString().slice(0, 16).replace("T", " ")} UTC`;
  return `campaign ${id} ${quoted(name)} (${oneLine(status)}${at})`;
}

export function describeUnknownCreate(name: unknown, detail: string): string {
  return [
    `It is unknown whether campaign ${quoted(name)} was created: the call went out, and no answer said so.`,
    sentence(detail),
    "Run `pulumi up` again in a minute or later: it looks for the campaign first, and creates it only if it isn't there.",
  ].join("\n");
}

export function describeRefusedCreate(name: unknown, reason: string): string {
  return `${reason}\nCampaign ${quoted(name)} was not created.`;
}

export function describeUnknownEdit(campaign: string, detail: string): string {
  return [
    `Whether ${campaign} was edited isn't certain: the call went out, and its effect couldn't be seen.`,
    sentence(detail),
    "Run `pulumi up` again: it looks first, and sends only what is left.",
  ].join("\n");
}

export function describeNoDraft(name: unknown): string {
  return `draft can't be put on campaign ${quoted(name)} again: nothing goes back to being a draft. Take it out; to hold the campaign, pause it with a CampaignStatus.`;
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

/** For a removal beside another record of the same campaign. */
export function describeTakenOver(campaign: string): string {
  return `Removed a record of ${campaign} from the Pulumi state. Nothing was sent: another resource of this program manages the campaign, so it goes on.`;
}

/** For a removal that was to end a campaign, and isn't sure that it is its own. @param why the continuation of "not canceled: " */
export function describeKept(campaign: string, why: string): string {
  return [
    `Removed ${campaign} from the Pulumi state. The campaign was not canceled: ${why}.`,
    "If it is to end, declare a CampaignCancellation for it, or cancel it in Hood.",
  ].join("\n");
}

/** For a removal beside a create whose fate is unknown. */
export function describeUnresolved(campaign: string): string {
  return `The record of ${campaign} stays for now, and nothing was sent: it is unknown what the create of this resource did in the same update. Run \`pulumi up\` again.`;
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
  return `The record of ${campaign} was removed, and nothing was left to cancel: the campaign is ${quoted(status)}, ${meaningOf(status)}.`;
}

export function describeNotEnded(reason: string): string {
  return `${reason}\nTo remove the resource without cancelling, set deletionPolicy to "abandon", run \`pulumi up\`, and then remove it.`;
}
