import { cpus, release, totalmem, type } from "node:os";
import { join } from "node:path";
import { ROOT } from "../tools/root";
import type { Course, Figure } from "./measure";

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

const WIDTH = 720;
const HEIGHT = 400;
const LEFT = 60;
const RIGHT = 20;
const TOP = 70;
const BOTTOM = 50;

/** Cancellations over time as an SVG: ours, and the staircase that nobody can pass on the same windows. */
export function plot({ ours, best, minutes }: Course): string {
  const seconds = roundUp(Math.max(...ours, ...best, 1));
  const count = ours.length;
  const x = (second: number) => round(LEFT + (second / seconds) * (WIDTH - LEFT - RIGHT));
  const y = (number: number) => round(HEIGHT - BOTTOM - (number / count) * (HEIGHT - TOP - BOTTOM));
  const right = WIDTH - RIGHT;
  const bottom = HEIGHT - BOTTOM;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="title">
<title id="title">${count} cancellations over time: ours against the best that the windows allow</title>
<style>${STYLE}</style>
<rect class="paper" width="${WIDTH}" height="${HEIGHT}"/>
<text class="title" x="${LEFT}" y="26">${count} cancellations, windows 10/1s and 150/60s</text>
<line class="best" x1="${LEFT}" y1="46" x2="${LEFT + 28}" y2="46"/><text x="${LEFT + 36}" y="50">best possible</text>
<line class="ours" x1="${LEFT + 150}" y1="46" x2="${LEFT + 178}" y2="46"/><text x="${LEFT + 186}" y="50">pulumi-ocamba-hood</text>
${ticks(count)
  .map(
    (n) =>
      `<line class="grid" x1="${LEFT}" y1="${y(n)}" x2="${right}" y2="${y(n)}"/>${label(LEFT - 8, y(n) + 4, n, "end")}`,
  )
  .join("\n")}
${ticks(seconds)
  .map((s) => label(x(s), bottom + 20, s, "middle"))
  .join("\n")}
${minutes
  .map(
    (s) =>
      `<line class="minute" x1="${x(s)}" y1="${TOP}" x2="${x(s)}" y2="${bottom}"/>${label(x(s) + 5, bottom - 8, "a minute begins", "start")}`,
  )
  .join("\n")}
<text x="${right}" y="${HEIGHT - 10}" text-anchor="end">seconds since the update's first request</text>
<path class="best" d="${staircase(best, x, y)}"/>
<path class="ours" d="${staircase(ours, x, y)}"/>
</svg>
`;
}

// A page that shows the file as an image passes nothing on but the reader's choice of light or dark.
const STYLE = `
text{font:13px system-ui,sans-serif;fill:#57606a}.title{font-size:15px;font-weight:600;fill:#1f2328}
.paper{fill:#fff}.grid{stroke:#d8dee4}.minute{stroke:#8c959f;stroke-dasharray:2 4}
path{fill:none}.best{stroke:#8c959f;stroke-width:6}.ours{stroke:#0969da;stroke-width:2}
@media (prefers-color-scheme:dark){text{fill:#9198a1}.title{fill:#f0f6fc}.paper{fill:#0d1117}.grid{stroke:#30363d}
.minute{stroke:#656c76}.best{stroke:#656c76}.ours{stroke:#58a6ff}}
`;

function staircase(times: readonly number[], x: (second: number) => number, y: (number: number) => number): string {
  const steps = times.map((second, index) => `H${x(second)}V${y(index + 1)}`);
  return `M${x(0)} ${y(0)}${steps.join("")}`;
}

function label(x: number, y: number, text: string | number, anchor: "start" | "middle" | "end"): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}">${text}</text>`;
}

/** From 0 up to `most` in steps of a round number. */
function ticks(most: number): number[] {
  const step = [1, 2, 5, 10, 20, 50, 100].find((size) => most / size <= 8) ?? 200;
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, index) => index * step);
}

function roundUp(seconds: number): number {
  const step = seconds > 20 ? 5 : 1;
  return Math.ceil(seconds / step) * step;
}

function round(coordinate: number): number {
  return Math.round(coordinate * 10) / 10;
}
