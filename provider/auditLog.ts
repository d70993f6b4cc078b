import { closeSync, constants, fstatSync, ftruncateSync, openSync, writeSync } from "node:fs";
import { access, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { UserError } from "./errors";
import type { Action } from "./hood/endpoints";

/** One state-changing call. */
export interface AuditedCall {
  readonly action: Action | "create" | "edit";
  /** Absent for a create that nothing came of, as far as is known. */
  readonly campaignId?: string;
  readonly campaignName: string;
  /** Absent for calls that take none. */
  readonly reason?: string;
  /** `accepted`: done. `refused`: Hood said no. `unsure`: only a look can tell. `failed`: it can't have happened. */
  readonly outcome: "accepted" | "refused" | "unsure" | "failed";
  /** Absent where no answer came. */
  readonly httpStatus?: number;
  /** Absent where Hood gave none, as with what it accepts. */
  readonly traceId?: string;
}

/** A line of the audit log, as JSON. */
export interface AuditLine extends AuditedCall {
  /** When the answer was there, or given up: ISO 8601 in UTC. */
  readonly time: string;
  readonly project?: string;
  readonly stack?: string;
}

/** Finds out before anything is done whether lines can be written. @throws UserError where they can't. */
export async function checkAuditLog(path: string): Promise<void> {
  try {
    const exists = await stat(path).catch(() => undefined);
    if (exists && !exists.isFile()) throw new Error("it isn't a file");
    await access(exists ? path : dirname(path), constants.W_OK);
  } catch (error) {
    throw new UserError(
      `The audit log ${JSON.stringify(path)} can't be written: ${(error as Error).message}.\nCorrect hood:auditLog (or HOOD_AUDIT_LOG), or create its folder; a relative path begins at the program's folder.`,
    );
  }
}

/**
 * Appends one line, whole or not at all. A file opened for appending takes each write at its end in one piece, also from
 * several processes; a write that the disk cut short is taken back.
 *
 * @throws Error of the file system.
 */
export function appendToAuditLog(path: string, line: AuditLine): void {
  const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
  const file = openSync(path, "a", 0o600);
  try {
    const written = writeSync(file, bytes);
    if (written === bytes.length) return;
    ftruncateSync(file, fstatSync(file).size - written);
    throw new Error("the disk is full");
  } finally {
    closeSync(file);
  }
}
