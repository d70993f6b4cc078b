import type { Properties } from "../provider/context";
import { isCancelable, isFinal, isKnownStatus, meaningOf } from "../provider/lifecycle";
import { ADOPTED, isOver, NOT_YET, NOTHING_SENT, RECORD_ONLY, REOPENED, uncertainty } from "./notes";
import type { Verdict } from "./report";
import { entryOf, isHidden, type Step } from "./step";

/** A new declaration: the end of a campaign, unless what the preview saw of it says that nothing is left to end. */
export function newCancellation(step: Step): Verdict {
  const { previousStatus } = step.inputs;
  const seen = { ...step.inputs, status: previousStatus };
  const status = String(previousStatus);
  if (isFinal(status)) return { kind: "recorded", entry: entryOf(step, seen, ADOPTED) };
  if (isOver(status)) {
    return { kind: "recorded", entry: entryOf(step, seen, `Nothing left to cancel: it is ${meaningOf(status)}.`) };
  }
  if (isKnownStatus(status) && !isCancelable(status))
    return { kind: "irreversible", entry: entryOf(step, seen, NOT_YET) };
  return { kind: "irreversible", entry: entryOf(step, seen, uncertainty(seen)) };
}

/** An update acts only where the end isn't certain, or where a refresh found that there is something to end. */
export function changedCancellation(step: Step): Verdict {
  const record: Properties = step.old?.record ?? {};
  const seen = { ...record, ...step.inputs, status: record.status };
  const { outcome, status } = record;
  if (outcome === undefined) {
    const note = "Whether an earlier update cancelled it isn't certain; this one finishes it.";
    return { kind: "irreversible", entry: entryOf(step, seen, note) };
  }
  if (isCancelable(String(status))) {
    return { kind: "irreversible", entry: entryOf(step, seen, REOPENED) };
  }
  if (isHidden(status)) return { kind: "irreversible", entry: entryOf(step, seen, uncertainty(seen)) };
  return { kind: "recorded", entry: entryOf(step, seen, RECORD_ONLY) };
}

export function removedCancellation(step: Step): Verdict {
  return { kind: "removed", entry: entryOf(step, step.old?.record ?? {}, NOTHING_SENT) };
}
