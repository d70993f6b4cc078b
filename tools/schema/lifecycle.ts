import { isCanceled, isEditable, meaningOf, type Transition, transitions } from "../../provider/lifecycle";

const statuses = [...new Set(transitions.flatMap(({ from, to }) => [from, to]))];

/** The transition table as a diagram that code hosts draw, and as a table of what a campaign takes in each status. */
export function lifeOfACampaign(): string {
  const diagram = [
    "stateDiagram-v2",
    ...["draft", "manual", "scheduled", "running"].map((status) => `  [*] --> ${status}: create`),
    ...transitions.map((transition) => `  ${transition.from} --> ${transition.to}: ${label(transition)}`),
    ...statuses.filter(isCanceled).map((status) => `  ${status} --> [*]: for good`),
  ];
  const rows = statuses.map((status) => {
    const calls = [...new Set(transitions.filter(({ from, by }) => from === status && isCall(by)).map(({ by }) => by))];
    const edits = isEditable(status) ? "yes" : "no";
    return `| \`${status}\` | ${meaningOf(status)} | ${calls.join(", ") || "–"} | ${edits} |`;
  });
  return [
    "```mermaid",
    ...diagram,
    "```",
    "",
    "| status | it is | calls | edits |",
    "|---|---|---|---|",
    ...rows,
    "",
    "What stands in brackets happens without a call from the provider. If a status isn't here, nothing is sent to the campaign.",
    "",
    "A `CampaignStatus` for `running` or `scheduled` accepts every status that time leads to from there. Nothing leads out of `canceled`.",
  ].join("\n");
}

function label({ by, to }: Transition): string {
  if (by === "resume") return to === "scheduled" ? "resume at a time" : "resume";
  if (by === "launch") return "launch, by an edit";
  return isCall(by) ? by : `(${by === "time" ? "time" : "somebody chooses the winner"})`;
}

function isCall(by: Transition["by"]): boolean {
  return by === "pause" || by === "resume" || by === "cancel";
}
