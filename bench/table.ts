import type { Figure } from "./figure";

const HEAD = ["Row", "To reach", "Reached", "Measured", ""];

/** The figures as a Markdown table that also reads well as plain text. */
export function table(figures: readonly Figure[]): string {
  const rows = figures.map(({ row, reach, reached, measured, ok }) => [
    row,
    reach,
    reached,
    measured,
    ok ? "ok" : "MISSED",
  ]);
  const cells = [HEAD, ...rows].map((row) => row.map((cell) => cell.replaceAll("|", "\\|")));
  const widths = HEAD.map((_, column) => Math.max(3, ...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: string[]) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const [head = [], ...body] = cells;
  return [head, widths.map((width) => "-".repeat(width)), ...body].map(line).join("\n");
}
