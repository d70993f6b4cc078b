import { flatLines, quoted } from "./escape";
import type { Entry, Kind } from "./judge";
import type { PreviewError } from "./preview";
import { explanation, headline, type List, lists, missing, othersLine, type Report } from "./report";

/** A report for a terminal or a pipeline's log, whole. */
export function plainText(report: Report): string {
  const top = `${headline(report)}.\n${explanation(report)}`;
  const parts = [
    top,
    ...report.refused.map(errorText),
    ...lists.flatMap((list) => entriesOf(list, report)),
    othersLine(report),
  ];
  return `${parts.filter(Boolean).join("\n\n")}\n`;
}

function errorText({ type, resource, message }: PreviewError): string {
  const about = resource === undefined ? [] : [`${quotedType(type)} ${quoted(resource)}:`];
  // A line that begins with text from outside could be taken for a command to the pipeline.
  return [...about, ...flatLines(message).map((line) => `  > ${line}`)].join("\n");
}

function entriesOf({ kind, title, lead }: List, report: Report): string[] {
  const entries = report[kind];
  if (entries.length === 0) return [];
  const said = kind === "irreversible" && report.refused.length === 0;
  const above = said ? [] : [`${title(entries.length)}. ${lead}`];
  return [[...above, ...entries.map((entry) => item(kind, entry))].join("\n")];
}

function item(kind: Kind, entry: Entry): string {
  const { campaignName, campaignId, status, reason, note, type, resource } = entry;
  const shown = (value: string | undefined) => (value === undefined ? missing(kind, entry) : quoted(value));
  return [
    `- Campaign ${shown(campaignName)}, id ${shown(campaignId)}, status ${shown(status)}`,
    ...(kind === "irreversible" && reason !== undefined ? [`    reason: ${quoted(reason)}`] : []),
    ...(note ? [`    ${note}`] : []),
    `    declared as ${quotedType(type)} ${quoted(resource)}`,
  ].join("\n");
}

function quotedType(type = ""): string {
  return /^\w+$/.test(type) ? type : quoted(type);
}
