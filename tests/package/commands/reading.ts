import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "../../../tools/root";

/** A fenced block of a page. */
export interface Block {
  /** The page and the heading that it stands under, such as `README.md: Limits`. */
  readonly where: string;
  readonly language: string;
  readonly text: string;
}

/** A command in a page's running text or in a table. */
export interface Span {
  readonly page: string;
  readonly text: string;
}

export interface Written {
  readonly blocks: readonly Block[];
  readonly spans: readonly Span[];
}

/** Code in a text counts as a command where it begins with one of these, perhaps behind settings, and more follows. */
const COMMAND = /^(?:[A-Z_]+=\S+ )*(?:pulumi|np[mx]|node|curl|git|go|gh|tar|pip|python3?|bash|sh|chmod|printf|cd|cp) /;

/** What all pages say. */
export async function readPages(): Promise<Written> {
  const written = await Promise.all((await pages()).map(read));
  return { blocks: written.flatMap(({ blocks }) => blocks), spans: written.flatMap(({ spans }) => spans) };
}

async function pages(): Promise<string[]> {
  const below = await Promise.all(
    ["docs", "examples", ".changeset"].map(async (folder) => {
      const names = await readdir(join(ROOT, folder), { recursive: true });
      return names.filter((name) => /\.md$/.test(name) && !/node_modules/.test(name)).map((name) => join(folder, name));
    }),
  );
  return ["README.md", "CONTRIBUTING.md", "RELEASING.md", ...below.flat()];
}

async function read(page: string): Promise<Written> {
  const blocks: Block[] = [];
  const prose: string[] = [];
  let heading = "";
  let open: { language: string; lines: string[] } | undefined;
  for (const line of (await readFile(join(ROOT, page), "utf8")).split("\n")) {
    const [, language] = /^\s*```(\w*)/.exec(line) ?? [];
    if (language === undefined) {
      (open?.lines ?? prose).push(line);
      if (!open) heading = /^#+ (.+)$/.exec(line)?.[1] ?? heading;
    } else if (open) {
      blocks.push({ where: `${page}: ${heading}`, language: open.language, text: open.lines.join("\n") });
      open = undefined;
    } else open = { language, lines: [] };
  }
  const code = [...prose.join("\n").matchAll(/`([^`]+)`/g)].map(([, text = ""]) => text.replaceAll("\n", " "));
  // In a table, a pipe is written with a backslash.
  const spans = code.map((text) => ({ page, text: text.replaceAll("\\|", "|") }));
  return { blocks, spans: spans.filter(({ text }) => COMMAND.test(text)) };
}

/** The single commands of some shell lines, without the settings before them and the comments behind. */
export function commandsOf(lines: string): string[] {
  const parts = lines.split("\n").flatMap((line) => line.replace(/(^|\s)#\s.*$/, "").split(/&&|\||;/));
  return parts.map((part) => part.trim().replace(/^(?:[A-Z_]+=\S+ )+/, "")).filter((part) => part !== "");
}

/** Puts in what words such as VERSION stand for. @throws Error where a word isn't there. */
export function filled(text: string, standsFor: Readonly<Record<string, string>>): string {
  return Object.entries(standsFor).reduce((done, [word, value]) => {
    if (!done.includes(word)) throw new Error(`"${word}" isn't in "${text}" any more: mend the test that fills it in.`);
    return done.replaceAll(word, value);
  }, text);
}
