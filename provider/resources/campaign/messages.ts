import { DOCTOR, describeCampaign, labelOf, shownStatus } from "../../errors";
import type { HoodError } from "../../hood/errors";
import type { RecentCampaign } from "../../hood/lists";
import type { Campaign } from "../../hood/model";
import { isCancelable, isCanceled, meaningOf, reachableFrom } from "../../lifecycle";
import { concat, joined, lines, type Message, oneLine, quoted, say, sentence } from "../../text";
import { describeNoReturn } from "../cancel";
import type { Planned } from "../resource";
import type { ArgumentName, CampaignArgs } from "./args";
import { editedArguments, statusAtLaunch } from "./fields";

/** Arguments by which a campaign is sent. */
const LAUNCHING: readonly ArgumentName[] = ["scheduledTime", "runImmediately", "recurrence"];

// Of a declaration.

export const describeStatusArgument = (): Message =>
  say`status is not an argument of Campaign: declare a CampaignStatus for the campaign, or use draft.`;

/** @param time as Hood writes it. */
export const describePast = (time: string): Message =>
  say`scheduledTime ${time} (GMT) has passed: give a time in the future.`;

export const describeNoDraft = (name: string): Message =>
  say`draft can't be put on campaign ${quoted(name)} again: nothing goes back to being a draft. Take it out; to hold the campaign, pause it with a CampaignStatus.`;

/** For an edit that the campaign doesn't take in its status. */
export function describeNotEditable(campaign: Campaign, olds: CampaignArgs, news: Planned<CampaignArgs>): Message {
  const { id, name, status } = campaign;
  const edited = editedArguments(olds, news);
  const launches = edited.some((argument) => LAUNCHING.includes(argument) && news[argument] !== undefined);
  if (isCanceled(status) && launches) return describeNoReturn(labelOf(id, name), statusAtLaunch(news));
  return lines(
    say`Campaign ${id} ${quoted(name)} takes no edits: its status is ${quoted(status)}, it is ${meaningOf(status)}. The program changes ${edited.join(", ")}.`,
    reachableFrom(status).includes("paused")
      ? say`Pause it first: with a CampaignStatus of status: "paused" that this resource names in dependsOn, or in an update before this one.`
      : say`For what is new, declare another Campaign.`,
    say`To leave the campaign as it is, declare what it has: after a \`pulumi refresh\`, \`pulumi stack export\` shows it.`,
  );
}

/** For what somebody changed in Hood, and can't be put right. Nobody edited the program, so it is no failure. */
export function describeLeft(campaign: Campaign, changed: readonly ArgumentName[]): Message {
  const { id, name, status } = campaign;
  return lines(
    say`${changed.join(", ")} of campaign ${id} ${quoted(name)} ${changed.length > 1 ? "were" : "was"} changed in Hood and can't be put right: its status is ${quoted(status)}, it is ${meaningOf(status)}. Nothing is sent.`,
    reachableFrom(status).includes("paused")
      ? say`To put it right, pause the campaign; to keep it as it is, declare what it has, which \`pulumi stack export\` shows.`
      : say`To be rid of this warning, declare what the campaign has, which \`pulumi stack export\` shows.`,
  );
}

/** The same for a time. @param time as Hood writes it. */
export const describeLeftTime = (campaign: Message, time: string): Message =>
  lines(
    say`scheduledTime of ${campaign} was changed in Hood and can't be put right: the declared one, ${time} (GMT), has passed. Nothing is sent for it.`,
    say`Declare the time that the campaign has, which \`pulumi stack export\` shows, or one in the future.`,
  );

/** The same for a campaign that Hood doesn't show. */
export const describeForgottenEdit = (campaign: Message): Message =>
  say`What was changed in Hood of ${campaign} can't be put right, since Hood doesn't show the campaign any more. Nothing is sent.`;

