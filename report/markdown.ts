import { count } from "../provider/text";
import { code, codeBlock, plainName } from "./escape";
import type { Entry, Kind } from "./judge";
import type { PreviewError } from "./preview";
import {
  aboutLine,
  explanation,
  headline,
  isLeading,
  type List,
  lists,
  missing,
  othersLine,
  pendingLine,
  type Report,
  replacement,
  settingLines,
} from "./report";

/** A report for a pull request. Whatever campaigns are called, no text from outside gets out of its code span. */
export function markdown(report: Report): string {
  const { project = "unknown", stack = "unknown" } = report.about;
  const about = aboutLine(report, code);
  const top = [
    `<!-- hood-plan ${plainName(project)}/${plainName(stack)} -->`,
    `### ${headline(report)}`,
    "",
    ...(about ? [about, ""] : []),
    explanation(report),
  ];
  const sections = [
    errorSection(report.refused),
    settingSection(report),
    ...lists.map((list) => section(list, report)),
  ];
  const below = [othersLine(report), pendingLine(report)].flatMap((line) => (line ? ["", line] : []));
  return [...top, ...inRoom(sections), ...below, ""].join("\n");
}

function settingSection(report: Report): Section {
  return {
    first: true,
    head: [""],
    rows: settingLines(report, code).map((line) => [`- ${line}`]),
    rest: (n) => `${count(n, "more setting")} not listed here.`,
  };
}

function errorSection(refused: readonly PreviewError[]): Section {
  return { head: [], rows: refused.map(errorLines), rest: (n) => `${count(n, "more error")} not listed here.` };
}

function errorLines({ type, resource, message }: PreviewError): string[] {
  const about = resource === undefined ? [] : ["", `${typeName(type ?? "")} ${code(resource)}:`];
  return [...about, "", ...codeBlock(message)];
}

function section(list: List, report: Report): Section {
  const { kind, title, lead, column } = list;
  const entries = report[kind];
  const above = isLeading(list, report) ? [] : ["", `#### ${title(entries.length)}`, "", lead];
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
  const why = [
    replacement(entry, kind, code),
    kind === "irreversible" && reason !== undefined ? code(reason) : undefined,
    note,
  ];
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

/** A part of the report that may be too long to be shown whole. */
interface Section {
  /** Gets room before all others. */
  readonly first?: boolean;
  readonly head: readonly string[];
  /** Each is some lines that belong together. */
  readonly rows: readonly (readonly string[])[];
  /** Says how many rows are left out. */
  rest(n: number): string;
}

/** A comment on GitHub takes 65,536 characters. What stands around the sections, and what says that rows are left out, needs little of it. */
const ROOM = 58_000;

/** The lines of the sections, in their order, with as many rows as there is room for; none for a section without rows. */
function inRoom(sections: readonly Section[]): string[] {
  const byPriority = [...sections].sort((a, b) => Number(b.first ?? false) - Number(a.first ?? false));
  const shown = new Map<Section, number>();
  let room = ROOM;
  for (const section of byPriority.filter(({ rows }) => rows.length > 0)) {
    const { head, rows } = section;
    room -= lengthOf(head);
    let n = 0;
    for (let row = rows[n]; row && lengthOf(row) <= room; row = rows[n]) {
      room -= lengthOf(row);
      n += 1;
    }
    shown.set(section, n);
  }
  return sections.flatMap((section) => linesOf(section, shown.get(section) ?? 0));
}

function linesOf({ head, rows, rest }: Section, n: number): string[] {
  if (rows.length === 0) return [];
  const left = rows.length - n;
  return [...(n > 0 ? [...head, ...rows.slice(0, n).flat()] : []), ...(left > 0 ? ["", rest(left)] : [])];
}

function lengthOf(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + line.length + 1, 0);
}
