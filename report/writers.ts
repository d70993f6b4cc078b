import { concat, count, joined, type Message, say } from "../provider/text";
import { code, codeBlock, flatLines, plainName, quoted } from "./escape";
import type { Entry, ListName } from "./judge";
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
    return [name, id, status, joined(parts, ". ") || missing, resource];
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
  return concat(say`| `, joined(padded, " | "), say` |`);
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

/** How a writer shows text from outside. */
type Show = (text: string) => Message;

type Layout = ReturnType<typeof layOut>;
type List = Layout["lists"][number];

/** The lists of entries, in the order in which a reviewer needs them: what is counted in the title, and the rest of it. */
const lists = {
  irreversible: {
    title: ["campaign", "would end for good"],
    lead: "Cancellation is permanent: nothing brings a campaign back. Check each name and id before you approve.",
    column: "Reason",
  },
  launches: {
    title: ["campaign", "would be launched"],
    lead: "What a campaign delivers can't be taken back. Check each name and time before you approve.",
    column: "What happens",
  },
  reversible: {
    title: ["other step", "in Hood"],
    lead: "This ends no campaign, and starts none.",
    column: "What happens",
  },
  removed: { title: ["resource", "removed"], lead: "This ends no campaign.", column: "What happens" },
  recorded: { title: ["resource", "only recorded"], lead: "Nothing is sent to Hood.", column: "Why" },
} as const satisfies Record<ListName, { title: readonly [noun: string, rest: string]; lead: string; column: string }>;
const names = Object.keys(lists) as ListName[];

/** What a report says, in the order in which a reviewer needs it. Every writer writes this. */
function layOut(report: Report, show: Show) {
  const { refused, otherChanges, partsShown } = report;
  const shown = names.flatMap((name) => listOf(name, report[name], show) ?? []);
  const final = shown.find(({ name }) => name === "irreversible" || name === "launches");
  const leading = refused.length > 0 ? undefined : final;
  const [headline, explanation] = headOf(report, leading, shown.length > 0 || report.providers.length > 0);
  return {
    headline,
    explanation,
    /** Undefined if nothing of it is known. */
    about: aboutLine(report, show),
    /** Without a resource if none is to blame. */
    errors: refused.map(({ resource, type = "", message }) => ({
      resource: resource === undefined ? undefined : declaredAs(type, resource, show),
      message,
    })),
    /** The settings that aren't the default. */
    settings: settingLines(report, show),
    /** The providers that change. */
    providers: providerLines(report, show),
    /** Those that have entries; without a title if headline and explanation say it already. */
    lists: shown.map((list) => (list === leading ? { ...list, title: undefined } : list)),
    below: [
      ...(otherChanges > 0 ? [say`${count(otherChanges, "other change")} in this stack, not listed here.`] : []),
      ...(partsShown ? [] : [PENDING]),
    ],
  };
}

const PENDING = say`Removals that an interrupted update left over are listed only if the preview ran with --show-replacement-steps.`;

function listOf(name: ListName, entries: readonly Entry[], show: Show) {
  if (entries.length === 0) return undefined;
  const { title, lead, column } = lists[name];
  const [noun, rest] = title;
  const rows = entries.map((entry) => rowOf(name, entry, show));
  return { name, title: say`${count(entries.length, noun)} ${rest}`, lead: say`${lead}`, column, rows };
}

/** The first thing that a reviewer reads, and what follows from it. @param leading the list that it is about, if it is about one. */
function headOf(
  { refused }: Report,
  leading: ReturnType<typeof listOf>,
  touched: boolean,
): [headline: Message, explanation: Message] {
  if (refused.length > 0) {
    const rest = touched ? " What it saw before it stopped is listed below, and may not be all." : "";
    return [
      say`The preview failed: nothing can be applied as it stands`,
      say`Fix the errors and run the preview again.${rest}`,
    ];
  }
  const none = say`No campaign would end`;
  if (leading) return [leading.name === "launches" ? say`${none}, and ${leading.title}` : leading.title, leading.lead];
  return [none, touched ? say`Nothing here ends a campaign for good.` : say`This change touches no campaign.`];
}

function aboutLine({ about: { project, stack, commit } }: Report, show: Show): Message | undefined {
  const known = Object.entries({ Project: project, stack, commit }).filter(([, text]) => text !== undefined);
  if (known.length === 0) return undefined;
  return concat(
    joined(
      known.map(([name, text]) => say`${name} ${show(String(text))}`),
      ", ",
    ),
    say`.`,
  );
}

const CHANGES = new Map([
  ["create", "new"],
  ["update", "changed"],
  ["replace", "replaced"],
  ["delete", "removed"],
]);

/** There are ten settings; more can only be keys that nobody reads, and must not hide what would end. */
const MOST_SETTINGS = 20;

function settingLines({ settings }: Report, show: Show): Message[] {
  const shown = settings.map(({ name, value }) => say`${show(name)} ${show(value)}`);
  return bounded(shown).map((setting) => say`Not the default: ${setting}`);
}

function providerLines({ providers }: Report, show: Show): Message[] {
  return providers.map(({ resource, op, settings }) => {
    const shown = bounded(Object.entries(settings).map(([key, value]) => say`${show(key)} ${show(value)}`));
    const change = say`Provider ${show(resource)} is ${CHANGES.get(op) ?? "changed"}: `;
    return concat(change, shown.length > 0 ? joined(shown, ", ") : say`no settings`);
  });
}

function bounded(settings: readonly Message[]): Message[] {
  const more = settings.length - MOST_SETTINGS;
  return [...settings.slice(0, MOST_SETTINGS), ...(more > 0 ? [say`${more} more settings`] : [])];
}

function rowOf(list: ListName, entry: Entry, show: Show) {
  const { campaignName, campaignId, status, reason, note, type, resource } = entry;
  const isNew = (list === "reversible" || list === "launches") && type === "Campaign";
  const missing = isNew ? say`new` : say`not known`;
  const shown = (value: string | undefined) => (value === undefined ? missing : show(value));
  return {
    name: shown(campaignName),
    id: shown(campaignId),
    status: shown(status),
    replaces: replacement(list, entry, show),
    reason: list === "irreversible" && reason !== undefined ? show(reason) : undefined,
    note,
    /** In place of the three above. */
    missing,
    resource: declaredAs(type, resource, show),
  };
}

/** For a cancellation that takes the place of one in the state, which nothing else stops. */
function replacement(list: ListName, { replaces, ...next }: Entry, show: Show): Message | undefined {
  if (!replaces) return undefined;
  const label = ({ campaignName, campaignId }: Partial<Entry>) =>
    joined(
      [campaignName, campaignId].flatMap((text) => (text === undefined ? [] : show(text))),
      " ",
    ) || say`a campaign that isn't known`;
  const end = list === "irreversible" ? concat(say`, and would end `, label(next)) : say``;
  return concat(say`Replaces the cancellation of `, label(replaces), end);
}

/** A resource by its type, which may hold anything if it is another package's, and by its name. */
function declaredAs(type: string, resource: string, show: Show): Message {
  return concat(/^\w+$/.test(type) ? say`${type}` : show(type), say` `, show(resource));
}
