import { checkAuditLog } from "./auditLog";
import type { Context } from "./context";
import { UserError } from "./errors";
import { describeTooMany } from "./messages";
import { isUnknown } from "./unknown";

/** Lets a call into the operation. @throws UserError where it couldn't be written down. */
export async function admitCall({ settings }: Pick<Context, "settings">): Promise<void> {
  const { auditLog } = settings();
  if (auditLog !== undefined) await checkAuditLog(auditLog);
}

/**
 * Lets one more cancellation into the operation.
 *
 * @param status what the campaign is brought to; one that isn't known yet may turn out to be a cancellation.
 * @throws UserError over the cap, or where it couldn't be written down.
 */
export async function admitCancellation(context: Context, campaignId: unknown, status?: unknown): Promise<void> {
  const { cancellations, settings } = context;
  // Resources whose campaign isn't known yet are told apart by their number.
  cancellations.add(isUnknown(campaignId) ? `unknown ${cancellations.size}` : String(campaignId));
  const { maxCancellations } = settings();
  if (cancellations.size > maxCancellations) throw new UserError(describeTooMany(maxCancellations, isUnknown(status)));
  await admitCall(context);
}