/** For an edit of the program. */
export const describeImpossibleEdit = (campaign: Message, edited: readonly ArgumentName[], error: HoodError): Message =>
  lines(
    say`Hood doesn't show ${campaign} any more, so the program's change of ${edited.join(", ")} can't be sent.`,
    sentence(error.message),
    say`Take the change back, or check that HOOD_ENDPOINT and HOOD_TOKEN are those of its account. If the campaign is really gone and is to be sent, give its resource another name in the program.`,
  );

/** For a draft that is to be launched. @param added arguments that neither the program nor the account has put there */
export const describeChangedDraft = (campaign: Message, added: readonly string[]): Message =>
  lines(
    say`The draft of ${campaign} can't be launched: somebody has set ${added.join(", ")} in Hood, which the program doesn't declare, and it would be sent so.`,
    say`Declare what it is to have, under extra if there is no argument for it, or take it out in Hood; then run \`pulumi up\` again.`,
  );

export const describeUnknownEdit = (campaign: Message, detail: Message): Message =>
  lines(
    say`It is unknown whether ${campaign} was edited: the call went out, and its effect couldn't be seen.`,
    sentence(detail),
    say`Run \`pulumi up\` again: it reads the campaign first, and sends only what is missing. To be sure at once, look at it in Hood; if somebody has edited it on purpose meanwhile, declare that first.`,
  );

// Of a create.

export const describeRejectedCreate = (name: string, reason: Message): Message =>
  lines(reason, say`Campaign ${quoted(name)} was not created.`);

export const describeUnknownCreate = (name: string, detail: Message): Message =>
  lines(
    say`It is unknown whether campaign ${quoted(name)} was created: the call went out once, and no answer said so. The Pulumi state has no entry for it.`,
    sentence(detail),
    say`Run \`pulumi up\` again in a minute or later, and within a day: it looks for the campaign first, and creates it only if it isn't there. After a day, look in Hood first.`,
  );

export const describeTakenOver = (campaign: Campaign): Message =>
  say`An interrupted update had already created ${describeCampaign(campaign)}: this resource now manages it, and no second one was created.${campaign.status === "paused" ? " It is paused: if it is to go on, resume it in Hood." : ""}`;

/** The same in a preview: nothing tells an interrupted update from another stack or resource that had the same name before. */
export const describeLeftOver = (left: RecentCampaign): Message =>
  lines(
    say`${describeRecent(left)} was made today for a resource of this stack and this name: \`pulumi up\` takes it over as what an interrupted update left, and creates no second one.`,
    say`If a stack or a resource that had this name before still has it, don't run the update: give this resource another name in the program first.`,
  );

/** For a campaign that has the mark of this resource, and that somebody may have duplicated in Hood. A preview says so too. */
export const describeCopy = (left: RecentCampaign): Message =>
  lines(
    say`${describeRecent(left)} has the mark of this resource in its metadata, and it may be a duplicate that somebody made in Hood, or what an interrupted update has made, much later than it was asked for: nothing takes it over.`,
    say`If it is the one that you declare, import it (with the plugin); if it is somebody's own, take the mark out of its metadata in Hood; if nobody needs it, cancel it there. Or give this resource another name in the program.`,
  );

export const describeSeveralLeft = (left: readonly RecentCampaign[]): Message =>
  lines(
    concat(listOf(left), say` were all made for this resource, and only one can be its own.`),
    say`Cancel in Hood those that aren't meant, and run \`pulumi up\` again; or give this resource another name in the program.`,
  );

/** For a replacement of what can't be removed. */
export const describePreventedTwin = (made: RecentCampaign): Message =>
  lines(
    say`${describeRecent(made)} was made for this resource, and its deletionPolicy "prevent" keeps it from being replaced.`,
    say`To replace it, set deletionPolicy to "abandon" or "cancel" and run \`pulumi up\` first; to create another campaign, give this resource another name.`,
  );

