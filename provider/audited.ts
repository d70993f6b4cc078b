import { randomUUID } from "node:crypto";
import type { AuditedCall } from "./auditLog";
import type { Context } from "./context";
import type { Endpoint } from "./hood/endpoints";
import { HoodError } from "./hood/errors";

/** One call in the audit log: a line before it goes out, so that a process which is ended then leaves one, and a line after it. */
export function audited(
  { audit }: Pick<Context, "audit">,
  call: Pick<AuditedCall, "action" | "campaignId" | "campaignName" | "reason">,
) {
  const callId = randomUUID();
  let started: Promise<void> | undefined;
  let unwritten = false;
  return {
    /** For when the call's turn has come; again if it is repeated. @throws HoodError if it can't be written: then nothing may be sent. */
    async start(endpoint: Endpoint): Promise<void> {
      started ??= audit({ ...call, callId, outcome: "started" });
      try {
        await started;
      } catch (error) {
        unwritten = true;
        throw new HoodError("givenUp", endpoint, (error as Error).message);
      }
    },
    /** For a call that was answered 429 and then came too late for what it stands on: nothing was done. */
    async drop(): Promise<void> {
      if (started && !unwritten) await audit({ ...call, callId, outcome: "failed", httpStatus: 429 });
    },
    async end(result: Pick<AuditedCall, "outcome" | "campaignId" | "httpStatus" | "traceId">): Promise<void> {
      if (!unwritten) await audit({ ...call, callId, ...result });
    },
  };
}
