import { changedArguments, isDraft } from "../provider/campaign/changes";
import type { Properties } from "../provider/context";
import { hoodTime } from "../provider/hood/time";
import { isFinal } from "../provider/lifecycle";
import { NOTHING_SENT, SECRET_CHANGE } from "./notes";
import type { Verdict } from "./report";
import { entryOf, type Step } from "./step";

export function newDefinition(step: Step): Verdict {
  return { kind: "reversible", entry: entryOf(step, named(step.inputs), `New campaign: ${startOf(step.inputs)}.`) };
}

export function changedDefinition(step: Step): Verdict {
  const record: Properties = step.old?.record ?? {};
  const seen = named(record);
  const changed = changedArguments(record, step.inputs);
  if (changed.length === 1 && changed[0] === "deletionPolicy") {
    return { kind: "recorded", entry: entryOf(step, seen, policyNote(step.inputs.deletionPolicy)) };
  }
  const launches = isDraft(record) && !isDraft(step.inputs) ? `Launches it, ${startOf(step.inputs)}. ` : "";
  const note = changed.length > 0 ? `${launches}Changes ${changed.join(", ")}.` : SECRET_CHANGE;
  return { kind: "reversible", entry: entryOf(step, seen, note) };
}

/** What a removal does is up to the policy on record. One that the preview doesn't show counts as an end. */
export function removedDefinition(step: Step): Verdict {
  const { record, retained = false } = step.old ?? {};
  const seen = named(record ?? {});
  const { deletionPolicy: policy = "abandon", status } = record ?? { deletionPolicy: "not shown" };
  if (policy === "prevent" && !retained) {
    const note = 'The update refuses this removal: deletionPolicy is "prevent".';
    return { kind: "removed", entry: entryOf(step, seen, note) };
  }
  if (retained || policy === "abandon" || isFinal(String(status))) {
    return { kind: "removed", entry: entryOf(step, seen, NOTHING_SENT) };
  }
  const shown = policy === "cancel" ? 'deletionPolicy is "cancel"' : "the preview doesn't show its deletionPolicy";
  return { kind: "irreversible", entry: entryOf(step, seen, `Its resource is removed, and ${shown}.`) };
}

/** A campaign's definition has a name, where the other resources have a campaignName. */
function named({ campaignId, name, status }: Properties): Properties {
  return { campaignId, campaignName: name, status };
}

function startOf(inputs: Properties): string {
  const { runImmediately, scheduledTime, recurrence } = inputs;
  if (isDraft(inputs)) return "a draft, which sends nothing before it is launched";
  if (runImmediately === true) return "starts at once";
  const time = hoodTime(scheduledTime);
  if (time !== undefined) return `starts ${time} GMT`;
  if (scheduledTime !== undefined) return "starts at a time that the preview doesn't show";
  return recurrence === undefined ? "sent by hand only" : "runs again and again";
}

function policyNote(policy: unknown): string {
  const ends = policy === "cancel" ? " From then on, removing the resource ends the campaign." : "";
  return `Only its deletionPolicy changes, nothing is sent.${ends}`;
}
