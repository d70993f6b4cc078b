import type { Figure } from "./figure";

const HEAD = ["Row", "To reach", "Reached", "Measured", ""];

/** The figures as a table. */
export function table(figures: readonly Figure[]): string {
  const rows = figures.map(({ row, reach, reached, measured, ok }) => [
    row,
    reach,
    reached,
    measured,
    ok ? "ok" : "MISSED",
  ]);
  return markdownTable(HEAD, rows);
}

/** A Markdown table that also reads well as plain text. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll("|", "\\|")));
  const widths = head.map((_, column) => Math.max(3, ...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: string[]) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const [titles = [], ...body] = cells;
  return [titles, widths.map((width) => "-".repeat(width)), ...body].map(line).join("\n");
}
