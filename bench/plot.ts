import type { Course } from "./measure";

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
