import { changedCancellation, newCancellation, removedCancellation } from "./cancellation";
import { changedDefinition, newDefinition, removedDefinition } from "./definition";
import type { Verdict } from "./report";
import { changedStatus, newStatus, removedStatus } from "./status";
import { entryOf, hoodType, type Step } from "./step";

interface Judge {
  readonly create: (step: Step) => Verdict;
  readonly update: (step: Step) => Verdict;
  readonly remove: (step: Step) => Verdict;
}

const judges = new Map<string, Judge>([
  ["CampaignCancellation", { create: newCancellation, update: changedCancellation, remove: removedCancellation }],
  ["CampaignStatus", { create: newStatus, update: changedStatus, remove: removedStatus }],
  ["Campaign", { create: newDefinition, update: changedDefinition, remove: removedDefinition }],
]);

/** What a step means for the campaigns of Hood: a replacement means two things. Only for Hood's resources. */
export function verdictsOn(step: Step): Verdict[] {
  const judge = judges.get(hoodType(step.type) ?? "");
  if (!judge) return [unclear(step, "This version of hood-plan doesn't know its type, so it counts as an end.")];
  switch (step.op) {
    case "create":
    case "create-replacement":
      return [judge.create(step)];
    case "update":
      return [judge.update(step)];
    case "delete":
    case "delete-replaced":
      return [judge.remove(step)];
    case "replace":
      return [judge.remove(step), judge.create(step)];
    case "import":
    case "import-replacement":
      return [{ kind: "recorded", entry: entryOf(step, step.inputs, "Imported as it is, nothing is sent.") }];
    default:
      return [unclear(step, "This version of hood-plan doesn't know the engine's step, so it counts as an end.")];
  }
}

function unclear(step: Step, note: string): Verdict {
  return { kind: "irreversible", entry: entryOf(step, step.inputs, note) };
}
