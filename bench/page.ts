import { readFile, writeFile } from "node:fs/promises";
import { cpus, release, totalmem, type } from "node:os";
import { join } from "node:path";
import { ROOT } from "../tools/package";
import type { Course, Figure } from "./measure";

const PAGE = join(ROOT, "docs/benchmarks.md");
/** What stands between the page's explanations. */
const MEASURED = /<!-- measured -->\n[\s\S]*?(?=^## )/m;

/** A table in Markdown that also reads well as plain text. */
export function table(figures: readonly Figure[]): string {
  const rows = figures.map(({ row, reach, reached, measured, ok }) => {
    return [row, reach, reached, measured, ok ? "ok" : "MISSED"];
  });
  const head = ["Row", "To reach", "Reached", "Measured", ""];
  const widths = head.map((_, column) => Math.max(3, ...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  return [head, widths.map((width) => "-".repeat(width)), ...rows].map(line).join("\n");
}

/** Writes the result of a run into the page that keeps it. @param cli the version of the Pulumi CLI */
export async function keep(figures: readonly Figure[], course: Course | undefined, cli: string): Promise<void> {
  const parts = [table(figures), ...(course ? [plot(course)] : []), machine(cli)];
  const text = await readFile(PAGE, "utf8");
  await writeFile(
    PAGE,
    text.replace(MEASURED, () => `<!-- measured -->\n${parts.join("\n\n")}\n\n`),
  );
}

/** What the figures were measured on. */
function machine(cli: string): string {
  const processors = cpus();
  const version = (file: string) => (require(join(ROOT, file)) as { version: string }).version;
  return `Measured on ${new Date().toISOString().slice(0, 10)}:

- ${processors.length} x ${processors[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GB of memory
- ${type()} ${release()}, Node ${process.version}
- Pulumi CLI ${cli}, @pulumi/pulumi ${version("node_modules/@pulumi/pulumi/package.json")}
- pulumi-ocamba-hood ${version("package.json")}`;
}

/** Cancellations over time: ours, and the most that anybody can have on the same windows. */
function plot({ ours, best }: Course): string {
  const seconds = Math.ceil(Math.max(...ours, ...best));
  const done = (times: readonly number[]) =>
    Array.from({ length: seconds + 1 }, (_, second) => times.filter((time) => time <= second).length).join(", ");
  return `\`\`\`mermaid
xychart-beta
  title "${ours.length} cancellations, windows 10/1s and 150/60s: the best possible, and ours"
  x-axis "seconds since the update's first request" 0 --> ${seconds}
  y-axis "canceled" 0 --> ${ours.length}
  line [${done(best)}]
  line [${done(ours)}]
\`\`\``;
}
