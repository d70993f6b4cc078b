import { labelOf, shownStatus } from "../errors";
import type { Campaign } from "../hood/model";
import { isCanceled, isTerminal, meaningOf, reachableFrom } from "../lifecycle";
import { lines, type Message, oneLine, quoted, say, sentence } from "../text";
import { describeNoReturn } from "./cancel";

// What a CampaignStatus says: of a path that can't be taken, of an edit that can't be made, and of what an update would do.

export function describeUnreachable(campaign: Campaign, desired: string): Message {
  const { id, name, status } = campaign;
  if (isCanceled(status)) return describeNoReturn(labelOf(id, name), desired);
  const reachable = reachableFrom(status).map(quoted).join(", ");
  const who = isTerminal(status) ? "No action" : "No call of this resource";
  return lines(
    say`Campaign ${id} ${quoted(name)} can't become ${quoted(desired)}: its status is ${quoted(status)}, it is ${meaningOf(status)}.`,
    reachable
      ? say`From there it can become ${reachable}: declare one of these, or remove the resource, which sends nothing.`
      : say`${who} can change this status: remove the resource, which sends nothing.`,
  );
}

export function describeNoTime({ id, name, status }: Campaign): Message {
  return say`scheduledTime is missing: campaign ${id} ${quoted(name)} is ${shownStatus(status)}, and needs a time to be scheduled for, such as "2026-12-01T09:00:00Z".`;
}

export function describePast(time: string): Message {
  return say`scheduledTime ${time} (GMT) has passed: give a time in the future.`;
}

/** @param permanent this resource canceled the campaign. */
export function describeOtherCampaign(campaign: Message, id: string, wanted: string, permanent: boolean): Message {
  const other = oneLine(wanted);
  const stands = permanent
    ? say`Cancellation is permanent: this resource canceled ${campaign} and can't be changed to campaign ${other}.`
    : say`This resource manages the status of ${campaign} and can't be changed to campaign ${other}.`;
  return lines(
    stands,
    say`Declare another CampaignStatus for campaign ${other}, and put campaignId: ${quoted(id)} back here or remove this resource: nothing is sent then.`,
  );
}

/** For an import, which records what is there, and never acts. */
export function describeNotImportable({ id, name, status }: Campaign): Message {
  return lines(
    say`Campaign ${id} ${quoted(name)} can't be imported as a CampaignStatus: its status is ${quoted(status)}, it is ${meaningOf(status)}.`,
    say`Only a status that can be declared can be imported: running, paused, scheduled or canceled.`,
  );
}

/** For a path that was begun and isn't known to have come to its end. */
export function describeUnfinished(campaign: Message, desired: string, detail: Message): Message {
  return lines(
    say`It is unknown whether ${campaign} became ${quoted(desired)}, or got only part of the way.`,
    sentence(detail),
    say`Run \`pulumi up\` again: it reads the campaign first, and sends only what is missing. To be sure at once, look at it in Hood; if somebody has moved it on purpose meanwhile, declare that first.`,
  );
}

interface Desired {
  readonly campaignId: string;
  readonly campaignName?: string;
  readonly status: string;
  readonly currentStatus?: string;
}

/** Says what an update of an existing resource would do to the live campaign, which the engine's own display doesn't show. */
export function describeNextSteps({ campaignId, campaignName, status, currentStatus }: Desired): Message {
  const campaign = labelOf(campaignId, campaignName);
  if (currentStatus !== undefined) {
    const step = isCanceled(status) ? say`cancels it for good` : say`brings it back to ${quoted(status)}`;
    return say`A refresh found ${campaign} ${shownStatus(currentStatus)}: \`pulumi up\` ${step}.`;
  }
  const rest = isCanceled(status) ? "cancels it for good if that is still to be done" : "sends only what is missing";
  return say`It is unknown whether ${campaign} became ${quoted(status)}: \`pulumi up\` reads it, and ${rest}.`;
}

/** For a campaign that left the desired status, and can't come back to it. Nobody edited the program, so it is no failure. */
export function describeOutOfReach({ campaignId, campaignName, status, currentStatus = "" }: Desired): Message {
  return lines(
    say`The status ${quoted(status)} of ${labelOf(campaignId, campaignName)} is out of reach: it is ${shownStatus(currentStatus)} by now, so nothing is sent.`,
    say`Remove this resource, which sends nothing, or declare another status that the campaign can have.`,
  );
}

/** What removing a resource leaves behind. */
export function describeRemoval(campaign: Message): Message {
  return say`Removed the status of ${campaign} from the Pulumi state. Nothing was sent to Hood: the campaign stays as it is.`;
}
