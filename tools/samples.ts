import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { examined, type Setup } from "../tests/doctor/run";
import { ROOT } from "./package";

const PICTURE = join(ROOT, "docs/pictures/preview.svg");
const LINE = 18;
const CHARACTER = 7.83;
const MARGIN = 20;
const TITLE_BAR = 34;

/** What the real CLI prints in the demo when it previews the first example against the simulator. */
async function preview(): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [join(__dirname, "demo.js")]);
  const [, shown = ""] = /^(\$ pulumi preview --diff\n[\s\S]*?)^ +✓/m.exec(stdout) ?? [];
  return shown.replace("\n", "\n\n").replace(/^ {4}/gm, "  ");
}

/** A picture of a terminal. */
function picture(title: string, text: string): string {
  const lines = text.trimEnd().split("\n");
  const width = Math.ceil(Math.max(...lines.map(({ length }) => length)) * CHARACTER + 2 * MARGIN);
  const height = TITLE_BAR + lines.length * LINE + MARGIN;
  const rows = lines.map((line, index) => {
    const y = TITLE_BAR + (index + 1) * LINE;
    return `  <text x="${MARGIN}" y="${y}" fill="${colourOf(line)}">${escaped(line)}</text>`;
  });
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `  <title>${escaped(title)}</title>`,
    `  <rect width="${width}" height="${height}" rx="8" fill="#0f172a"/>`,
    '  <g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, DejaVu Sans Mono, monospace" font-size="13" xml:space="preserve">',
    ...rows,
    "  </g>",
    "</svg>",
  ].join("\n")}\n`;
}

function colourOf(line: string): string {
  if (line.startsWith("$ ")) return "#7dd3fc";
  return /^\s*\+ /.test(line) ? "#86efac" : "#e2e8f0";
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** Writes the picture of the README. */
async function draw(): Promise<void> {
  await mkdir(dirname(PICTURE), { recursive: true });
  await writeFile(PICTURE, picture("A preview that shows the live campaign", await preview()));
}

const PAGE = join(ROOT, "docs/doctor.md");

const disguises: Readonly<Record<string, Setup>> = {
  tier: { account: { rateLimit: "75/1s,700/60s" } },
  older: { account: { labelsAs: "string", totalAs: "string", unknownId: 404, maxPageSize: 10 } },
  login: { faults: [{ fault: { kind: "html", status: 200 }, times: Number.POSITIVE_INFINITY }] },
  clock: { ahead: 12 * 60_000 },
};

/** The page with what its samples print today. */
export async function doctorPage(): Promise<string> {
  let page = await readFile(PAGE, "utf8");
  for (const [name, setup] of Object.entries(disguises)) {
    const { out } = await examined(setup);
    page = filled(page, name, `\`\`\`text\n${name === "tier" ? out : onlyDifferent(out)}\`\`\``);
  }
  return page;
}

/** A part ends where the next heading begins. */
function filled(page: string, name: string, content: string): string {
  const part = new RegExp(`<!-- sample: ${name} -->\\n[\\s\\S]*?(?=^##)`, "m");
  if (!part.test(page)) throw new Error(`docs/doctor.md has no place for the sample ${name}.`);
  return page.replace(part, () => `<!-- sample: ${name} -->\n${content}\n\n`);
}

function onlyDifferent(out: string): string {
  return out.replace(/^(ok|unknown) .*\n/gm, "");
}

if (require.main === module) {
  const work = process.argv.includes("--picture") ? draw() : doctorPage().then((page) => writeFile(PAGE, page));
  work.catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
