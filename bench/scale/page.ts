import { markdownTable } from "../table";
import type { Cost } from "./sizes";

const BEGIN = "<!-- measured: begin -->";
const END = "<!-- measured: end -->";

/** Puts what was measured in its place on a page. */
export function withMeasured(page: string, measured: string): string {
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined)
    throw new Error(`The page has no place between ${BEGIN} and ${END}.`);
  return `${before}${BEGIN}\n${measured}\n${END}${after}`;
}

/** What the commands cost, a row each. */
export function costTable(costs: readonly Cost[]): string {
  const rows = costs.map(({ resources, command, requests, ours, floor, memory, floorMemory, rounds }) => [
    resources.toLocaleString("en"),
    command,
    requests.toLocaleString("en"),
    `${ours.toFixed(1)} s`,
    `${floor.toFixed(1)} s`,
    `${(ours / floor).toFixed(2)} x`,
    `${memory.toFixed(0)} MB`,
    `${floorMemory.toFixed(0)} MB`,
    String(rounds),
  ]);
  return markdownTable(
    ["Resources", "Command", "Requests", "Time", "Engine alone", "Ratio", "Memory", "Engine alone", "Runs"],
    rows,
  );
}