/** For one that must never have a second beside it, in an account whose list is too long to be read. */
export const describeUnlistable = (error: HoodError): Message =>
  lines(
    concat(say`for deletionPolicy "prevent", all campaigns of the account are read first. `, sentence(error.message)),
    say`Set deletionPolicy to "abandon" or "cancel": then those of the last day are enough.`,
  );

/** For what was made for this resource, and isn't taken over. @param why the continuation of its name */
const untaken = (left: RecentCampaign, why: Message, byPause?: boolean): Message =>
  lines(concat(describeRecent(left), why), waysOut(left, byPause));

/** For what an earlier create made with other arguments. */
export const describeOtherContent = (left: RecentCampaign, asDraft: boolean): Message =>
  untaken(
    left,
    say` was made for this resource with other arguments, and takes no edits now.`,
    !asDraft && isPausable(left),
  );

/** The same with the same arguments, where its removal would cancel it. */
export const describeUnmarked = (left: RecentCampaign, asDraft: boolean): Message =>
  untaken(
    left,
    say` was made for this resource, and can't be marked as its own now, since it takes no edits. ${OLDER_STATE}`,
    !asDraft && isPausable(left),
  );

/** For a mark that no edit can replace. */
export const describeNested = (left: RecentCampaign): Message =>
  untaken(
    left,
    say` was made for this resource, and can't be marked as its own: Hood shows the mark in its metadata in another form than it was sent in (${DOCTOR} tells how the account keeps metadata). ${OLDER_STATE}`,
  );

const OLDER_STATE = say`Without a new mark, an older state of this resource, if there is one, could cancel it.`;

/** For an account that doesn't say when a campaign was created. */
export const describeAgeless = (left: RecentCampaign): Message =>
  untaken(
    left,
    say` was made for this resource, and Hood doesn't say when: an interrupted update may have left it, or it was left on purpose.`,
  );

/** For a takeover whose call had no effect. */
export const describeUntaken = (left: RecentCampaign, reason: Message): Message =>
  untaken(left, concat(say` was made for this resource, and couldn't be taken over. `, reason));

/** What to do about what was made for this resource, and isn't taken over. @param byPause it is once it is paused */
function waysOut({ campaign: { status } }: RecentCampaign, byPause = false): Message {
  return concat(
    byPause
      ? say`If it is the one that you declare, pause it in Hood and run \`pulumi up\` again: it is taken over then.`
      : say`To keep it, import it (with the plugin).`,
    isCancelable(status)
      ? say` To have another campaign, cancel that one in Hood, or`
      : say` To have another campaign,`,
    say` give this resource another name in the program.`,
  );
}

function isPausable({ campaign: { status } }: RecentCampaign): boolean {
  return reachableFrom(status).includes("paused");
}

export const describeUnknownTakeOver = (left: RecentCampaign, detail: Message): Message =>
  lines(
    say`It is unknown whether ${describeRecent(left)} was edited: the call went out, and its effect couldn't be seen. An earlier update made the campaign for this resource; no second one was created, and the Pulumi state has no entry for it yet.`,
    sentence(detail),
    say`Run \`pulumi up\` again in a minute, and within a day: it reads the campaign first, takes it over, and sends the edit only if it wasn't done.`,
  );

/** For an account that shows no marks. */
export const describeUnclear = (alike: readonly RecentCampaign[]): Message =>
  lines(
    concat(
      say`an interrupted update may have made `,
      listOf(alike),
      say`, and nothing shows who did: no mark is in the metadata (${DOCTOR} tells how the account keeps metadata).`,
    ),
    say`If it is the one that you declare, import it (with the plugin), or cancel it in Hood and run \`pulumi up\` again, which creates it once more. If it is another one, give one of the two another name.`,
  );

/** For a campaign that a list shows and its own page doesn't yet. */
export const describeLagging = ({ id, name }: Campaign): Message =>
  say`Campaign ${id} ${quoted(name)}, which an interrupted update may have made for this resource, can't be read yet: nothing was sent. Run \`pulumi up\` again in a minute.`;

