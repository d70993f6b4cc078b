import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "../../tools/package";

/** A fenced block of a page. */
export interface Block {
  readonly page: string;
  readonly language: string;
  readonly text: string;
}

/** Every page that a user or a contributor reads. */
export async function pages(): Promise<string[]> {
  const below = await Promise.all(
    ["docs", "examples"].map(async (folder) => {
      const names = await readdir(join(ROOT, folder), { recursive: true });
      return names.filter((name) => /\.md$/.test(name) && !/node_modules/.test(name)).map((name) => join(folder, name));
    }),
  );
  return ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "RELEASING.md", "SECURITY.md", ...below.flat()];
}

export async function blocksOf(...of: readonly string[]): Promise<Block[]> {
  const found = of.map(async (page) => {
    const text = await readFile(join(ROOT, page), "utf8");
    const blocks = text.matchAll(/^( *)```(\w*)\n(.*?)^ *```$/gms);
    return [...blocks].map(([, indent = "", language = "", lines = ""]) => ({
      page,
      language,
      text: lines.replaceAll(RegExp(`^${indent}`, "gm"), "").trimEnd(),
    }));
  });
  return (await Promise.all(found)).flat();
}

/** The one block of a page in a language that holds certain words. */
export async function blockOf(page: string, language: string, words = ""): Promise<string> {
  const found = (await blocksOf(page)).filter((block) => block.language === language && block.text.includes(words));
  const [block, ...others] = found;
  if (!block || others.length > 0)
    throw new Error(`${page} has ${found.length} blocks of ${language} with "${words}".`);
  return block.text;
}
