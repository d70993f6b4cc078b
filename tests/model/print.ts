import type { Change, Disturbance, History, Operation, Step } from "./history";
import { idOf, nameOf } from "./history";
import type { World } from "./world";

/** Requests that are printed; a longer list helps nobody. */
const MOST_LINES = 60;

/** A history in lines that a person can follow. */
export function describeHistory({ campaigns, steps, ...conditions }: History): string {
  const account = campaigns.map((status, index) => `${idOf(index)} ${status}`).join(", ");
  return [
    `An account with ${account}; ${JSON.stringify(conditions)}`,
    ...steps.map((step, index) => `${String(index + 1).padStart(2)}. ${describeStep(step)}`),
  ].join("\n");
}

/** What the account got, and what it answered. */
export function describeTraffic({ exchanges }: Pick<World, "exchanges">): string {
  const start = exchanges[0]?.record.at ?? 0;
  const lines = exchanges.slice(0, MOST_LINES).map(({ run, record, mishap, shown }) => {
    const { number, method, path, status, effect, at } = record;
    const saw = [...shown].map(([id, { status, name }]) => `${id} ${status} "${name}"`).join(", ");
    const what = [mishap && `(${mishap})`, effect && `${effect.from} → ${effect.to}`, method === "GET" && saw];
    const operation = `${run.operation.kind} by ${run.operation.pipeline} (operation ${run.number})`;
    return `#${number} after ${Math.round(at - start)} ms, ${operation}: ${method} ${path.slice("/v1/hood".length)} → ${[status, ...what].filter(Boolean).join(" ")}`;
  });
  if (exchanges.length > MOST_LINES) lines.push(`and ${exchanges.length - MOST_LINES} more`);
  return lines.join("\n");
}

function describeStep(step: Step): string {
  switch (step.do) {
    case "declare": {
      const { pipeline, resource, campaign, reason, expectedName, whenNotCancelable, unknownAtPreview } = step;
      const guards = [
        expectedName && `expectedName "${nameOf(campaign, expectedName)}"`,
        whenNotCancelable && `whenNotCancelable ${whenNotCancelable}`,
        unknownAtPreview && "its id unknown at preview",
      ];
      const details = [`reason "${reason}"`, ...guards].filter(Boolean).join(", ");
      return `${pipeline} declares ${resource} for ${idOf(campaign)}, ${details}`;
    }
    case "remove":
      return `${step.pipeline} removes ${step.resource}`;
    case "change":
      return `somebody ${describeChange(step.change)}`;
    case "wait":
      return `${step.seconds} s pass`;
    case "operate":
      return step.operations.map(describeOperation).join(" and at the same time ");
  }
}

function describeOperation({ pipeline, kind, disturbances, death, tokenEndsAt }: Operation): string {
  const details = [
    ...disturbances.map(describeDisturbance),
    death && `the ${death.of} dies at request ${death.nth}, which ${death.processed ? "is" : "isn't"} processed`,
    tokenEndsAt && `the token ends at request ${tokenEndsAt}`,
  ].filter(Boolean);
  return `${pipeline} runs ${kind}${details.length > 0 ? ` (${details.join("; ")})` : ""}`;
}

function describeDisturbance({ on, nth, times, what }: Disturbance): string {
  const where = `at ${on} ${nth}${times > 1 ? ` to ${nth + times - 1}` : ""}`;
  return typeof what === "string" ? `${where} ${what}` : `${where} somebody ${describeChange(what)}`;
}

function describeChange({ campaign, to }: Change): string {
  return "name" in to
    ? `calls ${idOf(campaign)} "${nameOf(campaign, to.name)}"`
    : `makes ${idOf(campaign)} ${to.status}`;
}