const MOST_LISTED = 5;

function listOf(campaigns: readonly RecentCampaign[]): Message {
  const shown = campaigns.slice(0, MOST_LISTED).map(describeRecent);
  const separated = shown.flatMap((campaign, index) => (index === 0 ? [campaign] : [say`, `, campaign]));
  const more = campaigns.length - shown.length;
  return concat(...separated, more > 0 ? say` and ${more} more` : say``);
}

/** `campaign 1000248 "Spring sale" (scheduled, created 2026-05-01 12:00 UTC)`. */
function describeRecent({ campaign: { id, name, status }, createdAt }: RecentCampaign): Message {
  const at = Number.isNaN(createdAt)
    ? say``
    : say`, created ${new Date(createdAt).toISOString().slice(0, 16).replace("T", " ")} UTC`;
  return say`campaign ${id} ${quoted(name)} (${shownStatus(status)}${at})`;
}

// Of a refresh.

/** For a draft that somebody has launched. */
export const describeLaunched = (campaign: Campaign): Message =>
  lines(
    say`Somebody has launched ${describeCampaign(campaign)}, which the program declares as a draft: it can't become one again.`,
    say`Take draft: true out of the program; nothing is sent for that.`,
  );

/** For what was done a short time ago. @param isEdit it was an edit, not the create. */
export const describeNotShown = (campaign: Message, isEdit = false): Message =>
  say`Hood doesn't show ${isEdit ? say`the last edit of ` : say``}${campaign} yet, which was ${isEdit ? "sent" : "created"} a few minutes ago: its state stays as it is. Run the same command again in a few minutes.`;

/** For an edit whose effect nobody can tell any more. @param why the continuation of "since" */
export const describeUnsettled = (campaign: Message, names: readonly string[], why: Message): Message =>
  say`It stays unknown whether ${campaign} got the edit of ${joined(names.map(oneLine), ", ")}, since ${why}. The state has what the program declares. Look at the campaign in Hood; \`pulumi refresh\` finds what Hood shows to be different.`;

/** For a campaign that Hood doesn't show any more. @param words those for any such campaign */
export const describeGone = (words: Message): Message =>
  concat(
    words,
    say` Nothing creates it again by itself: if it is really gone and is to be sent, remove the resource and declare it again.`,
  );

/** For a campaign that bears the mark of another state. @param isOwn it was written for the very same resource */
export const describeTakenAway = (campaign: Message, isOwn: boolean): Message =>
  isOwn
    ? describeOwnMark(campaign)
    : lines(
        say`Another state has taken over ${campaign}: its metadata has a newer mark than this one's. A stack or a resource of the same name did that, within a day after the create.`,
        say`Only one of them may keep it: remove the other resource from its program. This removal cancels nothing, whatever its deletionPolicy.`,
      );

const describeOwnMark = (campaign: Message): Message =>
  lines(
    say`The metadata of ${campaign} has a newer mark of this resource than its state: an update wrote it that ended before it knew, or a stack of the same name on another backend has taken the campaign over.`,
    say`While the mark stays, removing the resource cancels nothing, whatever its deletionPolicy. If no other stack has the campaign, \`pulumi state delete\` and then \`pulumi up\` take it over again, within a day after its create and while it takes edits.`,
  );

/** For a campaign that two resources of one program have. */
export const describeShared = (campaign: Message): Message =>
  lines(
    say`Two resources of this program have ${campaign}: an import did that, or a resource under a name that another one had before took it over.`,
    say`Remove one of them, without --target or --exclude: an update that compares the other one cancels nothing.`,
  );

// Of a removal.

export const describeAbandoned = (campaign: Message, status: string): Message =>
  say`Removed ${campaign} from the Pulumi state. Nothing was sent to Hood: the campaign stays as it is (when it was last seen: ${shownStatus(status)}).`;

