import { count } from "../provider/text";
import { code, codeBlock } from "./foreign";
import type { Entry, Kind, Refusal, Report } from "./report";
import { inRoom, type Section } from "./room";
import { explanation, headline, type List, lists, missing, othersLine } from "./words";

/** A report for a pull request. Whatever campaigns are called, no foreign text gets out of its code span. */
export function markdown(report: Report): string {
  const top = [`### ${headline(report)}`, "", explanation(report)];
  const others = othersLine(report);
  const sections = [refusedSection(report.refused), ...lists.map((list) => section(list, report))];
  return [...top, ...inRoom(sections), ...(others ? ["", others] : []), ""].join("\n");
}

function refusedSection(refused: readonly Refusal[]): Section {
  return { head: [], rows: refused.map(refusalLines), rest: (n) => `${count(n, "more error")} not listed here.` };
}

function refusalLines({ type, resource, message }: Refusal): string[] {
  const about = resource === undefined ? [] : ["", `${typeName(type ?? "")} ${code(resource)}:`];
  return [...about, "", ...codeBlock(message)];
}

function section({ kind, title, lead, column }: List, report: Report): Section {
  const entries = report[kind];
  // The headline says it already, and its explanation the rest.
  const said = kind === "irreversible" && report.refused.length === 0;
  const above = said ? [] : ["", `#### ${title(entries.length)}`, "", lead];
  const table = ["", `| Campaign | Id | Status | ${column} | Resource |`, "|---|---|---|---|---|"];
  return {
    first: kind === "irreversible",
    head: [...above, ...table],
    rows: entries.map((entry) => [row(kind, entry)]),
    rest: (n) => `${n} more not listed here: \`hood-plan --format text\` lists all of them.`,
  };
}

function row(kind: Kind, entry: Entry): string {
  const { campaignName, campaignId, status, reason, note, type, resource } = entry;
  const shown = (value: string | undefined) => (value === undefined ? missing(kind, entry) : code(value));
  const why = [kind === "irreversible" && reason !== undefined ? code(reason) : undefined, note];
  const cells = [
    shown(campaignName),
    shown(campaignId),
    shown(status),
    why.filter(Boolean).join(". ") || missing(kind, entry),
    `${typeName(type)} ${code(resource)}`,
  ];
  return `| ${cells.join(" | ")} |`;
}

/** A type of another package may hold anything; one of ours is a plain word. */
function typeName(type: string): string {
  return /^\w+$/.test(type) ? type : code(type);
}
