/** A picture of a terminal: text from outside is escaped, long lines continue in the next one. */
const COLUMNS = 112;
const LINE = 18;
const CHARACTER = 7.83;
const MARGIN = 20;
const TITLE_BAR = 34;

const colours: readonly [pattern: RegExp, colour: string][] = [
  [/^\$ /, "#7dd3fc"],
  [/^\s*\+ /, "#86efac"],
];

export function picture(title: string, text: string): string {
  const lines = text.trimEnd().split("\n").flatMap(wrapped);
  const width = Math.ceil(COLUMNS * CHARACTER + 2 * MARGIN);
  const height = TITLE_BAR + lines.length * LINE + MARGIN;
  const rows = lines.map(({ line, colour }, index) => {
    const y = TITLE_BAR + (index + 1) * LINE;
    return `  <text x="${MARGIN}" y="${y}" fill="${colour}">${escaped(line)}</text>`;
  });
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `  <title>${escaped(title)}</title>`,
    `  <rect width="${width}" height="${height}" rx="8" fill="#0f172a"/>`,
    ...["#f87171", "#fbbf24", "#4ade80"].map(
      (fill, i) => `  <circle cx="${MARGIN + i * 18}" cy="17" r="5" fill="${fill}"/>`,
    ),
    '  <g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, DejaVu Sans Mono, monospace" font-size="13" xml:space="preserve">',
    ...rows,
    "  </g>",
    "</svg>",
  ].join("\n")}\n`;
}

/** One line, in as many as it takes; the colour goes on. */
function wrapped(line: string): { line: string; colour: string }[] {
  const colour = colours.find(([pattern]) => pattern.test(line))?.[1] ?? "#e2e8f0";
  const parts: { line: string; colour: string }[] = [];
  let rest = line;
  while (rest.length > COLUMNS) {
    const space = rest.lastIndexOf(" ", COLUMNS);
    const cut = space > COLUMNS / 2 ? space : COLUMNS;
    parts.push({ line: rest.slice(0, cut), colour });
    rest = rest.slice(cut).trimStart();
  }
  return [...parts, { line: rest, colour }];
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
