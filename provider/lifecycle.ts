/**
 * The campaign statuses that Hood documents, and what each means to a cancellation.
 * No other file knows which status is final.
 *
 * The set is open: Hood may add a status. One that isn't listed is never taken for cancelable, and never for ended.
 * API page: docs.ocamba.com/api/hood/v1.0/reference/create-campaigns-by_id-cancel
 */
interface Meaning {
  /** Hood's cancel call is accepted in this status. */
  readonly cancelable: boolean;
  /** Nothing leads out of this status. */
  readonly final: boolean;
  /** What the status means, as the continuation of "it is …". */
  readonly meaning: string;
}

const meanings = new Map<string, Meaning>([
  ["draft", { cancelable: false, final: false, meaning: "a draft that was never launched" }],
  ["manual", { cancelable: false, final: false, meaning: "sent by hand only, so Hood has no run to end" }],
  ["scheduled", { cancelable: true, final: false, meaning: "waiting for its time" }],
  ["running", { cancelable: true, final: false, meaning: "being delivered" }],
  ["paused", { cancelable: true, final: false, meaning: "suspended" }],
  ["canceled", { cancelable: false, final: true, meaning: "cancelled for good" }],
  ["sent", { cancelable: false, final: false, meaning: "delivered already, so there is nothing left to stop" }],
  ["needs_decision", { cancelable: false, final: false, meaning: "waiting for someone to choose its A/B winner" }],
]);

/** True where Hood accepts the cancel call. An unknown status is not cancelable. */
export function isCancelable(status: string): boolean {
  return meanings.get(status)?.cancelable ?? false;
}

/** True where nothing can ever leave the status. */
export function isFinal(status: string): boolean {
  return meanings.get(status)?.final ?? false;
}

/** True for a status that Hood documents. */
export function isKnownStatus(status: string): boolean {
  return meanings.has(status);
}

/** What a status means, as the continuation of "it is …". */
export function meaningOf(status: string): string {
  return meanings.get(status)?.meaning ?? "in a status that this version of pulumi-ocamba-hood doesn't know";
}

/** Statuses from which Hood accepts the cancel call, in the order of a campaign's life. */
export const cancelableStatuses: readonly string[] = [...meanings.keys()].filter(isCancelable);
