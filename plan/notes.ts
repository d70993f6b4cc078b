import type { Properties } from "../provider/context";
import { isFinal } from "../provider/lifecycle";
import { isUnknown } from "../provider/unknown";
import { isHidden } from "./step";

export const ADOPTED = "Ended already: adopted, nothing is sent.";
export const NOTHING_SENT = "Nothing is sent: the campaign stays as it is.";
export const RECORD_ONLY = "Only its record changes, nothing is sent.";
export const REOPENED = "An earlier update was done with it, but a refresh found that it goes on.";
export const SECRET_CHANGE = "What changes is a secret.";

export const NOT_YET = "Not cancelable now, but it can still become so, so it counts as an end.";

/** For a status that only the update will know, or that is a secret. */
export const WISH_NOT_SHOWN = "The preview doesn't show which status it is brought to, so it counts as an end.";

/** True for a campaign that nothing can end any more. */
export function isOver(status: string): boolean {
  return isFinal(status) || status === "sent";
}

/** Why an end is counted that the preview couldn't make sure of; undefined where it could. */
export function uncertainty({ campaignId, status }: Properties): string | undefined {
  if (campaignId === undefined || isUnknown(campaignId)) {
    return "Which campaign it is, only the update will know, so it counts as an end.";
  }
  if (status === undefined || isHidden(status)) return "The preview doesn't show its status, so it counts as an end.";
  return undefined;
}
