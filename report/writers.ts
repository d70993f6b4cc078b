import { concat, count, type Message, say } from "../provider/text";
import { code, codeBlock, flatLines, plainName, quoted } from "./escape";
import { joined, type Layout, type List, layOut } from "./layout";
import type { Report } from "./report";

/** A report for a pull request. Whatever campaigns are called, no text from outside gets out of its code span. */
export function markdown(report: Report): string {
  const { project = "unknown", stack = "unknown" } = report.about;
  const { headline, about, explanation, errors, settings, providers, lists, below } = layOut(report, code);
  const sections = [
    errorSection(errors),
    bullets(settings, 0, "setting"),
    bullets(providers, 3, "provider", settings.length > 0 ? [] : [BLANK]),
    ...lists.map(listSection),
  ];
  return written([
    say`<!-- hood-plan ${plainName(project)}/${plainName(stack)} -->`,
    say`### ${headline}`,
    BLANK,
    ...(about ? [about, BLANK] : []),
    explanation,
    ...inRoom(sections),
    ...below.flatMap((line) => [BLANK, line]),
    BLANK,
  ]);
}

/** A report for a terminal or a pipeline's log, whole. */
export function plainText(report: Report): string {
  const { headline, about, explanation, errors, settings, providers, lists, below } = layOut(report, quoted);
  const parts: readonly (readonly Message[])[] = [
    [say`${headline}.`, ...(about ? [about] : []), explanation],
    ...errors.map(errorText),
    [...settings, ...providers].map((line) => concat(say`- `, line)),
    ...lists.map(listText),
    ...below.map((line) => [line]),
  ];
  return written(parts.filter((part) => part.length > 0).flatMap((part) => [...part, BLANK]));
}

const BLANK = say``;

function written(messages: readonly Message[]): string {
  return messages.join("\n");
}

function errorText({ resource, message }: Layout["errors"][number]): Message[] {
  // A line that begins with text from outside could be taken for a command to the pipeline.
  const quote = flatLines(message).map((line) => concat(say`  > `, line));
  return resource ? [concat(resource, say`:`), ...quote] : quote;
}

function listText({ title, lead, rows }: List): Message[] {
  const items = rows.flatMap(({ name, id, status, replaces, reason, note, resource }) => [
    concat(say`- Campaign `, name, say`, id `, id, say`, status `, status),
    ...(replaces ? [concat(say`    `, replaces, say`.`)] : []),
    ...(reason ? [concat(say`    reason: `, reason)] : []),
    ...(note ? [say`    ${note}`] : []),
    concat(say`    declared as `, resource),
  ]);
  return title ? [say`${title}. ${lead}`, ...items] : items;
}

/** A part of a Markdown report that may be too long to be shown whole. */
interface Section {
  /** The lowest gets room first: settings, which are few, then ends. */
  readonly rank: 0 | 1 | 2 | 3;
  readonly head: readonly Message[];
  /** Each is some lines that belong together. */
  readonly rows: readonly (readonly Message[])[];
  /** Says how many rows are left out. */
  rest(n: number): Message;
}

function errorSection(errors: Layout["errors"]): Section {
  const rows = errors.map(({ resource, message }) => [
    ...(resource ? [BLANK, concat(resource, say`:`)] : []),
    BLANK,
    ...codeBlock(message),
  ]);
  return { rank: 2, head: [], rows, rest: (n) => say`${count(n, "more error")} not listed here.` };
}

function bullets(lines: readonly Message[], rank: Section["rank"], what: string, head = [BLANK]): Section {
  const rows = lines.map((line) => [concat(say`- `, line)]);
  return { rank, head, rows, rest: (n) => say`${count(n, `more ${what}`)} not listed here.` };
}

/** The widest cell that others are padded to, in characters, and the longest table with such blanks: a row needs their room more. */
const WIDEST = 40;
const PADDED_ROWS = 50;

function listSection({ name, title, lead, column, rows }: List): Section {
  const above = title ? [BLANK, say`#### ${title}`, BLANK, lead] : [];
  const header = [say`Campaign`, say`Id`, say`Status`, say`${column}`, say`Resource`];
  const cells = rows.map(({ name, id, status, replaces, reason, note, missing, resource }) => {
    const parts = [replaces, reason, note].flatMap((part) => part ?? []);
    return [name, id, status, joined(parts, say`. `) || missing, resource];
  });
  const padded = rows.length > PADDED_ROWS ? [] : [header, ...cells];
  const widths = header.map((_, column) => {
    const all = padded.map((row) => widthOf(row[column])).filter((width) => width <= WIDEST);
    return Math.max(3, ...all);
  });
  const rule = widths.map((width) => say`${"-".repeat(width)}`);
  return {
    rank: name === "irreversible" ? 1 : name === "launches" ? 2 : 3,
    head: [...above, BLANK, tableRow(header, widths), tableRow(rule, widths)],
    rows: cells.map((row) => [tableRow(row, widths)]),
    rest: (n) => say`${n} more not listed here: \`hood-plan --format text\` lists all of them.`,
  };
}

/** A row of a table that reads in a terminal too. */
function tableRow(cells: readonly Message[], widths: readonly number[]): Message {
  const padded = cells.map((cell, column) => {
    const missing = Math.max(0, (widths[column] ?? 0) - widthOf(cell));
    return concat(cell, ...Array<Message>(missing).fill(say` `));
  });
  return concat(say`| `, joined(padded, say` | `), say` |`);
}

function widthOf(cell = BLANK): number {
  return [...cell].length;
}

/** A comment on GitHub takes 65,536 characters. What stands around the sections, and what says that rows are left out, needs little of it. */
const ROOM = 58_000;

/** The lines of the sections, in their order, with as many rows as there is room for; none for a section without rows. */
function inRoom(sections: readonly Section[]): Message[] {
  const shown = new Map<Section, Message[]>();
  let room = ROOM;
  for (const section of [...sections].sort((a, b) => a.rank - b.rank)) {
    const { head, rows, rest } = section;
    room -= lengthOf(head);
    const fitting: Message[] = [];
    let n = 0;
    for (const row of rows) {
      if (lengthOf(row) > room) break;
      room -= lengthOf(row);
      fitting.push(...row);
      n += 1;
    }
    const left = rows.length - n;
    const lines = fitting.length > 0 ? [...head, ...fitting] : [];
    shown.set(section, left > 0 ? [...lines, BLANK, rest(left)] : lines);
  }
  return sections.flatMap((section) => shown.get(section) ?? []);
}

function lengthOf(messages: readonly Message[]): number {
  return messages.reduce((sum, line) => sum + line.length + 1, 0);
}
