import { cpus, release, totalmem, type } from "node:os";
import { join } from "node:path";
import { ROOT } from "../tools/root";
import type { Figure } from "./measure";

/** A table in Markdown that also reads well as plain text. */
export function table(figures: readonly Figure[]): string {
  const rows = figures.map(({ row, reach, reached, measured, ok }) => [
    row,
    reach,
    reached,
    measured,
    ok ? "ok" : "MISSED",
  ]);
  const cells = [["Row", "To reach", "Reached", "Measured", ""], ...rows];
  const widths = ["", "", "", "", ""].map((_, column) => Math.max(3, ...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  return cells
    .toSpliced(
      1,
      0,
      widths.map((width) => "-".repeat(width)),
    )
    .map(line)
    .join("\n");
}

/** What the figures were measured on. @param cli the version of the Pulumi CLI */
function machine(cli: string): string[] {
  const processors = cpus();
  const version = (file: string) => (require(join(ROOT, file)) as { version: string }).version;
  return [
    `${processors.length} x ${processors[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GB of memory`,
    `${type()} ${release()}, Node ${process.version}`,
    `Pulumi CLI ${cli}, @pulumi/pulumi ${version("node_modules/@pulumi/pulumi/package.json")}`,
    `pulumi-ocamba-hood ${version("package.json")}`,
  ];
}

/** The page that keeps the result of a run. */
export function page(figures: readonly Figure[], cli: string): string {
  return `# Benchmarks

\`npm run bench\` writes this page, and fails if a number isn't reached. Everything is measured in one run on one machine,
in turn: ours, the baseline, the floor, then again. A ratio is the median of the ratios within each round.

- **ours**: one \`hood.CampaignCancellation\` for each campaign ([program](../bench/ours.js)).
- **baseline**: what one writes first for an API without a provider, a \`pulumi.dynamic.Resource\` whose methods call the API
  themselves, with a new provider for each resource as in Pulumi's guide ([program](../bench/baseline.js)). It doesn't
  read the account before it acts, and has no pace of its own. One provider object for all resources would be serialized
  only once: such a preview comes close to the floor.
- **floor**: Pulumi alone: the same number of dynamic resources, with a provider that has nothing to do
  ([program](../bench/floor.js)).
- **best possible**: the time of the last request if each request goes out at the first moment that the account's fixed
  windows allow, after the requests that came before in the same minute, and with the reads that the updates took.
  It counts from the updates' first request to the last cancellation, by the account's clock.

The account is the [simulator](../simulator) on loopback; the engine keeps its state in files. [rows.ts](../bench/rows.ts) has the
numbers to reach.

${table(figures)}

![Cancellations over time: ours and the best that the windows allow](benchmarks.svg)

Measured on ${new Date().toISOString().slice(0, 10)}:

- ${machine(cli).join("\n- ")}

## Running it

\`\`\`console
npm ci
npm run bench
\`\`\`

It takes about twenty minutes, and gets an engine first if there is none. \`npm run bench -- --resources 50\`
runs it with fewer resources: it prints the table and doesn't write this page. The numbers to reach are meant for 500;
with fewer, the start of the processes outweighs the rest. \`npm run bench -- --resources 100,1000,5000\` measures several sizes,
above 500 without the baseline and in a single round.
`;
}
