import { isCanceled, isEditable, type Transition, transitions } from "../../provider/lifecycle";

/** The transition table as a diagram that code hosts draw: calls in plain words, what happens without one in brackets. */
export function diagram(): string {
  const statuses = [...new Set(transitions.flatMap(({ from, to }) => [from, to]))];
  const lines = [
    "stateDiagram-v2",
    ...["draft", "manual", "scheduled", "running"].map((status) => `  [*] --> ${status}: create`),
    ...transitions.map((transition) => `  ${transition.from} --> ${transition.to}: ${label(transition)}`),
    ...statuses.filter(isCanceled).map((status) => `  ${status} --> [*]: for good`),
  ];
  return lines.join("\n");
}

/** What a campaign takes in each status, as a table in Markdown. */
export function statusTable(meaningOf: (status: string) => string): string {
  const statuses = [...new Set(transitions.flatMap(({ from, to }) => [from, to]))];
  const rows = statuses.map((status) => {
    const calls = [...new Set(transitions.filter(({ from, by }) => from === status && isCall(by)).map(({ by }) => by))];
    return `| \`${status}\` | ${meaningOf(status)} | ${calls.join(", ") || "–"} | ${isEditable(status) ? "yes" : "no"} |`;
  });
  return ["| status | it is | calls | edits |", "|---|---|---|---|", ...rows].join("\n");
}

function label({ by, to }: Transition): string {
  if (by === "resume") return to === "scheduled" ? "resume at a time" : "resume";
  if (by === "launch") return "launch, by an edit";
  return isCall(by) ? by : `(${by === "time" ? "time" : "somebody chooses the winner"})`;
}

function isCall(by: Transition["by"]): boolean {
  return by === "pause" || by === "resume" || by === "cancel";
}
