import type { Context, Properties } from "../../context";
import { UserError } from "../../errors";
import { isCanceled, isEditable, isKnownStatus } from "../../lifecycle";
import { labelOf } from "../../messages";
import { isUnknown } from "../../unknown";
import { expectAuditable } from "../admit";
import { describeNoReturn } from "../reversal";
import { editedArguments } from "./changes";
import { shows } from "./drift";
import { describeRefusedEdit, describeStatusArgument } from "./messages";
import { patchOf } from "./patch";

type Asking = Pick<Context, "account" | "plans" | "settings">;

/**
 * One look at the live campaign, and the refusal of an edit that it doesn't take. A status that this operation is about to
 * bring it to counts for the live one.
 *
 * @throws UserError, HoodError
 */
export async function admitEdit(context: Asking, olds: Properties, news: Properties): Promise<void> {
  if (editedArguments(olds, news).length === 0) return;
  await expectAuditable(context);
  if (context.settings().preflight === "off") return;
  const id = String(olds.campaignId);
  const planned = context.plans.get(id);
  const live = await context.account().getRecent(id, listFor(olds));
  if (isEditable(planned ?? live.status)) return;
  // An update that was interrupted may have sent the edit already.
  const whole = await context.account().details(id);
  if (shows(whole, patchOf(olds, news, whole.campaign.status))) return;
  throw new UserError(describeRefusedEdit({ ...whole.campaign, status: planned ?? whole.campaign.status }, olds, news));
}

/** Refuses a wish for a status, in the words for what it asks. @throws UserError, HoodError */
export async function refuseStatus(context: Asking, olds: Properties, { status }: Properties): Promise<void> {
  if (status === undefined) return;
  const id = String(olds.campaignId);
  const live = context.settings().preflight === "live";
  const current = live ? (await context.account().getRecent(id, listFor(olds))).status : String(olds.status);
  const reversal = isCanceled(current) && !isUnknown(status) && !isCanceled(String(status));
  throw new UserError(reversal ? describeNoReturn(labelOf(id, olds.name), status) : describeStatusArgument());
}

/** The list in which a campaign on record most probably is. */
function listFor({ status }: Properties): string[] {
  return isKnownStatus(String(status)) ? [String(status)] : ["scheduled"];
}