/** For a removal beside another state of the same campaign. */
export const describeManaged = (campaign: Message): Message =>
  say`Removed an older state of ${campaign} from the Pulumi state. Nothing was sent: another resource of this program manages the campaign, so it goes on.`;

/** For a removal that was to cancel a campaign, and isn't sure that it is its own. @param why the continuation of "not canceled: " */
export const describeDoubt = (campaign: Message, why: Message): Message =>
  lines(
    say`Removed ${campaign} from the Pulumi state. The campaign was not canceled: ${why}.`,
    say`If it is to end, declare a CampaignCancellation for it, or cancel it in Hood.`,
  );

/** For a campaign whose page and whose list tell of different states that have it. */
export const describeTwoMarks = (campaign: Message): Message =>
  say`Hood shows one mark of ${campaign} on its own page, and another one in its list: one of them lags, so nothing tells yet whose it is, and nothing was sent. Run the same command again in a few minutes.`;

/** For a removal that is to cancel a campaign of an account that shows nothing of the stack. */
export const describeNoAccount = (campaign: Message): Message =>
  say`Hood shows neither ${campaign} nor any other campaign that is known to be this stack's, so nothing was sent: check that HOOD_ENDPOINT and HOOD_TOKEN are those of its account. If they are, and the campaign is really gone, take the resource out of the state with \`pulumi state delete\`.`;

/** For a campaign whose policy became "cancel" when it took no new mark. */
export const describeUnendable = (campaign: Message): Message =>
  lines(
    say`Hood takes no new mark of ${campaign} now: removing its resource won't cancel it, although its deletionPolicy became "cancel".`,
    say`If it is to end, declare a CampaignCancellation for it, or cancel it in Hood.`,
  );

/** For a removal beside a create whose effect isn't known. */
export const describeUnresolved = (campaign: Message): Message =>
  say`Can't remove ${campaign} from the Pulumi state yet, and nothing was sent: it is unknown whether the create of this resource, in the same update, has made another campaign. Run \`pulumi up\` again in a minute: it finds out first.`;

export const describePrevented = (campaign: Message): Message =>
  lines(
    say`The resource of ${campaign} isn't removed, since its deletionPolicy is "prevent".`,
    say`To remove it, set deletionPolicy to "abandon" (the campaign stays as it is) or "cancel" (it is canceled for good), run \`pulumi up\`, and then remove it.`,
  );

/** For a removal beside another campaign that was created for the same resource. */
export const describeReplaced = (campaign: Message): Message =>
  lines(
    say`Removed ${campaign} from the Pulumi state, although its deletionPolicy is "prevent": another campaign has been created in its place. Nothing was sent: both go on.`,
    say`If one of them is to end, declare a CampaignCancellation for it, or cancel it in Hood.`,
  );

/** What removing a resource has done to its campaign. @param byCall whether the cancel call did it. */
export function describeCanceled({ id, name, status }: Campaign, byCall: boolean): Message {
  const campaign = labelOf(id, name);
  if (byCall) {
    return say`Removed ${campaign} from the Pulumi state and canceled the campaign for good, as its deletionPolicy says.`;
  }
  return say`Removed ${campaign} from the Pulumi state. Nothing was left to cancel: the campaign is ${quoted(status)}, ${meaningOf(status)}.`;
}

/** For a removal whose call's effect isn't known: the state stays. */
export const describeUnknownRemoval = (campaign: Message, detail: Message): Message =>
  lines(
    say`It is unknown whether ${campaign} was canceled: the call went out, and its effect couldn't be seen. So its resource stays in the Pulumi state.`,
    sentence(detail),
    say`Run the same command again: it reads the campaign first, cancels it only if that is still to be done, and removes the resource. To be sure at once, look at the campaign in Hood.`,
  );

export const describeNotCanceled = (reason: Message): Message =>
  lines(
    reason,
    say`To remove the resource without canceling the campaign, set deletionPolicy to "abandon", run \`pulumi up\`, and then remove it.`,
  );
