import { flatLines, quoted } from "./escape";
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

/** A report for a terminal or a pipeline's log, whole. */
export function plainText(report: Report): string {
  const top = [`${headline(report)}.`, aboutLine(report, quoted), explanation(report)].filter(Boolean).join("\n");
  const settings = settingLines(report, quoted).map((line) => `- ${line}`);
  const parts = [
    top,
    ...report.refused.map(errorText),
    settings.join("\n"),
    ...lists.flatMap((list) => entriesOf(list, report)),
    othersLine(report),
    pendingLine(report),
  ];
  return `${parts.filter(Boolean).join("\n\n")}\n`;
}

function errorText({ type, resource, message }: PreviewError): string {
  const about = resource === undefined ? [] : [`${quotedType(type)} ${quoted(resource)}:`];
  // A line that begins with text from outside could be taken for a command to the pipeline.
  return [...about, ...flatLines(message).map((line) => `  > ${line}`)].join("\n");
}

function entriesOf(list: List, report: Report): string[] {
  const { kind, title, lead } = list;
  const entries = report[kind];
  if (entries.length === 0) return [];
  const above = isLeading(list, report) ? [] : [`${title(entries.length)}. ${lead}`];
  return [[...above, ...entries.map((entry) => item(kind, entry))].join("\n")];
}

function item(kind: Kind, entry: Entry): string {
  const { campaignName, campaignId, status, reason, note, type, resource } = entry;
  const shown = (value: string | undefined) => (value === undefined ? missing(kind, entry) : quoted(value));
  const replaces = replacement(entry, kind, quoted);
  return [
    `- Campaign ${shown(campaignName)}, id ${shown(campaignId)}, status ${shown(status)}`,
    ...(replaces ? [`    ${replaces}.`] : []),
    ...(kind === "irreversible" && reason !== undefined ? [`    reason: ${quoted(reason)}`] : []),
    ...(note ? [`    ${note}`] : []),
    `    declared as ${quotedType(type)} ${quoted(resource)}`,
  ].join("\n");
}

function quotedType(type = ""): string {
  return /^\w+$/.test(type) ? type : quoted(type);
}
