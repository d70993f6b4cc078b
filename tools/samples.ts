import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startSimulator } from "../simulator";
import { examined } from "../tests/doctor/run";
import { ensureEngine } from "./engine";
import { ROOT } from "./package";
import { openCli } from "./pulumi";

const TOKEN = "pictures-token-of-the-simulator";
const EXAMPLE = join(ROOT, "examples/cancel-campaign");
const PICTURE = join(ROOT, "docs/pictures/preview.svg");

const COLUMNS = 112;
const LINE = 18;
const CHARACTER = 7.83;
const MARGIN = 20;
const TITLE_BAR = 34;

const colours: readonly [pattern: RegExp, colour: string][] = [
  [/^\$ /, "#7dd3fc"],
  [/^\s*\+ /, "#86efac"],
];

/** What the real CLI prints when it previews the first example against the simulator. */
async function preview(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "hood-pictures-"));
  const hood = await startSimulator({
    token: TOKEN,
    campaigns: [{ id: "1000248", name: "Spring sale", status: "running" }],
  });
  try {
    const project = await readFile(join(ROOT, "Pulumi.yaml"), "utf8");
    await writeFile(join(folder, "Pulumi.yaml"), project.replace(/^main: .*\n/m, ""));
    await writeFile(join(folder, "package.json"), JSON.stringify({ main: "index.ts" }));
    await copyFile(join(EXAMPLE, "index.ts"), join(folder, "index.ts"));
    await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"));
    const cli = await openCli({ bin: await ensureEngine(), cwd: folder, scratch: join(folder, ".pictures") });
    const env = { HOOD_ENDPOINT: hood.url, HOOD_TOKEN: TOKEN };
    await cli(["stack", "init", "demo"], { env });
    await cli(["config", "set", "expectedName", "Spring sale"], { env });
    const { code, stdout, stderr } = await cli(["preview", "--diff"], { env });
    if (code !== 0) throw new Error(stdout + stderr);
    // On a slow machine, Pulumi shows a line of dots meanwhile.
    return stdout.replace(/^@ .*\n/gm, "");
  } finally {
    await hood.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** A picture of a terminal: text from outside is escaped, long lines continue in the next one. */
function picture(title: string, text: string): string {
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

/** Writes the picture of the README. */
async function draw(): Promise<void> {
  const shown = `$ pulumi preview --diff\n\n${(await preview()).replace(/^ {4}/gm, "  ")}`;
  await mkdir(join(ROOT, "docs/pictures"), { recursive: true });
  await writeFile(PICTURE, picture("A preview that shows the live campaign", shown));
}

const PAGE = join(ROOT, "docs/doctor.md");

/** The page with what its sample prints today. */
export async function doctorPage(): Promise<string> {
  const { out } = await examined({ account: { rateLimit: "75/1s,700/60s" } });
  return (await readFile(PAGE, "utf8")).replace(/```text\n[\s\S]*?```/, () => `\`\`\`text\n${out}\`\`\``);
}

if (require.main === module) {
  const work = process.argv.includes("--picture") ? draw() : doctorPage().then((page) => writeFile(PAGE, page));
  work.catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
